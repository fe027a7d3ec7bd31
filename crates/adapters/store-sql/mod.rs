//! Every store port in SQL, written once.
//!
//! This folder is no crate: each SQL store mounts it beside a `backend` module that holds what differs (connection,
//! column types, locking clauses, the words of errors). Nothing below names a backend.
//!
//! A write port method is one [`transaction::WriteSet`]: it spends its budgets, checks its conditions, writes its
//! rows and effects, and is committed as a whole or not at all. Reads are single statements outside a transaction.
//!
//! Statements that are frequent stay prepared: rows are inserted with all their columns, absent values too
//! (`treat_none_as_default_value = false`), and updates are [`kept`].

mod access;
mod account_rows;
mod accounts;
mod api_keys;
mod audit;
mod authenticator_rows;
mod authenticators;
mod challenges;
mod companies;
mod contacts;
mod dossiers;
mod effects;
pub(crate) mod failure;
pub(crate) mod kept;
mod labels;
mod leaving;
mod legal_terms;
pub(crate) mod lookup;
mod migrations;
mod one_time;
mod outbox;
mod refreshes;
mod reseal;
mod resets;
mod schema;
mod seals;
mod service_accounts;
mod session_ends;
mod session_rows;
mod sessions;
mod sign_in;
mod signed_keys;
mod signing_keys;
mod throttle;
pub(crate) mod together;
pub(crate) mod transaction;
pub(crate) mod values;

use std::sync::Arc;

use async_trait::async_trait;
use diesel_async::SimpleAsyncConnection;
use portcullis_kernel::{PortResult, Probe, Sealer};
use portcullis_sessions::RefreshSession;

use crate::backend::Backend;
use failure::unanswered;
use lookup::AllLookups;
use together::Together;

/// Every store port on one database. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    pub(crate) backend: Backend,
    sealer: Arc<dyn Sealer>,
    lookups: AllLookups,
    refreshes: Together<RefreshSession>,
}

impl Store {
    pub(crate) fn assemble(backend: Backend, sealer: Arc<dyn Sealer>) -> Self {
        Self { backend, sealer, lookups: AllLookups::default(), refreshes: Together::default() }
    }
}

#[async_trait]
impl Probe for Store {
    async fn ping(&self) -> PortResult<()> {
        self.backend.reader().await?.batch_execute("SELECT 1").await.map_err(unanswered)
    }
}
