//! One guess, from suspects to verdict: shared by every path that takes a code.

use std::time::Duration;

use portcullis_kernel::{
    AccountId, AuditEvent, AuthenticatorId, ChallengeId, CompanySlug, Effects, Email, PortResult, Relabel,
    Spending, Throttle,
};

use crate::proof::{Finding, Suspect, find, guessed_at};
use crate::{AcceptProof, Acceptance, Authenticator, Factor, RejectProof, SecondFactors, letters};

/// What the audit trail says about wrong and used codes, unless somebody else says it.
pub(crate) const WRONG_CODES: [&str; 2] = ["wrong code", "code used before"];

/// A code someone typed.
pub(crate) struct Guess {
    pub(crate) account: AccountId,
    /// The authenticators it may come from.
    pub(crate) among: Vec<Authenticator>,
    pub(crate) code: String,
    /// Whether a right code verifies its authenticator.
    pub(crate) verifies: bool,
    /// The challenge that a right code answers.
    pub(crate) answers: Option<ChallengeId>,
    /// The audit entry of a right code; of a wrong one with another outcome.
    pub(crate) event: AuditEvent,
    /// What that entry says about a wrong code, and about one that was used before.
    pub(crate) wrong: [&'static str; 2],
    /// The label that follows when a right code verifies its authenticator.
    pub(crate) label: Option<Relabel>,
    /// Whom to tell, and in whose name, that an authenticator counts from now on.
    pub(crate) notice: Option<(CompanySlug, Email)>,
}

/// What a guess came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    Accepted,
    Wrong,
    AlreadyUsed,
    Closed,
    Exhausted { retry_after: Duration },
}

impl SecondFactors {
    pub(crate) async fn judge(&self, guess: Guess) -> PortResult<Judged> {
        let suspects = self.suspects(guess.among).await?;
        let now = self.ports.ambient.now();
        let code = guess.code.trim();
        let found = find(&suspects, code, now, |totp| self.ports.engine.matching_step(totp, code, now));
        let budgets = self.rules.guesses_of(guess.account);
        let (charge, codes, outcome) = match found {
            Finding::Proof(authenticator, proof) => {
                let mut effects = Effects::audit(guess.event);
                if guess.verifies {
                    effects.messages.extend(self.notice(guess.notice, &suspects, authenticator));
                    effects.labels.extend(guess.label);
                }
                let write = AcceptProof {
                    account: guess.account,
                    authenticator,
                    proof,
                    verifies: guess.verifies,
                    answers: guess.answers,
                    at: now,
                    throttle: Throttle {
                        clear: budgets.iter().map(|budget| budget.key).collect(),
                        within: budgets,
                        charge: Vec::new(),
                    },
                    effects,
                };
                return self.ports.authenticators.accept(write).await.map(Judged::from);
            }
            Finding::Spent => (Vec::new(), Vec::new(), Judged::AlreadyUsed),
            Finding::Wrong => (budgets.clone(), guessed_at(&suspects), Judged::Wrong),
        };
        let [wrong, spent] = guess.wrong;
        let detail = if outcome == Judged::Wrong { wrong } else { spent };
        let write = RejectProof {
            codes,
            throttle: Throttle { within: budgets, charge, clear: Vec::new() },
            at: now,
            effects: Effects::audit(guess.event.failed(detail)),
        };
        Ok(match self.ports.authenticators.reject(write).await? {
            Spending::Within => outcome,
            Spending::Exhausted { retry_after } => Judged::Exhausted { retry_after },
        })
    }

    /// Tells an owner that one of the suspects is about to count for the first time.
    fn notice(
        &self,
        notice: Option<(CompanySlug, Email)>,
        suspects: &[Suspect],
        id: AuthenticatorId,
    ) -> Option<portcullis_kernel::Message> {
        let (company, email) = notice?;
        let suspect = suspects.iter().find(|suspect| suspect.authenticator.id == id)?;
        let kind = suspect.authenticator.factor.kind();
        let is_first = suspect.authenticator.verified_at.is_none();
        is_first.then(|| letters::added(&self.ports.ambient, company, email, kind))
    }

    async fn suspects(&self, among: Vec<Authenticator>) -> PortResult<Vec<Suspect>> {
        let mut suspects = Vec::with_capacity(among.len());
        for authenticator in among {
            let sent = match authenticator.factor {
                Factor::Sms { .. } => self.ports.authenticators.latest_code(authenticator.id).await?,
                Factor::Totp(_) | Factor::Static { .. } => None,
            };
            suspects.push(Suspect { authenticator, sent });
        }
        Ok(suspects)
    }
}

impl From<Acceptance> for Judged {
    fn from(acceptance: Acceptance) -> Self {
        match acceptance {
            Acceptance::Accepted => Self::Accepted,
            Acceptance::AlreadyUsed => Self::AlreadyUsed,
            Acceptance::Closed => Self::Closed,
            Acceptance::Exhausted { retry_after } => Self::Exhausted { retry_after },
        }
    }
}
