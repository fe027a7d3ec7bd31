//! Open a session for an account that just proved itself in another way.

use portcullis_kernel::{
    AccountId, AuditAction, Client, CompanyId, Identifier, PortError, Purpose, Throttle,
};

use crate::completion::{Hashes, Proven, Question, Written, fingerprint};
use crate::decision::{FactorStanding, Judgement, Step, judge, next_step};
use crate::{CandidateQuery, DoorRules, FactorCheck, Sessions, SignInOutcome};

/// An account that answered the challenge for a new password.
#[derive(Clone)]
pub struct OpenFor {
    /// In which company.
    pub company: CompanyId,
    /// Which account.
    pub account: AccountId,
    /// Whether its second factor was checked on the way.
    pub factor_checked: bool,
    /// From where.
    pub client: Client,
    /// The door's rules.
    pub rules: DoorRules,
}

/// Why nothing was opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenForError {
    /// The account is gone, its state keeps it out, or its password must be replaced again.
    #[error("no session for this account")]
    Refused,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Sessions {
    /// Opens a session without a password of its own: the caller vouches that one was just set. A verified second
    /// factor that was not checked is asked for first.
    pub async fn open_for(&self, command: OpenFor) -> Result<SignInOutcome, OpenForError> {
        let query = CandidateQuery {
            company: command.company,
            identifiers: vec![Identifier::Id(command.account)],
            device: command.client.device(),
        };
        let found = self.ports.sign_in.candidate(query).await?.ok_or(OpenForError::Refused)?;
        let verdict = portcullis_kernel::Verdict::Match;
        let judgement = judge(Some(&found), verdict, command.rules.admit_pending, self.ambient().now());
        let (Judgement::Right { replace: false }, Some(password)) = (judgement, found.password) else {
            return Err(OpenForError::Refused);
        };
        let lifetime = command.rules.challenge_lifetime;
        let factor = match command.factor_checked {
            true => FactorStanding::Answered(FactorCheck::Accepted),
            false if command.rules.session.challenges.is_some() => FactorStanding::AskedLater,
            false if self.ports.factors.is_enrolled(command.account).await? => FactorStanding::Open,
            false => FactorStanding::NotEnrolled,
        };
        let proven = Proven {
            subject: found.subject,
            client: command.client,
            action: AuditAction::SignIn,
            detail: None,
            consumes: None,
            throttle: Throttle::default(),
        };
        let written = match next_step(factor, false, lifetime.is_some()) {
            Step::Open => {
                let hashes = Hashes { expected: Some(password.hash), upgraded: None };
                self.open(proven, hashes, command.rules.session).await?.map(SignInOutcome::Opened)
            }
            Step::AskSecondFactor => {
                let question = Question {
                    purpose: Purpose::FactorChallenge,
                    target: Some(fingerprint(&password.hash)),
                    lifetime: lifetime.unwrap_or_default(),
                };
                self.halt(proven, question).await?.map(SignInOutcome::SecondFactorRequired)
            }
            Step::AskNewPassword { .. } | Step::Refuse(_) => Written::Stale,
        };
        match written {
            Written::Done(outcome) => Ok(outcome),
            Written::Stale | Written::Exhausted { .. } => Err(OpenForError::Refused),
        }
    }
}
