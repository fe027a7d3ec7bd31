//! The audit trail, read back.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_accounts::{AuditFilter, AuditTrail};
use portcullis_kernel::{AuditAction, AuditEvent, Outcome, Page, PageRequest, PortError, PortResult};

use super::Store;
use super::failure::unanswered;
use super::schema::audit;
use super::values::{DbTime, DbUuid, address, bounds, client, count, known, time};
use crate::backend::{self, Conn, Db};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit, check_for_backend(Db), treat_none_as_default_value = false)]
pub(super) struct AuditRow {
    id: DbUuid,
    at: DbTime,
    action: String,
    outcome: String,
    company: Option<DbUuid>,
    account: Option<DbUuid>,
    session: Option<DbUuid>,
    door: String,
    address: Option<String>,
    user_agent: String,
    detail: Option<String>,
}

#[async_trait]
impl AuditTrail for Store {
    async fn list(&self, filter: AuditFilter, page: PageRequest) -> PortResult<Page<AuditEvent>> {
        let mut db = self.backend.reader().await?;
        backend::drive(async move { list(&mut db, filter, page).await }).await?
    }
}

async fn list(db: &mut Conn, filter: AuditFilter, page: PageRequest) -> PortResult<Page<AuditEvent>> {
    let (limit, offset) = bounds(page);
    let mut total = audit::table.count().into_boxed::<Db>();
    let mut events = audit::table.select(AuditRow::as_select()).into_boxed::<Db>();
    if let Some(account) = filter.account {
        total = total.filter(audit::account.eq(DbUuid::from(account)));
        events = events.filter(audit::account.eq(DbUuid::from(account)));
    }
    if let Some(since) = filter.since {
        total = total.filter(audit::at.ge(time(since)));
        events = events.filter(audit::at.ge(time(since)));
    }
    if let Some(until) = filter.until {
        total = total.filter(audit::at.lt(time(until)));
        events = events.filter(audit::at.lt(time(until)));
    }
    if let Some(outcome) = filter.outcome {
        total = total.filter(audit::outcome.eq(outcome.as_str()));
        events = events.filter(audit::outcome.eq(outcome.as_str()));
    }
    if let Some(kinds) = filter.kinds {
        let named = || {
            let unsuccessful = audit::action
                .eq_any(words(kinds.unsuccessful))
                .and(audit::outcome.ne(Outcome::Succeeded.as_str()));
            let detailed = audit::action
                .eq_any(words(kinds.detailed))
                .and(audit::detail.is_not_null())
                .and(audit::detail.assume_not_null().eq_any(kinds.details));
            audit::action.eq_any(words(kinds.all)).or(unsuccessful).or(detailed)
        };
        let wanted = || audit::detail.is_null().or(audit::detail.assume_not_null().ne_all(kinds.without));
        total = total.filter(named()).filter(wanted());
        events = events.filter(named()).filter(wanted());
    }
    let total: i64 = total.get_result(db).await.map_err(unanswered)?;
    let rows: Vec<AuditRow> = events
        .order((audit::at.desc(), audit::id.desc()))
        .limit(limit)
        .offset(offset)
        .load(db)
        .await
        .map_err(unanswered)?;
    let items = rows.into_iter().map(AuditEvent::try_from).collect::<PortResult<_>>()?;
    Ok(Page { items, total: count(total) })
}

fn words(actions: &[AuditAction]) -> Vec<&'static str> {
    actions.iter().map(|action| action.as_str()).collect()
}

impl From<&AuditEvent> for AuditRow {
    fn from(event: &AuditEvent) -> Self {
        Self {
            id: event.id.into(),
            at: time(event.at),
            action: event.action.as_str().to_owned(),
            outcome: event.outcome.as_str().to_owned(),
            company: event.company.map(DbUuid::from),
            account: event.account.map(DbUuid::from),
            session: event.session.map(DbUuid::from),
            door: event.client.door.as_str().to_owned(),
            address: address(&event.client),
            user_agent: event.client.user_agent.clone(),
            detail: event.detail.map(str::to_owned),
        }
    }
}

impl TryFrom<AuditRow> for AuditEvent {
    type Error = PortError;

    fn try_from(row: AuditRow) -> PortResult<Self> {
        Ok(Self {
            id: row.id.into(),
            at: row.at.0,
            action: known(AuditAction::parse(&row.action), "audit.action")?,
            outcome: known(Outcome::parse(&row.outcome), "audit.outcome")?,
            company: row.company.map(Into::into),
            account: row.account.map(Into::into),
            session: row.session.map(Into::into),
            client: client(row.door, row.address.as_deref(), row.user_agent)?,
            detail: row.detail.map(phrase),
        })
    }
}

/// The one copy of a phrase for the life of the process. Details are fixed phrases of the program, never client
/// text, so their number is bounded by the code that writes them.
fn phrase(text: String) -> &'static str {
    static PHRASES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut phrases = PHRASES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = phrases.get(text.as_str()) {
        return known;
    }
    let kept: &'static str = Box::leak(text.into_boxed_str());
    phrases.insert(kept);
    kept
}
