//! What a user did, as the audit trail has it (contract §9.7).

use portcullis_accounts::AuditKinds;
use portcullis_kernel::{AuditAction, AuditEvent, Outcome};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// An act of a user.
#[derive(Serialize, ToSchema)]
pub struct Activity {
    id: u64,
    /// Empty for acts that came over no network.
    user_ip: String,
    /// The English name of the country, if a database tells it.
    user_ip_country: Option<String>,
    user_agent: String,
    /// `session`, `otp`, `password` or `account`.
    topic: &'static str,
    /// `login`, `login::2fa`, `logout`, `signup`, …
    action: &'static str,
    /// `succeed`, `failed` for a wrong secret, or `denied` by a rule.
    result: &'static str,
    /// JSON as text: the `reason` of what did not succeed.
    data: Option<String>,
    created_at: String,
}

/// What a list of activities is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Everything.
    All,
    /// Signing in and out.
    Session,
    /// Second factors.
    Otp,
    /// Passwords.
    Password,
    /// The account itself.
    Account,
}

/// Acts, what they are about, and what clients call them. A code at a sign-in counts as that sign-in.
const ACTS: [(AuditAction, Topic, &str); 11] = [
    (AuditAction::SignIn, Topic::Session, "login"),
    (AuditAction::ChallengeAnswered, Topic::Session, "login::2fa"),
    (AuditAction::SessionsEnded, Topic::Session, "logout"),
    (AuditAction::AccountCreated, Topic::Account, "signup"),
    (AuditAction::PasswordResetRequested, Topic::Password, "request password reset"),
    (AuditAction::PasswordReset, Topic::Password, "password reset"),
    (AuditAction::PasswordChanged, Topic::Password, "password change"),
    (AuditAction::FactorEnrolled, Topic::Otp, "request QR code for 2FA"),
    (AuditAction::FactorVerified, Topic::Otp, "enable 2FA"),
    (AuditAction::FactorRemoved, Topic::Otp, "disable 2FA"),
    (AuditAction::FactorChecked, Topic::Otp, "verify 2FA code"),
];

/// Details of codes at a sign-in, which have the entry of the sign-in beside theirs.
const AT_SIGN_IN: [&str; 2] = [AuditEvent::CODE_WRONG_AT_SIGN_IN, AuditEvent::CODE_USED_AT_SIGN_IN];
/// Details of sign-ins that went no further than the password, or that the entry of a code tells about.
const HALF_WAY: [&str; 6] = [
    AuditEvent::FACTOR_MISSING,
    AuditEvent::AWAITS_FACTOR,
    AuditEvent::AWAITS_PASSWORD,
    AuditEvent::CHALLENGED,
    AuditEvent::FACTOR_WRONG,
    AuditEvent::FACTOR_USED,
];

impl Topic {
    /// Reads the name.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::All, Self::Session, Self::Otp, Self::Password, Self::Account];
        all.into_iter().find(|topic| topic.as_str() == text)
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Session => "session",
            Self::Otp => "otp",
            Self::Password => "password",
            Self::Account => "account",
        }
    }

    /// Which entries of the audit trail are about it.
    pub const fn kinds(self) -> AuditKinds {
        use AuditAction::{
            AccountCreated, ChallengeAnswered, FactorChecked, FactorEnrolled, FactorRemoved, FactorVerified,
            PasswordChanged, PasswordReset, PasswordResetRequested, SessionsEnded, SignIn,
        };
        const NONE: AuditKinds =
            AuditKinds { all: &[], unsuccessful: &[], detailed: &[], details: &[], without: &[] };
        match self {
            Self::All => AuditKinds {
                all: &[
                    SignIn,
                    ChallengeAnswered,
                    PasswordResetRequested,
                    PasswordReset,
                    PasswordChanged,
                    FactorEnrolled,
                    FactorVerified,
                    FactorRemoved,
                ],
                unsuccessful: &[FactorChecked],
                detailed: &[SessionsEnded, AccountCreated],
                details: &[
                    AuditEvent::SIGNED_OUT,
                    AuditEvent::SIGNED_OUT_ALL,
                    AuditEvent::SIGNED_OUT_TEMPORARY,
                    AuditEvent::REGISTERED,
                ],
                without: &HALF_WAY,
            },
            Self::Session => AuditKinds {
                all: &[SignIn, ChallengeAnswered],
                detailed: &[SessionsEnded, FactorChecked],
                details: &[
                    AuditEvent::SIGNED_OUT,
                    AuditEvent::SIGNED_OUT_ALL,
                    AuditEvent::SIGNED_OUT_TEMPORARY,
                    AuditEvent::CODE_WRONG_AT_SIGN_IN,
                    AuditEvent::CODE_USED_AT_SIGN_IN,
                ],
                without: &HALF_WAY,
                ..NONE
            },
            Self::Otp => AuditKinds {
                all: &[FactorEnrolled, FactorVerified, FactorRemoved],
                unsuccessful: &[FactorChecked],
                without: &AT_SIGN_IN,
                ..NONE
            },
            Self::Password => {
                AuditKinds { all: &[PasswordResetRequested, PasswordReset, PasswordChanged], ..NONE }
            }
            Self::Account => {
                AuditKinds { detailed: &[AccountCreated], details: &[AuditEvent::REGISTERED], ..NONE }
            }
        }
    }
}

impl Activity {
    /// Renders an entry of the audit trail.
    pub fn new(event: AuditEvent, country: Option<String>) -> Self {
        let (topic, action) = named(&event);
        Self {
            id: event.id.as_number(),
            user_ip: event.client.address.map(|address| address.to_string()).unwrap_or_default(),
            user_ip_country: country,
            topic: topic.as_str(),
            action,
            result: match event.outcome {
                Outcome::Succeeded => "succeed",
                Outcome::Failed => "failed",
                Outcome::Denied => "denied",
            },
            data: reason(&event).map(|reason| json!({ "reason": reason }).to_string()),
            created_at: event.at.to_string(),
            user_agent: event.client.user_agent,
        }
    }
}

/// What an entry is about, and what clients call it.
fn named(event: &AuditEvent) -> (Topic, &'static str) {
    let with_factor = [AuditEvent::WITH_FACTOR, AuditEvent::FACTOR_THROTTLED];
    let detail = event.detail.unwrap_or_default();
    if AT_SIGN_IN.contains(&detail) || with_factor.contains(&detail) {
        return (Topic::Session, "login::2fa");
    }
    let known = ACTS.into_iter().find(|(action, ..)| *action == event.action);
    known.map_or((Topic::All, event.action.as_str()), |(_, topic, name)| (topic, name))
}

/// Why an act did not succeed.
fn reason(event: &AuditEvent) -> Option<&'static str> {
    match (event.outcome, event.action, event.detail) {
        (Outcome::Succeeded, ..) => None,
        (_, AuditAction::SignIn, Some("wrong password")) => Some("Invalid Email or Password"),
        (_, _, detail) => detail,
    }
}

/// How a client names a result.
pub fn outcome(result: &str) -> Option<Outcome> {
    match result {
        "succeed" => Some(Outcome::Succeeded),
        "failed" => Some(Outcome::Failed),
        "denied" => Some(Outcome::Denied),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_what_the_topics_have_together() {
        let everything = Topic::All.kinds();
        for (action, topic, _) in ACTS {
            let kinds = topic.kinds();
            assert!(
                [kinds.all, kinds.unsuccessful, kinds.detailed].iter().any(|named| named.contains(&action)),
                "{action:?}"
            );
            assert_eq!(kinds.all.contains(&action), everything.all.contains(&action), "{action:?}");
            let by_detail = kinds.detailed.contains(&action);
            assert_eq!(by_detail, everything.detailed.contains(&action), "{action:?}");
        }
    }

    #[test]
    fn topics_are_named() {
        assert_eq!(Topic::parse("otp"), Some(Topic::Otp));
        assert_eq!(Topic::parse("OTP"), None);
    }
}
