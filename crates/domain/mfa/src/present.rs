//! Present a code: for a challenge, or to make an authenticator count.

use std::time::Duration;

use portcullis_kernel::{
    AccountId, AuditAction, ChallengeKind, Client, CompanyId, CompanySlug, Email, PortError,
    SessionChallenge, SessionId,
};

use crate::SecondFactors;
use crate::aim::{Aim, Aimed, Missed};
use crate::guess::{Guess, Judged, WRONG_CODES};

/// A code that a session presents.
#[derive(Clone)]
pub struct PresentFactor {
    /// The account's company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// Whose.
    pub account: AccountId,
    /// In which session.
    pub session: SessionId,
    /// Where a notice goes, if anywhere.
    pub email: Option<Email>,
    /// What it is for.
    pub aim: Aim,
    /// The code as typed.
    pub code: String,
    /// From where.
    pub client: Client,
}

/// Why a code achieved nothing.
#[derive(Debug, thiserror::Error)]
pub enum PresentFactorError {
    /// The session has no such challenge that is open.
    #[error("no such challenge")]
    ChallengeNotFound,
    /// The account has no such authenticator.
    #[error("no such authenticator")]
    AuthenticatorNotFound,
    /// Nothing is named, and not exactly one challenge is open.
    #[error("a challenge or an authenticator must be named")]
    Unnamed,
    /// The authenticator does not answer the challenge.
    #[error("the authenticator does not answer the challenge")]
    Unsuitable,
    /// The session must answer these challenges before it may verify authenticators.
    #[error("{} challenges come first", .0.len())]
    Challenged(Vec<SessionChallenge>),
    /// The code is wrong.
    #[error("wrong code")]
    WrongCode,
    /// The code was used before.
    #[error("the code was used before")]
    AlreadyUsed,
    /// Too many wrong codes.
    #[error("too many attempts, try again in {} s", retry_after.as_secs())]
    Throttled {
        /// When the next attempt has a chance.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl SecondFactors {
    /// Spends a code on a challenge of the session, or on the verification of an authenticator, which also closes the
    /// challenges to set one up. The answer to its last challenge makes the session a credential (rehive contract
    /// §6.2, §7.14).
    pub async fn present(&self, command: PresentFactor) -> Result<(), PresentFactorError> {
        let first: Vec<_> =
            command.aim.open.iter().filter(|open| open.kind == ChallengeKind::Authentication).collect();
        if command.aim.is_without_challenge() && !first.is_empty() {
            return Err(PresentFactorError::Challenged(first.into_iter().cloned().collect()));
        }
        let own = self.ports.authenticators.list(command.account).await?;
        let Aimed { challenge, among } = command.aim.resolve(own)?;
        let answers = challenge.filter(|challenge| challenge.kind != ChallengeKind::Setup);
        let verifies = answers.is_none();
        let action = if verifies { AuditAction::FactorVerified } else { AuditAction::ChallengeAnswered };
        let about = (command.company, command.account);
        let now = self.ports.ambient.now();
        let guess = Guess {
            account: command.account,
            among,
            code: command.code,
            verifies,
            answers: answers.map(|challenge| challenge.id),
            event: self.event(action, about, &command.client).session(command.session),
            wrong: WRONG_CODES,
            label: self.rules.label(&command.company_slug, command.account, true, now),
            notice: command.email.map(|email| (command.company_slug, email)),
        };
        match self.judge(guess).await? {
            Judged::Accepted => Ok(()),
            Judged::Wrong => Err(PresentFactorError::WrongCode),
            Judged::AlreadyUsed => Err(PresentFactorError::AlreadyUsed),
            Judged::Closed => Err(PresentFactorError::ChallengeNotFound),
            Judged::Exhausted { retry_after } => Err(PresentFactorError::Throttled { retry_after }),
        }
    }
}

impl From<Missed> for PresentFactorError {
    fn from(missed: Missed) -> Self {
        match missed {
            Missed::Challenge => Self::ChallengeNotFound,
            Missed::Authenticator => Self::AuthenticatorNotFound,
            Missed::Unnamed => Self::Unnamed,
            Missed::Unsuitable => Self::Unsuitable,
        }
    }
}
