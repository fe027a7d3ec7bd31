//! Who is calling, as far as the transport can tell.

use std::borrow::Cow;
use std::net::IpAddr;

/// The door a request came through: the name of a dialect, or `operator` for commands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Door(Cow<'static, str>);

impl Door {
    /// The command line.
    pub const OPERATOR: Self = Self::new("operator");

    /// A door of this program.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// A door that a store remembered.
    #[must_use]
    pub fn from_text(name: String) -> Self {
        Self(Cow::Owned(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The far end of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The door it came through.
    pub door: Door,
    /// Its address, after trusted proxies; none for commands.
    pub address: Option<IpAddr>,
    /// Its `User-Agent`, cut to [`Client::MAX_USER_AGENT`] characters; empty if it sent none.
    pub user_agent: String,
}

impl Client {
    /// How many characters of a `User-Agent` are kept.
    pub const MAX_USER_AGENT: usize = 512;

    /// A request over HTTP.
    #[must_use]
    pub fn remote(door: Door, address: IpAddr, user_agent: &str) -> Self {
        let user_agent = user_agent.chars().take(Self::MAX_USER_AGENT).collect();
        Self { door, address: Some(address), user_agent }
    }

    /// A command.
    #[must_use]
    pub fn operator() -> Self {
        Self { door: Door::OPERATOR, address: None, user_agent: String::new() }
    }
}
