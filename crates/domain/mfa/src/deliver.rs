//! Send a code again.

use std::time::Duration;

use portcullis_kernel::{AccountId, Client, CompanyId, CompanySlug, FactorKind, PortError, Spending};

use crate::aim::{Aim, Missed};
use crate::{Factor, SecondFactors};

/// A code that somebody waits for.
#[derive(Clone)]
pub struct DeliverCode {
    /// The account's company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// Whose.
    pub account: AccountId,
    /// What it is for: a challenge that takes codes by SMS, or an authenticator, verified or not.
    pub aim: Aim,
    /// From where.
    pub client: Client,
}

/// Why no code was sent.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The session has no such challenge that is open.
    #[error("no such challenge")]
    ChallengeNotFound,
    /// The account has no such authenticator.
    #[error("no such authenticator")]
    NotFound,
    /// Nothing is named, and not exactly one challenge is open.
    #[error("a challenge or an authenticator must be named")]
    Unnamed,
    /// The authenticator does not answer the challenge.
    #[error("the authenticator does not answer the challenge")]
    Unsuitable,
    /// Codes of this kind are not sent.
    #[error("this authenticator has no delivery")]
    NoDelivery,
    /// The challenge takes no codes that are sent, or there is no number to send them to.
    #[error("this challenge has no delivery")]
    ChallengeWithoutDelivery,
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
    /// Sends a new code by SMS; earlier ones are void. Of several numbers that could answer a challenge the newest
    /// gets it.
    pub async fn deliver(&self, command: DeliverCode) -> Result<(), DeliverError> {
        let own = self.ports.authenticators.list(command.account).await?;
        let is_named = command.aim.authenticator.is_some();
        let mut aimed = command.aim.resolve(own)?;
        aimed.among.retain(|authenticator| authenticator.factor.kind() == FactorKind::Sms);
        let authenticator = match (aimed.among.pop(), is_named) {
            (Some(authenticator), _) => authenticator,
            (None, true) => return Err(DeliverError::NoDelivery),
            (None, false) => return Err(DeliverError::ChallengeWithoutDelivery),
        };
        let Factor::Sms { mobile } = &authenticator.factor else { return Err(DeliverError::NoDelivery) };
        let sending = self.code_for(&authenticator, mobile, command.company_slug, &command.client);
        match self.ports.authenticators.issue_code(sending.into_write()).await? {
            Spending::Within => Ok(()),
            Spending::Exhausted { retry_after } => Err(DeliverError::Throttled { retry_after }),
        }
    }
}

impl From<Missed> for DeliverError {
    fn from(missed: Missed) -> Self {
        match missed {
            Missed::Challenge => Self::ChallengeNotFound,
            Missed::Authenticator => Self::NotFound,
            Missed::Unnamed => Self::Unnamed,
            Missed::Unsuitable => Self::Unsuitable,
        }
    }
}
