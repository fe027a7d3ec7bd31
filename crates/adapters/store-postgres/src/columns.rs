//! How values are stored: `uuid`, `timestamptz` and `jsonb`.

use diesel::data_types::PgTimestamp;
use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{SqlOrd, SqlType, Timestamptz, Uuid as PgUuid};
use std::io::Write;

use portcullis_kernel::Timestamp;
use uuid::Uuid;

use crate::sql::values::{DbJson, DbTime, DbUuid};

/// PostgreSQL counts from the start of 2000.
const EPOCH: i64 = 946_684_800_000_000;
/// The version of the binary form of `jsonb`.
const JSONB: u8 = 1;

/// An identifier.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
pub struct UuidSql;

/// An instant.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
pub struct TimeSql;

/// A JSON document.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
pub struct JsonSql;

impl SqlOrd for UuidSql {}
impl SqlOrd for TimeSql {}

impl ToSql<UuidSql, Pg> for DbUuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<PgUuid, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<UuidSql, Pg> for DbUuid {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <Uuid as FromSql<PgUuid, Pg>>::from_sql(value).map(Self)
    }
}

impl ToSql<TimeSql, Pg> for DbTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let at = PgTimestamp(self.0.as_micros().saturating_sub(EPOCH));
        ToSql::<Timestamptz, Pg>::to_sql(&at, &mut out.reborrow())
    }
}

impl FromSql<TimeSql, Pg> for DbTime {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let PgTimestamp(at) = <PgTimestamp as FromSql<Timestamptz, Pg>>::from_sql(value)?;
        Ok(Self(Timestamp::from_micros(at.saturating_add(EPOCH))))
    }
}

impl ToSql<JsonSql, Pg> for DbJson {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[JSONB])?;
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<JsonSql, Pg> for DbJson {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes() {
            [JSONB, text @ ..] => Ok(Self(std::str::from_utf8(text)?.to_owned())),
            _ => Err("a version of jsonb that is not understood".into()),
        }
    }
}
