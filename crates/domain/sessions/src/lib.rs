//! Sign in, authenticate, refresh, list and revoke sessions.

mod answer_factor;
mod authenticate;
mod completion;
mod decision;
mod draft;
mod end;
mod facade;
mod list;
mod model;
mod open_for;
mod outcome;
mod ports;
mod refresh;
mod renew;
mod revoke_refresh;
mod rotation;
mod sign;
mod sign_in;

pub use answer_factor::{AnswerFactor, AnswerFactorError};
pub use authenticate::{Authenticate, AuthenticateError, Caller, Credential, Via};
pub use end::{EndAll, EndSession};
pub use facade::{SessionPorts, SessionRules, Sessions};
pub use model::{
    Algorithm, ClaimValue, Claims, DoorRules, KeySlot, LookupRule, PasswordState, RefreshToken, Session,
    SessionKind, SessionPlan, SigningKey, Subject,
};
pub use open_for::{OpenFor, OpenForError};
pub use outcome::{Challenge, Opened, SignInOutcome};
pub use ports::*;
pub use refresh::{Refresh, RefreshError, RefreshPolicy, Refreshed};
pub use renew::{Renew, RenewError};
pub use revoke_refresh::{RevokeRefresh, RevokeRefreshError};
pub use sign_in::{SignIn, SignInError};
