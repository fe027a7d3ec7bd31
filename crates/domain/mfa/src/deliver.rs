//! Send a code again.

use std::time::Duration;

use portcullis_kernel::{AccountId, AuthenticatorId, Client, CompanyId, CompanySlug, PortError, Spending};

use crate::{Factor, SecondFactors};

/// An authenticator whose owner wants a code.
#[derive(Clone)]
pub struct DeliverCode {
    /// The account's company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// Whose.
    pub account: AccountId,
    /// Which authenticator, verified or not.
    pub authenticator: AuthenticatorId,
    /// From where.
    pub client: Client,
}

/// Why no code was sent.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The account has no such authenticator.
    #[error("no such authenticator")]
    NotFound,
    /// Codes of this kind are not sent.
    #[error("this authenticator has no delivery")]
    NoDelivery,
    /// Too many codes were sent.
    #[error("too many codes were sent, try again in {} s", retry_after.as_secs())]
    Throttled {
        /// When the next code may be sent.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl SecondFactors {
    /// Sends a new code by SMS; earlier ones are void.
    pub async fn deliver(&self, command: DeliverCode) -> Result<(), DeliverError> {
        let authenticators = self.store.list(command.account).await?;
        let is_meant = |id| id == command.authenticator;
        let found = authenticators.into_iter().find(|authenticator| is_meant(authenticator.id));
        let authenticator = found.ok_or(DeliverError::NotFound)?;
        let mobile = match &authenticator.factor {
            Factor::Sms { mobile } => mobile,
            Factor::Totp(_) | Factor::Static { .. } => return Err(DeliverError::NoDelivery),
        };
        match self.send(&authenticator, mobile, command.company_slug, &command.client).await? {
            Spending::Within => Ok(()),
            Spending::Exhausted { retry_after } => Err(DeliverError::Throttled { retry_after }),
        }
    }
}
