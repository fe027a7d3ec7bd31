//! Budgets: how many attempts a subject may spend in a period.
//!
//! A counter starts with its first charge and ends one period later. Counters live in the database, so every node
//! shares them, and they are charged inside the write-set of the attempt, so parallel attempts cannot outrun them.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::Timestamp;

/// Names a counter: a digest, so that the table tells nothing about whom it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BudgetKey([u8; 32]);

impl BudgetKey {
    /// The counter for `subject` (an account id, an address, …) in `scope` (the name of the quota).
    #[must_use]
    pub fn new(scope: &str, subject: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(scope.as_bytes());
        hash.update([0]);
        hash.update(subject.as_bytes());
        Self(hash.finalize().into())
    }

    /// From the bytes that a store kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// At most `limit` charges in any `period` that starts with a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The counter.
    pub key: BudgetKey,
    /// Charges allowed; the next one is refused.
    pub limit: u32,
    /// How long a counter lives after its first charge.
    pub period: Duration,
}

/// The state of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    /// When its first charge came.
    pub started_at: Timestamp,
    /// Charges since.
    pub count: u32,
}

/// Whether a budget has room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending {
    /// It has.
    Within,
    /// It has not.
    Exhausted {
        /// When its counter ends.
        retry_after: Duration,
    },
}

/// What a write-set does to budgets, in this order: refuse if one of `within` is exhausted, charge `charge`,
/// forget `clear`. A refusal undoes nothing and writes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Throttle {
    /// Budgets that must have room, else the whole write-set is refused.
    pub within: Vec<Budget>,
    /// Budgets that this attempt spends from.
    pub charge: Vec<Budget>,
    /// Counters that a success resets.
    pub clear: Vec<BudgetKey>,
}

impl Throttle {
    /// Spends from every budget, and refuses if one of them is exhausted.
    #[must_use]
    pub fn spend(budgets: Vec<Budget>) -> Self {
        Self { within: budgets.clone(), charge: budgets, clear: Vec::new() }
    }
}

impl Budget {
    /// Whether one more charge fits at `now`.
    #[must_use]
    pub fn spending(&self, counter: Option<Counter>, now: Timestamp) -> Spending {
        match self.alive(counter, now) {
            Some(counter) if counter.count >= self.limit => {
                Spending::Exhausted { retry_after: counter.started_at.plus(self.period).since(now) }
            }
            Some(_) | None => Spending::Within,
        }
    }

    /// The counter after one more charge at `now`.
    #[must_use]
    pub fn charged(&self, counter: Option<Counter>, now: Timestamp) -> Counter {
        match self.alive(counter, now) {
            Some(counter) => Counter { count: counter.count.saturating_add(1), ..counter },
            None => Counter { started_at: now, count: 1 },
        }
    }

    fn alive(&self, counter: Option<Counter>, now: Timestamp) -> Option<Counter> {
        counter.filter(|counter| counter.started_at.plus(self.period) > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allows_the_limit_then_refuses_until_the_period_ends() {
        let budget =
            Budget { key: BudgetKey::new("sign-in", "x"), limit: 2, period: Duration::from_secs(60) };
        let start = Timestamp::from_seconds(100);
        let mut counter = None;
        for _ in 0..2 {
            assert_eq!(budget.spending(counter, start), Spending::Within);
            counter = Some(budget.charged(counter, start));
        }
        let later = start.plus(Duration::from_secs(45));
        assert_eq!(
            budget.spending(counter, later),
            Spending::Exhausted { retry_after: Duration::from_secs(15) }
        );
        let over = start.plus(Duration::from_secs(60));
        assert_eq!(budget.spending(counter, over), Spending::Within);
        assert_eq!(budget.charged(counter, over), Counter { started_at: over, count: 1 });
    }

    #[test]
    fn scope_and_subject_do_not_run_into_each_other() {
        assert_ne!(BudgetKey::new("ab", "c"), BudgetKey::new("a", "bc"));
    }
}
