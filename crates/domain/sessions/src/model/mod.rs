//! Sessions, and what doors may say about them.

mod claims;
mod door;
mod filter;
mod session;
mod subject;

pub use claims::{Algorithm, ClaimValue, Claims, KeySlot, SigningKey};
pub use door::{ChallengePlan, DoorRules, LookupRule, SessionPlan};
pub use filter::SessionFilter;
pub use session::{RefreshToken, Session, SessionKind};
pub use subject::{PasswordState, Subject};
