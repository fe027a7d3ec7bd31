//! Companies and accounts as their embedder sees them.

use std::sync::Arc;
use std::time::Duration;

use portcullis_kernel::{Ambient, LabelRules, PasswordHasher, Policies, Quota, SignInQuota};

use crate::{
    AccountStore, AuditTrail, CompanyStore, ContactStore, DossierStore, LegalTermStore, PhonePolicy,
};

/// What [`Accounts`] stands on.
#[derive(Clone)]
pub struct AccountPorts {
    /// Keeps companies and groups.
    pub companies: Arc<dyn CompanyStore>,
    /// Keeps accounts.
    pub accounts: Arc<dyn AccountStore>,
    /// Keeps the secrets that prove contacts.
    pub contacts: Arc<dyn ContactStore>,
    /// Keeps phones, KYC profiles and stored data.
    pub dossiers: Arc<dyn DossierStore>,
    /// Keeps legal terms.
    pub legal_terms: Arc<dyn LegalTermStore>,
    /// Reads the audit trail.
    pub audit: Arc<dyn AuditTrail>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Time and randomness.
    pub ambient: Ambient,
}

/// The numbers and texts that an operator may set.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountRules {
    /// How many wrong passwords are tolerated.
    pub quota: SignInQuota,
    /// The numbers of the password policies.
    pub policies: Policies,
    /// How long a new password lasts; for ever, if absent.
    pub password_lifetime: Option<Duration>,
    /// How long a temporary password opens a first sign-in.
    pub temporary_password_lifetime: Duration,
    /// What account handles begin with: 2 to 6 capitals.
    pub uid_prefix: String,
    /// The base of links, for companies that set no page of their own; without a slash at its end.
    pub public_url: String,
    /// How long the key in a verification mail works.
    pub contact_token_lifetime: Duration,
    /// How long the code in a verification SMS works.
    pub contact_code_lifetime: Duration,
    /// How many wrong verification codes are tolerated, per account; each code tolerates five whatever this says.
    pub contact_guesses: Option<Quota>,
    /// The company whose accounts labels decide about.
    pub labels: Option<LabelRules>,
    /// How phones are proved.
    pub phones: PhonePolicy,
    /// The titles under which accounts may keep data.
    pub storage_titles: Vec<String>,
}

impl Default for AccountRules {
    /// Passwords last for ever, temporary ones a week; keys work for three days, codes for ten minutes, in which five
    /// may be wrong.
    fn default() -> Self {
        Self {
            quota: SignInQuota::default(),
            policies: Policies::default(),
            password_lifetime: None,
            temporary_password_lifetime: Duration::from_secs(7 * 86_400),
            uid_prefix: "ID".to_owned(),
            public_url: String::new(),
            contact_token_lifetime: Duration::from_secs(3 * 86_400),
            contact_code_lifetime: Duration::from_secs(600),
            contact_guesses: Some(Quota { limit: 5, period: Duration::from_secs(600) }),
            labels: None,
            phones: PhonePolicy::Mock,
            storage_titles: Vec::new(),
        }
    }
}

/// Everything that can be done with companies and accounts. Clones are cheap and share the same ports.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) ports: AccountPorts,
    pub(crate) rules: Arc<AccountRules>,
}

impl Accounts {
    /// Accounts on these ports, under these rules.
    #[must_use]
    pub fn new(ports: AccountPorts, rules: AccountRules) -> Self {
        Self { ports, rules: Arc::new(rules) }
    }
}
