//! The audit trail: one entry per security-relevant event, written in the write-set that caused it.

use crate::{AccountId, Ambient, AuditId, Client, CompanyId, SessionId, Timestamp};

/// How the audited act ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done.
    Succeeded,
    /// It was tried with a wrong secret.
    Failed,
    /// It was refused by a rule.
    Denied,
}

impl Outcome {
    /// The word that stores and commands use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Denied => "denied",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Succeeded, Self::Failed, Self::Denied].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What was done. The text is `topic.action`, stable for operators and scripts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum AuditAction {
            $($(#[$doc])* $name,)*
        }

        impl AuditAction {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Reads the text.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|action| action.as_str() == text)
            }
        }
    };
}

actions! {
    /// A company was made.
    CompanyCreated = "company.created",
    /// A company's settings were changed.
    CompanyChanged = "company.changed",
    /// An account was made.
    AccountCreated = "account.created",
    /// An account's state, role, labels or profile were changed.
    AccountChanged = "account.changed",
    /// An account was deleted.
    AccountDeleted = "account.deleted",
    /// A key to deactivate or delete an account was sent to its owner.
    LeaveRequested = "account.leave_requested",
    /// An account was put to rest by its owner.
    AccountDeactivated = "account.deactivated",
    /// An account was put to rest, and its deletion asked for, by its owner.
    DeletionRequested = "account.deletion_requested",
    /// A verification key or code for a contact was sent.
    ContactVerificationRequested = "contact.verification_requested",
    /// A contact was verified.
    ContactVerified = "contact.verified",
    /// A sign-in, complete or halted at a challenge.
    SignIn = "session.sign_in",
    /// A challenge of a sign-in was answered.
    ChallengeAnswered = "session.challenge_answered",
    /// A challenge was put to a session, about one of its requests.
    ChallengePut = "session.challenged",
    /// A request was made with the answer to its challenge.
    ChallengeRedeemed = "session.challenge_redeemed",
    /// A session was opened without a sign-in of its own (renewed or created from another).
    SessionOpened = "session.opened",
    /// A session was refreshed.
    SessionRefreshed = "session.refreshed",
    /// A spent refresh token came back.
    RefreshReused = "session.refresh_reused",
    /// One or more sessions were ended.
    SessionsEnded = "session.ended",
    /// A password was changed by its owner.
    PasswordChanged = "password.changed",
    /// A password was asked for again by an act that needs it.
    PasswordChecked = "password.checked",
    /// A password was set by an operator.
    PasswordSet = "password.set",
    /// A password reset was requested.
    PasswordResetRequested = "password.reset_requested",
    /// A password was reset.
    PasswordReset = "password.reset",
    /// A second factor was enrolled, not yet verified.
    FactorEnrolled = "factor.enrolled",
    /// A second factor was verified.
    FactorVerified = "factor.verified",
    /// A second-factor code was checked.
    FactorChecked = "factor.checked",
    /// A second factor was removed.
    FactorRemoved = "factor.removed",
    /// An API key was issued.
    KeyIssued = "key.issued",
    /// The scope or state of an API key was changed.
    KeyChanged = "key.changed",
    /// An API key was deleted.
    KeyDeleted = "key.deleted",
    /// A service account was made.
    ServiceAccountCreated = "service_account.created",
    /// The state of a service account was changed.
    ServiceAccountChanged = "service_account.changed",
    /// A restriction was put up.
    RestrictionCreated = "restriction.created",
    /// A restriction was lifted.
    RestrictionDeleted = "restriction.deleted",
    /// A permission was added.
    PermissionCreated = "permission.created",
    /// A permission was withdrawn.
    PermissionDeleted = "permission.deleted",
    /// A link that whitelists the addresses of its visitors was made.
    WhitelinkCreated = "whitelink.created",
    /// Such a link whitelisted an address.
    WhitelinkUsed = "whitelink.used",
    /// A request was refused by the permissions of its sender's role.
    AccessDenied = "access.denied",
    /// A request was made that a permission says to note.
    AccessNoted = "access.noted",
    /// A signing key was made.
    SigningKeyRotated = "signing_key.rotated",
    /// Sealed values were moved to a new master key.
    MasterKeyRotated = "master_key.rotated",
}

/// One entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its id, which sorts by time.
    pub id: AuditId,
    /// When it happened.
    pub at: Timestamp,
    /// What was done.
    pub action: AuditAction,
    /// How it ended.
    pub outcome: Outcome,
    /// In which company, if known.
    pub company: Option<CompanyId>,
    /// To or by which account, if known.
    pub account: Option<AccountId>,
    /// In which session, if any.
    pub session: Option<SessionId>,
    /// From where.
    pub client: Client,
    /// Why it was refused, or what was changed; a fixed phrase, never a secret or client text.
    pub detail: Option<&'static str>,
}

impl AuditEvent {
    /// The detail of an account that its owner made.
    pub const REGISTERED: &str = "registered";
    /// The detail of a session that its holder ended.
    pub const SIGNED_OUT: &str = "signed out";
    /// The detail of a session that its holder ended with every other of the account.
    pub const SIGNED_OUT_ALL: &str = "signed out, and every other session";
    /// The detail of a session that its holder ended with every other temporary one of the account.
    pub const SIGNED_OUT_TEMPORARY: &str = "signed out, and every other temporary session";
    /// The detail of a sign-in that a second-factor code completed.
    pub const WITH_FACTOR: &str = "second factor";
    /// The detail of a sign-in whose password was right and that brought no second factor.
    pub const FACTOR_MISSING: &str = "second factor missing";
    /// The detail of a sign-in with a wrong second factor, whose code has an entry of its own.
    pub const FACTOR_WRONG: &str = "wrong second factor";
    /// The detail of a sign-in with a second factor that was used before, whose code has an entry of its own.
    pub const FACTOR_USED: &str = "second factor used before";
    /// The detail of a sign-in after too many wrong second factors.
    pub const FACTOR_THROTTLED: &str = "second factor throttled";
    /// The detail of a sign-in that waits for a second factor.
    pub const AWAITS_FACTOR: &str = "halted for a second factor";
    /// The detail of a sign-in that waits for a new password.
    pub const AWAITS_PASSWORD: &str = "halted for a new password";
    /// The detail of a sign-in whose session is worth nothing until its challenges are answered.
    pub const CHALLENGED: &str = "challenged";
    /// The detail of a second-factor code that was wrong at a sign-in.
    pub const CODE_WRONG_AT_SIGN_IN: &str = "wrong code at a sign-in";
    /// The detail of a second-factor code that had been used before a sign-in.
    pub const CODE_USED_AT_SIGN_IN: &str = "code used before a sign-in";

    /// A successful event without subject; the `with_` methods add to it.
    #[must_use]
    pub fn new(ambient: &Ambient, action: AuditAction, client: &Client) -> Self {
        Self {
            id: ambient.fresh(),
            at: ambient.now(),
            action,
            outcome: Outcome::Succeeded,
            company: None,
            account: None,
            session: None,
            client: client.clone(),
            detail: None,
        }
    }

    /// Names the company.
    #[must_use]
    pub fn company(mut self, company: CompanyId) -> Self {
        self.company = Some(company);
        self
    }

    /// Names the account.
    #[must_use]
    pub fn account(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }

    /// Names the session.
    #[must_use]
    pub fn session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }

    /// Marks a wrong secret.
    #[must_use]
    pub fn failed(mut self, detail: &'static str) -> Self {
        self.outcome = Outcome::Failed;
        self.detail = Some(detail);
        self
    }

    /// Marks a refusal by a rule.
    #[must_use]
    pub fn denied(mut self, detail: &'static str) -> Self {
        self.outcome = Outcome::Denied;
        self.detail = Some(detail);
        self
    }

    /// Adds a fixed phrase.
    #[must_use]
    pub fn detail(mut self, detail: &'static str) -> Self {
        self.detail = Some(detail);
        self
    }
}
