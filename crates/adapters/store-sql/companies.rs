//! Companies and their groups.

use std::collections::BTreeMap;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_accounts::{
    AddGroup, Company, CompanyDetails, CompanyField, CompanySettings, CompanyStore, ConfigureCompany,
    CreateCompany, Creation, Group, Section,
};
use portcullis_kernel::{CompanyId, CompanySlug, Page, PageRequest, PortError, PortResult};

use super::Store;
use super::failure::{Clash, Halt, unanswered};
use super::schema::{companies, company_groups};
use super::transaction::{Tx, WriteSet};
use super::values::{DbJson, DbTime, DbUuid, bounds, count, known, slug, time};
use crate::backend::{self, Conn, Db, locked};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = companies, check_for_backend(Db), treat_none_as_default_value = false)]
struct CompanyRow {
    id: DbUuid,
    slug: String,
    name: String,
    settings: DbJson,
    created_at: DbTime,
    details: DbJson,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = company_groups, check_for_backend(Db), treat_none_as_default_value = false)]
struct GroupRow {
    company: DbUuid,
    name: String,
    label: Option<String>,
    section: String,
    public: bool,
    is_default: bool,
    created_at: DbTime,
}

#[async_trait]
impl CompanyStore for Store {
    async fn find(&self, slug: CompanySlug) -> PortResult<Option<Company>> {
        let mut db = self.backend.reader().await?;
        let row = companies::table
            .filter(companies::slug.eq(slug.as_str()))
            .select(CompanyRow::as_select())
            .get_result(&mut *db)
            .await
            .optional()
            .map_err(unanswered)?;
        row.map(Company::try_from).transpose()
    }

    async fn find_by_id(&self, id: CompanyId) -> PortResult<Option<Company>> {
        let mut db = self.backend.reader().await?;
        let row = companies::table
            .find(DbUuid::from(id))
            .select(CompanyRow::as_select())
            .get_result(&mut *db)
            .await
            .optional()
            .map_err(unanswered)?;
        row.map(Company::try_from).transpose()
    }

    async fn list(&self, page: PageRequest) -> PortResult<Page<Company>> {
        let mut db = self.backend.reader().await?;
        backend::drive(async move { list(&mut db, page).await }).await?
    }

    async fn create(&self, write: CreateCompany) -> PortResult<Creation> {
        self.write(write).await
    }

    async fn configure(&self, write: ConfigureCompany) -> PortResult<bool> {
        self.write(write).await
    }

    async fn groups(&self, company: CompanyId) -> PortResult<Vec<Group>> {
        let mut db = self.backend.reader().await?;
        let rows: Vec<GroupRow> = company_groups::table
            .filter(company_groups::company.eq(DbUuid::from(company)))
            .order((company_groups::created_at, company_groups::name))
            .select(GroupRow::as_select())
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        rows.into_iter().map(Group::try_from).collect()
    }

    async fn add_group(&self, write: AddGroup) -> PortResult<Creation> {
        self.write(write).await
    }
}

async fn list(db: &mut Conn, page: PageRequest) -> PortResult<Page<Company>> {
    let (limit, offset) = bounds(page);
    let total: i64 = companies::table.count().get_result(db).await.map_err(unanswered)?;
    let rows: Vec<CompanyRow> = companies::table
        .order((companies::created_at, companies::id))
        .limit(limit)
        .offset(offset)
        .select(CompanyRow::as_select())
        .load(db)
        .await
        .map_err(unanswered)?;
    let items = rows.into_iter().map(Company::try_from).collect::<PortResult<_>>()?;
    Ok(Page { items, total: count(total) })
}

#[async_trait]
impl WriteSet for CreateCompany {
    type Answer = Creation;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Creation, Halt<Creation>> {
        let row = CompanyRow::new(&self.company)?;
        diesel::insert_into(companies::table).values(row).execute(tx.db).await?;
        for group in &self.groups {
            tx.insert_group(group).await?;
        }
        if let Some(founder) = &self.founder {
            tx.insert_account(&founder.account, &founder.secrets).await?;
        }
        tx.record(&self.effects).await?;
        Ok(Creation::Done)
    }

    fn clashed(&self, clash: Clash) -> Option<Creation> {
        clash.creation()
    }
}

#[async_trait]
impl WriteSet for ConfigureCompany {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let changed = diesel::update(companies::table.find(DbUuid::from(self.company.id)))
            .set((
                companies::name.eq(&self.company.name),
                companies::settings.eq(settings_json(&self.company.settings)?),
            ))
            .execute(tx.db)
            .await?;
        if changed == 0 {
            return Err(Halt::Refused(false));
        }
        tx.record(&self.effects).await?;
        Ok(true)
    }
}

#[async_trait]
impl WriteSet for AddGroup {
    type Answer = Creation;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Creation, Halt<Creation>> {
        let company = DbUuid::from(self.group.company);
        if self.group.is_default {
            let _: DbUuid =
                locked!(companies::table.find(company).select(companies::id)).get_result(tx.db).await?;
            diesel::update(company_groups::table.filter(company_groups::company.eq(company)))
                .set(company_groups::is_default.eq(false))
                .execute(tx.db)
                .await?;
        }
        tx.insert_group(&self.group).await?;
        tx.record(&self.effects).await?;
        Ok(Creation::Done)
    }

    fn clashed(&self, clash: Clash) -> Option<Creation> {
        clash.creation()
    }
}

impl Tx<'_> {
    async fn insert_group(&mut self, group: &Group) -> QueryResult<()> {
        let row = GroupRow::new(group);
        diesel::insert_into(company_groups::table).values(row).execute(self.db).await.map(drop)
    }
}

impl Clash {
    /// The answer of an insertion, if the clash is one that callers expect.
    pub(super) fn creation(self) -> Option<Creation> {
        match self {
            Self::Taken(taken) => Some(Creation::Taken(taken)),
            Self::Generation
            | Self::Handle
            | Self::Phone
            | Self::Validated
            | Self::Title
            | Self::OpenProfile
            | Self::Rule
            | Self::Stock
            | Self::Duplicate => None,
        }
    }
}

impl CompanyRow {
    fn new(company: &Company) -> PortResult<Self> {
        Ok(Self {
            id: company.id.into(),
            slug: company.slug.as_str().to_owned(),
            name: company.name.clone(),
            settings: settings_json(&company.settings)?,
            created_at: time(company.created_at),
            details: details_json(&company.details)?,
        })
    }
}

impl TryFrom<CompanyRow> for Company {
    type Error = PortError;

    fn try_from(row: CompanyRow) -> PortResult<Self> {
        Ok(Self {
            id: row.id.into(),
            slug: slug(&row.slug)?,
            name: row.name,
            details: details(&row.details)?,
            settings: settings(&row.settings)?,
            created_at: row.created_at.0,
        })
    }
}

impl GroupRow {
    fn new(group: &Group) -> Self {
        Self {
            company: group.company.into(),
            name: group.name.clone(),
            label: group.label.clone(),
            section: group.section.as_str().to_owned(),
            public: group.public,
            is_default: group.is_default,
            created_at: time(group.created_at),
        }
    }
}

impl TryFrom<GroupRow> for Group {
    type Error = PortError;

    fn try_from(row: GroupRow) -> PortResult<Self> {
        Ok(Self {
            company: row.company.into(),
            name: row.name,
            label: row.label,
            section: known(Section::parse(&row.section), "company_groups.section")?,
            public: row.public,
            is_default: row.is_default,
            created_at: row.created_at.0,
        })
    }
}

fn settings_json(settings: &CompanySettings) -> PortResult<DbJson> {
    DbJson::write(&settings.entries().into_iter().collect::<BTreeMap<_, _>>())
}

fn details_json(details: &CompanyDetails) -> PortResult<DbJson> {
    DbJson::write(&details.iter().map(|(field, value)| (field.as_str(), value)).collect::<BTreeMap<_, _>>())
}

fn details(json: &DbJson) -> PortResult<CompanyDetails> {
    let mut details = CompanyDetails::default();
    for (name, value) in json.read::<BTreeMap<String, String>>()? {
        let field = known(CompanyField::parse(&name), "companies.details")?;
        known(details.set(field, &value).ok(), "companies.details")?;
    }
    Ok(details)
}

pub(super) fn settings(json: &DbJson) -> PortResult<CompanySettings> {
    let mut settings = CompanySettings::default();
    for (key, value) in json.read::<BTreeMap<String, String>>()? {
        settings.set(&key, &value).map_err(PortError::broken)?;
    }
    Ok(settings)
}
