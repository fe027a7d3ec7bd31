//! Phones, KYC profiles and stored data.

use std::collections::BTreeMap;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_accounts::{
    AddPhone, Dossier, DossierStore, KeepData, KycField, KycProfile, KycState, Phone, PhoneAdded,
    ReviseKycProfile, StoredData, WriteKycProfile,
};
use portcullis_kernel::{AccountId, CompanyId, Mobile, OneTime, PortResult, Purpose, Timestamp};

use super::Store;
use super::account_rows::mobile;
use super::failure::{Clash, Halt, unanswered};
use super::one_time::OneTimeRow;
use super::schema::{kyc_profiles, one_time_secrets, phones, stored_data};
use super::transaction::{Tx, WriteSet};
use super::values::{DbJson, DbTime, DbUuid, instant, known, time, times};
use crate::backend::Db;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = phones, check_for_backend(Db), treat_none_as_default_value = false)]
struct PhoneRow {
    account: DbUuid,
    number: String,
    company: DbUuid,
    validated_at: Option<DbTime>,
    created_at: DbTime,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = stored_data, check_for_backend(Db), treat_none_as_default_value = false)]
struct DataRow {
    account: DbUuid,
    title_key: String,
    title: String,
    data: String,
    created_at: DbTime,
}

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = kyc_profiles, check_for_backend(Db), treat_none_as_default_value = false)]
struct ProfileRow {
    id: DbUuid,
    account: DbUuid,
    fields: DbJson,
    state: String,
    open: bool,
    created_at: DbTime,
    updated_at: DbTime,
}

#[async_trait]
impl DossierStore for Store {
    async fn find(&self, account: AccountId) -> PortResult<Dossier> {
        let mut db = self.backend.reader().await?;
        let account = DbUuid::from(account);
        let own_phones: Vec<PhoneRow> = phones::table
            .filter(phones::account.eq(account))
            .order((phones::created_at, phones::number))
            .select(PhoneRow::as_select())
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        let own_profiles: Vec<ProfileRow> = kyc_profiles::table
            .filter(kyc_profiles::account.eq(account))
            .order((kyc_profiles::created_at, kyc_profiles::id))
            .select(ProfileRow::as_select())
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        let own_data: Vec<DataRow> = stored_data::table
            .filter(stored_data::account.eq(account))
            .order((stored_data::created_at, stored_data::title_key))
            .select(DataRow::as_select())
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        Ok(Dossier {
            phones: own_phones.into_iter().map(PhoneRow::into_phone).collect::<PortResult<_>>()?,
            profiles: own_profiles.into_iter().map(ProfileRow::into_profile).collect::<PortResult<_>>()?,
            data: own_data.into_iter().map(StoredData::from).collect(),
        })
    }

    async fn keep_data(&self, write: KeepData) -> PortResult<bool> {
        self.write(write).await
    }

    async fn open_profile(&self, write: WriteKycProfile) -> PortResult<bool> {
        self.write(write).await
    }

    async fn revise_profile(&self, write: ReviseKycProfile) -> PortResult<bool> {
        self.write(write).await
    }

    async fn has_phone(&self, company: CompanyId, number: Mobile) -> PortResult<bool> {
        let mut db = self.backend.reader().await?;
        let validated = phones::table
            .filter(phones::company.eq(DbUuid::from(company)))
            .filter(phones::number.eq(number.as_str()))
            .filter(phones::validated_at.is_not_null());
        let found: Option<DbUuid> =
            validated.select(phones::account).first(&mut *db).await.optional().map_err(unanswered)?;
        Ok(found.is_some())
    }

    async fn add_phone(&self, write: AddPhone) -> PortResult<PhoneAdded> {
        self.write(write).await
    }

    async fn phone_code(&self, account: AccountId, number: Mobile) -> PortResult<Option<OneTime>> {
        let mut db = self.backend.reader().await?;
        let row: Option<OneTimeRow> = one_time_secrets::table
            .filter(one_time_secrets::account.eq(DbUuid::from(account)))
            .filter(one_time_secrets::purpose.eq(Purpose::VerifyPhone.as_str()))
            .filter(one_time_secrets::target.eq(number.as_str()))
            .filter(one_time_secrets::code.is_not_null())
            .order((one_time_secrets::issued_at.desc(), one_time_secrets::id.desc()))
            .select(OneTimeRow::as_select())
            .first(&mut *db)
            .await
            .optional()
            .map_err(unanswered)?;
        row.map(|row| row.open(&*self.sealer)).transpose()
    }
}

#[async_trait]
impl WriteSet for KeepData {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        tx.lock_account(self.stored.account).await?;
        let row = DataRow::from(&self.stored);
        diesel::insert_into(stored_data::table).values(row).execute(tx.db).await?;
        tx.record(&self.effects).await?;
        Ok(true)
    }

    fn clashed(&self, clash: Clash) -> Option<bool> {
        matches!(clash, Clash::Title).then_some(false)
    }
}

#[async_trait]
impl WriteSet for WriteKycProfile {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        tx.lock_account(self.profile.account).await?;
        let row = ProfileRow::new(&self.profile)?;
        diesel::insert_into(kyc_profiles::table).values(row).execute(tx.db).await?;
        tx.record(&self.effects).await?;
        Ok(true)
    }

    fn clashed(&self, clash: Clash) -> Option<bool> {
        matches!(clash, Clash::OpenProfile).then_some(false)
    }
}

#[async_trait]
impl WriteSet for ReviseKycProfile {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        tx.lock_account(self.profile.account).await?;
        let drafted = kyc_profiles::table
            .filter(kyc_profiles::id.eq(DbUuid::from(self.profile.id)))
            .filter(kyc_profiles::state.eq(KycState::Drafted.as_str()))
            .filter(kyc_profiles::updated_at.eq(time(self.seen)));
        if diesel::update(drafted).set(ProfileRow::new(&self.profile)?).execute(tx.db).await? == 0 {
            return Err(Halt::Refused(false));
        }
        tx.record(&self.effects).await?;
        Ok(true)
    }
}

#[async_trait]
impl WriteSet for AddPhone {
    type Answer = PhoneAdded;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<PhoneAdded, Halt<PhoneAdded>> {
        tx.admit(&self.throttle, self.phone.created_at).await?;
        tx.lock_account(self.phone.account).await?;
        let row = PhoneRow::from(&self.phone);
        diesel::insert_into(phones::table).values(row).execute(tx.db).await?;
        tx.keep(&self.code).await?;
        tx.record(&self.effects).await?;
        Ok(PhoneAdded::Done)
    }

    fn clashed(&self, clash: Clash) -> Option<PhoneAdded> {
        matches!(clash, Clash::Phone).then_some(PhoneAdded::Exists)
    }
}

impl Tx<'_> {
    /// Validates a phone; 0 if the account has none of that number. One that somebody else has validated clashes.
    pub(super) async fn validate_phone(
        &mut self,
        account: AccountId,
        number: &str,
        at: Timestamp,
    ) -> QueryResult<usize> {
        let own = phones::table
            .find((DbUuid::from(account), number.to_owned()))
            .filter(phones::validated_at.is_null());
        diesel::update(own).set(phones::validated_at.eq(time(at))).execute(self.db).await
    }
}

impl From<&Phone> for PhoneRow {
    fn from(phone: &Phone) -> Self {
        Self {
            account: phone.account.into(),
            number: phone.number.as_str().to_owned(),
            company: phone.company.into(),
            validated_at: times(phone.validated_at),
            created_at: time(phone.created_at),
        }
    }
}

impl PhoneRow {
    fn into_phone(self) -> PortResult<Phone> {
        Ok(Phone {
            company: self.company.into(),
            account: self.account.into(),
            number: mobile(&self.number)?,
            validated_at: instant(self.validated_at),
            created_at: self.created_at.0,
        })
    }
}

impl From<&StoredData> for DataRow {
    fn from(stored: &StoredData) -> Self {
        Self {
            account: stored.account.into(),
            title_key: stored.title.to_lowercase(),
            title: stored.title.clone(),
            data: stored.data.clone(),
            created_at: time(stored.created_at),
        }
    }
}

impl From<DataRow> for StoredData {
    fn from(row: DataRow) -> Self {
        Self { account: row.account.into(), title: row.title, data: row.data, created_at: row.created_at.0 }
    }
}

impl ProfileRow {
    fn new(profile: &KycProfile) -> PortResult<Self> {
        let fields: BTreeMap<&str, &str> =
            profile.fields.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
        Ok(Self {
            id: profile.id.into(),
            account: profile.account.into(),
            fields: DbJson::write(&fields)?,
            state: profile.state.as_str().to_owned(),
            open: profile.state.is_open(),
            created_at: time(profile.created_at),
            updated_at: time(profile.updated_at),
        })
    }

    fn into_profile(self) -> PortResult<KycProfile> {
        let texts = self.fields.read::<BTreeMap<String, String>>()?;
        let named = |(name, text): (String, String)| {
            Ok((known(KycField::parse(&name), "kyc_profiles.fields")?, text))
        };
        Ok(KycProfile {
            id: self.id.into(),
            account: self.account.into(),
            fields: texts.into_iter().map(named).collect::<PortResult<_>>()?,
            state: known(KycState::parse(&self.state), "kyc_profiles.state")?,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
        })
    }
}
