//! Signing in with Auth0, against a local issuer (contract §7.10, decision D8).

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::door::{Door, EMAIL, grant, refused};
use crate::outside::Outside;
use crate::support::http::Answer;
use crate::support::{Installation, on_both};

on_both! {
    a_verified_stranger_gets_an_account_and_a_session
    a_known_user_is_signed_in
    a_certificate_says_as_much_as_a_key
    what_cannot_be_verified_is_refused
    addresses_that_are_not_verified_open_nothing
    accounts_that_are_kept_out_stay_out
    without_a_tenant_nobody_is_known
}

const KEY: &str = "identity.session.auth0.invalid_params";
const AUDIENCE: &str = "client";

/// A tenant that signs what it is told to.
struct Tenant {
    service: Outside,
    key: EncodingKey,
}

impl Tenant {
    /// One that publishes its key by its numbers.
    fn open() -> Self {
        Self::publishing(|_, numbers| numbers)
    }

    /// One that publishes a certificate of its key, beside a key of another kind.
    fn certified() -> Self {
        Self::publishing(|pem, _| json!({ "x5c": [certificate(pem), "of its authority"] }))
    }

    fn publishing(described: impl FnOnce(&str, Value) -> Value) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
        let text = STANDARD.encode(der.as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
        let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let (n, e) = (URL_SAFE_NO_PAD.encode(&parts.n), URL_SAFE_NO_PAD.encode(&parts.e));
        let mut key = described(&pem, json!({ "n": n, "e": e }));
        for (name, value) in [("kty", "RSA"), ("alg", "RS256"), ("use", "sig"), ("kid", "k1")] {
            key[name] = json!(value);
        }
        let set = json!({ "keys": [{ "kty": "new" }, { "kty": "EC", "kid": "k1" }, key] }).to_string();
        let service =
            Outside::playing(move |path, _| (path == "/.well-known/jwks.json").then(|| set.clone()));
        Self { service, key: EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap() }
    }

    fn door(&self, here: Installation) -> Door {
        Door::open(
            here.with("dialects.barong.auth0_domain", &self.service.url)
                .with("dialects.barong.auth0_client_id", AUDIENCE),
        )
    }

    fn claims(&self, email: &str) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        json!({
            "iss": format!("{}/", self.service.url), "aud": AUDIENCE, "iat": now, "exp": now + 60,
            "email": email, "email_verified": true,
        })
    }

    fn token(&self, claims: &Value) -> String {
        self.signed("k1", claims)
    }

    fn signed(&self, kid: &str, claims: &Value) -> String {
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::RS256) };
        encode(&header, claims, &self.key).unwrap()
    }
}

/// A self-signed certificate of a key, as key sets carry it.
fn certificate(pem: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pem");
    std::fs::write(&file, pem).unwrap();
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-subj", "/CN=tenant", "-outform", "DER", "-key"]).arg(file);
    let made = command.output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    STANDARD.encode(made.stdout)
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

async fn present(door: &Door, token: &str) -> Answer {
    door.post("/identity/sessions/auth0", &json!({ "id_token": token })).await
}

async fn a_verified_stranger_gets_an_account_and_a_session(here: Installation) {
    let tenant = Tenant::open();
    let door = tenant.door(here);
    let token = tenant.token(&tenant.claims("bob@example.com"));
    let granted = grant(&present(&door, &token).await, 200);
    let user = &granted.user;
    assert_eq!(
        (&user["email"], &user["state"], &user["level"]),
        (&json!("bob@example.com"), &json!("active"), &json!(1))
    );
    assert_eq!(user["labels"][0]["key"], "email");
    let again = grant(&present(&door, &token).await, 200);
    assert_eq!(again.user["uid"], user["uid"]);
}

async fn a_known_user_is_signed_in(here: Installation) {
    let tenant = Tenant::open();
    let door = tenant.door(here);
    let granted = grant(&present(&door, &tenant.token(&tenant.claims("ADA@example.com"))).await, 200);
    assert_eq!((&granted.user["email"], &granted.user["uid"]), (&json!(EMAIL), &door.ada["uid"]));
}

async fn a_certificate_says_as_much_as_a_key(here: Installation) {
    let (tenant, stranger) = (Tenant::certified(), Tenant::certified());
    let door = tenant.door(here);
    grant(&present(&door, &tenant.token(&tenant.claims(EMAIL))).await, 200);
    refused(&present(&door, &stranger.token(&tenant.claims(EMAIL))).await, 422, &[KEY]);
}

async fn what_cannot_be_verified_is_refused(here: Installation) {
    let (tenant, stranger) = (Tenant::open(), Tenant::open());
    let door = tenant.door(here);
    let missing = ["identity.session.missing_id_token", "identity.session.empty_id_token"];
    refused(&door.post("/identity/sessions/auth0", &json!({})).await, 400, &missing);
    refused(&present(&door, " ").await, 400, &missing[1..]);
    let good = tenant.claims(EMAIL);
    let past = good["iat"].as_u64().unwrap() - 1;
    for token in [
        "garbage".to_owned(),
        "a.b.c".to_owned(),
        stranger.token(&good),
        tenant.signed("other", &good),
        tenant.token(&with(good.clone(), "exp", json!(past))),
        tenant.token(&with(good.clone(), "aud", json!("somebody else"))),
        tenant.token(&with(good.clone(), "iss", json!("https://evil.example.com/"))),
        tenant.token(&with(good.clone(), "nbf", json!(past + 3_600))),
    ] {
        refused(&present(&door, &token).await, 422, &[KEY]);
    }
}

async fn addresses_that_are_not_verified_open_nothing(here: Installation) {
    let tenant = Tenant::open();
    let door = tenant.door(here);
    for email in [EMAIL, "bob@example.com"] {
        let claims = with(tenant.claims(email), "email_verified", json!(false));
        refused(&present(&door, &tenant.token(&claims)).await, 401, &[KEY]);
    }
    let mut nameless = tenant.claims(EMAIL);
    nameless.as_object_mut().unwrap().remove("email");
    refused(&present(&door, &tenant.token(&nameless)).await, 401, &[KEY]);
    let shown = door.here.run(&["account", "show", "--company", "default", "bob@example.com"]);
    assert_eq!(shown.code, Some(1));
}

async fn accounts_that_are_kept_out_stay_out(here: Installation) {
    let tenant = Tenant::open();
    let door = tenant.door(here);
    for (state, key) in [("banned", "identity.session.banned"), ("deleted", "identity.session.deleted")] {
        door.here.json(&["account", "set", "--company", "default", EMAIL, "--state", state]);
        refused(&present(&door, &tenant.token(&tenant.claims(EMAIL))).await, 401, &[key]);
    }
}

async fn without_a_tenant_nobody_is_known(here: Installation) {
    let tenant = Tenant::open();
    let door = Door::open(here);
    refused(&present(&door, &tenant.token(&tenant.claims(EMAIL))).await, 422, &[KEY]);
    let away = door.here.another().with("dialects.barong.auth0_domain", "http://127.0.0.1:9");
    let door = Door::open(away.with("dialects.barong.auth0_client_id", AUDIENCE));
    refused(&present(&door, &tenant.token(&tenant.claims(EMAIL))).await, 422, &[KEY]);
}
