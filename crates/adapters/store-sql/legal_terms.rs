//! Legal terms, and who accepted them.

use async_trait::async_trait;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_accounts::{AcceptedTerm, Account, AddLegalTerm, LegalTerm, LegalTermStore, Taken};
use portcullis_kernel::{AccountId, CompanyId, PortResult};

use super::Store;
use super::failure::{Clash, Halt, unanswered};
use super::schema::{accepted_terms, companies, legal_terms};
use super::transaction::{Tx, WriteSet};
use super::values::{DbTime, DbUuid, small, time};
use crate::backend::{Db, locked};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = legal_terms, check_for_backend(Db), treat_none_as_default_value = false)]
struct LegalTermRow {
    company: DbUuid,
    number: i64,
    name: String,
    version: String,
    created_at: DbTime,
}

#[async_trait]
impl LegalTermStore for Store {
    async fn add(&self, write: AddLegalTerm) -> PortResult<Option<LegalTerm>> {
        self.write(write).await
    }

    async fn list(&self, company: CompanyId) -> PortResult<Vec<LegalTerm>> {
        let mut db = self.backend.reader().await?;
        let rows: Vec<LegalTermRow> = legal_terms::table
            .filter(legal_terms::company.eq(DbUuid::from(company)))
            .order(legal_terms::number)
            .select(LegalTermRow::as_select())
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        Ok(rows.into_iter().map(LegalTerm::from).collect())
    }

    async fn accepted(&self, account: AccountId) -> PortResult<Vec<AcceptedTerm>> {
        let mut db = self.backend.reader().await?;
        let same_term = accepted_terms::company
            .eq(legal_terms::company)
            .and(accepted_terms::number.eq(legal_terms::number));
        let rows: Vec<(LegalTermRow, DbTime)> = accepted_terms::table
            .inner_join(legal_terms::table.on(same_term))
            .filter(accepted_terms::account.eq(DbUuid::from(account)))
            .order(accepted_terms::number)
            .select((LegalTermRow::as_select(), accepted_terms::accepted_at))
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        let accepted =
            |(row, at): (LegalTermRow, DbTime)| AcceptedTerm { term: row.into(), accepted_at: at.0 };
        Ok(rows.into_iter().map(accepted).collect())
    }
}

#[async_trait]
impl WriteSet for AddLegalTerm {
    type Answer = Option<LegalTerm>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Answer, Halt<Self::Answer>> {
        let company = DbUuid::from(self.company);
        let _: DbUuid = locked!(companies::table.find(company).select(companies::id)).first(tx.db).await?;
        let last: Option<i64> = legal_terms::table
            .filter(legal_terms::company.eq(company))
            .select(max(legal_terms::number))
            .get_result(tx.db)
            .await?;
        let row = LegalTermRow {
            company,
            number: last.unwrap_or_default() + 1,
            name: self.name.clone(),
            version: self.version.clone(),
            created_at: time(self.created_at),
        };
        diesel::insert_into(legal_terms::table).values(&row).execute(tx.db).await?;
        tx.record(&self.effects).await?;
        Ok(Some(row.into()))
    }

    fn clashed(&self, clash: Clash) -> Option<Self::Answer> {
        matches!(clash, Clash::Taken(Taken::LegalTerm)).then_some(None)
    }
}

impl Tx<'_> {
    /// Records that a new account accepted terms of its company.
    pub(super) async fn accept_terms(&mut self, account: &Account, numbers: &[u32]) -> QueryResult<()> {
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            let row = (
                accepted_terms::account.eq(DbUuid::from(account.id)),
                accepted_terms::company.eq(DbUuid::from(account.company)),
                accepted_terms::number.eq(i64::from(number)),
                accepted_terms::accepted_at.eq(time(account.created_at)),
            );
            diesel::insert_into(accepted_terms::table).values(row).execute(self.db).await?;
        }
        Ok(())
    }
}

impl From<LegalTermRow> for LegalTerm {
    fn from(row: LegalTermRow) -> Self {
        Self {
            company: row.company.into(),
            number: small(row.number),
            name: row.name,
            version: row.version,
            created_at: row.created_at.0,
        }
    }
}
