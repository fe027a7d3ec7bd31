//! The queue of messages.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{MessageId, Page, PageRequest, PortResult, Sealer, Timestamp};
use portcullis_outbox::{Claim, Claimed, Entry, OutboxStore, Settled, Settlement, Status};

use super::Store;
use super::effects::MessageRow;
use super::failure::{Failure, Halt, unanswered};
use super::kept::Keep as _;
use super::schema::outbox;
use super::transaction::{Tx, WriteSet};
use super::values::{DbTime, DbUuid, bounds, count, instant, known, small, time};
use crate::backend::{self, Conn, Db, unclaimed};

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox, check_for_backend(Db))]
struct EntryRow {
    #[diesel(embed)]
    message: MessageRow,
    status: String,
    attempts: i64,
    due_at: DbTime,
    settled_at: Option<DbTime>,
    last_error: Option<String>,
}

#[async_trait]
impl OutboxStore for Store {
    async fn claim(&self, claim: Claim) -> PortResult<Vec<Claimed>> {
        self.write(claim).await
    }

    async fn settle(&self, settlement: Settlement) -> PortResult<bool> {
        self.write(settlement).await
    }

    async fn list(&self, status: Option<Status>, page: PageRequest) -> PortResult<Page<Entry>> {
        let mut db = self.backend.reader().await?;
        let sealer = self.sealer.clone();
        backend::drive(async move { list(&mut db, &*sealer, status, page).await }).await?
    }

    async fn find(&self, id: MessageId) -> PortResult<Option<Entry>> {
        let mut db = self.backend.reader().await?;
        let row: Option<EntryRow> = outbox::table
            .find(DbUuid::from(id))
            .select(EntryRow::as_select())
            .get_result(&mut *db)
            .await
            .optional()
            .map_err(unanswered)?;
        row.map(|row| row.open(&*self.sealer)).transpose()
    }

    async fn requeue(&self, id: Option<MessageId>, at: Timestamp) -> PortResult<u64> {
        self.write(Requeue { id, at }).await
    }
}

async fn list(
    db: &mut Conn,
    sealer: &dyn Sealer,
    status: Option<Status>,
    page: PageRequest,
) -> PortResult<Page<Entry>> {
    let (limit, offset) = bounds(page);
    let mut total = outbox::table.count().into_boxed::<Db>();
    let mut entries = outbox::table.select(EntryRow::as_select()).into_boxed::<Db>();
    if let Some(status) = status {
        total = total.filter(outbox::status.eq(status.as_str()));
        entries = entries.filter(outbox::status.eq(status.as_str()));
    }
    let total: i64 = total.get_result(db).await.map_err(unanswered)?;
    let rows: Vec<EntryRow> = entries
        .order((outbox::created_at.desc(), outbox::id.desc()))
        .limit(limit)
        .offset(offset)
        .load(db)
        .await
        .map_err(unanswered)?;
    let items = rows.into_iter().map(|row| row.open(sealer)).collect::<PortResult<_>>()?;
    Ok(Page { items, total: count(total) })
}

impl EntryRow {
    fn open(self, sealer: &dyn Sealer) -> PortResult<Entry> {
        Ok(Entry {
            message: self.message.open(sealer)?,
            status: known(Status::parse(&self.status), "outbox.status")?,
            attempts: small(self.attempts),
            due_at: self.due_at.0,
            settled_at: instant(self.settled_at),
            last_error: self.last_error,
        })
    }
}

#[async_trait]
impl WriteSet for Claim {
    type Answer = Vec<Claimed>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Vec<Claimed>, Halt<Vec<Claimed>>> {
        let due = outbox::table
            .filter(outbox::status.eq(Status::Waiting.as_str()))
            .filter(outbox::due_at.le(time(self.now)))
            .order((outbox::created_at, outbox::id))
            .limit(i64::from(self.limit))
            .select((MessageRow::as_select(), outbox::attempts));
        let rows: Vec<(MessageRow, i64)> = unclaimed!(due).load(tx.db).await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for (row, attempts) in rows {
            let id = row.id();
            match row.open(tx.sealer) {
                Ok(message) => {
                    tx.lease(id, attempts + 1, self.leased_until).await?;
                    claimed.push(Claimed { message, attempt: small(attempts + 1) });
                }
                // One message that cannot be read must not hold up the others.
                Err(_) => tx.bury(id, self.now).await?,
            }
        }
        Ok(claimed)
    }
}

impl Tx<'_> {
    /// Until its lease ends a message is not due, so no other claim sees it.
    async fn lease(&mut self, id: DbUuid, attempt: i64, until: Timestamp) -> QueryResult<()> {
        diesel::update(outbox::table.find(id))
            .set((
                outbox::attempts.eq(attempt),
                outbox::due_at.eq(time(until)),
                outbox::leased_until.eq(time(until)),
            ))
            .kept()
            .execute(self.db)
            .await
            .map(drop)
    }

    async fn bury(&mut self, id: DbUuid, at: Timestamp) -> QueryResult<()> {
        diesel::update(outbox::table.find(id))
            .set((
                outbox::status.eq(Status::Dead.as_str()),
                outbox::settled_at.eq(time(at)),
                outbox::last_error.eq("the sealed message cannot be opened"),
            ))
            .execute(self.db)
            .await
            .map(drop)
    }
}

#[async_trait]
impl WriteSet for Settlement {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let mine = outbox::table
            .find(DbUuid::from(self.message))
            .filter(outbox::status.eq(Status::Waiting.as_str()))
            .filter(outbox::attempts.eq(i64::from(self.attempt)))
            .filter(outbox::leased_until.is_not_null());
        let (status, due_at, error) = match &self.result {
            Settled::Sent => (Status::Sent, None, None),
            Settled::Deferred { until, error } => (Status::Waiting, Some(time(*until)), Some(error)),
            Settled::Dead { error } => (Status::Dead, None, Some(error)),
        };
        let settled_at = (status != Status::Waiting).then_some(time(self.at));
        let settled = diesel::update(mine)
            .set((
                outbox::status.eq(status.as_str()),
                due_at.map(|at| outbox::due_at.eq(at)),
                outbox::leased_until.eq(None::<DbTime>),
                outbox::settled_at.eq(settled_at),
                outbox::last_error.eq(error),
            ))
            .kept()
            .execute(tx.db)
            .await?;
        Ok(settled == 1)
    }
}

struct Requeue {
    id: Option<MessageId>,
    at: Timestamp,
}

#[async_trait]
impl WriteSet for Requeue {
    type Answer = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, Halt<u64>> {
        let update = diesel::update(outbox::table).into_boxed::<Db>();
        let update = match self.id {
            Some(id) => update
                .filter(outbox::id.eq(DbUuid::from(id)))
                .filter(outbox::status.ne(Status::Sent.as_str())),
            None => update.filter(outbox::status.eq(Status::Dead.as_str())),
        };
        let changed = update
            .set((
                outbox::status.eq(Status::Waiting.as_str()),
                outbox::attempts.eq(0_i64),
                outbox::due_at.eq(time(self.at)),
                outbox::leased_until.eq(None::<DbTime>),
                outbox::settled_at.eq(None::<DbTime>),
            ))
            .execute(tx.db)
            .await
            .map_err(Failure::Sql)?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }
}
