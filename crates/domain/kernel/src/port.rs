//! How a port fails.

use std::error::Error;
use std::time::Duration;

/// What can go wrong behind any port. Expected answers (absent, taken, already used) are never errors: they are
/// part of each method's success type.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// The technology behind the port does not answer now; the same call may succeed later.
    #[error("the service behind a port is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The work was refused to protect the machine; try again after the given time.
    #[error("overloaded, try again in {} s", retry_after.as_secs())]
    Overloaded {
        /// When a new attempt has a chance.
        retry_after: Duration,
    },
    /// The technology answered something that should not happen: a bug or damaged data.
    #[error("a port failed")]
    Broken(#[source] Box<dyn Error + Send + Sync>),
}

impl PortError {
    /// Wraps a cause that should not happen.
    pub fn broken(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken(cause.into())
    }

    /// Wraps a cause that may pass.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }
}

/// The result of every port method.
pub type PortResult<T> = Result<T, PortError>;
