//! What a line of the file says.

use std::collections::BTreeMap;

use anyhow::Context as _;
use portcullis_accounts::{Company, ImportAccount, LabelScope, NewAccount, Profile, ProfileField};
use portcullis_kernel::{AccountState, Email, Mobile, PasswordHash, Role, Secret, Timestamp, Uid, Username};
use portcullis_service_accounts::{ForeignKey, KeyState};
use serde::Deserialize;

use crate::cli::context::operator;

/// One account as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    uid: Option<String>,
    username: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    mobile: Option<String>,
    #[serde(default)]
    mobile_verified: bool,
    password_hash: Option<String>,
    password_expires_at: Option<String>,
    pub(super) totp_secret: Option<String>,
    #[serde(default)]
    pub(super) api_keys: Vec<LineKey>,
    state: Option<String>,
    pub(super) role: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    labels: Vec<LineLabel>,
    #[serde(default)]
    profile: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineLabel {
    key: String,
    value: String,
    #[serde(default)]
    scope: Scope,
}

/// A key that signs, as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineKey {
    kid: String,
    secret: String,
    #[serde(default)]
    scopes: Vec<String>,
    state: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scope {
    Public,
    #[default]
    Private,
}

impl Line {
    pub(super) fn into_command(self, company: &Company) -> anyhow::Result<ImportAccount> {
        let mut profile = Profile::default();
        for (name, value) in &self.profile {
            let field = ProfileField::parse(name).with_context(|| format!("profile.{name}"))?;
            profile.set(field, value).with_context(|| format!("profile.{name}"))?;
        }
        let state = self.state.as_deref().map(AccountState::parse).transpose().context("state")?;
        let expiry = self.password_expires_at.as_deref().map(Timestamp::parse_rfc3339);
        let account = NewAccount {
            company: company.clone(),
            username: self.username.as_deref().map(Username::parse).transpose().context("username")?,
            email: self.email.as_deref().map(Email::parse).transpose().context("email")?,
            email_verified: self.email_verified,
            mobile: self.mobile.as_deref().map(Mobile::parse).transpose().context("mobile")?,
            mobile_verified: self.mobile_verified,
            password: None,
            temporary_password: false,
            password_expires_at: expiry.transpose().context("password_expires_at")?,
            state: state.unwrap_or(AccountState::Active),
            role: self.role.map(Role::new),
            groups: self.groups,
            profile,
            client: operator(),
        };
        let labels = self.labels.into_iter().map(LineLabel::into_label).collect();
        let hash = self.password_hash.map(PasswordHash::from_text);
        let uid = self.uid.as_deref().map(Uid::parse).transpose().context("uid")?;
        Ok(ImportAccount { account, uid, hash, labels })
    }
}

impl LineLabel {
    fn into_label(self) -> (String, String, LabelScope) {
        let scope = match self.scope {
            Scope::Public => LabelScope::Public,
            Scope::Private => LabelScope::Private,
        };
        (self.key, self.value, scope)
    }
}

impl LineKey {
    pub(super) fn into_key(self) -> anyhow::Result<ForeignKey> {
        let state = self.state.map_or_else(KeyState::active, KeyState::new);
        let key = ForeignKey::new(self.kid, Secret::new(self.secret), self.scopes, state);
        key.context("handle, secret, scopes and state of an API key are texts of 1 to 255 characters")
    }
}
