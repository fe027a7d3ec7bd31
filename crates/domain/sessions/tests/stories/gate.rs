//! Who passes the gate of the barong door.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_accounts::Account;
use portcullis_conformance::{World, build};
use portcullis_kernel::{ApiKeyId, Client, Door, PortResult, Token};
use portcullis_sessions::{
    Admission, Algorithm, Gate, GatePorts, GateRefusal, GateRules, Geography, Identity, KeyRefusal,
    KeyVerdict, Knock, Owner, Session, SessionKind, SignatureProof, SignedKeyDirectory, Whereabouts,
    csrf_token,
};
use portcullis_store_memory::MemoryStore;

use super::house::{Jwts, refusal};

const LIFETIME: Duration = Duration::from_secs(1_800);
const ME: &str = "api/v2/auth/resource/users/me";

struct Nowhere;

impl Geography for Nowhere {
    fn locate(&self, _address: std::net::IpAddr) -> Option<Whereabouts> {
        None
    }
}

/// No key is good.
struct NoKeys;

#[async_trait]
impl SignedKeyDirectory for NoKeys {
    async fn verify(&self, _proof: SignatureProof) -> PortResult<KeyVerdict> {
        Ok(KeyVerdict::Refused(KeyRefusal::Unknown))
    }

    async fn holder(&self, _key: ApiKeyId, _kid: String) -> PortResult<Option<Identity>> {
        Ok(None)
    }
}

struct House {
    world: World,
    store: MemoryStore,
    gate: Gate,
    ada: Account,
    session: Session,
    cookie: Token,
}

impl House {
    async fn new() -> Self {
        let store = MemoryStore::new();
        let world = World::new(store.clone());
        let ada = world.new_account().await;
        let gate = gate(&world);
        assert!(gate.stock(ada.company, "/api/v2/auth/resource").await.unwrap());
        let cookie = build::fresh_token();
        let session = Session {
            kind: SessionKind::Cookie,
            digest: Some(cookie.digest()),
            client: client(),
            expires_at: Some(build::NOW.plus(LIFETIME)),
            ..build::session(&ada)
        };
        world.add_session(&session).await;
        Self { world, store, gate, ada, session, cookie }
    }

    fn knock(&self, path: &str) -> Knock {
        Knock {
            company: self.ada.company,
            verb: "GET".to_owned(),
            path: path.to_owned(),
            cookie: Some(self.cookie.clone()),
            csrf: None,
            signature: None,
            client: client(),
        }
    }

    async fn passes(&self) -> bool {
        matches!(self.gate.check(self.knock(ME)).await, Ok(Admission::Admitted(_)))
    }
}

fn gate(world: &World) -> Gate {
    let ports = GatePorts {
        access: world.access.clone(),
        whitelinks: world.whitelinks.clone(),
        sessions: world.sessions.clone(),
        extender: world.extender.clone(),
        keys: Arc::new(NoKeys),
        geography: Arc::new(Nowhere),
        signer: Arc::new(Jwts),
        verifier: Arc::new(Jwts),
        ambient: world.ambient(),
    };
    let rules = GateRules {
        door: Door::new("barong"),
        session_lifetime: LIFETIME,
        csrf: true,
        nonce_window: Duration::from_secs(5),
        nonce_once: false,
        jwt_lifetime: Duration::from_secs(3_600),
        jwt_reuse: Duration::from_secs(30),
        algorithm: Algorithm::EdDsa,
        login_paths: vec!["api/v2/auth/identity/sessions".to_owned()],
        whitelist_paths: vec!["api/v2/auth/identity/users/access".to_owned()],
        block: vec!["api/v2/barong/management".to_owned()],
        pass: vec!["api/v2/barong/public".to_owned()],
    };
    Gate::new(ports, rules)
}

fn client() -> Client {
    Client::remote(Door::new("barong"), [192, 0, 2, 1].into(), "browser/1.0")
}

#[tokio::test]
async fn a_used_session_lives_on_for_one_write_a_while() {
    let house = House::new().await;
    let step = LIFETIME / 30;
    assert!(house.passes().await);
    assert_eq!(house.gate.flush_extensions().await.unwrap(), 0, "nothing was gained yet");
    for _ in 0..10 {
        house.world.clock.advance(step / 5);
        assert!(house.passes().await);
    }
    assert_eq!(house.gate.flush_extensions().await.unwrap(), 1);
    assert_eq!(house.gate.flush_extensions().await.unwrap(), 0);
    let end = house.world.session(&house.session).await.expires_at;
    assert_eq!(end, Some(build::NOW.plus(LIFETIME + step * 2)));
}

#[tokio::test]
async fn what_is_not_written_yet_counts_and_survives_an_outage() {
    let house = House::new().await;
    house.world.clock.advance(LIFETIME.saturating_sub(Duration::from_secs(1)));
    assert!(house.passes().await);
    house.store.set_unavailable(true);
    assert!(house.gate.flush_extensions().await.is_err());
    house.store.set_unavailable(false);
    house.world.clock.advance(Duration::from_secs(60));
    assert!(house.passes().await, "longer than the row says");
    assert!(house.gate.flush_extensions().await.unwrap() > 0);
    house.world.clock.advance(LIFETIME);
    assert!(matches!(refusal(house.gate.check(house.knock(ME)).await), GateRefusal::ClientMismatch));
    assert!(matches!(refusal(house.gate.check(house.knock(ME)).await), GateRefusal::NoSession));
}

#[tokio::test]
async fn sessions_of_other_doors_and_challenged_ones_do_not_pass() {
    let house = House::new().await;
    let rehive = Client::remote(Door::new("rehive"), [192, 0, 2, 1].into(), "browser/1.0");
    for session in [
        Session { client: rehive, ..house.session.clone() },
        Session { kind: SessionKind::Opaque, ..house.session.clone() },
        Session { open_challenges: 1, ..house.session.clone() },
    ] {
        let cookie = build::fresh_token();
        let handle = cookie.handle();
        let session = Session { id: build::id(), digest: Some(cookie.digest()), handle, ..session };
        house.world.add_session(&session).await;
        let knock = Knock { cookie: Some(cookie), ..house.knock(ME) };
        assert!(matches!(refusal(house.gate.check(knock).await), GateRefusal::NoSession));
    }
}

#[tokio::test]
async fn the_csrf_token_follows_from_the_cookie() {
    let house = House::new().await;
    let post = |csrf: Option<&str>| Knock {
        verb: "POST".to_owned(),
        csrf: csrf.map(str::to_owned),
        ..house.knock(ME)
    };
    assert!(matches!(refusal(house.gate.check(post(None)).await), GateRefusal::CsrfMissing));
    assert!(matches!(refusal(house.gate.check(post(Some(""))).await), GateRefusal::CsrfMismatch));
    let right = csrf_token(&house.cookie);
    assert!(matches!(house.gate.check(post(Some(right.reveal()))).await, Ok(Admission::Admitted(_))));
}

#[tokio::test]
async fn rules_are_read_again_after_a_second() {
    let house = House::new().await;
    assert!(house.passes().await);
    for rule in house.gate.permissions(house.ada.company).await.unwrap() {
        let withdraw = portcullis_sessions::WithdrawPermission {
            company: house.ada.company,
            permission: rule.id,
            effects: portcullis_kernel::Effects::default(),
        };
        house.world.access.withdraw(withdraw).await.unwrap();
    }
    assert!(house.passes().await, "another node withdrew them");
    house.world.clock.advance(Duration::from_secs(1));
    assert!(matches!(refusal(house.gate.check(house.knock(ME)).await), GateRefusal::NotPermitted));
}

#[tokio::test]
async fn an_owner_is_the_account_behind_the_session() {
    let house = House::new().await;
    let expected =
        Owner { company: house.ada.company, account: house.ada.id, session: Some(house.session.id) };
    assert_eq!(house.gate.owner(house.knock(ME)).await.unwrap(), expected);
    let blocked = house.gate.owner(house.knock("api/v2/barong/management")).await;
    assert!(matches!(refusal(blocked), GateRefusal::Blocked));
    let open = house.gate.owner(Knock { cookie: None, ..house.knock("api/v2/barong/public") }).await;
    assert!(matches!(refusal(open), GateRefusal::NoSession), "resources are never open");
    let forged = house.gate.bearer(house.ada.company, "forged".to_owned()).await;
    assert!(matches!(refusal(forged), GateRefusal::Bearer));
}
