//! Accounts as rows, whole and in the parts that other aggregates read.

use std::collections::BTreeMap;

use diesel::prelude::*;
use portcullis_accounts::{Account, Contact, Label, LabelScope, PasswordRecord, Profile, ProfileField};
use portcullis_kernel::{
    AccountState, Email, Mobile, PasswordHash, PortError, PortResult, Role, Timestamp, Uid, Username,
};
use portcullis_sessions::{PasswordState, Subject};
use serde::{Deserialize, Serialize};

use super::schema::accounts;
use super::values::{DbJson, DbTime, DbUuid, instant, known, number, slug, time, times};
use crate::backend::Db;

/// Narrows a boxed query over accounts to the ones an identifier names.
macro_rules! named {
    ($query:expr, $identifier:expr) => {
        match $identifier {
            Identifier::Id(id) => $query.filter(accounts::id.eq(DbUuid::from(*id))),
            Identifier::Email(email) => $query.filter(accounts::email_key.eq(email.key().to_owned())),
            Identifier::Mobile(mobile) => $query.filter(accounts::mobile.eq(mobile.as_str().to_owned())),
            Identifier::Username(name) => $query.filter(accounts::username_key.eq(name.key().to_owned())),
        }
    };
}
pub(super) use named;

/// Everything about an account but its password and version.
#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Db), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct AccountRow {
    id: DbUuid,
    uid: String,
    company: DbUuid,
    username: Option<String>,
    username_key: Option<String>,
    email: Option<String>,
    email_key: Option<String>,
    email_verified_at: Option<DbTime>,
    mobile: Option<String>,
    mobile_verified_at: Option<DbTime>,
    state: String,
    role: String,
    groups: DbJson,
    labels: DbJson,
    profile: DbJson,
    created_at: DbTime,
    updated_at: DbTime,
    delete_requested_at: Option<DbTime>,
    owner: bool,
    referral: Option<String>,
    data: Option<String>,
}

/// The password of an account.
#[expect(clippy::struct_field_names, reason = "the fields are named as the columns are")]
#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Db), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct PasswordRow {
    password_hash: Option<String>,
    password_changed_at: Option<DbTime>,
    password_expires_at: Option<DbTime>,
    password_temporary_until: Option<DbTime>,
}

/// What sessions know of an account.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Db))]
pub(crate) struct SubjectRow {
    id: DbUuid,
    uid: String,
    company: DbUuid,
    username: Option<String>,
    email: Option<String>,
    email_verified_at: Option<DbTime>,
    mobile: Option<String>,
    mobile_verified_at: Option<DbTime>,
    password_expires_at: Option<DbTime>,
    state: String,
    role: String,
    groups: DbJson,
    labels: DbJson,
    profile: DbJson,
    created_at: DbTime,
    updated_at: DbTime,
    last_sign_in_at: Option<DbTime>,
    owner: bool,
    referral: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct LabelJson {
    key: String,
    value: String,
    private: bool,
    created_at: i64,
    updated_at: i64,
}

impl AccountRow {
    pub(super) fn new(account: &Account) -> PortResult<Self> {
        let email = account.email.as_ref();
        let mobile = account.mobile.as_ref();
        let profile: BTreeMap<&str, &str> =
            account.profile.iter().map(|(field, value)| (field.as_str(), value)).collect();
        Ok(Self {
            id: account.id.into(),
            uid: account.uid.as_str().to_owned(),
            company: account.company.into(),
            username: account.username.as_ref().map(|name| name.as_str().to_owned()),
            username_key: account.username.as_ref().map(|name| name.key().to_owned()),
            email: email.map(|contact| contact.value.as_str().to_owned()),
            email_key: email.map(|contact| contact.value.key().to_owned()),
            email_verified_at: times(email.and_then(|contact| contact.verified_at)),
            mobile: mobile.map(|contact| contact.value.as_str().to_owned()),
            mobile_verified_at: times(mobile.and_then(|contact| contact.verified_at)),
            state: account.state.as_str().to_owned(),
            role: account.role.as_str().to_owned(),
            groups: DbJson::write(&account.groups)?,
            labels: labels_column(&account.labels)?,
            profile: DbJson::write(&profile)?,
            created_at: time(account.created_at),
            updated_at: time(account.updated_at),
            delete_requested_at: times(account.delete_requested_at),
            owner: account.owner,
            referral: account.referral.as_ref().map(|uid| uid.as_str().to_owned()),
            data: account.data.clone(),
        })
    }

    pub(super) fn into_account(self, password: PasswordRow, version: i64) -> PortResult<Account> {
        let email = self.email.as_deref().map(email).transpose()?;
        let mobile = self.mobile.as_deref().map(mobile).transpose()?;
        Ok(Account {
            id: self.id.into(),
            uid: Uid::from_text(self.uid),
            company: self.company.into(),
            username: self.username.as_deref().map(username).transpose()?,
            email: email.map(|value| Contact { value, verified_at: instant(self.email_verified_at) }),
            mobile: mobile.map(|value| Contact { value, verified_at: instant(self.mobile_verified_at) }),
            password: password.into_record(),
            state: state(&self.state)?,
            delete_requested_at: instant(self.delete_requested_at),
            role: Role::new(self.role),
            owner: self.owner,
            groups: self.groups.read()?,
            labels: labels(&self.labels)?,
            profile: profile(&self.profile)?,
            referral: self.referral.map(Uid::from_text),
            data: self.data,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            version: super::values::count(version),
        })
    }
}

impl PasswordRow {
    pub(super) fn new(password: Option<&PasswordRecord>) -> Self {
        Self {
            password_hash: password.map(|password| password.hash.as_str().to_owned()),
            password_changed_at: password.map(|password| time(password.changed_at)),
            password_expires_at: times(password.and_then(|password| password.expires_at)),
            password_temporary_until: times(password.and_then(|password| password.temporary_until)),
        }
    }

    fn into_record(self) -> Option<PasswordRecord> {
        Some(PasswordRecord {
            hash: PasswordHash::from_text(self.password_hash?),
            changed_at: self.password_changed_at?.0,
            expires_at: instant(self.password_expires_at),
            temporary_until: instant(self.password_temporary_until),
        })
    }

    pub(super) fn into_state(self) -> Option<PasswordState> {
        Some(PasswordState {
            hash: PasswordHash::from_text(self.password_hash?),
            temporary_until: instant(self.password_temporary_until),
            expires_at: instant(self.password_expires_at),
        })
    }
}

impl SubjectRow {
    pub(super) fn into_subject(self, company_slug: &str) -> PortResult<Subject> {
        Ok(Subject {
            id: self.id.into(),
            uid: Uid::from_text(self.uid),
            company: self.company.into(),
            company_slug: slug(company_slug)?,
            username: self.username.as_deref().map(username).transpose()?,
            email: self.email.as_deref().map(email).transpose()?,
            email_verified: self.email_verified_at.is_some(),
            mobile: self.mobile.as_deref().map(mobile).transpose()?,
            mobile_verified: self.mobile_verified_at.is_some(),
            profile: self.profile.read()?,
            owner: self.owner,
            groups: self.groups.read()?,
            role: Role::new(self.role),
            level: labels_level(&self.labels)?,
            referrer: self.referral.map(Uid::from_text),
            state: state(&self.state)?,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            last_sign_in_at: instant(self.last_sign_in_at),
            password_expires_at: instant(self.password_expires_at),
        })
    }
}

impl From<&Label> for LabelJson {
    fn from(label: &Label) -> Self {
        Self {
            key: label.key.clone(),
            value: label.value.clone(),
            private: label.scope == LabelScope::Private,
            created_at: label.created_at.as_micros(),
            updated_at: label.updated_at.as_micros(),
        }
    }
}

impl From<LabelJson> for Label {
    fn from(label: LabelJson) -> Self {
        Self {
            key: label.key,
            value: label.value,
            scope: if label.private { LabelScope::Private } else { LabelScope::Public },
            created_at: Timestamp::from_micros(label.created_at),
            updated_at: Timestamp::from_micros(label.updated_at),
        }
    }
}

pub(super) fn labels_column(labels: &[Label]) -> PortResult<DbJson> {
    DbJson::write(&labels.iter().map(LabelJson::from).collect::<Vec<_>>())
}

pub(super) fn labels(json: &DbJson) -> PortResult<Vec<Label>> {
    Ok(json.read::<Vec<LabelJson>>()?.into_iter().map(Label::from).collect())
}

fn profile(json: &DbJson) -> PortResult<Profile> {
    let mut profile = Profile::default();
    for (name, value) in json.read::<BTreeMap<String, String>>()? {
        let field = ProfileField::parse(&name).map_err(PortError::broken)?;
        profile.set(field, &value).map_err(PortError::broken)?;
    }
    Ok(profile)
}

/// The level that labels show.
pub(super) fn labels_level(json: &DbJson) -> PortResult<u32> {
    labels(json).map(|labels| Label::level(&labels).into())
}

pub(super) fn state(text: &str) -> PortResult<AccountState> {
    AccountState::parse(text).map_err(PortError::broken)
}

pub(super) fn username(text: &str) -> PortResult<Username> {
    known(Username::parse(text).ok(), "accounts.username")
}

pub(super) fn email(text: &str) -> PortResult<Email> {
    known(Email::parse(text).ok(), "accounts.email")
}

pub(super) fn mobile(text: &str) -> PortResult<Mobile> {
    known(Mobile::parse(text).ok(), "accounts.mobile")
}

/// The version of an account as a column value.
pub(super) fn version(account: &Account) -> i64 {
    number(account.version)
}
