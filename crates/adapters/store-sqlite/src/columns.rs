//! How values are stored: identifiers as 16 bytes, instants as microseconds since 1970, JSON as text.

use diesel::deserialize::{self, FromSql};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{SqlOrd, SqlType};
use diesel::sqlite::{Sqlite, SqliteValue};
use portcullis_kernel::Timestamp;
use uuid::Uuid;

use crate::sql::values::{DbJson, DbTime, DbUuid};

/// An identifier.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Binary"))]
pub struct UuidSql;

/// An instant.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Long"))]
pub struct TimeSql;

/// A JSON document.
#[derive(Clone, Copy, Debug, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Text"))]
pub struct JsonSql;

impl SqlOrd for UuidSql {}
impl SqlOrd for TimeSql {}

impl ToSql<UuidSql, Sqlite> for DbUuid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<UuidSql, Sqlite> for DbUuid {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.read_blob())?))
    }
}

impl ToSql<TimeSql, Sqlite> for DbTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_micros());
        Ok(IsNull::No)
    }
}

impl FromSql<TimeSql, Sqlite> for DbTime {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(Timestamp::from_micros(value.read_long())))
    }
}

impl ToSql<JsonSql, Sqlite> for DbJson {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_str());
        Ok(IsNull::No)
    }
}

impl FromSql<JsonSql, Sqlite> for DbJson {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(value.read_text().to_owned()))
    }
}
