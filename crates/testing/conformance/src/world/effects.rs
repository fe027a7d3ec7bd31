//! What write-sets leave beside their rows.

use portcullis_accounts::AuditFilter;
use portcullis_kernel::{Budget, Effects, PageRequest, PortResult, Spending, Throttle, Timestamp};
use portcullis_sessions::RefuseSignIn;

use super::World;
use crate::build::{self, NOW};

impl World {
    /// How many messages and audit entries there are.
    pub async fn traces(&self) -> (u64, u64) {
        let one = PageRequest::new(1, 1);
        let messages = self.outbox.list(None, one).await.unwrap().total;
        (messages, self.audit.list(AuditFilter::default(), one).await.unwrap().total)
    }

    /// Runs a write-set with one message and one audit entry, and asserts that both were written.
    pub async fn written<T>(&self, act: impl AsyncFnOnce(Effects) -> PortResult<T>) -> T {
        let (messages, audit) = self.traces().await;
        let answer = act(build::effects()).await.unwrap();
        assert_eq!(self.traces().await, (messages + 1, audit + 1), "its effects are written");
        answer
    }

    /// Runs a write-set that answers without writing, and asserts that its effects were not written.
    pub async fn refused<T>(&self, act: impl AsyncFnOnce(Effects) -> PortResult<T>) -> T {
        let before = self.traces().await;
        let answer = act(build::effects()).await.unwrap();
        assert_eq!(self.traces().await, before, "nothing is written beside the rows");
        answer
    }

    /// Runs a write-set whose last message cannot be written, because its id is taken, and asserts that it fails and
    /// that the rest of its effects were not written.
    pub async fn failed<T>(&self, act: impl AsyncFnOnce(Effects) -> PortResult<T>) {
        let known = build::message();
        self.record(Effects::default().and_send(known.clone())).await;
        let before = self.traces().await;
        assert!(act(build::effects().and_send(known)).await.is_err(), "a message id cannot be used twice");
        assert_eq!(self.traces().await, before, "nothing is written beside the rows");
    }

    /// Writes effects and nothing else.
    pub async fn record(&self, effects: Effects) {
        let write = RefuseSignIn { throttle: Throttle::default(), at: NOW, effects };
        assert_eq!(self.sign_in.refuse(write).await.unwrap(), Spending::Within);
    }

    /// Spends from budgets and writes nothing else.
    pub async fn spend(&self, throttle: Throttle, at: Timestamp) -> Spending {
        self.sign_in.refuse(RefuseSignIn { throttle, at, effects: Effects::default() }).await.unwrap()
    }

    /// A budget of `limit` charges that has been charged `spent` times at [`NOW`].
    pub async fn budget(&self, limit: u32, spent: u32) -> Budget {
        let budget = build::budget(limit);
        for _ in 0..spent {
            assert_eq!(self.spend(build::charge(budget), NOW).await, Spending::Within);
        }
        budget
    }

    /// How many more charges `budget` has room for at `at`; spends them.
    pub async fn room(&self, budget: Budget, at: Timestamp) -> u32 {
        let mut room = 0;
        while self.spend(build::charge(budget), at).await == Spending::Within {
            room += 1;
        }
        room
    }
}
