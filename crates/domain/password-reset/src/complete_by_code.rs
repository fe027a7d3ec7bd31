//! Set a new password with a reset code.

use std::time::Duration;

use portcullis_kernel::{
    AuditAction, AuditEvent, Budget, Client, CompanyId, Effects, OneTime, OneTimeId, OneTimeSecret, Password,
    PolicyBreach, PortError, Quota, SessionSweep, Spending, Throttle,
};

use crate::finish::Proved;
use crate::{Completion, Ineligible, PasswordResets, RejectReset, ResetLookup, ResetSubject};

/// Wrong guesses that a code survives, whatever the rules say.
const GUESSES_PER_CODE: u32 = 5;

/// A code that came back.
#[derive(Clone)]
pub struct CompleteByCode {
    /// In which company.
    pub company: CompanyId,
    /// For whom, as typed.
    pub typed: String,
    /// Which identifiers the door accepts.
    pub lookup: ResetLookup,
    /// The code as typed.
    pub code: String,
    /// The new password.
    pub password: Password,
    /// Which sessions end.
    pub sweep: SessionSweep,
    /// Who asks.
    pub client: Client,
}

/// Why no password was set.
#[derive(Debug, thiserror::Error)]
pub enum CompleteByCodeError {
    /// The code is another one; also the answer for unknown and disabled accounts.
    #[error("the code is wrong")]
    WrongCode,
    /// There is no code that could be used: it expired, was used or replaced, or was never sent.
    #[error("the code has expired")]
    Expired,
    /// The new password breaks the company's policy. The code was right and can be used again.
    #[error("the new password breaks the policy")]
    Weak(Vec<PolicyBreach>),
    /// Too many wrong codes.
    #[error("too many wrong codes")]
    Throttled {
        /// When the budget has room again.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// What a guess is worth.
enum Guess {
    Right(OneTimeId, Box<ResetSubject>),
    Wrong(Option<OneTimeId>),
    Pointless,
}

impl PasswordResets {
    /// Sets the password, uses the code up, tells the owner by mail, and ends the sessions of the sweep. Whatever
    /// is not right spends from the budget of guesses; five wrong guesses spend a code. A breached policy is
    /// reported only while the budgets have room, so that it cannot be used to guess.
    pub async fn complete_by_code(&self, command: CompleteByCode) -> Result<(), CompleteByCodeError> {
        let named = self.named(command.company, &command.typed, command.lookup).await?;
        let spender = Self::budget_subject(command.company, &command.typed, named.as_ref());
        let found = named.filter(|subject| command.lookup.admits(&command.typed, subject));
        let account = found.as_ref().map(|subject| subject.account);
        // Looked up for nobody as well, so that an unknown account costs the same reads.
        let latest = self.store.latest_code(account.unwrap_or_else(|| self.ambient.fresh())).await?;
        let budgets = self.guess_budgets(&spender, latest.as_ref());
        let event = AuditEvent::new(&self.ambient, AuditAction::PasswordReset, &command.client)
            .company(command.company);
        let event = AuditEvent { account, ..event };
        match self.judge(found, latest, &command.code) {
            Guess::Right(code, subject) => self.reset_by((code, *subject), command, (budgets, event)).await,
            Guess::Wrong(code) => {
                self.reject(code, charge(budgets), event.failed("wrong code")).await?;
                Err(CompleteByCodeError::WrongCode)
            }
            Guess::Pointless => {
                self.reject(None, charge(budgets), event.failed("no usable code")).await?;
                Err(CompleteByCodeError::Expired)
            }
        }
    }

    fn judge(&self, found: Option<ResetSubject>, latest: Option<OneTime>, guess: &str) -> Guess {
        let Some(subject) = found else { return Guess::Wrong(None) };
        match subject.eligibility() {
            Err(Ineligible::UnknownEmail | Ineligible::UnknownUsername | Ineligible::Disabled) => {
                return Guess::Wrong(None);
            }
            Err(Ineligible::NoVerifiedEmail | Ineligible::TemporaryPassword | Ineligible::EnoughSent) => {
                return Guess::Pointless;
            }
            Ok(()) => {}
        }
        match latest.filter(|secret| secret.is_usable(self.ambient.now(), u32::MAX)) {
            None => Guess::Pointless,
            Some(secret) if is_code(&secret, guess) => Guess::Right(secret.id, Box::new(subject)),
            Some(secret) => Guess::Wrong(Some(secret.id)),
        }
    }

    async fn reset_by(
        &self,
        (secret, subject): (OneTimeId, ResetSubject),
        command: CompleteByCode,
        (budgets, event): (Vec<Budget>, AuditEvent),
    ) -> Result<(), CompleteByCodeError> {
        if let Err(breaches) = self.check(&subject, &command.password) {
            let room = Throttle { within: budgets, ..Throttle::default() };
            self.reject(None, room, event.denied("weak password")).await?;
            return Err(CompleteByCodeError::Weak(breaches));
        }
        let clear = budgets.iter().map(|budget| budget.key).collect();
        let throttle = Throttle { within: budgets, charge: Vec::new(), clear };
        let (password, sweep) = (command.password, command.sweep);
        let proved = Proved { secret, subject, password, sweep, throttle, event };
        match self.finish(proved).await? {
            Completion::Done => Ok(()),
            Completion::AlreadyUsed => Err(CompleteByCodeError::Expired),
            Completion::Exhausted { retry_after } => Err(CompleteByCodeError::Throttled { retry_after }),
        }
    }

    async fn reject(
        &self,
        code: Option<OneTimeId>,
        throttle: Throttle,
        event: AuditEvent,
    ) -> Result<(), CompleteByCodeError> {
        let write = RejectReset { code, throttle, at: self.ambient.now(), effects: Effects::audit(event) };
        match self.store.reject(write).await? {
            Spending::Within => Ok(()),
            Spending::Exhausted { retry_after } => Err(CompleteByCodeError::Throttled { retry_after }),
        }
    }

    /// The account's budgets, and one that lives as long as the code itself.
    fn guess_budgets(&self, spender: &str, latest: Option<&OneTime>) -> Vec<Budget> {
        let per_account = self.rules.guesses.iter().map(|quota| quota.of("reset/guess", spender));
        let per_code = latest.filter(|code| code.is_usable(self.ambient.now(), u32::MAX)).map(|code| {
            let quota = Quota { limit: GUESSES_PER_CODE, period: code.expires_at.since(code.issued_at) };
            quota.of("reset/code", &code.id.to_string())
        });
        per_account.chain(per_code).collect()
    }
}

fn is_code(secret: &OneTime, guess: &str) -> bool {
    matches!(&secret.secret, OneTimeSecret::Code(code) if code.matches(guess))
}

fn charge(budgets: Vec<Budget>) -> Throttle {
    Throttle::spend(budgets)
}
