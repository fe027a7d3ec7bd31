//! Every way in which a use case can say no: the closed vocabulary that each dialect words in one exhaustive match.
//!
//! A use case has its own error; all of them fold into this one, so that a new refusal shows up as a compile error at
//! every door, and at no other place.

mod fold;

use std::error::Error;
use std::time::Duration;

use portcullis_accounts::{
    DataFault, InvalidSetting, KycError, LabelError, Objection, PhoneError, SignUpFault, Taken,
};
use portcullis_kernel::{AccountState, PolicyBreach, PortError, SessionChallenge};
use portcullis_sessions::GateRefusal;

type Cause = Box<dyn Error + Send + Sync>;

/// A refusal (a business no) or a failure of the machinery (the last four).
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No account with this identifier and password.
    #[error("wrong credentials")]
    WrongCredentials,
    /// The secret was right; the account is in a state that may not sign in.
    #[error("an account that is {0} is not admitted")]
    NotAdmitted(AccountState),
    /// The password was right, and must be replaced first.
    #[error("the password has expired")]
    PasswordExpired,
    /// The password was right; a second factor is needed at this door.
    #[error("a second factor is required")]
    SecondFactorRequired,
    /// The second-factor code is wrong.
    #[error("the second factor is wrong")]
    WrongSecondFactor,
    /// The second-factor code was right once, and is spent.
    #[error("the second-factor code was used already")]
    SecondFactorUsed,
    /// The challenge is unknown, expired or spent.
    #[error("the challenge is not open")]
    ChallengeRefused,
    /// The session must answer these challenges before it is a credential, or before this request.
    #[error("{} challenges are open", .0.len())]
    Challenged(Vec<SessionChallenge>),
    /// A second factor cannot be used like that.
    #[error(transparent)]
    Factor(FactorRefusal),
    /// The credential is unknown, malformed, expired or ended.
    #[error("the credential is not honoured")]
    CredentialRefused,
    /// The refresh token is unknown, expired or ended.
    #[error("the refresh token is not honoured")]
    RefreshRefused,
    /// The refresh token paid for as many refreshes as it may.
    #[error("the refresh token is used up")]
    RefreshCapReached,
    /// A spent refresh token came back; its session was ended.
    #[error("the refresh token was used already")]
    RefreshReused,
    /// The present password is wrong.
    #[error("the password is wrong")]
    WrongPassword,
    /// The new password breaks the company's policy.
    #[error("the password breaks the policy")]
    WeakPassword(Vec<PolicyBreach>),
    /// The reset code is wrong, or there is no such account.
    #[error("the reset code is wrong")]
    WrongResetCode,
    /// The reset code expired, was used, or was never requested.
    #[error("the reset code has expired")]
    ResetCodeExpired,
    /// The reset link names no account.
    #[error("the reset link names no account")]
    ResetUidUnknown,
    /// There is no such reset token.
    #[error("there is no such reset token")]
    ResetTokenUnknown,
    /// The reset token was used.
    #[error("the reset token was used already")]
    ResetTokenUsed,
    /// The reset token expired.
    #[error("the reset token has expired")]
    ResetTokenExpired,
    /// There is no such key to leave with.
    #[error("there is no such key to leave with")]
    LeaveKeyUnknown,
    /// The key to leave with was used or replaced.
    #[error("the key to leave with was used or replaced")]
    LeaveKeyUsed,
    /// The key to leave with expired.
    #[error("the key to leave with has expired")]
    LeaveKeyExpired,
    /// The contact's key or code is wrong.
    #[error("the verification code is wrong")]
    WrongContactCode,
    /// The contact's key or code expired.
    #[error("the verification code has expired")]
    ContactCodeExpired,
    /// These things are wrong with a registration, all of them.
    #[error("the registration has faults")]
    RegistrationRefused(Vec<Objection>),
    /// These things are wrong with a sign-up, all of them.
    #[error("the sign-up has faults")]
    SignUpRefused(Vec<SignUpFault>),
    /// The referral of a sign-up names no account.
    #[error("the referral names no account")]
    ReferralUnknown,
    /// No account waits for this confirmation.
    #[error("no account waits for this confirmation")]
    NothingToConfirm,
    /// The token that confirms an account was used.
    #[error("the confirmation was used already")]
    ConfirmationUsed,
    /// A legal term cannot have this name or version.
    #[error("a legal term has a name of 1 to 100 characters and a version of 1 to 50")]
    InvalidLegalTerm,
    /// An account needs a name of some kind.
    #[error("a username, an e-mail address or a mobile number is needed")]
    NoIdentifier,
    /// An identifier belongs to somebody else.
    #[error("an identifier is taken")]
    Taken(Taken),
    /// The company has no group of that name.
    #[error("the company has no group {0}")]
    UnknownGroup(String),
    /// The text cannot name a group.
    #[error("a group name has 1 to 80 letters a-z, digits, - and _")]
    InvalidGroupName,
    /// There is no such company.
    #[error("no such company")]
    CompanyNotFound,
    /// A company setting that does not exist, or a value it does not take.
    #[error(transparent)]
    InvalidSetting(InvalidSetting),
    /// A label cannot have this key or value.
    #[error("label keys and values have 3 to 255 letters a-z, digits, - and _")]
    InvalidLabel,
    /// A label of an account was not added, changed or removed.
    #[error(transparent)]
    Label(LabelError),
    /// A phone of an account was not added, sent a code or proved.
    #[error(transparent)]
    Phone(PhoneError),
    /// A KYC profile was not opened or changed.
    #[error(transparent)]
    Kyc(KycError),
    /// These things are wrong with data to keep, all of them.
    #[error("the data has faults")]
    DataRefused(Vec<DataFault>),
    /// The account has no such authenticator.
    #[error("the account has no such authenticator")]
    FactorNotFound,
    /// The authenticator has nothing to deliver.
    #[error("the authenticator has nothing to deliver")]
    NoDelivery,
    /// An API key needs a name.
    #[error("an API key needs a name")]
    KeyNameMissing,
    /// The name of an API key is too long.
    #[error("the name of an API key is too long")]
    KeyNameTooLong,
    /// The account has as many API keys as it may.
    #[error("the account has as many API keys as it may")]
    KeyLimitReached,
    /// The account has no such API key.
    #[error("the account has no such API key")]
    KeyNotFound,
    /// The account has no such service account.
    #[error("the account has no such service account")]
    ServiceAccountNotFound,
    /// No permission is for this role, so it does not exist.
    #[error("no permission is for this role, so it does not exist")]
    UnknownRole,
    /// Whoever has signed keys needs a second factor.
    #[error("signed API keys need a second factor")]
    KeyNeedsFactor,
    /// Signed keys do not sign like that.
    #[error("signed API keys sign with HS256")]
    KeyAlgorithm {
        /// Whether the algorithm is of the right family.
        is_hmac: bool,
    },
    /// The holder of a signed key is not active, and so its keys cannot be.
    #[error("the holder of the API key is not active")]
    KeyHolderNotActive,
    /// The key cannot have this state: the word is none, or it is `active` and the holder is not.
    #[error("the API key cannot have this state")]
    KeyStateInvalid,
    /// A request does not pass the gate.
    #[error(transparent)]
    Gate(GateRefusal),
    /// A restriction or permission says something that cannot be.
    #[error("the value is none of its scope, or the code, role, verb, path or topic cannot be one")]
    InvalidRule,
    /// There is such a restriction or permission.
    #[error("there is such a rule already")]
    RuleExists,
    /// A link that whitelists is unknown or over.
    #[error("the link is unknown or over")]
    WhitelinkRefused,
    /// Such links are for IPv4 addresses.
    #[error("the address is no IPv4 address")]
    WhitelinkNotIpv4,
    /// The body of the request is larger than any operation takes.
    #[error("the body is too large")]
    BodyTooLarge,
    /// The body of the request broke off.
    #[error("the body broke off")]
    BodyBroken,
    /// Too many attempts.
    #[error("too many attempts")]
    Throttled {
        /// When another attempt has a chance.
        retry_after: Duration,
    },
    /// The machine protects itself.
    #[error("overloaded")]
    Overloaded {
        /// When another attempt has a chance.
        retry_after: Duration,
    },
    /// Something the server leans on does not answer now.
    #[error("unavailable")]
    Unavailable(#[source] Cause),
    /// A bug or damaged data.
    #[error("internal failure")]
    Internal(#[source] Cause),
}

/// Why a second factor, or the challenge for one, cannot be used like that (rehive contract §7.10–7.14,
/// barong contract §8.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactorRefusal {
    /// The session has no such challenge that is open.
    #[error("the session has no such challenge")]
    ChallengeNotFound,
    /// A challenge or an authenticator must be named.
    #[error("a challenge or an authenticator must be named")]
    Unnamed,
    /// The authenticator does not answer the challenge.
    #[error("the authenticator does not answer the challenge")]
    Unsuitable,
    /// No code can be sent for the challenge.
    #[error("no code can be sent for the challenge")]
    ChallengeWithoutDelivery,
    /// There is no number to send codes to.
    #[error("there is no number to send codes to")]
    NoNumber,
    /// Accounts that administer their company may not rely on SMS.
    #[error("an account that administers its company may not rely on SMS")]
    SmsBarred,
    /// The account has a second factor, and the door lets it have one.
    #[error("the account has a second factor already")]
    AlreadyOn,
}

impl Failure {
    /// The word that metrics count it under.
    #[must_use]
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "throttled",
            Self::Overloaded { .. } => "overloaded",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
            _ => "refused",
        }
    }
}

impl From<PortError> for Failure {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Unavailable(cause) => Self::Unavailable(cause),
            PortError::Overloaded { retry_after } => Self::Overloaded { retry_after },
            PortError::Broken(cause) => Self::Internal(cause),
        }
    }
}

/// An error with everything that caused it, on one line.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let line = inner.to_string();
        if !text.ends_with(&line) {
            text.push_str(": ");
            text.push_str(&line);
        }
        cause = inner.source();
    }
    text.replace(['\r', '\n'], " ")
}
