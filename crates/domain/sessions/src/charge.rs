//! Count acts that have a budget of their own.

use std::time::Duration;

use portcullis_kernel::{Budget, Effects, PortError, Spending, Throttle};

use crate::{RefuseSignIn, Sessions};

/// Why an act was not counted.
#[derive(Debug, thiserror::Error)]
pub enum ChargeError {
    /// A budget is exhausted.
    #[error("too many attempts, try again in {} s", retry_after.as_secs())]
    Throttled {
        /// When it has room again.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Sessions {
    /// Spends from every budget, unless one of them is exhausted: then from none.
    pub async fn charge(&self, budgets: Vec<Budget>) -> Result<(), ChargeError> {
        let throttle = Throttle { within: budgets.clone(), charge: budgets, clear: Vec::new() };
        let write = RefuseSignIn { throttle, at: self.ambient().now(), effects: Effects::default() };
        match self.ports.sign_in.refuse(write).await? {
            Spending::Within => Ok(()),
            Spending::Exhausted { retry_after } => Err(ChargeError::Throttled { retry_after }),
        }
    }
}
