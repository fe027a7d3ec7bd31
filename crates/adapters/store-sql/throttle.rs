//! Budgets, spent inside the write-set of the attempt.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_accounts::{Confirmation, PasswordChange, PhoneAdded};
use portcullis_kernel::{
    Budget, BudgetKey, Counter, Effects, OneTimeId, PortResult, Spending, Throttle, Timestamp,
};
use portcullis_mfa::Acceptance;
use portcullis_password_reset::Completion;
use portcullis_sessions::OpenWrite;

use super::failure::{Exhausted, Halt, unanswered};
use super::kept::Keep as _;
use super::schema::throttle_counters::dsl;
use super::transaction::{Tx, WriteSet};
use super::values::{DbTime, known, small, time};
use crate::backend::Conn;

type Counters = BTreeMap<BudgetKey, Counter>;

impl Tx<'_> {
    /// Refuses if a budget of `within` is exhausted, charges and clears the others. Charging locks a counter, in the
    /// order of keys, and the decision is taken behind the lock: parallel attempts are counted one after another.
    pub(super) async fn admit<A: Exhausted + Send>(
        &mut self,
        throttle: &Throttle,
        at: Timestamp,
    ) -> Result<(), Halt<A>> {
        let looked_at = throttle.within.iter().map(|budget| budget.key).chain(throttle.clear.iter().copied());
        let mut before = counters(self.db, looked_at.collect()).await?;
        refuse_exhausted(&throttle.within, &before, at)?;
        let mut charged: Vec<&Budget> = throttle.charge.iter().collect();
        let is_charged = |key: &BudgetKey| throttle.charge.iter().any(|budget| budget.key == *key);
        let exists = |key: &BudgetKey| before.contains_key(key) || is_charged(key);
        let mut cleared: Vec<BudgetKey> = throttle.clear.iter().copied().filter(exists).collect();
        charged.sort_by_key(|budget| budget.key);
        cleared.sort();
        for budget in charged {
            self.charge(budget, at, &mut before).await?;
        }
        refuse_exhausted(&throttle.within, &before, at)?;
        for key in cleared {
            diesel::delete(dsl::throttle_counters.find(key.as_bytes().to_vec())).execute(self.db).await?;
        }
        Ok(())
    }

    async fn charge(&mut self, budget: &Budget, at: Timestamp, before: &mut Counters) -> QueryResult<()> {
        let alive = || dsl::started_at.gt(time(at.minus(budget.period)));
        let (started_at, count): (DbTime, i64) = diesel::insert_into(dsl::throttle_counters)
            .values((
                dsl::key.eq(budget.key.as_bytes().to_vec()),
                dsl::started_at.eq(time(at)),
                dsl::count.eq(1_i64),
            ))
            .on_conflict(dsl::key)
            .do_update()
            .set((
                dsl::started_at.eq(case_when(alive(), dsl::started_at).otherwise(time(at))),
                dsl::count.eq(case_when(alive(), dsl::count + 1).otherwise(1_i64)),
            ))
            .returning((dsl::started_at, dsl::count))
            .kept()
            .get_result(self.db)
            .await?;
        match small(count) {
            0 | 1 => before.remove(&budget.key),
            more => before.insert(budget.key, Counter { started_at: started_at.0, count: more - 1 }),
        };
        Ok(())
    }
}

/// Whether every budget has room.
pub(super) async fn spending(db: &mut Conn, budgets: &[Budget], at: Timestamp) -> PortResult<Spending> {
    let counters = counters(db, budgets.iter().map(|budget| budget.key).collect()).await?;
    Ok(match refuse_exhausted(budgets, &counters, at) {
        Ok(()) => Spending::Within,
        Err(Halt::Refused(spending)) => spending,
        Err(Halt::Failed(failure)) => return Err(failure.into_port()),
    })
}

async fn counters(db: &mut Conn, keys: Vec<BudgetKey>) -> PortResult<Counters> {
    if keys.is_empty() {
        return Ok(Counters::new());
    }
    let keys = keys.iter().map(|key| key.as_bytes().to_vec()).collect::<Vec<_>>();
    let rows: Vec<(Vec<u8>, DbTime, i64)> = dsl::throttle_counters
        .filter(dsl::key.eq_any(keys))
        .select((dsl::key, dsl::started_at, dsl::count))
        .load(db)
        .await
        .map_err(unanswered)?;
    rows.into_iter()
        .map(|(key, started_at, count)| {
            let key = known(key.try_into().ok().map(BudgetKey::from_bytes), "throttle_counters.key")?;
            Ok((key, Counter { started_at: started_at.0, count: small(count) }))
        })
        .collect()
}

/// Refuses for as long as it takes until every budget has room again.
fn refuse_exhausted<A: Exhausted>(
    budgets: &[Budget],
    counters: &Counters,
    at: Timestamp,
) -> Result<(), Halt<A>> {
    let waits =
        budgets.iter().filter_map(|budget| match budget.spending(counters.get(&budget.key).copied(), at) {
            Spending::Exhausted { retry_after } => Some(retry_after),
            Spending::Within => None,
        });
    waits.max().map_or(Ok(()), |retry_after| Err(Halt::Refused(A::exhausted(retry_after))))
}

/// A wrong guess: it counts against its budgets and against the codes it was compared with.
pub(super) struct Reject {
    pub(super) codes: Vec<OneTimeId>,
    pub(super) throttle: Throttle,
    pub(super) at: Timestamp,
    pub(super) effects: Effects,
}

#[async_trait]
impl WriteSet for Reject {
    type Answer = Spending;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Spending, Halt<Spending>> {
        tx.admit(&self.throttle, self.at).await?;
        tx.count_wrong_guess(&self.codes).await?;
        tx.record(&self.effects).await?;
        Ok(Spending::Within)
    }
}

macro_rules! exhausted {
    ($($answer:ident)*) => {$(
        impl Exhausted for $answer {
            fn exhausted(retry_after: Duration) -> Self {
                Self::Exhausted { retry_after }
            }
        }
    )*};
}

exhausted! { Spending OpenWrite PasswordChange Confirmation Acceptance Completion PhoneAdded }
