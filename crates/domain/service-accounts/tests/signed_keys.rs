//! What happens to service accounts and signed keys, told on the store in memory.
#![expect(clippy::unwrap_used, reason = "a test: a panic is its verdict")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_accounts::Account;
use portcullis_conformance::{World, build};
use portcullis_kernel::{
    AccountId, AccountState, Client, Clock, CompanyId, CompanySlug, Door, PageRequest, PortResult, hex,
    hmac_sha256,
};
use portcullis_mfa::Authenticator;
use portcullis_service_accounts::{
    AmendSigned, ApiKey, CodeVerdict, DeleteSigned, IssueSigned, KeyKind, KeyOrder, KeyOwner,
    NewServiceAccount, NewServiceAccountError, OwnerCode, ServiceAccounts, ServicePorts, Signature,
    SignatureError, SignedKeyError,
};
use portcullis_store_memory::MemoryStore;

/// The code `right` is right; `off` finds no second factor.
struct Codes;

#[async_trait]
impl OwnerCode for Codes {
    async fn check(
        &self,
        _company: CompanyId,
        _account: AccountId,
        code: String,
        _client: Client,
    ) -> PortResult<CodeVerdict> {
        Ok(match code.as_str() {
            "right" => CodeVerdict::Accepted,
            "used" => CodeVerdict::AlreadyUsed,
            "off" => CodeVerdict::NotEnrolled,
            "often" => CodeVerdict::Exhausted { retry_after: Duration::from_secs(9) },
            _ => CodeVerdict::Wrong,
        })
    }
}

struct House {
    world: World,
    services: ServiceAccounts,
    ada: Account,
}

impl House {
    async fn new() -> Self {
        let world = World::new(MemoryStore::new());
        let ada = world.new_account().await;
        world.enrol(&Authenticator { verified_at: Some(build::NOW), ..build::totp(&ada) }).await;
        let ports = ServicePorts {
            accounts: world.service_accounts.clone(),
            keys: world.signed_keys.clone(),
            uses: world.api_keys.clone(),
            codes: Arc::new(Codes),
            ambient: world.ambient(),
        };
        Self { services: ServiceAccounts::new(ports), world, ada }
    }

    fn owner(&self, service: Option<&str>) -> KeyOwner {
        let service = service.map(str::to_owned);
        KeyOwner { company: self.ada.company, account: self.ada.id, service, client: client() }
    }

    fn order(&self, code: &str) -> IssueSigned {
        IssueSigned {
            owner: self.owner(None),
            company_slug: CompanySlug::parse("acme").unwrap(),
            email: None,
            algorithm: "HS256".to_owned(),
            scopes: vec!["tra\0de".to_owned()],
            code: code.to_owned(),
        }
    }

    async fn issued(&self) -> (ApiKey, String, String) {
        let key = self.services.issue(self.order("right")).await.unwrap();
        let KeyKind::Signed { kid, secret } = key.kind.clone() else { panic!("not a signed key") };
        (key, kid, secret.reveal().to_owned())
    }

    fn signature(&self, kid: &str, secret: &str, nonce: i64) -> Signature {
        let nonce = nonce.to_string();
        let signature = hex(&hmac_sha256(secret.as_bytes(), &[nonce.as_bytes(), kid.as_bytes()]));
        Signature {
            company: self.ada.company,
            kid: kid.to_owned(),
            nonce,
            signature,
            window: Duration::from_secs(5),
            once: false,
            at: self.world.clock.now(),
        }
    }

    fn now(&self) -> i64 {
        self.world.clock.now().as_millis()
    }
}

fn client() -> Client {
    Client::remote(Door::new("barong"), [192, 0, 2, 1].into(), "test")
}

#[tokio::test]
async fn a_key_is_issued_against_the_owner_s_code_only() {
    let house = House::new().await;
    let refused = async |order| house.services.issue(order).await.err().unwrap();
    assert!(matches!(refused(house.order("off")).await, SignedKeyError::NoFactor));
    assert!(matches!(refused(house.order("wrong")).await, SignedKeyError::WrongCode));
    assert!(matches!(refused(house.order("used")).await, SignedKeyError::CodeUsed));
    assert!(matches!(refused(house.order("often")).await, SignedKeyError::Throttled { .. }));
    for (algorithm, family) in [("HS512", true), ("RS256", false), ("hs256", false)] {
        let order = IssueSigned { algorithm: algorithm.to_owned(), ..house.order("right") };
        let no = refused(order).await;
        assert!(matches!(no, SignedKeyError::NoAlgorithm { is_hmac } if is_hmac == family));
    }
    let stranger = IssueSigned { owner: house.owner(Some("SI0000000000")), ..house.order("off") };
    assert!(matches!(refused(stranger).await, SignedKeyError::NoService), "before the second factor");
    let (key, kid, secret) = house.issued().await;
    assert_eq!((kid.len(), secret.len(), key.scopes[0].as_str()), (16, 32, "trade"));
}

#[tokio::test]
async fn a_signature_is_judged_in_the_order_of_the_contract() {
    let house = House::new().await;
    let (_, kid, secret) = house.issued().await;
    let now = house.now();
    let judge = async |signed| house.services.authenticate(signed).await;
    let refused = async |signed| house.services.authenticate(signed).await.err().unwrap();
    let unknown = Signature { nonce: "x".to_owned(), ..house.signature("unknown", &secret, now) };
    assert!(matches!(refused(unknown).await, SignatureError::Unknown));
    let elsewhere = Signature { company: build::id(), ..house.signature(&kid, &secret, now) };
    assert!(matches!(refused(elsewhere).await, SignatureError::Unknown));
    let no_time = Signature { nonce: "x".to_owned(), ..house.signature(&kid, "wrong", now) };
    assert!(matches!(refused(no_time).await, SignatureError::NonceMalformed));
    for offset in [-5_001, 5_001] {
        let over = refused(house.signature(&kid, "wrong", now + offset)).await;
        assert!(matches!(over, SignatureError::NonceExpired), "{offset}");
    }
    assert!(matches!(refused(house.signature(&kid, "wrong", now)).await, SignatureError::Wrong));
    for offset in [-4_990, 0, 4_990] {
        let key = judge(house.signature(&kid, &secret, now + offset)).await.unwrap();
        assert_eq!(key.account, house.ada.id);
    }
    assert_eq!(house.services.flush_uses().await.unwrap(), 1);
}

#[tokio::test]
async fn a_nonce_is_good_once_if_the_operator_says_so() {
    let house = House::new().await;
    let (_, kid, secret) = house.issued().await;
    let once = |offset| Signature { once: true, ..house.signature(&kid, &secret, house.now() + offset) };
    house.services.authenticate(once(0)).await.unwrap();
    let again = house.services.clone().authenticate(once(0)).await;
    assert!(matches!(again, Err(SignatureError::NonceExpired)), "clones share what they saw");
    house.services.authenticate(once(1)).await.unwrap();
    house.services.authenticate(house.signature(&kid, &secret, house.now())).await.unwrap();
}

#[tokio::test]
async fn keys_are_changed_and_deleted_by_their_owner() {
    let house = House::new().await;
    let (_, kid, secret) = house.issued().await;
    let change = |state: Option<&str>, scopes: Option<&str>, code: &str| AmendSigned {
        owner: house.owner(None),
        kid: kid.clone(),
        scopes: scopes.map(|scope| vec![scope.to_owned()]),
        state: state.map(str::to_owned),
        code: code.to_owned(),
    };
    assert!(matches!(
        house.services.amend(change(Some("off"), None, "wrong")).await,
        Err(SignedKeyError::WrongCode)
    ));
    let long = "x".repeat(65);
    assert!(matches!(
        house.services.amend(change(Some(&long), None, "right")).await,
        Err(SignedKeyError::InvalidState)
    ));
    let key = house.services.amend(change(Some("resting"), None, "right")).await.unwrap();
    assert_eq!((key.state.as_str(), key.scopes[0].as_str()), ("resting", "trade"));
    let asleep = house.services.authenticate(house.signature(&kid, &secret, house.now())).await;
    assert!(matches!(asleep, Err(SignatureError::Inactive)));
    house.services.amend(change(Some("active"), Some("read"), "right")).await.unwrap();
    let page = house.services.keys(&house.owner(None), KeyOrder::default(), PageRequest::new(1, 9)).await;
    assert_eq!(page.unwrap().unwrap().items[0].scopes, ["read"]);
    let delete =
        |kid: &str| DeleteSigned { owner: house.owner(None), kid: kid.to_owned(), code: "right".to_owned() };
    assert!(matches!(house.services.delete(delete("no\0ne")).await, Err(SignedKeyError::NotFound)));
    house.services.delete(delete(&kid)).await.unwrap();
    assert!(matches!(house.services.delete(delete(&kid)).await, Err(SignedKeyError::NotFound)));
    let gone = house.services.authenticate(house.signature(&kid, &secret, house.now())).await;
    assert!(matches!(gone, Err(SignatureError::Unknown)));
}

#[tokio::test]
async fn a_service_account_is_named_after_its_owner_and_needs_a_role() {
    let house = House::new().await;
    let new = |role: Option<&str>| NewServiceAccount {
        company: house.ada.company,
        owner: house.ada.id,
        owner_email: house.ada.email.as_ref().map(|contact| contact.value.clone()),
        email: None,
        role: role.map(str::to_owned),
        client: Client::operator(),
    };
    let unknown = house.services.create(new(None)).await;
    assert!(matches!(unknown, Err(NewServiceAccountError::NoRole)));
    house.world.permit(house.ada.company, "sa_maker").await;
    let service = house.services.create(new(None)).await.unwrap();
    let uid = service.uid.as_str();
    assert!(uid.starts_with("SI") && uid.len() == 12);
    assert!(service.email.as_ref().unwrap().as_str().contains(&format!("+{uid}@")));
    let order = IssueSigned { owner: house.owner(Some(uid)), ..house.order("right") };
    let key = house.services.issue(order).await.unwrap();
    let KeyKind::Signed { kid, secret } = &key.kind else { panic!("not a signed key") };
    let signed = house.signature(kid, secret.reveal(), house.now());
    assert_eq!(house.services.authenticate(signed.clone()).await.unwrap().uid, service.uid);
    house.services.set_state(service, AccountState::Locked, &Client::operator()).await.unwrap();
    assert!(matches!(house.services.authenticate(signed).await, Err(SignatureError::Inactive)));
    assert!(house.services.honoured(key.id, kid.clone()).await.unwrap().is_none());
}
