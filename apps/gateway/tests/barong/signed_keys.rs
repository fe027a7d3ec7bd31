//! Requests that API keys signed (contract §5.7).

use portcullis_host::SystemClock;
use portcullis_kernel::Clock as _;
use serde_json::{Value, json};

use crate::door::{Door, refused};
use crate::support::http::{Answer, Exchange as _};
use crate::support::keys::sign;
use crate::support::{Installation, on_both};

on_both! {
    every_fault_of_a_signature_has_its_own_answer
    a_signature_can_be_used_again_unless_the_operator_says_once
    keys_follow_their_owner
    a_service_account_passes_as_itself
    a_key_of_a_user_without_a_second_factor_is_refused
}

const ME: &str = "/api/v2/auth/resource/users/me";

/// Milliseconds since 1970, as nonces are.
pub fn now() -> i64 {
    SystemClock.now().as_millis()
}

async fn asks(door: &Door, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = door.request("POST", path);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).answer().await
}

/// Asks the authorization endpoint about a POST that a key signed.
pub async fn signed(door: &Door, path: &str, (kid, secret): (&str, &str), nonce: &str) -> Answer {
    let signature = sign(kid, secret, nonce);
    let headers = [("x-auth-apikey", kid), ("x-auth-nonce", nonce), ("x-auth-signature", &signature)];
    asks(door, path, &headers).await
}

/// Ada with a second factor and a key of her own.
async fn keyed(here: Installation) -> (Door, String, String) {
    let door = Door::open(here);
    door.here.recovery_codes(crate::door::EMAIL).await;
    let (kid, secret) = door.here.signed_key(crate::door::EMAIL, None).await;
    (door, kid, secret)
}

async fn every_fault_of_a_signature_has_its_own_answer(here: Installation) {
    let (door, kid, secret) = keyed(here).await;
    let nonce = now().to_string();
    let signature = sign(&kid, &secret, &nonce);
    let whole = [("x-auth-apikey", kid.as_str()), ("x-auth-nonce", &nonce), ("x-auth-signature", &signature)];
    for place in 0..3 {
        let mut some = whole.to_vec();
        some.remove(place);
        refused(&asks(&door, ME, &some).await, 422, &["authz.invalid_api_key_headers"]);
        let mut blank = whole;
        blank[place].1 = " ";
        refused(&asks(&door, ME, &blank).await, 422, &["authz.invalid_api_key_headers"]);
    }
    let key = (kid.as_str(), secret.as_str());
    let unknown = signed(&door, ME, ("0123456789abcdef", &secret), "x").await;
    refused(&unknown, 401, &["authz.unexistent_apikey"]);
    for nonce in ["x", "0", "-1", "1.5"] {
        refused(&signed(&door, ME, key, nonce).await, 401, &["authz.nonce_not_valid_timestamp"]);
    }
    for offset in [-5_500, 9_000] {
        let nonce = (now() + offset).to_string();
        refused(&signed(&door, ME, (&kid, "wrong"), &nonce).await, 401, &["authz.nonce_expired"]);
    }
    let wrong = signed(&door, ME, (&kid, "wrong"), &now().to_string()).await;
    refused(&wrong, 401, &["authz.invalid_signature"]);
    let answer = signed(&door, ME, key, &now().to_string()).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""), "no CSRF token is needed: {answer:?}");
    assert!(answer.header("authorization").unwrap().starts_with("Bearer "));
    let elsewhere = signed(&door, "/api/v2/peatio/account", key, &now().to_string()).await;
    refused(&elsewhere, 401, &["authz.invalid_permission"]);
}

async fn a_signature_can_be_used_again_unless_the_operator_says_once(here: Installation) {
    let (door, kid, secret) = keyed(here).await;
    let nonce = now().to_string();
    for _ in 0..2 {
        assert_eq!(signed(&door, ME, (&kid, &secret), &nonce).await.status, 200);
    }
    let Door { mut here, server, ada } = door;
    drop(server);
    here.set("dialects.barong.apikey_replay_protection", "true");
    let server = here.serve();
    let door = Door { here, server, ada };
    let nonce = now().to_string();
    assert_eq!(signed(&door, ME, (&kid, &secret), &nonce).await.status, 200);
    refused(&signed(&door, ME, (&kid, &secret), &nonce).await, 401, &["authz.nonce_expired"]);
}

async fn keys_follow_their_owner(here: Installation) {
    let (door, kid, secret) = keyed(here).await;
    let ada = door.ada["uid"].as_str().unwrap();
    let service = service_account(&door);
    let (service_kid, service_secret) = door.here.signed_key(crate::door::EMAIL, Some(&service)).await;
    for state in ["locked", "active"] {
        door.here.json(&["account", "set", "--company", "default", ada, "--state", state]);
        for key in [(&kid, &secret), (&service_kid, &service_secret)] {
            let answer = signed(&door, ME, (key.0, key.1), &now().to_string()).await;
            refused(&answer, 401, &["authz.apikey_not_active"]);
        }
    }
}

async fn a_key_of_a_user_without_a_second_factor_is_refused(here: Installation) {
    let door = Door::open(here);
    let (kid, secret) = door.here.signed_key(crate::door::EMAIL, None).await;
    let answer = signed(&door, ME, (&kid, &secret), &now().to_string()).await;
    refused(&answer, 401, &["authz.disabled_2fa"]);
    let wrong = signed(&door, ME, (&kid, "wrong"), &now().to_string()).await;
    refused(&wrong, 401, &["authz.invalid_signature"]);
}

/// Makes a service account of Ada's, and answers its handle.
pub fn service_account(door: &Door) -> String {
    let create = ["service-account", "create", "--company", "default", "--owner", crate::door::EMAIL];
    let made = door.here.json(&create);
    assert_eq!((&made["owner"], &made["state"]), (&door.ada["uid"], &json!("active")));
    let uid = made["uid"].as_str().unwrap().to_owned();
    assert!(uid.starts_with("SI") && uid.len() == 12);
    assert_eq!(made["email"], format!("ada+{uid}@example.com"));
    uid
}

async fn a_service_account_passes_as_itself(here: Installation) {
    let door = Door::open(here);
    let uid = service_account(&door);
    let (kid, secret) = door.here.signed_key(crate::door::EMAIL, Some(&uid)).await;
    let key = (kid.as_str(), secret.as_str());
    let answer = signed(&door, "/api/v2/auth/resource/labels", key, &now().to_string()).await;
    assert_eq!(answer.status, 200, "its owner needs no second factor for that: {answer:?}");
    let barred = signed(&door, "/api/v2/auth/resource/otp/enable", key, &now().to_string()).await;
    refused(&barred, 401, &["authz.invalid_permission"]);
    let set = door.here.json(&["service-account", "set", &uid, "--state", "locked"]);
    assert_eq!(set["state"], "locked");
    let answer = signed(&door, "/api/v2/auth/resource/labels", key, &now().to_string()).await;
    refused(&answer, 401, &["authz.apikey_not_active"]);
    let listed = door.here.json(&["service-account", "list"]);
    let listed: Vec<&Value> = listed.as_array().unwrap().iter().map(|service| &service["uid"]).collect();
    assert_eq!(listed, [&uid]);
}
