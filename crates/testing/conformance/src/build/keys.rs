//! API keys and signing keys.

use portcullis_accounts::Account;
use portcullis_kernel::{Effects, Email, Role, Secret, TokenDigest, Uid};
use portcullis_service_accounts::{ApiKey, Holder, IssueKey, KeyKind, KeyState, ServiceAccount};
use portcullis_sessions::{Algorithm, KeySlot, SigningKey};

use super::{ENTROPY, NOW, fresh_token, id, later, serial};

/// An active header key of `account`.
#[must_use]
pub fn api_key(account: &Account) -> ApiKey {
    ApiKey {
        id: id(),
        company: account.company,
        holder: Holder::Account(account.id),
        kind: KeyKind::Header { token: fresh_token() },
        name: format!("Key {}", serial()),
        scopes: Vec::new(),
        state: KeyState::active(),
        created_at: NOW,
        updated_at: NOW,
        last_used_at: None,
    }
}

/// An active signing API key of `account`.
#[must_use]
pub fn signed_key(account: &Account) -> ApiKey {
    let kind = KeyKind::Signed { kid: format!("kid{}", serial()), secret: Secret::new("hmac secret") };
    ApiKey { kind, ..api_key(account) }
}

/// A service account of `owner`, with the role that [`crate::World::new_service_account`] makes sure exists.
#[must_use]
pub fn service_account(owner: &Account) -> ServiceAccount {
    ServiceAccount {
        id: id(),
        uid: Uid::generate("SI", &ENTROPY),
        company: owner.company,
        owner: owner.id,
        email: Email::parse(&format!("robot-{}@example.com", serial())).ok(),
        role: Role::new("sa_maker"),
        state: owner.state,
        level: 0,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// The digest by which a header key is found.
///
/// # Panics
/// If the key is not a header key.
#[must_use]
pub fn header_digest(key: &ApiKey) -> TokenDigest {
    match &key.kind {
        KeyKind::Header { token } => token.digest(),
        KeyKind::Signed { .. } => panic!("a signed key has no token"),
    }
}

/// The write-set that adds `key` to a holder that may have 100.
#[must_use]
pub fn issue_key(key: &ApiKey) -> IssueKey {
    IssueKey { key: key.clone(), limit: 100, effects: Effects::default() }
}

/// A signing key for JWTs. Its PEM is not one: stores do not look.
#[must_use]
pub fn signing_key(algorithm: Algorithm, slot: KeySlot, generation: u32) -> SigningKey {
    let line = format!("{}\n", "QUJD".repeat(16));
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----\n", line.repeat(26));
    SigningKey {
        kid: format!("{}-{}-{generation}-{}", algorithm.as_str(), slot.as_str(), serial()),
        algorithm,
        slot,
        generation,
        private_pem: Secret::new(pem),
        created_at: later(u64::from(generation)),
        signs_from: later(u64::from(generation) + 60),
    }
}
