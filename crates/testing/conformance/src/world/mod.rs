//! One store as its ports show it.

mod effects;
mod seeding;

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use portcullis_accounts::{
    AccountStore, AuditTrail, CompanyStore, ContactStore, DossierStore, LegalTermStore,
};
use portcullis_kernel::{Ambient, Probe, Resealer};
use portcullis_mfa::{AuthenticatorStore, ChallengeStore};
use portcullis_outbox::OutboxStore;
use portcullis_password_reset::ResetStore;
use portcullis_service_accounts::{ApiKeyStore, ServiceAccountStore, SignedKeyStore};
use portcullis_sessions::{
    AccessStore, SessionExtender, SessionStore, SignInStore, SigningKeyStore, WhitelinkStore,
};

use crate::{FixedClock, SeededEntropy};

/// Every store port of one empty store, and the time.
#[derive(Clone)]
pub struct World {
    /// Companies and groups.
    pub companies: Arc<dyn CompanyStore>,
    /// Accounts.
    pub accounts: Arc<dyn AccountStore>,
    /// Contact secrets.
    pub contacts: Arc<dyn ContactStore>,
    /// Phones, KYC profiles and stored data.
    pub dossiers: Arc<dyn DossierStore>,
    /// Legal terms.
    pub legal_terms: Arc<dyn LegalTermStore>,
    /// The audit trail.
    pub audit: Arc<dyn AuditTrail>,
    /// Second factors.
    pub authenticators: Arc<dyn AuthenticatorStore>,
    /// What sessions are asked.
    pub challenges: Arc<dyn ChallengeStore>,
    /// Signing in.
    pub sign_in: Arc<dyn SignInStore>,
    /// Sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Signing keys.
    pub signing_keys: Arc<dyn SigningKeyStore>,
    /// Password resets.
    pub resets: Arc<dyn ResetStore>,
    /// API keys.
    pub api_keys: Arc<dyn ApiKeyStore>,
    /// Keys that sign.
    pub signed_keys: Arc<dyn SignedKeyStore>,
    /// Service accounts.
    pub service_accounts: Arc<dyn ServiceAccountStore>,
    /// Restrictions and permissions.
    pub access: Arc<dyn AccessStore>,
    /// Links that whitelist.
    pub whitelinks: Arc<dyn WhitelinkStore>,
    /// Lets sessions live longer.
    pub extender: Arc<dyn SessionExtender>,
    /// Queued messages.
    pub outbox: Arc<dyn OutboxStore>,
    /// Whether the store answers.
    pub probe: Arc<dyn Probe>,
    /// Moves sealed values to the current master key.
    pub resealer: Arc<dyn Resealer>,
    /// The time, for stores and use cases built on them; the cases themselves pass every instant as an argument.
    pub clock: Arc<FixedClock>,
    /// Opens the same data under other master keys; absent for a store that seals nothing.
    pub reopen: Option<Reopen>,
    /// What must live as long as the world: a temporary folder, a database that is dropped at the end.
    pub guards: Vec<Arc<dyn Any + Send + Sync>>,
}

/// Opens the data of a world again, under the given master keys. The world it was taken from is not used after.
pub type Reopen = Arc<dyn Fn(MasterKeys) -> Pin<Box<dyn Future<Output = World> + Send>> + Send + Sync>;

/// The master keys of a world that is opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterKeys {
    /// A new key seals; the one the world was made with still opens.
    NewAndOld,
    /// That same new key seals and opens, and no other is configured.
    NewOnly,
}

/// Implemented for whatever implements every store port.
pub trait Stores:
    CompanyStore
    + AccountStore
    + ContactStore
    + DossierStore
    + LegalTermStore
    + AuditTrail
    + AuthenticatorStore
    + ChallengeStore
    + SignInStore
    + SessionStore
    + SigningKeyStore
    + ResetStore
    + ApiKeyStore
    + SignedKeyStore
    + ServiceAccountStore
    + AccessStore
    + WhitelinkStore
    + SessionExtender
    + OutboxStore
    + Probe
    + Resealer
    + 'static
{
}

impl<T> Stores for T where
    T: CompanyStore
        + AccountStore
        + ContactStore
        + DossierStore
        + LegalTermStore
        + AuditTrail
        + AuthenticatorStore
        + ChallengeStore
        + SignInStore
        + SessionStore
        + SigningKeyStore
        + ResetStore
        + ApiKeyStore
        + SignedKeyStore
        + ServiceAccountStore
        + AccessStore
        + WhitelinkStore
        + SessionExtender
        + OutboxStore
        + Probe
        + Resealer
        + 'static
{
}

impl World {
    /// The world of a store that implements every port, seals nothing and needs no guard. Fields can be replaced:
    /// `World { reopen: Some(…), ..World::new(store) }`.
    #[must_use]
    pub fn new(store: impl Stores) -> Self {
        let store = Arc::new(store);
        Self {
            companies: store.clone(),
            accounts: store.clone(),
            contacts: store.clone(),
            dossiers: store.clone(),
            legal_terms: store.clone(),
            audit: store.clone(),
            authenticators: store.clone(),
            challenges: store.clone(),
            sign_in: store.clone(),
            sessions: store.clone(),
            signing_keys: store.clone(),
            resets: store.clone(),
            api_keys: store.clone(),
            signed_keys: store.clone(),
            service_accounts: store.clone(),
            access: store.clone(),
            whitelinks: store.clone(),
            extender: store.clone(),
            outbox: store.clone(),
            probe: store.clone(),
            resealer: store,
            clock: Arc::new(FixedClock::default()),
            reopen: None,
            guards: Vec::new(),
        }
    }

    /// The world's clock and entropy of its own, for use cases.
    #[must_use]
    pub fn ambient(&self) -> Ambient {
        Ambient::new(self.clock.clone(), Arc::new(SeededEntropy::default()))
    }
}
