//! Who may use the barong door: restrictions by address, permissions by role, and the gate that asks them about every
//! request (barong contract §5).

mod check;
mod cookie;
mod extensions;
mod gate;
mod identity;
mod mint;
mod network;
mod owner;
mod path;
mod permission;
mod refusal;
mod restriction;
mod rulebook;
mod rules;
mod whitelinks;

pub use check::{Admission, Knock};
pub use cookie::csrf_token;
pub use gate::{Gate, GatePorts, GateRules};
pub use identity::{Identity, Means};
pub use network::Network;
pub use owner::Owner;
pub use path::PlainPath;
pub use permission::{ANY_VERB, Permission, PermissionAction, stock};
pub use refusal::GateRefusal;
pub use restriction::{Restriction, RestrictionCategory, RestrictionScope};
pub use rulebook::{Barred, Rulebook, Verdict, Whereabouts};
pub use rules::{NewPermission, NewRestriction, NewRuleError};
pub use whitelinks::{NewWhitelink, VisitError, VisitWhitelink};
