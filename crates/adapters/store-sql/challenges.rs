//! Challenges that are put to sessions. Whatever changes the number of those that shut a session holds the lock of
//! its account, and counts them anew.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{
    AccountId, ChallengeId, ChallengeKind, FactorKind, FactorSet, PortResult, SessionChallenge, SessionId,
    Timestamp,
};
use portcullis_mfa::{ChallengeStore, PutChallenge, RedeemChallenge};

use super::Store;
use super::failure::{Failure, Halt, unanswered};
use super::schema::session_challenges::{self, dsl};
use super::schema::sessions;
use super::transaction::{Tx, WriteSet};
use super::values::{DbTime, DbUuid, digest, instant, known, time, times};
use crate::backend::Db;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = session_challenges, check_for_backend(Db), treat_none_as_default_value = false)]
struct ChallengeRow {
    id: DbUuid,
    session: DbUuid,
    company: DbUuid,
    account: DbUuid,
    kind: String,
    factors: String,
    request: Option<Vec<u8>>,
    created_at: DbTime,
    expires_at: Option<DbTime>,
    completed_at: Option<DbTime>,
}

impl ChallengeRow {
    fn new(challenge: &SessionChallenge) -> Self {
        Self {
            id: challenge.id.into(),
            session: challenge.session.into(),
            company: challenge.company.into(),
            account: challenge.account.into(),
            kind: challenge.kind.as_str().to_owned(),
            factors: challenge.factors.to_text(),
            request: challenge.request.map(|request| request.as_bytes().to_vec()),
            created_at: time(challenge.created_at),
            expires_at: times(challenge.expires_at),
            completed_at: times(challenge.completed_at),
        }
    }

    fn into_challenge(self) -> PortResult<SessionChallenge> {
        Ok(SessionChallenge {
            id: self.id.into(),
            session: self.session.into(),
            company: self.company.into(),
            account: self.account.into(),
            kind: known(ChallengeKind::parse(&self.kind), "session_challenges.kind")?,
            factors: known(FactorSet::parse(&self.factors), "session_challenges.factors")?,
            request: self.request.map(|bytes| digest(&bytes, "session_challenges.request")).transpose()?,
            created_at: self.created_at.0,
            expires_at: instant(self.expires_at),
            completed_at: instant(self.completed_at),
        })
    }
}

#[async_trait]
impl ChallengeStore for Store {
    async fn of_session(&self, session: SessionId) -> PortResult<Vec<SessionChallenge>> {
        let mut db = self.backend.reader().await?;
        let rows: Vec<ChallengeRow> = dsl::session_challenges
            .filter(dsl::session.eq(DbUuid::from(session)))
            .order((dsl::created_at, dsl::id))
            .select(ChallengeRow::as_select())
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        rows.into_iter().map(ChallengeRow::into_challenge).collect()
    }

    async fn put(&self, write: PutChallenge) -> PortResult<()> {
        self.write(write).await
    }

    async fn redeem(&self, write: RedeemChallenge) -> PortResult<bool> {
        self.write(write).await
    }
}

#[async_trait]
impl WriteSet for PutChallenge {
    type Answer = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Halt<()>> {
        let challenge = &self.challenge;
        tx.lock_account(challenge.account).await?;
        let request = challenge.request.map(|request| request.as_bytes().to_vec());
        let about_requests = || {
            dsl::session_challenges
                .filter(dsl::session.eq(DbUuid::from(challenge.session)))
                .filter(dsl::request.is_not_null())
        };
        let replaced = about_requests().filter(dsl::completed_at.is_null()).filter(dsl::request.eq(request));
        diesel::delete(replaced).execute(tx.db).await?;
        let over = about_requests().filter(dsl::expires_at.le(time(challenge.created_at)));
        diesel::delete(over).execute(tx.db).await?;
        tx.insert_challenges(std::slice::from_ref(challenge)).await?;
        tx.record(&self.effects).await?;
        Ok(())
    }
}

#[async_trait]
impl WriteSet for RedeemChallenge {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let answered = dsl::session_challenges
            .filter(dsl::id.eq(DbUuid::from(self.challenge)))
            .filter(dsl::session.eq(DbUuid::from(self.session)))
            .filter(dsl::request.eq(Some(self.request.as_bytes().to_vec())))
            .filter(dsl::completed_at.is_not_null())
            .filter(dsl::expires_at.is_null().or(dsl::expires_at.gt(time(self.at))));
        if diesel::delete(answered).execute(tx.db).await? == 0 {
            return Err(Halt::Refused(false));
        }
        tx.record(&self.effects).await?;
        Ok(true)
    }
}

impl Tx<'_> {
    pub(super) async fn insert_challenges(&mut self, challenges: &[SessionChallenge]) -> QueryResult<()> {
        for challenge in challenges {
            let row = ChallengeRow::new(challenge);
            diesel::insert_into(dsl::session_challenges).values(row).execute(self.db).await?;
        }
        Ok(())
    }

    /// Closes a challenge of the account; `false` if it is none that can be answered.
    pub(super) async fn answer(
        &mut self,
        challenge: ChallengeId,
        account: AccountId,
        at: Timestamp,
    ) -> Result<bool, Failure> {
        let open = dsl::session_challenges
            .filter(dsl::id.eq(DbUuid::from(challenge)))
            .filter(dsl::account.eq(DbUuid::from(account)))
            .select(ChallengeRow::as_select());
        let row: Option<ChallengeRow> = open.get_result(self.db).await.optional().map_err(Failure::Sql)?;
        let challenge = row.map(ChallengeRow::into_challenge).transpose().map_err(Failure::Port)?;
        let Some(challenge) = challenge.filter(|challenge| challenge.is_open(at)) else { return Ok(false) };
        self.close(&challenge, at).await.map_err(Failure::Sql)?;
        Ok(true)
    }

    async fn close(&mut self, challenge: &SessionChallenge, at: Timestamp) -> QueryResult<()> {
        let row = dsl::session_challenges.find(DbUuid::from(challenge.id));
        if challenge.kind.shuts_session() {
            diesel::delete(row).execute(self.db).await?;
            return self.recount(challenge.session.into()).await;
        }
        diesel::update(row).set(dsl::completed_at.eq(time(at))).execute(self.db).await.map(drop)
    }

    /// Closes the account's challenges to set up a factor of this kind.
    pub(super) async fn close_setups(&mut self, account: AccountId, kind: &str) -> QueryResult<()> {
        let setups: Vec<(DbUuid, DbUuid, String)> = dsl::session_challenges
            .filter(dsl::account.eq(DbUuid::from(account)))
            .filter(dsl::kind.eq(ChallengeKind::Setup.as_str()))
            .select((dsl::id, dsl::session, dsl::factors))
            .load(self.db)
            .await?;
        for (id, session, factors) in setups {
            if lists(&factors, FactorKind::parse(kind).into_iter().collect()) {
                diesel::delete(dsl::session_challenges.find(id)).execute(self.db).await?;
                self.recount(session).await?;
            }
        }
        Ok(())
    }

    /// Forgets the account's challenges about requests that none of these kinds answers.
    pub(super) async fn forget_unanswerable(
        &mut self,
        account: AccountId,
        left: FactorSet,
    ) -> QueryResult<()> {
        let about_requests: Vec<(DbUuid, String)> = dsl::session_challenges
            .filter(dsl::account.eq(DbUuid::from(account)))
            .filter(dsl::request.is_not_null())
            .select((dsl::id, dsl::factors))
            .load(self.db)
            .await?;
        for (id, factors) in about_requests {
            if !lists(&factors, left) {
                diesel::delete(dsl::session_challenges.find(id)).execute(self.db).await?;
            }
        }
        Ok(())
    }

    async fn recount(&mut self, session: DbUuid) -> QueryResult<()> {
        let left: Vec<Option<DbTime>> = dsl::session_challenges
            .filter(dsl::session.eq(session))
            .filter(dsl::kind.ne(ChallengeKind::Authorization.as_str()))
            .select(dsl::expires_at)
            .load(self.db)
            .await?;
        let until = left.iter().filter_map(|expires_at| instant(*expires_at)).min();
        let open = i64::try_from(left.len()).unwrap_or(i64::MAX);
        diesel::update(sessions::table.find(session))
            .set((sessions::open_challenges.eq(open), sessions::challenged_until.eq(times(until))))
            .execute(self.db)
            .await
            .map(drop)
    }
}

fn lists(factors: &str, wanted: FactorSet) -> bool {
    FactorSet::parse(factors).is_some_and(|listed| !listed.and(wanted).is_empty())
}
