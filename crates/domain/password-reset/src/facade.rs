//! Password resets as their embedder sees them.

use std::sync::Arc;
use std::time::Duration;

use portcullis_kernel::{
    Ambient, CompanyId, Identifier, Password, PasswordHasher, Policies, PolicyBreach, Quota, Timestamp,
};

use crate::{ResetStore, ResetSubject};

/// The numbers and texts that an operator may set.
#[derive(Clone, Debug, PartialEq)]
pub struct ResetRules {
    /// The numbers of the password policies.
    pub policies: Policies,
    /// How long a new password lasts; for ever, if absent.
    pub password_lifetime: Option<Duration>,
    /// How often a code may be asked for, per account.
    pub requests: Vec<Quota>,
    /// How often a link may be asked for: per name, whether or not anybody answers to it, and silently per account.
    pub link_requests: Vec<Quota>,
    /// How many wrong codes are tolerated, per account; each code tolerates five whatever this says.
    pub guesses: Vec<Quota>,
    /// The base of links whose door names none; without a slash at its end.
    pub public_url: String,
}

impl Default for ResetRules {
    /// Five codes and five wrong ones an hour, four links a minute and ten an hour; passwords last for ever.
    fn default() -> Self {
        let per = |limit, seconds| Quota { limit, period: Duration::from_secs(seconds) };
        let hourly = vec![per(5, 3_600)];
        Self {
            policies: Policies::default(),
            password_lifetime: None,
            requests: hourly.clone(),
            link_requests: vec![per(4, 60), per(10, 3_600)],
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
            None => format!("{company}/{}", Identifier::folded(typed)),
        }
    }
}
