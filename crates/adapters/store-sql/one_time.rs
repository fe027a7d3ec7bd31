//! Codes, tokens and challenges, used up or voided by condition.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{
    AccountId, Code, OneTime, OneTimeId, OneTimeSecret, PortResult, Purpose, Sealer, Timestamp, TokenDigest,
};

use super::failure::{Failure, unanswered};
use super::kept::Keep as _;
use super::schema::one_time_secrets::{self, dsl};
use super::seals::{self, Place};
use super::transaction::Tx;
use super::values::{DbTime, DbUuid, digest, instant, known, small, time, times};
use crate::backend::{Conn, Db};

/// The column that holds a code.
pub(super) const CODE: &str = "one_time_secrets.code";

/// The secrets that a new password makes worthless.
pub(super) const PASSWORD_PURPOSES: [Purpose; 2] = [Purpose::ResetPassword, Purpose::NewPasswordChallenge];

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = one_time_secrets, check_for_backend(Db), treat_none_as_default_value = false)]
pub(super) struct OneTimeRow {
    id: DbUuid,
    company: DbUuid,
    account: DbUuid,
    purpose: String,
    digest: Option<Vec<u8>>,
    code: Option<Vec<u8>>,
    code_key_id: Option<String>,
    target: Option<String>,
    issued_at: DbTime,
    expires_at: DbTime,
    consumed_at: Option<DbTime>,
    wrong_guesses: i64,
}

impl OneTimeRow {
    fn new(secret: &OneTime, sealer: &dyn Sealer) -> Self {
        let (digest, sealed) = match &secret.secret {
            OneTimeSecret::Token(digest) => (Some(digest.as_bytes().to_vec()), None),
            OneTimeSecret::Code(code) => {
                (None, Some(seals::seal(sealer, code.reveal(), &Place::new(CODE, secret.id))))
            }
        };
        let (code, code_key_id) = sealed.unzip();
        Self {
            id: secret.id.into(),
            company: secret.company.into(),
            account: secret.account.into(),
            purpose: secret.purpose.as_str().to_owned(),
            digest,
            code,
            code_key_id,
            target: secret.target.clone(),
            issued_at: time(secret.issued_at),
            expires_at: time(secret.expires_at),
            consumed_at: times(secret.consumed_at),
            wrong_guesses: i64::from(secret.wrong_guesses),
        }
    }

    pub(super) fn open(self, sealer: &dyn Sealer) -> PortResult<OneTime> {
        let id = OneTimeId::from(self.id);
        let secret = match (self.digest, self.code.zip(self.code_key_id)) {
            (_, Some((bytes, key_id))) => {
                let text = seals::open(sealer, bytes, key_id, &Place::new(CODE, id))?;
                OneTimeSecret::Code(Code::from_text(text.as_str()))
            }
            (bytes, None) => OneTimeSecret::Token(digest(
                &known(bytes, "one_time_secrets.digest")?,
                "one_time_secrets.digest",
            )?),
        };
        Ok(OneTime {
            id,
            company: self.company.into(),
            account: self.account.into(),
            purpose: known(Purpose::parse(&self.purpose), "one_time_secrets.purpose")?,
            secret,
            target: self.target,
            issued_at: self.issued_at.0,
            expires_at: self.expires_at.0,
            consumed_at: instant(self.consumed_at),
            wrong_guesses: small(self.wrong_guesses),
        })
    }
}

impl Tx<'_> {
    pub(super) async fn keep(&mut self, secret: &OneTime) -> Result<(), Failure> {
        let row = OneTimeRow::new(secret, self.sealer);
        let insert = diesel::insert_into(dsl::one_time_secrets).values(row);
        insert.execute(self.db).await.map(drop).map_err(Failure::Sql)
    }

    /// Uses a secret up; `false` if it is used or expired already, or for something else.
    pub(super) async fn consume(
        &mut self,
        secret: OneTimeId,
        account: AccountId,
        purposes: &[Purpose],
        at: Timestamp,
    ) -> QueryResult<bool> {
        let usable = dsl::one_time_secrets
            .filter(dsl::id.eq(DbUuid::from(secret)))
            .filter(dsl::account.eq(DbUuid::from(account)))
            .filter(dsl::purpose.eq_any(words(purposes)))
            .filter(dsl::consumed_at.is_null())
            .filter(dsl::expires_at.gt(time(at)));
        let used = diesel::update(usable).set(dsl::consumed_at.eq(time(at))).kept().execute(self.db).await?;
        Ok(used == 1)
    }

    /// Voids every unused secret of an account for the purposes.
    pub(super) async fn void(
        &mut self,
        account: AccountId,
        purposes: &[Purpose],
        at: Timestamp,
    ) -> QueryResult<()> {
        let unused = dsl::one_time_secrets
            .filter(dsl::account.eq(DbUuid::from(account)))
            .filter(dsl::purpose.eq_any(words(purposes)))
            .filter(dsl::consumed_at.is_null());
        diesel::update(unused).set(dsl::consumed_at.eq(time(at))).kept().execute(self.db).await.map(drop)
    }

    /// Voids the unused secrets that a new one of the same account, purpose and target replaces.
    pub(super) async fn void_alike(&mut self, secret: &OneTime) -> QueryResult<()> {
        let unused = diesel::update(dsl::one_time_secrets)
            .filter(dsl::account.eq(DbUuid::from(secret.account)))
            .filter(dsl::purpose.eq(secret.purpose.as_str()))
            .filter(dsl::consumed_at.is_null())
            .into_boxed::<Db>();
        let alike = match &secret.target {
            Some(target) => unused.filter(dsl::target.eq(target)),
            None => unused.filter(dsl::target.is_null()),
        };
        alike.set(dsl::consumed_at.eq(time(secret.issued_at))).kept().execute(self.db).await.map(drop)
    }

    pub(super) async fn count_wrong_guess(&mut self, codes: &[OneTimeId]) -> QueryResult<()> {
        let mut codes: Vec<DbUuid> = codes.iter().copied().map(DbUuid::from).collect();
        codes.sort();
        for code in codes {
            diesel::update(dsl::one_time_secrets.find(code))
                .set(dsl::wrong_guesses.eq(dsl::wrong_guesses + 1))
                .execute(self.db)
                .await?;
        }
        Ok(())
    }
}

pub(super) async fn by_digest(
    db: &mut Conn,
    digest: TokenDigest,
    purpose: Purpose,
) -> PortResult<Option<OneTimeRow>> {
    dsl::one_time_secrets
        .filter(dsl::digest.eq(digest.as_bytes().to_vec()))
        .filter(dsl::purpose.eq(purpose.as_str()))
        .select(OneTimeRow::as_select())
        .get_result(db)
        .await
        .optional()
        .map_err(unanswered)
}

/// The newest code of an account for a purpose.
pub(super) async fn latest_code(
    db: &mut Conn,
    account: AccountId,
    purpose: Purpose,
) -> PortResult<Option<OneTimeRow>> {
    dsl::one_time_secrets
        .filter(dsl::account.eq(DbUuid::from(account)))
        .filter(dsl::purpose.eq(purpose.as_str()))
        .filter(dsl::code.is_not_null())
        .order((dsl::issued_at.desc(), dsl::id.desc()))
        .select(OneTimeRow::as_select())
        .first(db)
        .await
        .optional()
        .map_err(unanswered)
}

fn words(purposes: &[Purpose]) -> Vec<&'static str> {
    purposes.iter().map(|purpose| purpose.as_str()).collect()
}
