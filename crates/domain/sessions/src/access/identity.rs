//! Who sends a request that passed the gate.

use portcullis_kernel::{AccountId, AccountState, ApiKeyId, CompanyId, Role, SessionId, Uid, Username};

use crate::Subject;

/// By what right somebody passed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Means {
    /// A session.
    Session(SessionId),
    /// A signed API key.
    Key {
        /// Which one.
        id: ApiKeyId,
        /// Its public handle.
        kid: String,
    },
}

/// An account or a service account, as upstreams are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// By what right it passed.
    pub means: Means,
    /// Its company.
    pub company: CompanyId,
    /// The account: itself, or the owner of the service account.
    pub account: AccountId,
    /// Whether it is a service account.
    pub is_service: bool,
    /// Its handle.
    pub uid: Uid,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its username.
    pub username: Option<Username>,
    /// Its role.
    pub role: Role,
    /// Its level.
    pub level: u32,
    /// Where it stands.
    pub state: AccountState,
    /// The handle of the account that brought it.
    pub referrer: Option<Uid>,
}

impl Identity {
    pub(super) fn of(subject: Subject, session: SessionId) -> Self {
        Self {
            means: Means::Session(session),
            company: subject.company,
            account: subject.id,
            is_service: false,
            uid: subject.uid,
            email: subject.email.map(|email| email.as_str().to_owned()),
            username: subject.username,
            role: subject.role,
            level: subject.level,
            state: subject.state,
            referrer: subject.referrer,
        }
    }
}
