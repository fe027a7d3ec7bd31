//! Ask for a reset code.

use std::time::Duration;

use portcullis_kernel::{
    AuditAction, AuditEvent, Client, CompanyId, Effects, OneTime, OneTimeSecret, PortError, PortResult,
    Purpose, Spending, Throttle,
};

use crate::{Ineligible, IssueReset, PasswordResets, ResetLookup, ResetSubject, letters};

/// Digits of a reset code (wikimedia contract §5.3).
const CODE_DIGITS: usize = 6;

/// A code to ask for.
#[derive(Clone, Debug)]
pub struct RequestCode {
    /// In which company.
    pub company: CompanyId,
    /// For whom, as typed.
    pub typed: String,
    /// Which identifiers the door accepts.
    pub lookup: ResetLookup,
    /// How long the code works.
    pub lifetime: Duration,
    /// Who asks.
    pub client: Client,
}

/// What a request led to. Anonymous callers must not learn which, unless the operator discloses accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requested {
    /// A message is on its way; earlier codes and links are void.
    Sent,
    /// Nobody gets one.
    NobodyEligible(Ineligible),
}

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum RequestResetError {
    /// Too many requests for this account, or for this name if there is no account.
    #[error("too many requests")]
    Throttled {
        /// When the budget has room again.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl PasswordResets {
    /// Mails a code of six digits, if somebody may get one. A request spends from the budget whoever it names.
    pub async fn request_code(&self, command: RequestCode) -> Result<Requested, RequestResetError> {
        let named = self.named(command.company, &command.typed, command.lookup).await?;
        let throttle = self.request_throttle(command.company, &command.typed, named.as_ref());
        let found = named.filter(|subject| command.lookup.admits(&command.typed, subject));
        let event = AuditEvent::new(&self.ambient, AuditAction::PasswordResetRequested, &command.client)
            .company(command.company);
        let event = AuditEvent { account: found.as_ref().map(|subject| subject.account), ..event };
        let eligible = match found {
            None => Err(Ineligible::unknown(&command.typed)),
            Some(subject) => subject.eligibility().map(|()| subject),
        };
        let write = match &eligible {
            Ok(subject) => self.code_for(subject, command.lifetime, throttle, event),
            Err(why) => self.nobody(*why, throttle, event),
        };
        let spending = self.store.issue(write).await?;
        answer(spending, eligible.err())
    }

    /// Whom the text names, spelt rightly or not: budgets go by the account, or the spelling would tell accounts from
    /// strangers.
    pub(crate) async fn named(
        &self,
        company: CompanyId,
        typed: &str,
        lookup: ResetLookup,
    ) -> PortResult<Option<ResetSubject>> {
        self.store.subject(company, lookup.identifiers(typed)).await
    }

    pub(crate) fn request_throttle(
        &self,
        company: CompanyId,
        typed: &str,
        found: Option<&ResetSubject>,
    ) -> Throttle {
        let subject = Self::budget_subject(company, typed, found);
        let budgets: Vec<_> =
            self.rules.requests.iter().map(|quota| quota.of("reset/request", &subject)).collect();
        Throttle::spend(budgets)
    }

    pub(crate) fn nobody(&self, why: Ineligible, throttle: Throttle, event: AuditEvent) -> IssueReset {
        let effects = Effects::audit(event.denied(why.as_str()));
        IssueReset { secret: None, throttle, at: self.ambient.now(), effects }
    }

    fn code_for(
        &self,
        subject: &ResetSubject,
        lifetime: Duration,
        throttle: Throttle,
        event: AuditEvent,
    ) -> IssueReset {
        let code = self.ambient.code(CODE_DIGITS);
        let mut effects = Effects::audit(event);
        if let Some(email) = &subject.email {
            effects = effects.and_send(letters::reset_code(
                &self.ambient,
                subject,
                email,
                (code.reveal(), lifetime),
            ));
        }
        self.reset_secret(subject, OneTimeSecret::Code(code), lifetime, (throttle, effects))
    }

    pub(crate) fn reset_secret(
        &self,
        subject: &ResetSubject,
        secret: OneTimeSecret,
        lifetime: Duration,
        (throttle, effects): (Throttle, Effects),
    ) -> IssueReset {
        let now = self.ambient.now();
        let owner = (subject.company, subject.account);
        let secret =
            OneTime::issue(self.ambient.fresh(), owner, Purpose::ResetPassword, secret, (now, lifetime));
        IssueReset { secret: Some(secret), throttle, at: now, effects }
    }
}

pub(crate) fn answer(spending: Spending, nobody: Option<Ineligible>) -> Result<Requested, RequestResetError> {
    match (spending, nobody) {
        (Spending::Exhausted { retry_after }, _) => Err(RequestResetError::Throttled { retry_after }),
        (Spending::Within, Some(why)) => Ok(Requested::NobodyEligible(why)),
        (Spending::Within, None) => Ok(Requested::Sent),
    }
}
