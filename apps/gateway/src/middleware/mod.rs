//! What happens to every request before a dialect sees it.

pub mod address;
mod body;
pub mod cors;
mod headers;
mod origin;
pub mod request_id;

pub use body::Body;
pub use cors::Unshared;
pub use headers::security_headers;
pub use origin::Origin;
