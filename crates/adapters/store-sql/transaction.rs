//! One write-set, one transaction.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_kernel::{PortError, PortResult, Sealer};
use tokio::sync::oneshot;

use super::Store;
use super::failure::{Clash, Failure, Halt, Remedy};
use crate::backend::{Conn, Pooled};

/// How often a transaction that met another one is begun.
const ATTEMPTS: u32 = 5;

/// Rows, conditions and effects that are durable together or not at all.
#[async_trait]
pub(super) trait WriteSet: Send + Sync + 'static {
    /// What the port method answers.
    type Answer: Send + 'static;

    /// Writes everything, or halts. Can run more than once: each time after what it wrote before was undone.
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

/// A write-set on its way to the disk, whatever it answers.
#[async_trait]
pub(crate) trait Work: Send {
    /// Writes everything inside a transaction that has begun. Whether the rows are to stay.
    async fn apply(&mut self, db: &mut Conn) -> bool;

    /// Tells who asked, now that the transaction was committed or was not.
    fn settle(self: Box<Self>, committed: Result<(), Failure>);
}

/// What became of a write-set, once its transaction has ended.
pub(crate) type Verdict<A> = oneshot::Receiver<Result<A, Failure>>;

impl Store {
    /// Commits a write-set. Write-sets that concern an account lock counters first (in the order of their keys),
    /// then the account, then anything else; one that meets another in spite of that is begun again.
    pub(super) async fn write<W: WriteSet>(&self, set: W) -> PortResult<W::Answer> {
        let set = Arc::new(set);
        let mut attempt = 1;
        loop {
            let (reply, verdict) = oneshot::channel();
            let work = Assigned { set: set.clone(), sealer: self.sealer.clone(), outcome: None, reply };
            match self.backend.perform(Box::new(work), verdict).await? {
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

/// A write-set and who waits for its answer.
struct Assigned<W: WriteSet> {
    set: Arc<W>,
    sealer: Arc<dyn Sealer>,
    outcome: Option<Result<W::Answer, Failure>>,
    reply: oneshot::Sender<Result<W::Answer, Failure>>,
}

#[async_trait]
impl<W: WriteSet> Work for Assigned<W> {
    async fn apply(&mut self, db: &mut Conn) -> bool {
        let verdict = self.set.apply(&mut Tx { db, sealer: &*self.sealer }).await;
        let stays = verdict.is_ok();
        self.outcome = Some(verdict.or_else(|halt| match halt {
            Halt::Refused(answer) => Ok(answer),
            Halt::Failed(failure) => failure.clash().and_then(|clash| self.set.clashed(clash)).ok_or(failure),
        }));
        stays
    }

    fn settle(self: Box<Self>, committed: Result<(), Failure>) {
        let Self { outcome, reply, .. } = *self;
        let unapplied = || Err(Failure::Port(PortError::broken("the write-set was not applied")));
        let outcome = committed.and_then(|()| outcome.unwrap_or_else(unapplied));
        // Whoever asked may be gone.
        drop(reply.send(outcome));
    }
}

/// A connection on loan. Unless it is given back between two transactions it is closed, and with it what it began:
/// a caller that goes away half-way must leave no lock behind.
pub(crate) struct Lease(Option<Pooled>);

impl Lease {
    pub(crate) const fn of(connection: Pooled) -> Self {
        Self(Some(connection))
    }

    pub(crate) fn connection(&mut self) -> Result<&mut Conn, Failure> {
        let lost = || Failure::Port(PortError::broken("the connection was given back too early"));
        self.0.as_deref_mut().ok_or_else(lost)
    }

    pub(crate) fn give_back(&mut self) {
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
