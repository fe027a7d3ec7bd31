//! The way in.

use std::sync::Arc;

use portcullis_kernel::{Ambient, PasswordHasher, SignInQuota};

use crate::{KeyDirectory, SecondFactor, SessionStore, SignInStore, TokenSigner, TokenVerifier};

/// What sessions need from outside.
#[derive(Clone)]
pub struct SessionPorts {
    /// Accounts as sign-in sees them.
    pub sign_in: Arc<dyn SignInStore>,
    /// Sessions that exist.
    pub sessions: Arc<dyn SessionStore>,
    /// Compares passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Checks second factors.
    pub factors: Arc<dyn SecondFactor>,
    /// Finds API keys.
    pub keys: Arc<dyn KeyDirectory>,
    /// Signs JWTs.
    pub signer: Arc<dyn TokenSigner>,
    /// Verifies JWTs.
    pub verifier: Arc<dyn TokenVerifier>,
    /// Time and randomness.
    pub ambient: Ambient,
}

/// Rules that hold at every door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionRules {
    /// How many wrong passwords are tolerated.
    pub quota: SignInQuota,
}

/// Signs in, authenticates, refreshes, lists and ends sessions. Cheap to clone.
#[derive(Clone)]
pub struct Sessions {
    pub(crate) ports: Arc<SessionPorts>,
    pub(crate) rules: Arc<SessionRules>,
}

impl Sessions {
    /// Sessions over these ports under these rules.
    #[must_use]
    pub fn new(ports: SessionPorts, rules: SessionRules) -> Self {
        Self { ports: Arc::new(ports), rules: Arc::new(rules) }
    }

    pub(crate) fn ambient(&self) -> &Ambient {
        &self.ports.ambient
    }
}
