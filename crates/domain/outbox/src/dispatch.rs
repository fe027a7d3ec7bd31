//! Deliver what is due.

use portcullis_kernel::{PortResult, Recipient};

use crate::join::join_all;
use crate::{Claim, Claimed, DeliveryError, Outbox, Settled, Settlement};

/// What became of one batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// Messages delivered.
    pub sent: u32,
    /// Messages to be tried again later.
    pub deferred: u32,
    /// Messages given up.
    pub dead: u32,
}

impl Dispatched {
    /// How many messages were settled; fewer than a full batch means that the queue is empty for now.
    #[must_use]
    pub const fn total(self) -> u32 {
        self.sent + self.deferred + self.dead
    }

    fn count(&mut self, result: &Settled) {
        match result {
            Settled::Sent => self.sent += 1,
            Settled::Deferred { .. } => self.deferred += 1,
            Settled::Dead { .. } => self.dead += 1,
        }
    }
}

impl Outbox {
    /// Claims one batch of due messages, delivers all of them side by side, and settles each as soon as its own
    /// delivery ended: one slow or refusing recipient does not hold up the others of the batch. The call returns
    /// when the slowest delivery ended (transports give up within a minute); calls may overlap, on one node or
    /// many.
    ///
    /// A message whose settling fails keeps its lease and becomes due again when that runs out. The other
    /// messages are settled all the same, then the first such failure is returned.
    pub async fn dispatch(&self) -> PortResult<Dispatched> {
        let now = self.ambient.now();
        let claim = Claim { now, leased_until: now.plus(self.rules.lease), limit: self.rules.batch };
        let claimed = self.store.claim(claim).await?;
        let carried = join_all(claimed.into_iter().map(|claimed| self.carry(claimed))).await;
        let mut done = Dispatched::default();
        for outcome in carried {
            if let Some(result) = outcome? {
                done.count(&result);
            }
        }
        Ok(done)
    }

    /// The result that was settled; nothing if another claim took the message over meanwhile.
    async fn carry(&self, Claimed { message, attempt }: Claimed) -> PortResult<Option<Settled>> {
        let id = message.id;
        let transport = match message.recipient {
            Recipient::Mail(_) => &self.mail,
            Recipient::Sms(_) => &self.sms,
        };
        let result = self.judge(attempt, transport.deliver(message).await);
        let settlement = Settlement { message: id, attempt, at: self.ambient.now(), result: result.clone() };
        let settled = self.store.settle(settlement).await?;
        Ok(settled.then_some(result))
    }

    fn judge(&self, attempt: u32, delivered: Result<(), DeliveryError>) -> Settled {
        let error = match delivered {
            Ok(()) => return Settled::Sent,
            Err(DeliveryError::Never(error)) => return Settled::Dead { error },
            Err(DeliveryError::Later(error)) => error,
        };
        match self.rules.backoff.after(attempt, self.jitter()) {
            Some(wait) => Settled::Deferred { until: self.ambient.now().plus(wait), error },
            None => Settled::Dead { error },
        }
    }

    fn jitter(&self) -> u8 {
        let mut byte = [0];
        self.ambient.entropy().fill(&mut byte);
        let [jitter] = byte;
        jitter
    }
}
