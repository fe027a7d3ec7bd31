//! One write-set, one transaction.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use diesel_async::SimpleAsyncConnection;
use portcullis_kernel::{PortError, PortResult, Sealer};

use super::Store;
use super::failure::{Clash, Failure, Halt, Remedy};
use crate::backend::{self, Conn, Pooled};

/// How often a transaction that met another one is begun.
const ATTEMPTS: u32 = 5;

/// Rows, conditions and effects that are durable together or not at all.
#[async_trait]
pub(super) trait WriteSet: Send + Sync + 'static {
    /// What the port method answers.
    type Answer: Send + 'static;

    /// Writes everything, or halts. Can run more than once: each time on a transaction of its own.
    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Answer, Halt<Self::Answer>>;

    /// The answer to a violated unique index; a failure, if there is none.
    fn clashed(&self, _clash: Clash) -> Option<Self::Answer> {
        None
    }
}

/// The transaction of a write-set.
pub(super) struct Tx<'a> {
    pub(super) db: &'a mut Conn,
    pub(super) sealer: &'a dyn Sealer,
}

impl Store {
    /// Commits a write-set. Write-sets that concern an account lock counters first (in the order of their keys),
    /// then the account, then anything else; one that meets another in spite of that is begun again.
    pub(super) async fn write<W: WriteSet>(&self, set: W) -> PortResult<W::Answer> {
        let set = Arc::new(set);
        let mut attempt = 1;
        loop {
            let lease = Lease(Some(self.backend.writer().await?));
            let (set, sealer) = (set.clone(), self.sealer.clone());
            match backend::drive(commit(lease, set, sealer)).await? {
                Ok(answer) => return Ok(answer),
                Err(failure) if failure.remedy() == Remedy::Retry && attempt < ATTEMPTS => {
                    tokio::time::sleep(Duration::from_millis(5) * attempt * attempt).await;
                    attempt += 1;
                }
                Err(failure) => return Err(failure.into_port()),
            }
        }
    }
}

async fn commit<W: WriteSet>(
    mut lease: Lease,
    set: Arc<W>,
    sealer: Arc<dyn Sealer>,
) -> Result<W::Answer, Failure> {
    let db = lease.connection()?;
    db.batch_execute(backend::BEGIN).await.map_err(Failure::Sql)?;
    let verdict = set.apply(&mut Tx { db, sealer: &*sealer }).await;
    let db = lease.connection()?;
    match verdict {
        Ok(answer) => {
            db.batch_execute("COMMIT").await.map_err(Failure::Sql)?;
            lease.give_back();
            Ok(answer)
        }
        Err(halt) => {
            if db.batch_execute("ROLLBACK").await.is_ok() {
                lease.give_back();
            }
            match halt {
                Halt::Refused(answer) => Ok(answer),
                Halt::Failed(failure) => failure.clash().and_then(|clash| set.clashed(clash)).ok_or(failure),
            }
        }
    }
}

/// A connection on loan. Unless it is given back between two transactions it is closed, and with it what it began:
/// a caller that goes away half-way must leave no lock behind.
struct Lease(Option<Pooled>);

impl Lease {
    fn connection(&mut self) -> Result<&mut Conn, Failure> {
        let lost = || Failure::Port(PortError::broken("the connection was given back too early"));
        self.0.as_deref_mut().ok_or_else(lost)
    }

    fn give_back(&mut self) {
        self.0 = None;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Pooled::take(connection));
        }
    }
}
