//! What the server does by itself: deliver messages, take up new keys, write down when API keys were used.
//!
//! Each task survives whatever it leans on: it waits longer after each failure, and says so once per outage.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::app::App;
use crate::failure::{Failure, chain};
use crate::ops::metrics;
use crate::wiring::Opened;

const EVERY_SECOND: Duration = Duration::from_secs(1);
const OUTBOX_PAUSE: Duration = Duration::from_millis(250);
const USES_PAUSE: Duration = Duration::from_secs(60);
const METRICS_PAUSE: Duration = Duration::from_secs(5);
/// The longest wait between two attempts during an outage.
const OUTAGE_PAUSE: Duration = Duration::from_secs(5);
/// How many batches of messages are on their way at once: a slow one holds up the others only when all are slow.
const CARRIERS: usize = 4;

/// The tasks of one server.
pub struct Background {
    app: App,
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
    carriers: Arc<Semaphore>,
}

impl Background {
    /// Starts every task on the runtime it is called on.
    #[must_use]
    pub fn start(opened: &Opened) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut background = Self {
            app: opened.app.clone(),
            tasks: JoinSet::new(),
            stop,
            carriers: Arc::new(Semaphore::new(CARRIERS)),
        };
        background.carry_messages(stopped.clone());
        background.take_up_keys(opened, stopped.clone());
        background.note_uses(stopped);
        background
    }

    /// Stops every task, lets deliveries finish for a while, and writes down what is only in memory.
    pub async fn stop(mut self) {
        let _nobody = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
        let all = u32::try_from(CARRIERS).unwrap_or(u32::MAX);
        let _late = timeout(Duration::from_secs(10), self.carriers.acquire_many(all)).await;
        for flushed in [self.app.keys.flush_uses().await, self.app.services.flush_uses().await] {
            if let Err(error) = flushed {
                tracing::warn!(cause = chain(&error), "the last uses of API keys are not noted");
            }
        }
        if let Err(error) = self.app.gate.flush_extensions().await {
            tracing::warn!(cause = chain(&error), "some sessions end earlier than they should");
        }
    }

    fn carry_messages(&mut self, stopped: watch::Receiver<bool>) {
        let (outbox, carriers) = (self.app.outbox.clone(), Arc::clone(&self.carriers));
        self.tasks.spawn(repeat("outbox", OUTBOX_PAUSE, stopped, move || {
            let (outbox, carriers) = (outbox.clone(), Arc::clone(&carriers));
            async move {
                let Ok(turn) = carriers.acquire_owned().await else { return Ok(()) };
                // One batch may take a minute: wait for it only as long as it takes to see that it is busy.
                let batch = tokio::spawn(async move {
                    let done = outbox.dispatch().await;
                    drop(turn);
                    done
                });
                match timeout(OUTBOX_PAUSE, batch).await {
                    Ok(Ok(done)) => done.map(drop).map_err(Failure::from),
                    Ok(Err(lost)) => Err(Failure::Internal(Box::new(lost))),
                    Err(_busy) => Ok(()),
                }
            }
        }));
    }

    fn take_up_keys(&mut self, opened: &Opened, stopped: watch::Receiver<bool>) {
        let (app, keys) = (self.app.clone(), opened.keys.clone());
        self.tasks.spawn(repeat("signing keys", EVERY_SECOND, stopped.clone(), move || {
            let (app, keys) = (app.clone(), keys.clone());
            async move {
                let reloaded = keys.reload().await;
                app.note_keys(reloaded.is_ok());
                reloaded.map_err(Failure::from)
            }
        }));
        let sealer = Arc::clone(&opened.sealer);
        self.tasks.spawn(repeat("master key", EVERY_SECOND, stopped, move || {
            let sealer = Arc::clone(&sealer);
            async move { sealer.reread().map_err(|error| Failure::Unavailable(error.into())) }
        }));
    }

    fn note_uses(&mut self, stopped: watch::Receiver<bool>) {
        let (keys, services) = (self.app.keys.clone(), self.app.services.clone());
        self.tasks.spawn(repeat("API key uses", USES_PAUSE, stopped.clone(), move || {
            let (keys, services) = (keys.clone(), services.clone());
            async move {
                keys.flush_uses().await?;
                services.flush_uses().await?;
                Ok(())
            }
        }));
        let gate = self.app.gate.clone();
        self.tasks.spawn(repeat("session ends", EVERY_SECOND, stopped.clone(), move || {
            let gate = gate.clone();
            async move { gate.flush_extensions().await.map(drop).map_err(Failure::from) }
        }));
        self.tasks.spawn(repeat("metrics", METRICS_PAUSE, stopped, || async {
            metrics::upkeep();
            Ok(())
        }));
    }
}

/// Does the work over and over until it is stopped, with a pause after each time.
async fn repeat<W, F>(name: &'static str, pause: Duration, mut stopped: watch::Receiver<bool>, mut work: W)
where
    W: FnMut() -> F,
    F: Future<Output = Result<(), Failure>>,
{
    let mut outage = Outage { name, failures: 0 };
    loop {
        let wait = outage.wait_after(&work().await, pause);
        tokio::select! {
            () = sleep(wait) => {}
            _ = stopped.changed() => return,
        }
    }
}

/// Counts failures in a row, and speaks at the first and after the last.
struct Outage {
    name: &'static str,
    failures: u32,
}

impl Outage {
    fn wait_after(&mut self, result: &Result<(), Failure>, pause: Duration) -> Duration {
        match result {
            Ok(()) => {
                if self.failures > 0 {
                    tracing::info!(task = self.name, failures = self.failures, "works again");
                }
                self.failures = 0;
                pause
            }
            Err(failure) => {
                if self.failures == 0 {
                    tracing::warn!(task = self.name, cause = chain(failure), "fails, and will try again");
                }
                self.failures = self.failures.saturating_add(1);
                let grown = EVERY_SECOND.saturating_mul(1 << self.failures.min(8));
                pause.max(grown.min(OUTAGE_PAUSE))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_during_an_outage_and_recovers_at_once() {
        let mut outage = Outage { name: "test", failures: 0 };
        let down = Err(Failure::Unavailable("gone".into()));
        let pause = Duration::from_millis(250);
        let waits: Vec<_> = (0..4).map(|_| outage.wait_after(&down, pause)).collect();
        assert_eq!(waits, [2, 4, 5, 5].map(Duration::from_secs));
        assert_eq!(outage.wait_after(&Ok(()), pause), pause);
        assert_eq!(outage.failures, 0);
    }
}
