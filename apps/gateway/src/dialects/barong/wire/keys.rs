//! API keys and service accounts (contract §8.1–8.6, §9.8).

use portcullis_accounts::Account;
use portcullis_kernel::Email;
use portcullis_service_accounts::{self as services, KeyColumn, KeyKind, KeyOrder, ServiceAccount};
use serde::Serialize;
use utoipa::ToSchema;

use super::Reader;

/// How signed keys sign.
const ALGORITHM: &str = "HS256";

/// A key to issue.
pub struct NewKey {
    pub algorithm: String,
    pub code: String,
    pub scopes: Vec<String>,
}

impl NewKey {
    /// Reads `algorithm`, `totp_code` and `scope`; an absent code is the fault `no_code`.
    pub fn read(reader: &mut Reader<'_>, no_code: &'static str) -> Self {
        Self {
            algorithm: reader.required("algorithm"),
            code: reader.required_as("totp_code", no_code),
            scopes: reader.filled("scope").as_deref().map(scopes).unwrap_or_default(),
        }
    }
}

/// A key to change.
pub struct KeyChange {
    pub code: String,
    pub scopes: Option<Vec<String>>,
    pub state: Option<String>,
}

impl KeyChange {
    /// Reads `totp_code`, `scope` and `state`.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            code: reader.required("totp_code"),
            scopes: reader.filled("scope").as_deref().map(scopes),
            state: reader.filled("state"),
        }
    }
}

/// Comma-separated text; not trimmed, and without empty words at its end.
fn scopes(text: &str) -> Vec<String> {
    match text.trim_end_matches(',') {
        "" => Vec::new(),
        words => words.split(',').map(str::to_owned).collect(),
    }
}

/// Reads `ordering` and `order_by`; what they cannot be is noted under `class`.
pub fn key_order(reader: &mut Reader<'_>, class: &str) -> KeyOrder {
    let descending = reader.descending(format!("{class}.invalid_ordering"));
    let by = reader.optional("order_by").map_or(Some(KeyColumn::Id), |name| column(&name));
    if by.is_none() {
        reader.fault(format!("{class}.invalid_attribute"));
    }
    KeyOrder { by: by.unwrap_or_default(), descending }
}

/// The columns of Barong's table. What says the same of every key of a holder, or nothing to compare, leaves the order to
/// the id.
fn column(name: &str) -> Option<KeyColumn> {
    Some(match name {
        "id"
        | "key_holder_account_id"
        | "key_holder_account_type"
        | "algorithm"
        | "scope"
        | "secret_encrypted" => KeyColumn::Id,
        "kid" => KeyColumn::Kid,
        "state" => KeyColumn::State,
        "created_at" => KeyColumn::CreatedAt,
        "updated_at" => KeyColumn::UpdatedAt,
        _ => return None,
    })
}

/// A key that signs requests.
#[derive(Serialize, ToSchema)]
#[schema(as = APIKey)]
pub struct ApiKey {
    /// Its handle.
    kid: String,
    /// How it signs.
    algorithm: &'static str,
    /// What it is meant for; nothing is enforced.
    scope: Vec<String>,
    /// Whether it is honoured: only `active` is.
    state: String,
    /// What it signs with; only in the answer that issues it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    created_at: String,
    updated_at: String,
}

impl ApiKey {
    /// A key without its secret.
    pub fn new(key: &services::ApiKey) -> Self {
        let kid = match &key.kind {
            KeyKind::Signed { kid, .. } => kid.clone(),
            KeyKind::Header { .. } => key.name.clone(),
        };
        Self {
            kid,
            algorithm: ALGORITHM,
            scope: key.scopes.clone(),
            state: key.state.as_str().to_owned(),
            secret: None,
            created_at: key.created_at.to_string(),
            updated_at: key.updated_at.to_string(),
        }
    }

    /// A key that was issued just now, with its secret.
    pub fn issued(key: &services::ApiKey) -> Self {
        let secret = match &key.kind {
            KeyKind::Signed { secret, .. } => Some(secret.reveal().to_owned()),
            KeyKind::Header { .. } => None,
        };
        Self { secret, ..Self::new(key) }
    }
}

/// An account of a program.
#[derive(Serialize, ToSchema)]
#[schema(as = ServiceAccounts)]
pub struct ServiceAccountRow {
    id: u64,
    uid: String,
    owner_id: u64,
    email: Option<String>,
    role: String,
    /// That of its owner.
    level: u32,
    /// `pending`, `active`, `locked`, `banned`, `deleted`.
    state: &'static str,
    created_at: String,
    updated_at: String,
}

impl ServiceAccountRow {
    /// Renders a service account of that owner. The numbers are those in handles, as in the `referral_id` of JWTs.
    pub fn new(service: &ServiceAccount, owner: &Account) -> Self {
        Self {
            id: service.uid.as_number().unwrap_or_else(|| service.id.as_number()),
            uid: service.uid.as_str().to_owned(),
            owner_id: owner.uid.as_number().unwrap_or_else(|| owner.id.as_number()),
            email: service.email.as_ref().map(Email::as_str).map(str::to_owned),
            role: service.role.as_str().to_owned(),
            level: service.level,
            state: service.state.as_str(),
            created_at: service.created_at.with_millis(),
            updated_at: service.updated_at.with_millis(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_split_at_commas_and_kept_as_they_are() {
        let table: [(&str, &[&str]); 6] = [
            ("trade", &["trade"]),
            ("trade,read", &["trade", "read"]),
            (" trade, read ", &[" trade", " read "]),
            ("trade,,read,,", &["trade", "", "read"]),
            (",trade", &["", "trade"]),
            (",,", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(scopes(text), expected, "{text}");
        }
    }
}
