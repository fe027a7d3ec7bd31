//! Verify an enrolled second factor.

use std::time::Duration;

use portcullis_kernel::{
    AccountId, AuditAction, AuthenticatorId, Client, CompanyId, CompanySlug, Effects, Email, PortError,
};

use crate::guess::{Guess, Judged};
use crate::{SecondFactors, letters};

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
        let mut among = self.store.list(command.account).await?;
        among.retain(|authenticator| authenticator.id == command.authenticator);
        let authenticator = among.first().ok_or(VerifyFactorError::NotFound)?;
        let mut on_success = Effects::default();
        if let (None, Some(email)) = (authenticator.verified_at, command.email) {
            let kind = authenticator.factor.kind();
            on_success =
                on_success.and_send(letters::added(&self.ambient, command.company_slug, email, kind));
        }
        let about = (command.company, command.account);
        let guess = Guess {
            account: command.account,
            among,
            code: command.code,
            verifies: true,
            event: self.event(AuditAction::FactorVerified, about, &command.client),
            on_success,
        };
        match self.judge(guess).await? {
            Judged::Accepted => Ok(()),
            Judged::Wrong => Err(VerifyFactorError::WrongCode),
            Judged::AlreadyUsed => Err(VerifyFactorError::AlreadyUsed),
            Judged::Exhausted { retry_after } => Err(VerifyFactorError::Throttled { retry_after }),
        }
    }
}
