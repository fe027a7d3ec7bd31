//! Check a second factor.

use std::time::Duration;

use portcullis_kernel::{AccountId, AuditAction, AuditEvent, Client, CompanyId, PortResult};

use crate::SecondFactors;
use crate::guess::{Guess, Judged, WRONG_CODES};

/// A code to check.
#[derive(Clone)]
pub struct CheckFactor {
    /// The account's company.
    pub company: CompanyId,
    /// Whose.
    pub account: AccountId,
    /// The code as typed.
    pub code: String,
    /// From where.
    pub client: Client,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorVerdict {
    /// The code was right and is now spent.
    Accepted,
    /// The code is wrong.
    Wrong,
    /// The code was right once, and is spent.
    AlreadyUsed,
    /// Too many wrong codes.
    Exhausted {
        /// When the next attempt has a chance.
        retry_after: Duration,
    },
    /// The account has no verified authenticator.
    NotEnrolled,
}

impl SecondFactors {
    /// Checks a code against every verified authenticator of the account, recovery codes included, and spends it if
    /// it is right. Wrong codes count against one budget per account; while that is exhausted, a right one is
    /// refused as well.
    pub async fn check(&self, command: CheckFactor) -> PortResult<FactorVerdict> {
        self.check_noting(command, WRONG_CODES).await
    }

    /// The same at a sign-in, and the audit trail says so of codes that prove nothing.
    pub async fn check_at_sign_in(&self, command: CheckFactor) -> PortResult<FactorVerdict> {
        let at_sign_in = [AuditEvent::CODE_WRONG_AT_SIGN_IN, AuditEvent::CODE_USED_AT_SIGN_IN];
        self.check_noting(command, at_sign_in).await
    }

    async fn check_noting(
        &self,
        command: CheckFactor,
        wrong: [&'static str; 2],
    ) -> PortResult<FactorVerdict> {
        let mut among = self.ports.authenticators.list(command.account).await?;
        among.retain(|authenticator| authenticator.verified_at.is_some());
        if among.is_empty() {
            return Ok(FactorVerdict::NotEnrolled);
        }
        let about = (command.company, command.account);
        let guess = Guess {
            account: command.account,
            among,
            code: command.code,
            verifies: false,
            answers: None,
            event: self.event(AuditAction::FactorChecked, about, &command.client),
            wrong,
            label: None,
            notice: None,
        };
        Ok(match self.judge(guess).await? {
            Judged::Accepted => FactorVerdict::Accepted,
            Judged::Wrong => FactorVerdict::Wrong,
            Judged::AlreadyUsed | Judged::Closed => FactorVerdict::AlreadyUsed,
            Judged::Exhausted { retry_after } => FactorVerdict::Exhausted { retry_after },
        })
    }
}
