//! Password resets as their embedder sees them.

use std::sync::Arc;
use std::time::Duration;

use portcullis_kernel::{
    Ambient, CompanyId, Password, PasswordHasher, Policies, PolicyBreach, Quota, Timestamp,
};

use crate::{ResetStore, ResetSubject};

/// The numbers and texts that an operator may set.
#[derive(Clone, Debug, PartialEq)]
pub struct ResetRules {
    /// The numbers of the password policies.
    pub policies: Policies,
    /// How long a new password lasts; for ever, if absent.
    pub password_lifetime: Option<Duration>,
    /// How often a reset may be asked for, per account.
    pub requests: Vec<Quota>,
    /// How many wrong codes are tolerated, per account; each code tolerates five whatever this says.
    pub guesses: Vec<Quota>,
    /// The base of links whose door names none; without a slash at its end.
    pub public_url: String,
}

impl Default for ResetRules {
    /// Five requests and five wrong codes an hour; passwords last for ever.
    fn default() -> Self {
        let hourly = vec![Quota { limit: 5, period: Duration::from_secs(3_600) }];
        Self {
            policies: Policies::default(),
            password_lifetime: None,
            requests: hourly.clone(),
            guesses: hourly,
            public_url: String::new(),
        }
    }
}

/// Ways to a new password for those who do not have the old one, or must not keep it. Clones are cheap and share
/// the same ports.
#[derive(Clone)]
pub struct PasswordResets {
    pub(crate) store: Arc<dyn ResetStore>,
    pub(crate) hasher: Arc<dyn PasswordHasher>,
    pub(crate) ambient: Ambient,
    pub(crate) rules: Arc<ResetRules>,
}

impl PasswordResets {
    /// Resets on these ports, under these rules.
    #[must_use]
    pub fn new(
        store: Arc<dyn ResetStore>,
        hasher: Arc<dyn PasswordHasher>,
        ambient: Ambient,
        rules: ResetRules,
    ) -> Self {
        Self { store, hasher, ambient, rules: Arc::new(rules) }
    }

    pub(crate) fn check(&self, subject: &ResetSubject, password: &Password) -> Result<(), Vec<PolicyBreach>> {
        self.rules.policies.named(subject.policy).check(password, &subject.own_identifiers())
    }

    /// When a password set at `now` must be replaced.
    pub(crate) fn expiry(&self, now: Timestamp) -> Option<Timestamp> {
        self.rules.password_lifetime.map(|lifetime| now.plus(lifetime))
    }

    pub(crate) fn budget_subject(company: CompanyId, typed: &str, subject: Option<&ResetSubject>) -> String {
        match subject {
            Some(subject) => subject.account.to_string(),
            None => format!("{company}/{}", typed.trim().to_lowercase()),
        }
    }
}
