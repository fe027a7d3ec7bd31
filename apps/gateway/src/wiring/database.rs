//! The database that `database.url` names, as a set of ports.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use portcullis_accounts::{
    AccountStore, AuditTrail, CompanyStore, ContactStore, DossierStore, LegalTermStore,
};
use portcullis_kernel::{PortResult, Probe, Resealer, Sealer, Secret};
use portcullis_mfa::{AuthenticatorStore, ChallengeStore};
use portcullis_outbox::OutboxStore;
use portcullis_password_reset::ResetStore;
use portcullis_service_accounts::{ApiKeyStore, ServiceAccountStore, SignedKeyStore};
use portcullis_sessions::{
    AccessStore, SessionExtender, SessionStore, SignInStore, SigningKeyStore, WhitelinkStore,
};

use super::master_key::unused_sealer;
use crate::settings::Database;

/// Every port of one database.
pub(super) struct Stores {
    pub(super) companies: Arc<dyn CompanyStore>,
    pub(super) accounts: Arc<dyn AccountStore>,
    pub(super) contacts: Arc<dyn ContactStore>,
    pub(super) dossiers: Arc<dyn DossierStore>,
    pub(super) legal_terms: Arc<dyn LegalTermStore>,
    pub(super) audit: Arc<dyn AuditTrail>,
    pub(super) sign_in: Arc<dyn SignInStore>,
    pub(super) sessions: Arc<dyn SessionStore>,
    pub(super) signing_keys: Arc<dyn SigningKeyStore>,
    pub(super) authenticators: Arc<dyn AuthenticatorStore>,
    pub(super) challenges: Arc<dyn ChallengeStore>,
    pub(super) resets: Arc<dyn ResetStore>,
    pub(super) api_keys: Arc<dyn ApiKeyStore>,
    pub(super) signed_keys: Arc<dyn SignedKeyStore>,
    pub(super) service_accounts: Arc<dyn ServiceAccountStore>,
    pub(super) access: Arc<dyn AccessStore>,
    pub(super) whitelinks: Arc<dyn WhitelinkStore>,
    pub(super) extender: Arc<dyn SessionExtender>,
    pub(super) outbox: Arc<dyn OutboxStore>,
    pub(super) resealer: Arc<dyn Resealer>,
    pub(super) probe: Arc<dyn Probe>,
    pub(super) schema: Arc<dyn Schema>,
}

/// The schema of a database.
#[async_trait]
pub(super) trait Schema: Send + Sync {
    /// Names the migrations that are not applied yet.
    async fn pending(&self) -> PortResult<Vec<String>>;

    /// Applies them, and names them.
    async fn migrate(&self) -> PortResult<Vec<String>>;
}

/// Every port from one store that has them all.
macro_rules! stores {
    ($store:expr) => {{
        let store = Arc::new($store);
        Stores {
            companies: store.clone(),
            accounts: store.clone(),
            contacts: store.clone(),
            dossiers: store.clone(),
            legal_terms: store.clone(),
            audit: store.clone(),
            sign_in: store.clone(),
            sessions: store.clone(),
            signing_keys: store.clone(),
            authenticators: store.clone(),
            challenges: store.clone(),
            resets: store.clone(),
            api_keys: store.clone(),
            signed_keys: store.clone(),
            service_accounts: store.clone(),
            access: store.clone(),
            whitelinks: store.clone(),
            extender: store.clone(),
            outbox: store.clone(),
            resealer: store.clone(),
            probe: store.clone(),
            schema: store,
        }
    }};
}

macro_rules! schema {
    ($store:ty) => {
        #[async_trait]
        impl Schema for $store {
            async fn pending(&self) -> PortResult<Vec<String>> {
                self.pending_migrations().await
            }

            async fn migrate(&self) -> PortResult<Vec<String>> {
                <$store>::migrate(self).await
            }
        }
    };
}

#[cfg(feature = "sqlite")]
schema!(portcullis_store_sqlite::Store);
#[cfg(feature = "postgres")]
schema!(portcullis_store_postgres::Store);

/// Opens the database, migrated or not.
pub(super) fn open(database: &Database, sealer: Arc<dyn Sealer>) -> anyhow::Result<Stores> {
    match sqlite_path(database) {
        Some(path) => open_sqlite(&path, database, sealer),
        None => open_postgres(database, sealer),
    }
}

/// Names the migrations that the next start would apply; makes and changes nothing.
pub(super) async fn pending(database: &Database) -> anyhow::Result<Vec<String>> {
    let Some(path) = sqlite_path(database).filter(|path| !path.exists()) else {
        return Ok(open(database, unused_sealer())?.schema.pending().await?);
    };
    let stand_in = std::env::temp_dir().join(format!("portcullis-{}.db", std::process::id()));
    let empty = Database { url: Secret::new(format!("sqlite:{}", stand_in.display())), ..database.clone() };
    let pending = open(&empty, unused_sealer())?.schema.pending().await;
    remove_with_side_files(&stand_in);
    tracing::debug!(path = %path.display(), "there is no database file yet");
    Ok(pending?)
}

/// Whether the database answers; makes and changes nothing.
pub(super) async fn reach(database: &Database) -> anyhow::Result<String> {
    match sqlite_path(database) {
        Some(path) if !path.exists() => Ok(format!("{} will be made on the first start", path.display())),
        Some(_) | None => {
            open(database, unused_sealer())?.probe.ping().await?;
            Ok("answers".to_owned())
        }
    }
}

/// The file of an SQLite database: `sqlite:PATH` or `sqlite://PATH`.
pub(super) fn sqlite_path(database: &Database) -> Option<PathBuf> {
    let path = database.url.reveal().strip_prefix("sqlite:")?;
    Some(path.strip_prefix("//").unwrap_or(path).into())
}

fn remove_with_side_files(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _absent = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
}

#[cfg(feature = "sqlite")]
fn open_sqlite(path: &Path, database: &Database, sealer: Arc<dyn Sealer>) -> anyhow::Result<Stores> {
    use anyhow::Context;
    use portcullis_store_sqlite::{Options, Store};

    let mut options = Options::at(path, sealer);
    options.readers = usize::try_from(database.connections)?;
    let store = Store::open(options).with_context(|| format!("the database file {}", path.display()))?;
    Ok(stores!(store))
}

#[cfg(not(feature = "sqlite"))]
fn open_sqlite(_path: &Path, _database: &Database, _sealer: Arc<dyn Sealer>) -> anyhow::Result<Stores> {
    anyhow::bail!("this build knows no SQLite: database.url must start with postgres://")
}

#[cfg(feature = "postgres")]
fn open_postgres(database: &Database, sealer: Arc<dyn Sealer>) -> anyhow::Result<Stores> {
    use portcullis_store_postgres::{Options, Store};

    let mut options = Options::at(database.url.reveal(), sealer);
    options.connections = usize::try_from(database.connections)?;
    Ok(stores!(Store::open(options)?))
}

#[cfg(not(feature = "postgres"))]
fn open_postgres(_database: &Database, _sealer: Arc<dyn Sealer>) -> anyhow::Result<Stores> {
    anyhow::bail!("this build knows no PostgreSQL: database.url must start with sqlite:")
}
