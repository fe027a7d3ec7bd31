//! A signed API key, issued beside the running server: asking for one at its door takes a second factor's code.

use portcullis_accounts::{AccountStore, CompanyStore};
use portcullis_host::{OsEntropy, SystemClock};
use portcullis_kernel::{Clock, CompanySlug, Effects, FreshId, Identifier, Secret, Uid, hex, hmac_sha256};
use portcullis_service_accounts::{
    ApiKey, Holder, IssueSignedKey, KeyKind, KeyState, ServiceAccountStore, SignedIssue, SignedKeyStore,
};
use reqwest::RequestBuilder;

use super::Installation;

/// The signature of a nonce (barong contract §5.7): lower-case hexadecimal digits.
pub fn sign(kid: &str, secret: &str, nonce: &str) -> String {
    hex(&hmac_sha256(secret.as_bytes(), &[nonce.as_bytes(), kid.as_bytes()]))
}

/// Signs a request now.
pub fn signed(request: RequestBuilder, kid: &str, secret: &str) -> RequestBuilder {
    let nonce = SystemClock.now().as_millis().to_string();
    let signature = sign(kid, secret, &nonce);
    request.header("x-auth-apikey", kid).header("x-auth-nonce", nonce).header("x-auth-signature", signature)
}

impl Installation {
    /// Issues a key to an account of the company `default`, or to a service account, and answers its handle and secret.
    pub async fn signed_key(&self, account: &str, service: Option<&str>) -> (String, String) {
        let (sealer, url) = (self.sealer(), self.database_url());
        if let Some(path) = url.strip_prefix("sqlite:") {
            let options = portcullis_store_sqlite::Options::at(path, sealer);
            issue(portcullis_store_sqlite::Store::open(options).unwrap(), account, service).await
        } else {
            let options = portcullis_store_postgres::Options::at(url, sealer);
            issue(portcullis_store_postgres::Store::open(options).unwrap(), account, service).await
        }
    }
}

async fn issue(
    store: impl CompanyStore + AccountStore + ServiceAccountStore + SignedKeyStore,
    account: &str,
    service: Option<&str>,
) -> (String, String) {
    let company = CompanyStore::find(&store, CompanySlug::parse("default").unwrap()).await.unwrap().unwrap();
    let account =
        AccountStore::find(&store, company.id, Identifier::candidates(account)).await.unwrap().unwrap();
    let holder = match service {
        None => Holder::Account(account.id),
        Some(uid) => {
            let found = ServiceAccountStore::find(&store, company.id, Uid::from_text(uid)).await;
            Holder::ServiceAccount(found.unwrap().unwrap().id)
        }
    };
    let (at, entropy) = (SystemClock.now(), OsEntropy::new());
    let id = portcullis_kernel::ApiKeyId::fresh(at, &entropy);
    let (kid, secret) = (format!("{:016x}", id.as_number()), format!("{:032x}", id.as_number()));
    let key = ApiKey {
        id,
        company: company.id,
        holder,
        kind: KeyKind::Signed { kid: kid.clone(), secret: Secret::new(secret.clone()) },
        name: kid.clone(),
        scopes: Vec::new(),
        state: KeyState::active(),
        created_at: at,
        updated_at: at,
        last_used_at: None,
    };
    let write = IssueSignedKey { key, effects: Effects::default() };
    assert_eq!(SignedKeyStore::issue(&store, write).await.unwrap(), SignedIssue::Done);
    (kid, secret)
}
