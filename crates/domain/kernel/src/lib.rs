//! Values, ports and rules that every Portcullis domain crate shares.
//!
//! Nothing here touches a clock, a random source, a file or a socket: time and randomness come in through the
//! [`Clock`] and [`Entropy`] ports, everything else is a plain value. A value is normalised once, when it is
//! parsed, and a secret is a type of its own that cannot be printed, serialised or compared in variable time.
//!
//! ```
//! use portcullis_kernel::{Email, Identifier};
//!
//! let email = Email::parse("Ada@Example.com").unwrap();
//! assert_eq!(email.as_str(), "Ada@Example.com");
//! assert_eq!(email.key(), "ada@example.com");
//! assert!(matches!(Identifier::candidates("ada@example.com").first(), Some(Identifier::Email(_))));
//! ```

mod account;
mod ambient;
mod audit;
mod backoff;
mod budget;
mod challenge;
mod client;
mod effects;
mod email;
mod factor;
mod hasher;
mod id;
mod identifier;
mod json;
mod label;
mod mac;
mod message;
mod mobile;
mod one_time;
mod page;
mod policy;
mod port;
mod quota;
mod seal;
mod secret;
mod sweep;
mod time;
mod token;
mod username;
mod words;

pub use account::{AccountState, CompanySlug, InvalidSlug, InvalidUid, Role, Uid, UnknownState};
pub use ambient::{Ambient, Clock, Entropy};
#[cfg(any(test, feature = "mock"))]
pub use ambient::{MockClock, MockEntropy};
pub use audit::{AuditAction, AuditEvent, Outcome};
pub use backoff::Backoff;
pub use budget::{Budget, BudgetKey, Counter, Spending, Throttle};
pub use challenge::{ChallengeKind, SessionChallenge};
pub use client::{Client, Door};
pub use effects::Effects;
pub use email::{Email, InvalidEmail};
pub use factor::{FactorKind, FactorSet};
#[cfg(any(test, feature = "mock"))]
pub use hasher::MockPasswordHasher;
pub use hasher::{PasswordHash, PasswordHasher, Verdict};
pub use id::{
    AccountId, ApiKeyId, AuditId, AuthenticatorId, ChallengeId, CompanyId, FreshId, KycProfileId, MessageId,
    OneTimeId, PermissionId, RestrictionId, ServiceAccountId, SessionId,
};
pub use identifier::Identifier;
pub use json::is_json;
pub use label::{Label, LabelFault, LabelRules, LabelScope, Relabel, Standing};
pub use mac::{hex, hmac_sha256};
pub use message::{Datum, Event, Message, Recipient};
pub use mobile::{InvalidMobile, Mobile};
pub use one_time::{Code, FACTOR_CHECKED, OneTime, OneTimeSecret, Purpose};
pub use page::{Page, PageRequest};
pub use policy::{BarongRules, PasswordPolicy, Policies, PolicyBreach, PolicyName, UnknownPolicy, strength};
pub use port::{PortError, PortResult};
pub use quota::{Attempt, Quota, SignInQuota};
pub use seal::{Probe, Resealer, SealError, Sealed, Sealer};
pub use secret::{Password, PasswordTooLong, Secret};
pub use sweep::{SessionSweep, SweepScope};
pub use time::{InvalidTimestamp, Timestamp};
pub use token::{Token, TokenDigest};
pub use username::{InvalidUsername, Username};
pub use words::{in_words, link};
