//! Sign in, authenticate, refresh, list and revoke sessions.

mod model;
mod ports;

pub use model::{
    Algorithm, ClaimValue, Claims, DoorRules, KeySlot, LookupRule, PasswordState, RefreshToken, Session,
    SessionKind, SessionPlan, SigningKey, Subject,
};
pub use ports::*;
