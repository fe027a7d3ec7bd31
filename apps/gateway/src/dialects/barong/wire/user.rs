//! The user entities (contract §9.1–9.3).

use portcullis_accounts::{Account, Dossier};
use portcullis_kernel::{Label as AccountLabel, LabelScope};
use serde::Serialize;
use utoipa::ToSchema;

use super::{DataStorage, Phone, Profile};

/// A user with everything about them.
#[derive(Serialize, ToSchema)]
pub struct UserWithFullInfo {
    email: Option<String>,
    uid: String,
    role: String,
    /// How far the user is verified.
    level: u8,
    /// Whether a second factor is on.
    otp: bool,
    /// `pending`, `active`, `locked`, `banned`, `deleted`.
    state: &'static str,
    /// Who brought the user along.
    referral_uid: Option<String>,
    /// JSON as text.
    data: Option<String>,
    /// Only in answers that open a session: what requests with its cookie send as `X-CSRF-Token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf_token: Option<String>,
    username: Option<String>,
    labels: Vec<Label>,
    phones: Vec<Phone>,
    profiles: Vec<Profile>,
    data_storages: Vec<DataStorage>,
    created_at: String,
    updated_at: String,
}

/// What is known about a user beside the account itself.
pub struct Standing {
    /// Whether a second factor is on.
    pub otp: bool,
    /// Phones, profiles and stored data.
    pub dossier: Dossier,
    /// Whether personal data is masked.
    pub masked: bool,
}

impl UserWithFullInfo {
    /// Renders an account.
    pub fn new(account: &Account, standing: &Standing) -> Self {
        let (dossier, masked) = (&standing.dossier, standing.masked);
        Self {
            email: account.email.as_ref().map(|contact| contact.value.as_str().to_owned()),
            uid: account.uid.as_str().to_owned(),
            role: account.role.as_str().to_owned(),
            level: account.level(),
            otp: standing.otp,
            state: account.state.as_str(),
            referral_uid: account.referral.as_ref().map(|uid| uid.as_str().to_owned()),
            data: account.data.clone(),
            csrf_token: None,
            username: account.username.as_ref().map(|name| name.as_str().to_owned()),
            labels: account.labels.iter().map(Label::new).collect(),
            phones: dossier.phones.iter().map(|phone| Phone::new(phone, masked)).collect(),
            profiles: dossier.profiles.iter().map(|profile| Profile::new(profile, masked)).collect(),
            data_storages: dossier.data.iter().map(DataStorage::new).collect(),
            created_at: account.created_at.to_string(),
            updated_at: account.updated_at.to_string(),
        }
    }

    /// Hands over the CSRF token of a session that was just opened.
    pub fn with_csrf_token(mut self, token: String) -> Self {
        self.csrf_token = Some(token);
        self
    }
}

/// A fact about a user.
#[derive(Serialize, ToSchema)]
pub struct Label {
    key: String,
    value: String,
    /// `public` or `private`.
    scope: &'static str,
    created_at: String,
    updated_at: String,
}

impl Label {
    /// Renders a label.
    pub fn new(label: &AccountLabel) -> Self {
        Self {
            key: label.key.clone(),
            value: label.value.clone(),
            scope: match label.scope {
                LabelScope::Public => "public",
                LabelScope::Private => "private",
            },
            created_at: label.created_at.to_string(),
            updated_at: label.updated_at.to_string(),
        }
    }
}
