//! Restrictions, permissions, and links that whitelist.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{CompanyId, Effects, PortResult, Role, TokenDigest};
use portcullis_sessions::{
    AccessStore, AddPermission, AddRestriction, KeepWhitelink, LiftRestriction, Permission, PermissionAction,
    Restriction, RestrictionCategory, RestrictionScope, StockPermissions, Whitelink, WhitelinkStore,
    WithdrawPermission,
};

use super::Store;
use super::failure::{Clash, Halt, unanswered};
use super::schema::{permissions, restrictions, sessions, stocked_permissions, whitelinks};
use super::transaction::{Tx, WriteSet};
use super::values::{DbTime, DbUuid, digest, known, time};
use crate::backend::Db;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = restrictions, check_for_backend(Db), treat_none_as_default_value = false)]
struct RestrictionRow {
    id: DbUuid,
    company: DbUuid,
    category: String,
    scope: String,
    value: String,
    code: i64,
    created_at: DbTime,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = permissions, check_for_backend(Db), treat_none_as_default_value = false)]
struct PermissionRow {
    id: DbUuid,
    company: DbUuid,
    role: String,
    verb: String,
    path: String,
    action: String,
    topic: Option<String>,
    created_at: DbTime,
}

#[async_trait]
impl AccessStore for Store {
    async fn rules(&self, company: CompanyId) -> PortResult<(Vec<Restriction>, Vec<Permission>)> {
        let mut db = self.backend.reader().await?;
        let barred: Vec<RestrictionRow> = restrictions::table
            .filter(restrictions::company.eq(DbUuid::from(company)))
            .order((restrictions::created_at, restrictions::id))
            .select(RestrictionRow::as_select())
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        let allowed: Vec<PermissionRow> = permissions::table
            .filter(permissions::company.eq(DbUuid::from(company)))
            .order((permissions::created_at, permissions::id))
            .select(PermissionRow::as_select())
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        let barred = barred.into_iter().map(RestrictionRow::into_restriction).collect::<PortResult<_>>()?;
        let allowed = allowed.into_iter().map(PermissionRow::into_permission).collect::<PortResult<_>>()?;
        Ok((barred, allowed))
    }

    async fn restrict(&self, write: AddRestriction) -> PortResult<bool> {
        self.write(write).await
    }

    async fn lift(&self, write: LiftRestriction) -> PortResult<bool> {
        self.write(write).await
    }

    async fn permit(&self, write: AddPermission) -> PortResult<bool> {
        self.write(write).await
    }

    async fn withdraw(&self, write: WithdrawPermission) -> PortResult<bool> {
        self.write(write).await
    }

    async fn stock(&self, write: StockPermissions) -> PortResult<bool> {
        self.write(write).await
    }

    async fn note(&self, effects: Effects) -> PortResult<()> {
        self.write(Note(effects)).await
    }
}

#[async_trait]
impl WhitelinkStore for Store {
    async fn keep(&self, write: KeepWhitelink) -> PortResult<()> {
        self.write(write).await
    }

    async fn find(&self, wanted: TokenDigest) -> PortResult<Option<Whitelink>> {
        let mut db = self.backend.reader().await?;
        let row: Option<(Vec<u8>, DbUuid, DbTime, DbTime)> = whitelinks::table
            .filter(whitelinks::digest.eq(wanted.as_bytes().to_vec()))
            .select((whitelinks::digest, whitelinks::company, whitelinks::created_at, whitelinks::expires_at))
            .get_result(&mut *db)
            .await
            .optional()
            .map_err(unanswered)?;
        let link = |(bytes, company, created_at, expires_at): (Vec<u8>, DbUuid, DbTime, DbTime)| {
            Ok(Whitelink {
                digest: digest(&bytes, "whitelinks.digest")?,
                company: company.into(),
                created_at: created_at.0,
                expires_at: expires_at.0,
            })
        };
        row.map(link).transpose()
    }
}

#[async_trait]
impl WriteSet for AddRestriction {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let row = RestrictionRow::new(&self.restriction);
        diesel::insert_into(restrictions::table).values(row).execute(tx.db).await?;
        if let Some(door) = &self.ends_sessions_of {
            let unended = sessions::table
                .filter(sessions::company.eq(DbUuid::from(self.restriction.company)))
                .filter(sessions::door.eq(door.as_str()))
                .filter(sessions::ended_at.is_null());
            diesel::update(unended)
                .set(sessions::ended_at.eq(time(self.restriction.created_at)))
                .execute(tx.db)
                .await?;
        }
        tx.record(&self.effects).await?;
        Ok(true)
    }

    fn clashed(&self, clash: Clash) -> Option<bool> {
        (clash == Clash::Rule).then_some(false)
    }
}

#[async_trait]
impl WriteSet for LiftRestriction {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let own = restrictions::table
            .filter(restrictions::id.eq(DbUuid::from(self.restriction)))
            .filter(restrictions::company.eq(DbUuid::from(self.company)));
        if diesel::delete(own).execute(tx.db).await? == 0 {
            return Err(Halt::Refused(false));
        }
        tx.record(&self.effects).await?;
        Ok(true)
    }
}

#[async_trait]
impl WriteSet for AddPermission {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let row = PermissionRow::new(&self.permission);
        diesel::insert_into(permissions::table).values(row).execute(tx.db).await?;
        tx.record(&self.effects).await?;
        Ok(true)
    }

    fn clashed(&self, clash: Clash) -> Option<bool> {
        (clash == Clash::Rule).then_some(false)
    }
}

#[async_trait]
impl WriteSet for WithdrawPermission {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let own = permissions::table
            .filter(permissions::id.eq(DbUuid::from(self.permission)))
            .filter(permissions::company.eq(DbUuid::from(self.company)));
        if diesel::delete(own).execute(tx.db).await? == 0 {
            return Err(Halt::Refused(false));
        }
        tx.record(&self.effects).await?;
        Ok(true)
    }
}

#[async_trait]
impl WriteSet for StockPermissions {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let mark = (
            stocked_permissions::company.eq(DbUuid::from(self.company)),
            stocked_permissions::stocked_at.eq(time(self.at)),
        );
        diesel::insert_into(stocked_permissions::table).values(mark).execute(tx.db).await?;
        for permission in &self.permissions {
            let known = permissions::table
                .filter(permissions::company.eq(DbUuid::from(permission.company)))
                .filter(permissions::role.eq(permission.role.as_str()))
                .filter(permissions::verb.eq(&permission.verb))
                .filter(permissions::path.eq(&permission.path))
                .filter(permissions::action.eq(permission.action.as_str()));
            let known: i64 = known.count().get_result(tx.db).await?;
            if known == 0 {
                let row = PermissionRow::new(permission);
                diesel::insert_into(permissions::table).values(row).execute(tx.db).await?;
            }
        }
        Ok(true)
    }

    fn clashed(&self, clash: Clash) -> Option<bool> {
        (clash == Clash::Stock).then_some(false)
    }
}

struct Note(Effects);

#[async_trait]
impl WriteSet for Note {
    type Answer = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Halt<()>> {
        tx.record(&self.0).await?;
        Ok(())
    }
}

#[async_trait]
impl WriteSet for KeepWhitelink {
    type Answer = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Halt<()>> {
        let company = DbUuid::from(self.link.company);
        let over = whitelinks::table
            .filter(whitelinks::company.eq(company))
            .filter(whitelinks::expires_at.le(time(self.link.created_at)));
        diesel::delete(over).execute(tx.db).await?;
        let row = (
            whitelinks::digest.eq(self.link.digest.as_bytes().to_vec()),
            whitelinks::company.eq(company),
            whitelinks::created_at.eq(time(self.link.created_at)),
            whitelinks::expires_at.eq(time(self.link.expires_at)),
        );
        diesel::insert_into(whitelinks::table).values(row).execute(tx.db).await?;
        tx.record(&self.effects).await?;
        Ok(())
    }
}

impl RestrictionRow {
    fn new(restriction: &Restriction) -> Self {
        Self {
            id: restriction.id.into(),
            company: restriction.company.into(),
            category: restriction.category.as_str().to_owned(),
            scope: restriction.scope.as_str().to_owned(),
            value: restriction.value.clone(),
            code: i64::from(restriction.code),
            created_at: time(restriction.created_at),
        }
    }

    fn into_restriction(self) -> PortResult<Restriction> {
        Ok(Restriction {
            id: self.id.into(),
            company: self.company.into(),
            category: known(RestrictionCategory::parse(&self.category), "restrictions.category")?,
            scope: known(RestrictionScope::parse(&self.scope), "restrictions.scope")?,
            value: self.value,
            code: known(u16::try_from(self.code).ok(), "restrictions.code")?,
            created_at: self.created_at.0,
        })
    }
}

impl PermissionRow {
    fn new(permission: &Permission) -> Self {
        Self {
            id: permission.id.into(),
            company: permission.company.into(),
            role: permission.role.as_str().to_owned(),
            verb: permission.verb.clone(),
            path: permission.path.clone(),
            action: permission.action.as_str().to_owned(),
            topic: permission.topic.clone(),
            created_at: time(permission.created_at),
        }
    }

    fn into_permission(self) -> PortResult<Permission> {
        Ok(Permission {
            id: self.id.into(),
            company: self.company.into(),
            role: Role::new(self.role),
            verb: self.verb,
            path: self.path,
            action: known(PermissionAction::parse(&self.action), "permissions.action")?,
            topic: self.topic,
            created_at: self.created_at.0,
        })
    }
}
