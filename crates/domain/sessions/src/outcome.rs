//! How a sign-in ends well, or goes on.

use portcullis_kernel::{SessionChallenge, Timestamp, Token};

use crate::{Session, Subject};

/// What a right password, or a right answer to a challenge, leads to.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "made once per sign-in, moved straight to its reader")]
pub enum SignInOutcome {
    /// A session.
    Opened(Opened),
    /// The password must be replaced first.
    NewPasswordRequired(Challenge),
    /// A second factor must be presented first.
    SecondFactorRequired(Challenge),
}

/// A session that was opened just now.
#[derive(Clone)]
pub struct Opened {
    /// The session.
    pub session: Session,
    /// Its account.
    pub subject: Subject,
    /// Its credential, unless that is a JWT.
    pub credential: Option<Token>,
    /// Its refresh token, if the plan has one.
    pub refresh: Option<Token>,
    /// What it must prove before it is a credential.
    pub challenges: Vec<SessionChallenge>,
}

/// A halted sign-in, to be continued with the token.
#[derive(Clone)]
pub struct Challenge {
    /// What the client sends back with its answer.
    pub token: Token,
    /// From when on it is refused.
    pub expires_at: Timestamp,
}
