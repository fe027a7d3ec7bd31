//! Errands of one kind that arrive while others are under way are run together.
//!
//! Nobody waits for company: an errand is run at once while fewer than [`Errand::LANES`] runs are under way, and in the
//! next run otherwise. Every run begins after the errands it carries were asked for.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use portcullis_kernel::{PortError, PortResult};
use tokio::sync::oneshot;

/// Something to ask of a store.
#[async_trait]
pub(crate) trait Errand: Send + Sized + 'static {
    /// What it is run with.
    type With: Clone + Send + Sync + 'static;
    /// What comes of it.
    type Answer: Send + 'static;

    /// How many runs are under way at most.
    const LANES: usize = 2;
    /// How many errands a run carries at most.
    const BATCH: usize;

    /// Whether it can be in one run with another.
    fn joins(&self, other: &Self) -> bool;

    /// Runs some, and answers each, in their order.
    async fn run(with: &Self::With, errands: Vec<Self>) -> PortResult<Vec<Self::Answer>>;
}

/// The errands of one kind.
pub(crate) struct Together<E: Errand>(Arc<Mutex<State<E>>>);

struct State<E: Errand> {
    waiting: Vec<Asked<E>>,
    lanes: usize,
}

/// An errand, and whoever waits for its answer.
struct Asked<E: Errand> {
    errand: E,
    reply: oneshot::Sender<PortResult<E::Answer>>,
}

impl<E: Errand> Together<E> {
    /// Runs an errand.
    pub(crate) async fn run(&self, with: &E::With, errand: E) -> PortResult<E::Answer> {
        let (reply, answer) = oneshot::channel();
        if let Some(lane) = self.ask(Asked { errand, reply }) {
            // A task of its own: whoever asked first may go away before the others have their answers.
            tokio::spawn(lane.drive(with.clone()));
        }
        answer.await.map_err(PortError::broken)?
    }

    /// Queues an errand, and takes a lane if one is free.
    fn ask(&self, asked: Asked<E>) -> Option<Lane<E>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.push(asked);
        (state.lanes < E::LANES).then(|| {
            state.lanes += 1;
            Lane { state: self.0.clone(), held: true }
        })
    }
}

/// The right to have a run under way.
struct Lane<E: Errand> {
    state: Arc<Mutex<State<E>>>,
    held: bool,
}

impl<E: Errand> Lane<E> {
    async fn drive(mut self, with: E::With) {
        while let Some(asked) = self.take() {
            answer(&with, asked).await;
        }
    }

    /// What waits and can be in one run with the first; if nothing waits the right is given back, in the same moment, so
    /// that nobody waits for this lane. What nobody waits for any more is forgotten.
    fn take(&mut self) -> Option<Vec<Asked<E>>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.retain(|asked| !asked.reply.is_closed());
        if state.waiting.is_empty() {
            state.lanes -= 1;
            self.held = false;
            return None;
        }
        let mut taken: Vec<Asked<E>> = Vec::new();
        let waiting = std::mem::take(&mut state.waiting);
        for asked in waiting {
            let joins = || taken.iter().all(|other| asked.errand.joins(&other.errand));
            if taken.len() < E::BATCH && joins() { taken.push(asked) } else { state.waiting.push(asked) }
        }
        Some(taken)
    }
}

impl<E: Errand> Drop for Lane<E> {
    fn drop(&mut self) {
        if self.held {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.lanes -= 1;
            if state.lanes == 0 {
                // A run panicked, and nobody is left to run these: who asked is told, as their replies go.
                state.waiting.clear();
            }
        }
    }
}

async fn answer<E: Errand>(with: &E::With, asked: Vec<Asked<E>>) {
    let (errands, replies): (Vec<_>, Vec<_>) =
        asked.into_iter().map(|asked| (asked.errand, asked.reply)).unzip();
    // Whoever asked may be gone.
    match E::run(with, errands).await {
        Ok(answers) => {
            for (reply, answer) in replies.into_iter().zip(answers) {
                drop(reply.send(Ok(answer)));
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for reply in replies {
                drop(reply.send(Err(shared(&error))));
            }
        }
    }
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

impl<E: Errand> Default for Together<E> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State { waiting: Vec::new(), lanes: 0 })))
    }
}

impl<E: Errand> Clone for Together<E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;
    use tokio::task::JoinHandle;

    use super::*;

    /// A number that joins those of its parity; a run waits for a permit, and answers how many it carried. Zero panics.
    struct Number(usize);

    #[async_trait]
    impl Errand for Number {
        type With = Arc<Semaphore>;
        type Answer = usize;

        const BATCH: usize = 3;

        fn joins(&self, other: &Self) -> bool {
            self.0 % 2 == other.0 % 2
        }

        async fn run(permits: &Arc<Semaphore>, errands: Vec<Self>) -> PortResult<Vec<usize>> {
            permits.acquire().await.map_err(PortError::unavailable)?.forget();
            assert!(errands.iter().all(|number| number.0 > 0), "as it should");
            Ok(vec![errands.len(); errands.len()])
        }
    }

    type Running = JoinHandle<PortResult<usize>>;

    /// Asks for these, one after another; the first two are run at once.
    async fn ask(together: &Together<Number>, permits: &Arc<Semaphore>, numbers: &[usize]) -> Vec<Running> {
        let mut running = Vec::new();
        for (asked, number) in (1..).zip(numbers.iter().copied()) {
            let (together, permits) = (together.clone(), permits.clone());
            running.push(tokio::spawn({
                let together = together.clone();
                async move { together.run(&permits, Number(number)).await }
            }));
            let there = || {
                let state = together.0.lock().unwrap();
                state.waiting.len() + state.lanes.min(asked) == asked
                    && (asked > 2 || state.waiting.is_empty())
            };
            while !there() {
                tokio::task::yield_now().await;
            }
        }
        running
    }

    #[tokio::test]
    async fn what_waits_is_run_together_as_far_as_it_joins() {
        let (together, permits) = (Together::default(), Arc::new(Semaphore::new(0)));
        let running = ask(&together, &permits, &[1, 2, 3, 4, 5, 7, 9, 6]).await;
        permits.add_permits(running.len());
        let mut carried = Vec::new();
        for number in running {
            carried.push(number.await.unwrap().unwrap());
        }
        assert_eq!(carried, [1, 1, 3, 2, 3, 3, 1, 2]);
        assert_eq!(together.0.lock().unwrap().lanes, 0);
    }

    #[tokio::test]
    async fn a_failure_is_told_to_all_and_the_next_errand_is_run() {
        let (together, permits) = (Together::default(), Arc::new(Semaphore::new(0)));
        let running = ask(&together, &permits, &[1, 2, 3, 5]).await;
        permits.close();
        for number in running {
            assert!(matches!(number.await.unwrap(), Err(PortError::Unavailable(_))));
        }
        assert_eq!(together.run(&Arc::new(Semaphore::new(1)), Number(8)).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn whoever_goes_away_takes_nobody_along() {
        let (together, permits) = (Together::default(), Arc::new(Semaphore::new(0)));
        let mut running = ask(&together, &permits, &[1, 2, 3, 5]).await;
        for gone in running.drain(..3) {
            gone.abort();
            assert!(gone.await.unwrap_err().is_cancelled());
        }
        permits.add_permits(3);
        assert_eq!(running.remove(0).await.unwrap().unwrap(), 1, "the one that waited beside it is gone");
    }

    #[tokio::test]
    async fn a_run_that_panics_strands_nobody() {
        let (together, permits) = (Together::default(), Arc::new(Semaphore::new(0)));
        let running = ask(&together, &permits, &[0, 0, 3]).await;
        permits.add_permits(2);
        for number in running {
            assert!(matches!(number.await.unwrap(), Err(PortError::Broken(_))));
        }
        permits.add_permits(1);
        assert_eq!(together.run(&permits, Number(8)).await.unwrap(), 1);
    }
}
