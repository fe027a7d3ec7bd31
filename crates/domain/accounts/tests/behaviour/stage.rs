//! A company, its accounts, and everything around them.

use std::sync::Arc;

use portcullis_accounts::{
    Account, AccountPorts, AccountRules, Accounts, Company, NewAccount, NewCompany, Profile,
};
use portcullis_conformance::{PlainHasher, World, build};
use portcullis_kernel::{
    AccountState, AuditEvent, Client, CompanySlug, Datum, Email, Message, Mobile, Password, Username,
};
use portcullis_store_memory::MemoryStore;

pub(crate) const PASSWORD: &str = "plain-Horse-7";

pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) store: MemoryStore,
    pub(crate) hasher: Arc<PlainHasher>,
    pub(crate) accounts: Accounts,
    pub(crate) company: Company,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(AccountRules::default()).await
    }

    pub(crate) async fn with(rules: AccountRules) -> Self {
        let store = MemoryStore::new();
        let world = World::new(store.clone());
        let hasher = Arc::new(PlainHasher::new());
        let ports = AccountPorts {
            companies: world.companies.clone(),
            accounts: world.accounts.clone(),
            contacts: world.contacts.clone(),
            dossiers: world.dossiers.clone(),
            legal_terms: world.legal_terms.clone(),
            audit: world.audit.clone(),
            hasher: hasher.clone(),
            ambient: world.ambient(),
        };
        let accounts = Accounts::new(ports, rules);
        let company = accounts.create_company(new_company("acme")).await.unwrap();
        Self { world, store, hasher, accounts, company }
    }

    /// Ada: a username, both contacts unverified, and [`PASSWORD`].
    pub(crate) fn ada(&self) -> NewAccount {
        NewAccount {
            username: Some(Username::parse("Ada").unwrap()),
            email: Some(email("ada@example.com")),
            mobile: Some(Mobile::parse("+27821234567").unwrap()),
            password: Some(password(PASSWORD)),
            ..self.nobody()
        }
    }

    /// An account without any name.
    pub(crate) fn nobody(&self) -> NewAccount {
        NewAccount {
            company: self.company.clone(),
            username: None,
            email: None,
            email_verified: false,
            mobile: None,
            mobile_verified: false,
            password: None,
            temporary_password: false,
            password_expires_at: None,
            state: AccountState::Active,
            role: None,
            groups: Vec::new(),
            profile: Profile::default(),
            client: build::client(),
        }
    }

    pub(crate) async fn add(&self, new: NewAccount) -> Account {
        self.accounts.create(new).await.unwrap()
    }

    pub(crate) fn last_event(&self) -> AuditEvent {
        self.store.audit_events().pop().unwrap()
    }

    pub(crate) fn last_message(&self) -> Message {
        self.store.messages().pop().unwrap()
    }
}

pub(crate) fn new_company(slug: &str) -> NewCompany {
    NewCompany { slug: CompanySlug::parse(slug).unwrap(), name: None, client: Client::operator() }
}

pub(crate) fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// A text of a message's machine-readable part.
pub(crate) fn datum(message: &Message, name: &str) -> String {
    match &message.data[name] {
        Datum::Text(text) => text.clone(),
        Datum::Flag(flag) => flag.to_string(),
    }
}
