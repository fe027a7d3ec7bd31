//! What JWTs say, and the keys that sign them.

use portcullis_kernel::{Secret, Timestamp};

/// A signature algorithm (RFC 7518, RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// RSA 2048 with SHA-256.
    Rs256,
    /// ECDSA P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// The name in JWT headers and settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Rs256, Self::Es256, Self::EdDsa].into_iter().find(|algorithm| algorithm.as_str() == text)
    }
}

/// Which key of an algorithm signs. Access and ID tokens are signed by different keys (wikimedia contract §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeySlot {
    /// Tokens that open something.
    Access,
    /// Tokens that say who somebody is.
    Id,
}

impl KeySlot {
    /// The word that stores use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Id => "id",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Access, Self::Id].into_iter().find(|slot| slot.as_str() == text)
    }
}

/// A signing key as kept.
#[derive(Clone)]
pub struct SigningKey {
    /// Its public name, unique.
    pub kid: String,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// What it signs.
    pub slot: KeySlot,
    /// The number of this key in its slot, from 1; the highest one that is due signs.
    pub generation: u32,
    /// The private key, PKCS#8 in PEM; sealed at rest.
    pub private_pem: Secret,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs; published before, so that verifiers know it in time.
    pub signs_from: Timestamp,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimValue {
    /// Text.
    Text(String),
    /// A whole number; instants are in seconds.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Texts.
    List(Vec<String>),
    /// Said to be absent.
    Nothing,
}

/// The claims of a JWT, in the order they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims(Vec<(String, ClaimValue)>);

impl Claims {
    /// No claims.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, name: &str, value: impl Into<String>) -> Self {
        self.with(name, ClaimValue::Text(value.into()))
    }

    /// Adds an instant, in whole seconds.
    #[must_use]
    pub fn instant(self, name: &str, at: Timestamp) -> Self {
        self.with(name, ClaimValue::Number(at.as_seconds()))
    }

    /// Adds yes or no.
    #[must_use]
    pub fn flag(self, name: &str, value: bool) -> Self {
        self.with(name, ClaimValue::Flag(value))
    }

    /// Adds a list; an empty one is left out.
    #[must_use]
    pub fn list(self, name: &str, values: Vec<String>) -> Self {
        if values.is_empty() { self } else { self.with(name, ClaimValue::List(values)) }
    }

    /// Adds a text that may be absent, and is said to be if it is.
    #[must_use]
    pub fn text_or_nothing(self, name: &str, value: Option<&str>) -> Self {
        self.with(name, value.map_or(ClaimValue::Nothing, |text| ClaimValue::Text(text.to_owned())))
    }

    /// Adds any claim.
    #[must_use]
    pub fn with(mut self, name: &str, value: ClaimValue) -> Self {
        self.0.push((name.to_owned(), value));
        self
    }

    /// The value of a claim.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ClaimValue> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The value of a textual claim.
    #[must_use]
    pub fn get_text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(ClaimValue::Text(text)) => Some(text),
            Some(ClaimValue::Number(_) | ClaimValue::Flag(_) | ClaimValue::List(_) | ClaimValue::Nothing)
            | None => None,
        }
    }

    /// Every claim in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ClaimValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}
