//! Look-ups that arrive while others are under way travel together: one statement asks for all of them.
//!
//! What a round trip costs, here and in the server, depends little on how many rows it fetches. A look-up never waits
//! for company: it leaves at once while fewer than [`LANES`] statements are out, and with the next one otherwise. Every
//! statement begins after the look-ups it carries, so nobody reads what was true before they asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use portcullis_kernel::{PortError, PortResult};
use tokio::sync::oneshot;

use crate::backend::Backend;
use crate::sql::failure::unanswered;
use crate::sql::lookup::Lookup;

/// How many statements of one kind are out at the same time.
const LANES: usize = 2;
/// How many keys a statement asks for at most.
const BATCH: usize = 64;

/// Whoever waits for a row.
type Reply<R> = oneshot::Sender<PortResult<Option<R>>>;
/// Look-ups that wait, each with its key.
type Asked<L> = Vec<(<L as Lookup>::Key, Reply<<L as Lookup>::Row>)>;

/// The look-ups of one kind.
pub(crate) struct Lookups<L: Lookup>(Arc<Mutex<State<L>>>);

struct State<L: Lookup> {
    waiting: Asked<L>,
    lanes: usize,
}

impl<L: Lookup> Lookups<L> {
    /// The row of a key.
    pub(crate) async fn find(&self, backend: &Backend, key: L::Key) -> PortResult<Option<L::Row>> {
        let (reply, answer) = oneshot::channel();
        if let Some(lane) = self.ask(key, reply) {
            // A task of its own: whoever asked first may go away before the others have their answers.
            tokio::spawn(lane.drive(backend.clone()));
        }
        answer.await.map_err(PortError::broken)?
    }

    /// Queues a look-up; answers a lane if one is free.
    fn ask(&self, key: L::Key, reply: Reply<L::Row>) -> Option<Lane<L>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.push((key, reply));
        (state.lanes < LANES).then(|| {
            state.lanes += 1;
            Lane { state: self.0.clone(), held: true }
        })
    }
}

/// The right to have a statement out.
struct Lane<L: Lookup> {
    state: Arc<Mutex<State<L>>>,
    held: bool,
}

impl<L: Lookup> Lane<L> {
    async fn drive(mut self, backend: Backend) {
        while let Some(asked) = self.take() {
            answer::<L>(&backend, asked).await;
        }
    }

    /// What waits; if nothing does the right is given back, in the same moment, so that nobody waits for this lane.
    fn take(&mut self) -> Option<Asked<L>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.waiting.is_empty() {
            state.lanes -= 1;
            self.held = false;
            return None;
        }
        let count = state.waiting.len().min(BATCH);
        Some(state.waiting.drain(..count).collect())
    }
}

impl<L: Lookup> Drop for Lane<L> {
    fn drop(&mut self) {
        if self.held {
            self.state.lock().unwrap_or_else(PoisonError::into_inner).lanes -= 1;
        }
    }
}

async fn answer<L: Lookup>(backend: &Backend, asked: Asked<L>) {
    match load::<L>(backend, asked.iter().map(|(key, _)| key.clone()).collect()).await {
        Ok(rows) => {
            let rows: HashMap<L::Key, L::Row> = rows.into_iter().collect();
            for (key, reply) in asked {
                // Whoever asked may be gone.
                drop(reply.send(Ok(rows.get(&key).cloned())));
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for (_, reply) in asked {
                drop(reply.send(Err(shared(&error))));
            }
        }
    }
}

async fn load<L: Lookup>(backend: &Backend, keys: Vec<L::Key>) -> PortResult<Vec<(L::Key, L::Row)>> {
    let mut db = backend.reader().await?;
    L::load(&mut db, keys).await.map_err(unanswered)
}

/// One failure, told to each of those it concerns.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Shared(Arc<PortError>);

fn shared(error: &Arc<PortError>) -> PortError {
    match **error {
        PortError::Unavailable(_) => PortError::unavailable(Shared(error.clone())),
        PortError::Overloaded { retry_after } => PortError::Overloaded { retry_after },
        PortError::Broken(_) => PortError::broken(Shared(error.clone())),
    }
}

impl<L: Lookup> Default for Lookups<L> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State { waiting: Vec::new(), lanes: 0 })))
    }
}

impl<L: Lookup> Clone for Lookups<L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
