//! What a door's contract decides about signing in.

use std::time::Duration;

use portcullis_kernel::{FactorSet, Identifier};

use super::{SessionKind, Subject};

/// Which identifiers a door accepts at sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupRule {
    /// Id, e-mail, mobile or username, folded as usual.
    Any,
    /// The username to the letter, or a verified e-mail address (wikimedia contract §7).
    ExactUsernameOrVerifiedEmail,
    /// The username to the letter only.
    ExactUsername,
    /// The e-mail address, verified or not (barong contract §7.8).
    Email,
}

impl LookupRule {
    /// Whether an account that was found under `typed` may be used under it.
    #[must_use]
    pub fn admits(self, typed: &str, subject: &Subject) -> bool {
        let exact = || subject.username.as_ref().is_some_and(|name| name.as_str() == typed);
        let by_email = || {
            Identifier::candidates(typed)
                .iter()
                .any(|candidate| matches!(candidate, Identifier::Email(email) if subject.email.as_ref() == Some(email)))
        };
        match self {
            Self::Any => true,
            Self::ExactUsername => exact(),
            Self::ExactUsernameOrVerifiedEmail => exact() || (subject.email_verified && by_email()),
            Self::Email => by_email(),
        }
    }
}

/// What session a sign-in opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionPlan {
    /// How its credential travels.
    pub kind: SessionKind,
    /// How long it lasts; for ever, if absent.
    pub lifetime: Option<Duration>,
    /// How long its refresh token lasts, if it has one.
    pub refresh_lifetime: Option<Duration>,
    /// What it is asked after it was opened. Without a plan the door asks for the second factor before it opens
    /// anything.
    pub challenges: Option<ChallengePlan>,
}

/// How a session is challenged that is no credential until it answers (rehive contract §6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChallengePlan {
    /// How long it may take to present the account's second factor; then the session dies.
    pub lifetime: Duration,
    /// An account without a factor of these kinds must set one up first; none, if empty.
    pub setup: FactorSet,
}

/// A door's own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoorRules {
    /// Which identifiers it accepts.
    pub lookup: LookupRule,
    /// Whether unconfirmed accounts may sign in.
    pub admit_pending: bool,
    /// Whether an account that the door keeps out is told so before its password is looked at: then strangers learn that
    /// it exists.
    pub state_first: bool,
    /// How long a challenge for a new password or a second factor stays open. A door without challenges refuses
    /// expired and temporary passwords, and takes the second factor with the password.
    pub challenge_lifetime: Option<Duration>,
    /// What a complete sign-in opens.
    pub session: SessionPlan,
}
