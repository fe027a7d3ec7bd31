//! Prove possession of a second factor, where anything but a right code is a refusal.

use std::time::Duration;

use portcullis_kernel::PortError;

use crate::{CheckFactor, FactorVerdict, SecondFactors};

/// Why possession was not proved.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The account has no verified authenticator.
    #[error("the account has no second factor")]
    NotEnrolled,
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
    /// Spends a code as [`SecondFactors::check`] does.
    pub async fn prove(&self, command: CheckFactor) -> Result<(), ProveError> {
        match self.check(command).await? {
            FactorVerdict::Accepted => Ok(()),
            FactorVerdict::Wrong => Err(ProveError::WrongCode),
            FactorVerdict::AlreadyUsed => Err(ProveError::AlreadyUsed),
            FactorVerdict::NotEnrolled => Err(ProveError::NotEnrolled),
            FactorVerdict::Exhausted { retry_after } => Err(ProveError::Throttled { retry_after }),
        }
    }
}
