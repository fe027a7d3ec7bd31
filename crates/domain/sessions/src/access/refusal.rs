//! Why a request does not pass.

use portcullis_kernel::PortError;

use super::Barred;
use crate::KeyRefusal;

/// Why the gate stays shut (barong contract §5.2, §5.4, §5.5, §5.7).
#[derive(Debug, thiserror::Error)]
pub enum GateRefusal {
    /// A restriction is about the client.
    #[error("a {} restriction keeps the client out", .0.category.as_str())]
    Barred(Barred),
    /// Nobody may ask for such a path.
    #[error("the path is blocked")]
    Blocked,
    /// The request changes something and brings no CSRF token.
    #[error("no CSRF token")]
    CsrfMissing,
    /// The CSRF token is not the session's.
    #[error("another CSRF token")]
    CsrfMismatch,
    /// There is no such session.
    #[error("no session")]
    NoSession,
    /// The session expired or is used by another client; it is ended now.
    #[error("the session was opened by another client, or expired")]
    ClientMismatch,
    /// The account's state keeps it out.
    #[error("the account is kept out")]
    NotAdmitted,
    /// A header of a signed request is missing or blank.
    #[error("a header of the signature is missing")]
    KeyHeaders,
    /// The signature is not honoured.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// The permissions of the role do not allow it.
    #[error("the role may not do that")]
    NotPermitted,
    /// The bearer token is not honoured.
    #[error("the bearer token is not honoured")]
    Bearer,
    /// The bearer token is a service account's, who owns nothing here.
    #[error("the bearer token is no account's")]
    NoOwner,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}
