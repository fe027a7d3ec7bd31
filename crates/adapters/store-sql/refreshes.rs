//! Refreshes of sessions.
//!
//! One that replaces nothing counts a use of its token and leaves an audit entry. Such refreshes are written together
//! when several wait: with two statements and one transaction for all of them.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{Effects, PortResult, Timestamp};
use portcullis_sessions::{RefreshSession, RefreshToken, RefreshWrite};

use super::Store;
use super::failure::{Failure, Halt};
use super::kept::Keep as _;
use super::schema::{refresh_tokens, sessions};
use super::session_rows::RefreshRow;
use super::together::Errand;
use super::transaction::{Tx, WriteSet};
use super::values::{DbUuid, time};

/// Narrows an UPDATE of refresh tokens to those that are good at `$at` for less than `$cap` refreshes.
macro_rules! usable {
    ($update:expr, $at:expr, $cap:expr) => {{
        let lasts = sessions::table
            .filter(sessions::id.eq(refresh_tokens::session))
            .filter(sessions::ended_at.is_null());
        $update
            .filter(refresh_tokens::expires_at.gt(time($at)))
            .filter(refresh_tokens::refreshes.lt($cap.map_or(i64::MAX, i64::from)))
            .filter(diesel::dsl::exists(lasts))
    }};
}

#[async_trait]
impl WriteSet for RefreshSession {
    type Answer = RefreshWrite;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<RefreshWrite, Halt<RefreshWrite>> {
        let Some(session) = tx.spend_refresh(self).await? else {
            return Err(Halt::Refused(tx.refresh_refusal(self).await?));
        };
        if let Some(successor) = &self.successor {
            tx.insert_refresh(successor).await?;
        }
        let session = sessions::table.find(session);
        if let Some(expires_at) = self.extends_to {
            let change = sessions::expires_at.eq(time(expires_at));
            diesel::update(session).set(change).kept().execute(tx.db).await?;
        }
        if let Some(credential) = self.credential {
            let change = sessions::digest.eq(credential.as_bytes().to_vec());
            diesel::update(session).set(change).kept().execute(tx.db).await?;
        }
        tx.record(&self.effects).await?;
        Ok(RefreshWrite::Done)
    }
}

/// Plain refreshes of different tokens with one cap.
struct Refreshes {
    writes: Vec<RefreshSession>,
    cap: Option<u32>,
    /// When the last of them was asked for.
    at: Timestamp,
}

#[async_trait]
impl WriteSet for Refreshes {
    type Answer = Vec<RefreshWrite>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Vec<RefreshWrite>, Halt<Vec<RefreshWrite>>> {
        let writes = &self.writes;
        let spent = tx.spend_refreshes(self).await?;
        let is_spent = |write: &RefreshSession| spent.iter().any(|digest| digest == write.digest.as_bytes());
        let done = writes.iter().filter(|write| is_spent(write));
        tx.audit(done.flat_map(|write| &write.effects.audit)).await?;
        let mut answers = Vec::with_capacity(writes.len());
        for write in writes {
            answers.push(if is_spent(write) {
                RefreshWrite::Done
            } else {
                tx.refresh_refusal(write).await?
            });
        }
        Ok(answers)
    }
}

#[async_trait]
impl Errand for RefreshSession {
    type With = Store;
    type Answer = RefreshWrite;

    const BATCH: usize = 32;

    fn joins(&self, other: &Self) -> bool {
        self.digest != other.digest && self.cap == other.cap
    }

    async fn run(store: &Store, writes: Vec<Self>) -> PortResult<Vec<RefreshWrite>> {
        let Some((at, cap)) = writes.iter().map(|write| (write.at, write.cap)).max() else {
            return Ok(Vec::new());
        };
        store.write(Refreshes { writes, cap, at }).await
    }
}

/// Whether a refresh counts a use, leaves audit entries, and changes nothing else.
pub(super) fn is_plain(write: &RefreshSession) -> bool {
    // Nothing is left out: what is added to a refresh one day has to be thought of here.
    let RefreshSession {
        digest: _,
        seen_used_at: _,
        cap: _,
        successor,
        extends_to,
        credential,
        at: _,
        effects,
    } = write;
    let Effects { messages, audit: _, labels } = effects;
    successor.is_none()
        && extends_to.is_none()
        && credential.is_none()
        && messages.is_empty()
        && labels.is_empty()
}

impl Tx<'_> {
    /// Counts a use of the token if it may be used; the session it refreshes.
    async fn spend_refresh(&mut self, write: &RefreshSession) -> QueryResult<Option<DbUuid>> {
        let token = refresh_tokens::table.find(write.digest.as_bytes().to_vec());
        let mut usable = usable!(diesel::update(token), write.at, write.cap).into_boxed();
        let used_at = write.successor.as_ref().map(|_| write.seen_used_at);
        if let Some(seen) = used_at {
            usable = match seen {
                Some(seen) => usable.filter(refresh_tokens::used_at.eq(time(seen))),
                None => usable.filter(refresh_tokens::used_at.is_null()),
            };
        }
        let used = (
            refresh_tokens::refreshes.eq(refresh_tokens::refreshes + 1),
            used_at.map(|seen| refresh_tokens::used_at.eq(time(seen.unwrap_or(write.at)))),
        );
        usable.set(used).returning(refresh_tokens::session).kept().get_result(self.db).await.optional()
    }

    /// Counts a use of each token that may be used; their digests.
    async fn spend_refreshes(&mut self, refreshes: &Refreshes) -> QueryResult<Vec<Vec<u8>>> {
        let digests = refreshes.writes.iter().map(|write| write.digest.as_bytes().to_vec());
        let tokens = refresh_tokens::table.filter(refresh_tokens::digest.eq_any(digests.collect::<Vec<_>>()));
        usable!(diesel::update(tokens), refreshes.at, refreshes.cap)
            .set(refresh_tokens::refreshes.eq(refresh_tokens::refreshes + 1))
            .returning(refresh_tokens::digest)
            .kept()
            .load(self.db)
            .await
    }

    /// Why a token may not be used.
    async fn refresh_refusal(&mut self, write: &RefreshSession) -> Result<RefreshWrite, Failure> {
        let token = refresh_tokens::table.find(write.digest.as_bytes().to_vec());
        let row = token.select(RefreshRow::as_select()).get_result(self.db).await.optional();
        let token =
            row.map_err(Failure::Sql)?.map(RefreshRow::into_token).transpose().map_err(Failure::Port)?;
        let capped = |token: RefreshToken| write.cap.is_some_and(|cap| token.refreshes >= cap);
        Ok(if token.is_some_and(capped) { RefreshWrite::CapReached } else { RefreshWrite::Stale })
    }
}
