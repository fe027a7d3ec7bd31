//! The second factor, switched on and off (contract §8.8, §12).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use url::Url;

use crate::door::{Door, EMAIL, PASSWORD, entity, grant, refused};
use crate::key_owner::KeyOwner;
use crate::signed_keys::{now, service_account, signed};
use crate::support::http::{Answer, Exchange as _};
use crate::support::totp::{code, step};
use crate::support::{Installation, on_both};

on_both! {
    an_app_scans_a_picture_of_a_link
    an_app_is_enabled_by_its_code
    the_link_names_the_app_that_the_settings_say
    enabling_ends_the_other_sessions
    a_code_is_accepted_once
    a_user_with_a_second_factor_signs_in_with_it
    disabling_takes_a_code_and_switches_keys_off
    a_code_can_be_verified
    codes_are_parameters_like_others
    recovery_codes_count_too
    too_many_wrong_codes_are_refused
    nothing_is_said_to_whoever_is_not_signed_in
    a_jwt_stands_for_its_session
}

const ME: &str = "/api/v2/auth/resource/users/me";

impl KeyOwner {
    async fn otp(&self, act: &str, code: &str) -> Answer {
        self.call("POST", &format!("/otp/{act}"), &json!({ "code": code })).await
    }

    /// Prepares an app; answers its secret.
    async fn prepare(&self) -> String {
        let answer = self.request("POST", "/otp/generate_qrcode").answer().await;
        let url = Url::parse(entity(&answer, 201)["data"]["url"].as_str().unwrap()).unwrap();
        url.query_pairs().find(|(name, _)| name == "secret").unwrap().1.into_owned()
    }

    /// Enables an app; answers its secret and the first step whose code is still good.
    async fn enable(&self) -> (String, u64) {
        let (secret, now) = (self.prepare().await, step());
        assert_eq!(entity(&self.otp("enable", &code(&secret, now)).await, 201), json!(201));
        (secret, now + 1)
    }
}

async fn sign_in(door: &Door, code: Option<&str>) -> Answer {
    let body = json!({ "email": EMAIL, "password": PASSWORD, "otp_code": code });
    door.post("/identity/sessions", &body).await
}

async fn an_app_scans_a_picture_of_a_link(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    let body = entity(&ada.call("POST", "/otp/generate_qrcode", &json!({})).await, 201);
    for name in ["lease_id", "lease_duration", "renewable", "auth"] {
        assert!(body.get(name).is_some(), "{name}");
    }
    let image = STANDARD.decode(body["data"]["barcode"].as_str().unwrap()).unwrap();
    assert_eq!(image[..8], *b"\x89PNG\r\n\x1a\n");
    let side = |at: usize| u32::from_be_bytes(image[at..at + 4].try_into().unwrap());
    assert_eq!((side(16), side(20)), (300, 300));
    let url = Url::parse(body["data"]["url"].as_str().unwrap()).unwrap();
    assert_eq!(
        (url.scheme(), url.host_str(), url.path()),
        ("otpauth", Some("totp"), "/Barong:ada%40example.com")
    );
    let mut said: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    said.sort();
    let (secret, rest) = said.split_last().unwrap();
    assert!(secret.0 == "secret" && secret.1.len() == 32, "{secret:?}");
    let expected = [("algorithm", "SHA1"), ("digits", "6"), ("issuer", "Barong"), ("period", "30")];
    assert_eq!(rest, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

async fn an_app_is_enabled_by_its_code(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    refused(&ada.otp("enable", "123456").await, 422, &["resource.otp.invalid"]);
    let replaced = ada.prepare().await;
    let secret = ada.prepare().await;
    assert_ne!(replaced, secret);
    refused(&ada.otp("enable", &code(&replaced, step())).await, 422, &["resource.otp.invalid"]);
    assert_eq!(entity(&sign_in(&ada.door, None).await, 201)["otp"], false, "nothing counts so far");
    assert_eq!(entity(&ada.otp("enable", &code(&secret, step())).await, 201), json!(201));
    refused(&ada.otp("enable", &code(&secret, step() + 1)).await, 400, &["resource.otp.already_enabled"]);
    let again = ada.request("POST", "/otp/generate_qrcode").answer().await;
    refused(&again, 400, &["resource.otp.already_enabled"]);
    let notice = ada.door.here.message("mail", "notice.factor_added", EMAIL);
    assert_eq!(notice["to"], EMAIL);
}

async fn the_link_names_the_app_that_the_settings_say(here: Installation) {
    let ada = KeyOwner::plain(here.with("dialects.barong.app_name", "Ada & Sons")).await;
    let body = entity(&ada.request("POST", "/otp/generate_qrcode").answer().await, 201);
    let url = body["data"]["url"].as_str().unwrap();
    assert!(url.starts_with("otpauth://totp/Ada%20%26%20Sons:ada%40example.com?"), "{url}");
}

async fn enabling_ends_the_other_sessions(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    let other = ada.door.login().await;
    let secret = ada.prepare().await;
    ada.otp("enable", "wrong").await;
    assert_eq!(ada.door.asks("GET", ME, &other).await.status, 200, "not by a wrong code");
    entity(&ada.otp("enable", &code(&secret, step())).await, 201);
    refused(&ada.door.asks("GET", ME, &other).await, 401, &["authz.invalid_session"]);
    assert_eq!(ada.door.asks("GET", ME, &ada.grant).await.status, 200);
}

async fn a_code_is_accepted_once(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    let (secret, next) = ada.enable().await;
    let used = code(&secret, next - 1);
    refused(&sign_in(&ada.door, Some(&used)).await, 422, &["totp.error"]);
    refused(&ada.otp("verify", &used).await, 422, &["totp.error"]);
    refused(&ada.otp("disable", &used).await, 422, &["totp.error"]);
    let order = json!({ "algorithm": "HS256", "totp_code": used });
    refused(&ada.call("POST", "/api_keys", &order).await, 422, &["totp.error"]);
    let fresh = code(&secret, next);
    entity(&sign_in(&ada.door, Some(&fresh)).await, 201);
    refused(&sign_in(&ada.door, Some(&fresh)).await, 422, &["totp.error"]);
}

async fn a_user_with_a_second_factor_signs_in_with_it(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    let (secret, next) = ada.enable().await;
    for absent in [None, Some(""), Some(" ")] {
        refused(&sign_in(&ada.door, absent).await, 401, &["identity.session.missing_otp"]);
    }
    refused(&sign_in(&ada.door, Some("wrong")).await, 403, &["identity.session.invalid_otp"]);
    let answer = sign_in(&ada.door, Some(&code(&secret, next))).await;
    let user = grant(&answer, 201).user;
    assert_eq!(user["otp"], true);
    let labels: Vec<String> = labels(&user);
    assert!(labels.contains(&"otp:enabled:private".to_owned()), "{labels:?}");
}

fn labels(user: &Value) -> Vec<String> {
    let text = |label: &Value, name: &str| label[name].as_str().unwrap().to_owned();
    let labels = user["labels"].as_array().unwrap().iter();
    labels.map(|label| ["key", "value", "scope"].map(|name| text(label, name)).join(":")).collect()
}

async fn disabling_takes_a_code_and_switches_keys_off(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    refused(&ada.otp("disable", "123456").await, 400, &["resource.otp.not_enabled"]);
    let (secret, next) = ada.enable().await;
    let service = service_account(&ada.door);
    let own = ada.door.here.signed_key(EMAIL, None).await;
    let theirs = ada.door.here.signed_key(EMAIL, Some(&service)).await;
    refused(&ada.otp("disable", "wrong").await, 422, &["resource.otp.invalid"]);
    let keys = [(&own.0, &own.1), (&theirs.0, &theirs.1)];
    for (kid, secret) in keys {
        let answer =
            signed(&ada.door, "/api/v2/auth/resource/labels", (kid, secret), &now().to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert_eq!(entity(&ada.otp("disable", &code(&secret, next)).await, 200), json!(200));
    let user = entity(&sign_in(&ada.door, None).await, 201);
    assert_eq!((&user["otp"], labels(&user)), (&json!(false), vec!["email:verified:private".to_owned()]));
    ada.enable().await;
    for (kid, secret) in keys {
        let answer = signed(&ada.door, ME, (kid, secret), &now().to_string()).await;
        refused(&answer, 401, &["authz.apikey_not_active"]);
    }
    let listed = entity(&ada.get("/api_keys").await, 200);
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["state"]), (1, &json!("inactive")));
}

async fn a_code_can_be_verified(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    refused(&ada.otp("verify", "123456").await, 400, &["resource.otp.already_enabled"]);
    let (secret, next) = ada.enable().await;
    refused(&ada.otp("verify", "wrong").await, 422, &["resource.otp.invalid"]);
    assert_eq!(entity(&ada.otp("verify", &code(&secret, next)).await, 201), json!(201));
}

async fn codes_are_parameters_like_others(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    for act in ["enable", "disable", "verify"] {
        let path = format!("/otp/{act}");
        let absent = ada.request("POST", &path).answer().await;
        refused(&absent, 400, &["resource.otp.missing_code", "resource.otp.empty_code"]);
        for blank in [json!(""), json!(" "), json!(null)] {
            let answer = ada.call("POST", &path, &json!({ "code": blank })).await;
            refused(&answer, 400, &["resource.otp.empty_code"]);
        }
        refused(&ada.call("POST", &path, &json!({ "code": [] })).await, 422, &["invalid"]);
        for method in ["GET", "PUT", "DELETE"] {
            assert_eq!(ada.request(method, &path).answer().await.status, 404, "{method} {act}");
        }
    }
    let secret = ada.prepare().await;
    let form = ada.request("POST", "/otp/enable").form(&[("code", code(&secret, step()))]);
    entity(&form.answer().await, 201);
    let Door { mut here, server, ada: made } = ada.door;
    drop(server);
    here.set("dialects.barong.missing_params_status", "422");
    let ada = KeyOwner { door: Door { server: here.serve(), here, ada: made }, ..ada };
    let absent = ada.request("POST", "/otp/verify").answer().await;
    refused(&absent, 422, &["resource.otp.missing_code", "resource.otp.empty_code"]);
}

async fn recovery_codes_count_too(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let again = ada.request("POST", "/otp/generate_qrcode").answer().await;
    refused(&again, 400, &["resource.otp.already_enabled"]);
    entity(&ada.otp("verify", &ada.code()).await, 201);
    entity(&ada.otp("disable", &ada.code()).await, 200);
    entity(&sign_in(&ada.door, None).await, 201);
}

async fn too_many_wrong_codes_are_refused(here: Installation) {
    let ada = KeyOwner::of(Door::throttled(here)).await;
    let secret = ada.prepare().await;
    for _ in 0..5 {
        refused(&ada.otp("enable", "wrong").await, 422, &["resource.otp.invalid"]);
    }
    let answer = ada.otp("enable", &code(&secret, step())).await;
    refused(&answer, 429, &["resource.otp.too_many_attempts"]);
    assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
}

async fn nothing_is_said_to_whoever_is_not_signed_in(here: Installation) {
    let door = Door::open(here);
    for act in ["generate_qrcode", "enable", "disable", "verify"] {
        let path = format!("/resource/otp/{act}");
        refused(&door.post(&path, &json!({})).await, 401, &["authz.missing_csrf_token"]);
        let forged = door.request("POST", &path).header("authorization", "Bearer x.y.z");
        refused(&forged.answer().await, 401, &["jwt.decode_and_verify"]);
        let broken = door.request("POST", &path).header("authorization", "Bearer x.y.z");
        let broken = broken.header("content-type", "application/json").body("{");
        refused(&broken.answer().await, 401, &["jwt.decode_and_verify"]);
    }
    let ada = KeyOwner::of(door).await;
    let broken = ada.request("POST", "/otp/enable").header("content-type", "application/json").body("{");
    refused(&broken.answer().await, 400, &["server.invalid_body"]);
}

async fn a_jwt_stands_for_its_session(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    let (jwt, other) = (ada.jwt().await, ada.door.login().await);
    let secret = ada.prepare().await;
    let request = ada.door.request("POST", "/resource/otp/enable").header("authorization", &jwt);
    let answer = request.json(&json!({ "code": code(&secret, step()) })).answer().await;
    entity(&answer, 201);
    assert_eq!(ada.door.asks("GET", ME, &ada.grant).await.status, 200, "the session of the JWT stays");
    refused(&ada.door.asks("GET", ME, &other).await, 401, &["authz.invalid_session"]);
}
