//! One account that forgot its password, and everything around it.

use std::sync::Arc;
use std::time::Duration;

use portcullis_accounts::{Account, Company};
use portcullis_conformance::{PlainHasher, World, build};
use portcullis_kernel::{Datum, Message, Password, SessionSweep};
use portcullis_password_reset::{
    CompleteByCode, CompleteByCodeError, PasswordResets, RequestCode, RequestResetError, Requested,
    ResetLookup, ResetRules,
};
use portcullis_store_memory::MemoryStore;

pub(crate) const NEW: &str = "another-Horse-8";
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) store: MemoryStore,
    pub(crate) hasher: Arc<PlainHasher>,
    pub(crate) resets: PasswordResets,
    pub(crate) company: Company,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let store = MemoryStore::new();
        let world = World::new(store.clone());
        let hasher = Arc::new(PlainHasher::new());
        let rules = ResetRules { public_url: "https://id.example".to_owned(), ..ResetRules::default() };
        let resets = PasswordResets::new(world.resets.clone(), hasher.clone(), world.ambient(), rules);
        let company = world.new_company().await;
        Self { world, store, hasher, resets, company }
    }

    /// An active account with a verified e-mail address and a password.
    pub(crate) fn ada(&self) -> Account {
        let mut account = build::account(&self.company);
        account.email.as_mut().unwrap().verified_at = Some(build::NOW);
        account
    }

    pub(crate) async fn with_ada() -> (Self, Account) {
        let stage = Self::new().await;
        let ada = stage.ada();
        stage.world.add_account(&ada).await;
        (stage, ada)
    }

    pub(crate) async fn request(&self, typed: &str) -> Result<Requested, RequestResetError> {
        let command = RequestCode {
            company: self.company.id,
            typed: typed.to_owned(),
            lookup: ResetLookup::ExactUsernameOrVerifiedEmail,
            lifetime: HOUR,
            client: build::client(),
        };
        self.resets.request_code(command).await
    }

    /// Asks for a code and reads it from the mail.
    pub(crate) async fn code_for(&self, account: &Account) -> String {
        assert_eq!(self.request(username(account)).await.unwrap(), Requested::Sent);
        datum(&self.last_message(), "code")
    }

    pub(crate) async fn complete(&self, typed: &str, code: &str) -> Result<(), CompleteByCodeError> {
        self.complete_with(typed, code, NEW).await
    }

    pub(crate) async fn complete_with(
        &self,
        typed: &str,
        code: &str,
        new: &str,
    ) -> Result<(), CompleteByCodeError> {
        let command = CompleteByCode {
            company: self.company.id,
            typed: typed.to_owned(),
            lookup: ResetLookup::ExactUsernameOrVerifiedEmail,
            code: code.to_owned(),
            password: password(new),
            sweep: SessionSweep::ALL,
            client: build::client(),
        };
        self.resets.complete_by_code(command).await
    }

    pub(crate) async fn has_new_password(&self, account: &Account) -> bool {
        self.world.hash(account).await == Some(PlainHasher::up_to_date(NEW))
    }

    pub(crate) fn last_message(&self) -> Message {
        self.store.messages().pop().unwrap()
    }
}

pub(crate) fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

pub(crate) fn username(account: &Account) -> &str {
    account.username.as_ref().unwrap().as_str()
}

pub(crate) fn email(account: &Account) -> &str {
    account.email.as_ref().unwrap().value.as_str()
}

/// A text of a message's machine-readable part.
pub(crate) fn datum(message: &Message, name: &str) -> String {
    match &message.data[name] {
        Datum::Text(text) => text.clone(),
        Datum::Flag(flag) => flag.to_string(),
    }
}
