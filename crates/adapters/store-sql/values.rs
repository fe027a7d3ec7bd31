//! Values as columns hold them. The SQL types behind them are the backend's.

use std::net::IpAddr;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use portcullis_kernel::{
    AccountId, ApiKeyId, AuditId, AuthenticatorId, ChallengeId, Client, CompanyId, CompanySlug, Door,
    KycProfileId, MessageId, OneTimeId, PageRequest, PermissionId, PortError, PortResult, RestrictionId,
    ServiceAccountId, SessionId, Timestamp, TokenDigest,
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::columns::{JsonSql, TimeSql, UuidSql};

/// An identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = UuidSql)]
pub(crate) struct DbUuid(pub(crate) Uuid);

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = TimeSql)]
pub(crate) struct DbTime(pub(crate) Timestamp);

/// A JSON document as text.
#[derive(Clone, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = JsonSql)]
pub(crate) struct DbJson(pub(crate) String);

macro_rules! ids {
    ($($id:ident)*) => {$(
        impl From<$id> for DbUuid {
            fn from(id: $id) -> Self {
                Self(id.as_uuid())
            }
        }

        impl From<DbUuid> for $id {
            fn from(id: DbUuid) -> Self {
                Self::from_uuid(id.0)
            }
        }
    )*};
}

ids! {
    AccountId ApiKeyId AuditId AuthenticatorId ChallengeId CompanyId KycProfileId MessageId OneTimeId PermissionId
    RestrictionId ServiceAccountId SessionId
}

impl DbJson {
    pub(super) fn write<T: Serialize + ?Sized>(value: &T) -> PortResult<Self> {
        serde_json::to_string(value).map(Self).map_err(PortError::broken)
    }

    pub(super) fn read<T: DeserializeOwned>(&self) -> PortResult<T> {
        serde_json::from_str(&self.0).map_err(PortError::broken)
    }
}

/// A column holds something that this version never writes.
#[derive(Debug, thiserror::Error)]
#[error("column {0} holds a value that is not understood")]
pub(super) struct Damaged(pub(super) &'static str);

/// The value of a column, or the report that it is damaged.
pub(super) fn known<T>(value: Option<T>, column: &'static str) -> PortResult<T> {
    value.ok_or_else(|| PortError::broken(Damaged(column)))
}

pub(super) fn time(at: Timestamp) -> DbTime {
    DbTime(at)
}

pub(super) fn times(at: Option<Timestamp>) -> Option<DbTime> {
    at.map(DbTime)
}

pub(super) fn instant(at: Option<DbTime>) -> Option<Timestamp> {
    at.map(|at| at.0)
}

pub(super) fn digest(bytes: &[u8], column: &'static str) -> PortResult<TokenDigest> {
    known(bytes.try_into().ok().map(TokenDigest::from_bytes), column)
}

pub(super) fn slug(text: &str) -> PortResult<CompanySlug> {
    known(CompanySlug::parse(text).ok(), "companies.slug")
}

/// Numbers are kept as 64 signed bits; larger ones saturate.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

pub(super) fn small(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(if value < 0 { 0 } else { u32::MAX })
}

/// The bounds of a page, as SQL takes them.
pub(super) fn bounds(page: PageRequest) -> (i64, i64) {
    (i64::from(page.size()), number(page.offset()))
}

pub(super) fn address(client: &Client) -> Option<String> {
    client.address.map(|address| address.to_string())
}

pub(super) fn client(door: String, address: Option<&str>, user_agent: String) -> PortResult<Client> {
    let address = address.map(|text| known(text.parse::<IpAddr>().ok(), "address")).transpose()?;
    Ok(Client { door: Door::from_text(door), address, user_agent })
}
