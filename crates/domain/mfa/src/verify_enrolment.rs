//! Verify an enrolled second factor.

use std::time::Duration;

use portcullis_kernel::{
    AccountId, AuditAction, AuthenticatorId, Client, CompanyId, CompanySlug, Email, PortError,
};

use crate::SecondFactors;
use crate::guess::{Guess, Judged, WRONG_CODES};

/// A code of an authenticator that shall count from now on.
#[derive(Clone)]
pub struct VerifyFactor {
    /// The account's company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// Whose.
    pub account: AccountId,
    /// Where a notice goes, if anywhere.
    pub email: Option<Email>,
    /// Which authenticator.
    pub authenticator: AuthenticatorId,
    /// The code as typed.
    pub code: String,
    /// From where.
    pub client: Client,
}

/// Why an authenticator was not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyFactorError {
    /// The account has no such authenticator.
    #[error("no such authenticator")]
    NotFound,
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
    /// Makes an authenticator count, against one of its codes, which is spent. Its owner is told the first time.
    pub async fn verify_enrolment(&self, command: VerifyFactor) -> Result<(), VerifyFactorError> {
        let mut among = self.ports.authenticators.list(command.account).await?;
        among.retain(|authenticator| authenticator.id == command.authenticator);
        if among.is_empty() {
            return Err(VerifyFactorError::NotFound);
        }
        let about = (command.company, command.account);
        let now = self.ports.ambient.now();
        let guess = Guess {
            account: command.account,
            among,
            code: command.code,
            verifies: true,
            answers: None,
            event: self.event(AuditAction::FactorVerified, about, &command.client),
            wrong: WRONG_CODES,
            label: self.rules.label(&command.company_slug, command.account, true, now),
            notice: command.email.map(|email| (command.company_slug, email)),
        };
        match self.judge(guess).await? {
            Judged::Accepted => Ok(()),
            Judged::Wrong => Err(VerifyFactorError::WrongCode),
            Judged::AlreadyUsed | Judged::Closed => Err(VerifyFactorError::AlreadyUsed),
            Judged::Exhausted { retry_after } => Err(VerifyFactorError::Throttled { retry_after }),
        }
    }
}
