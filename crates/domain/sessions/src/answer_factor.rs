//! Answer the challenge for a second factor.

use std::time::Duration;

use portcullis_kernel::{
    AuditAction, Client, CompanyId, FACTOR_CHECKED, PasswordHash, PortError, Purpose, Throttle, Timestamp,
    TokenDigest,
};

use crate::completion::{Hashes, Proven, Question, Written, fingerprint};
use crate::decision::{FactorStanding, Step, next_step};
use crate::{DoorRules, FactorCheck, PendingSignIn, Sessions, SignInOutcome};

/// A code for a halted sign-in.
#[derive(Clone)]
pub struct AnswerFactor {
    /// In which company.
    pub company: CompanyId,
    /// The identifier as typed; a door that takes any identifier goes by the challenge alone.
    pub typed: String,
    /// The challenge token.
    pub challenge: String,
    /// The code as typed.
    pub code: String,
    /// From where.
    pub client: Client,
    /// The door's rules.
    pub rules: DoorRules,
}

/// Why an answer opened nothing.
#[derive(Debug, thiserror::Error)]
pub enum AnswerFactorError {
    /// The challenge is unknown, expired, spent or another account's; or the account or its password changed since.
    #[error("the challenge cannot be answered")]
    Refused,
    /// The code is wrong; the challenge stays open.
    #[error("wrong second-factor code")]
    WrongCode,
    /// The code was used before; the challenge stays open.
    #[error("the second-factor code was used before")]
    CodeUsed,
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

impl Sessions {
    /// Checks a second-factor code and goes on where [`Self::sign_in`] halted. A wrong code leaves the challenge
    /// open, a right one spends it.
    pub async fn answer_factor(&self, command: AnswerFactor) -> Result<SignInOutcome, AnswerFactorError> {
        let digest = TokenDigest::of(&command.challenge);
        let pending = self.ports.sign_in.pending(digest, Purpose::FactorChallenge).await?;
        let pending = pending.ok_or(AnswerFactorError::Refused)?;
        let (hash, replace) =
            answerable(&pending, &command, self.ambient().now()).ok_or(AnswerFactorError::Refused)?;
        self.check(&pending, &command).await?;
        let lifetime = command.rules.challenge_lifetime;
        let standing = FactorStanding::Answered(FactorCheck::Accepted);
        let step = next_step(standing, replace, lifetime.is_some());
        let proven = Proven {
            subject: pending.subject,
            client: command.client,
            action: AuditAction::ChallengeAnswered,
            detail: None,
            consumes: Some(pending.challenge.id),
            throttle: Throttle::default(),
        };
        let written = match step {
            Step::Open => {
                let hashes = Hashes { expected: Some(hash), upgraded: None };
                self.open(proven, hashes, command.rules.session).await?.map(SignInOutcome::Opened)
            }
            Step::AskNewPassword { .. } => {
                let question = Question {
                    purpose: Purpose::NewPasswordChallenge,
                    target: Some(FACTOR_CHECKED.to_owned()),
                    lifetime: lifetime.unwrap_or_default(),
                };
                self.halt(proven, question).await?.map(SignInOutcome::NewPasswordRequired)
            }
            Step::AskSecondFactor | Step::Refuse(_) => Written::Stale,
        };
        match written {
            Written::Done(outcome) => Ok(outcome),
            Written::Stale => Err(AnswerFactorError::Refused),
            Written::Exhausted { retry_after } => Err(AnswerFactorError::Throttled { retry_after }),
        }
    }

    async fn check(&self, pending: &PendingSignIn, command: &AnswerFactor) -> Result<(), AnswerFactorError> {
        let subject = &pending.subject;
        let (code, client) = (command.code.clone(), command.client.clone());
        match self.ports.factors.check(subject.company, subject.id, code, client).await? {
            FactorCheck::Accepted => Ok(()),
            FactorCheck::Wrong => Err(AnswerFactorError::WrongCode),
            FactorCheck::AlreadyUsed => Err(AnswerFactorError::CodeUsed),
            FactorCheck::Exhausted { retry_after } => Err(AnswerFactorError::Throttled { retry_after }),
        }
    }
}

/// The hash the challenge was earned by, and whether that password must be replaced; `None` if the challenge is no
/// longer good for this answer.
fn answerable(
    pending: &PendingSignIn,
    command: &AnswerFactor,
    now: Timestamp,
) -> Option<(PasswordHash, bool)> {
    let (challenge, subject) = (&pending.challenge, &pending.subject);
    let password = pending.password.as_ref()?;
    let good = challenge.is_usable(now, u32::MAX)
        && subject.company == command.company
        && command.rules.lookup.admits(&command.typed, subject)
        && subject.state.admits(command.rules.admit_pending)
        && !password.has_lapsed(now)
        && challenge.target.as_deref() == Some(fingerprint(&password.hash).as_str());
    good.then(|| (password.hash.clone(), password.must_be_replaced(now)))
}
