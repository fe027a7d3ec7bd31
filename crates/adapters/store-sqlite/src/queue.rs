//! Group commit: write-sets that wait for the one writer share a transaction, and so the wait for the disk.
//!
//! Each has a savepoint of its own, so that one that halts leaves nothing of itself and takes nothing of the others
//! along; each sees what the ones before it wrote. Nobody is answered before the transaction they share is on disk.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use diesel::result::QueryResult;
use diesel_async::SimpleAsyncConnection;
use portcullis_kernel::PortError;

use crate::backend::Conn;
use crate::sql::failure::Failure;
use crate::sql::transaction::{Lease, Work};

/// How many write-sets share a transaction at most: the first of them waits for the last.
const SHARING: usize = 64;

/// Takes the write lock at once: a transaction that reads first and writes later could not be waited for.
const BEGIN: &str = "BEGIN IMMEDIATE";

type Waiting = VecDeque<(Weak<Waiter>, Box<dyn Work>)>;

/// The write-sets that nobody has begun.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
}

/// Who waits for the answer; a write-set that nobody waits for is not begun.
pub(crate) struct Waiter;

impl Queue {
    pub(crate) fn push(&self, work: Box<dyn Work>) -> Arc<Waiter> {
        let waiter = Arc::new(Waiter);
        self.lock().push_back((Arc::downgrade(&waiter), work));
        waiter
    }

    /// The one that has waited longest, unless nobody waits for it any more.
    fn next(&self) -> Option<Box<dyn Work>> {
        let mut waiting = self.lock();
        loop {
            let (waiter, work) = waiting.pop_front()?;
            if waiter.strong_count() > 0 {
                return Some(work);
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits what has queued, in one transaction.
    pub(crate) async fn work_off(&self, mut lease: Lease) {
        let Some(first) = self.next() else {
            lease.give_back();
            return;
        };
        let mut applied = Vec::new();
        let committed = match lease.connection() {
            Ok(db) => self.commit(db, first, &mut applied).await.map_err(Failure::Sql),
            Err(failure) => Err(failure),
        };
        let done = committed.is_ok();
        settle(applied, committed);
        if done {
            lease.give_back();
        }
    }

    async fn commit(
        &self,
        db: &mut Conn,
        first: Box<dyn Work>,
        applied: &mut Vec<Box<dyn Work>>,
    ) -> QueryResult<()> {
        let mut next = Some(first);
        let mut going = db.batch_execute(BEGIN).await;
        while let Some(mut work) = next {
            if going.is_ok() {
                going = apply(db, &mut *work).await;
            }
            applied.push(work);
            next = if going.is_ok() && applied.len() < SHARING { self.next() } else { None };
        }
        going?;
        db.batch_execute("COMMIT").await
    }
}

async fn apply(db: &mut Conn, work: &mut dyn Work) -> QueryResult<()> {
    db.batch_execute("SAVEPOINT write_set").await?;
    let end =
        if work.apply(db).await { "RELEASE write_set" } else { "ROLLBACK TO write_set; RELEASE write_set" };
    db.batch_execute(end).await
}

/// Tells everybody. The first learns why a commit failed; the others only that they shared it.
fn settle(applied: Vec<Box<dyn Work>>, committed: Result<(), Failure>) {
    let mut committed = Some(committed);
    let failed = matches!(committed, Some(Err(_)));
    for work in applied {
        let shared = || if failed { Err(shared_failure()) } else { Ok(()) };
        work.settle(committed.take().unwrap_or_else(shared));
    }
}

fn shared_failure() -> Failure {
    Failure::Port(PortError::unavailable("the transaction of several write-sets was not committed"))
}
