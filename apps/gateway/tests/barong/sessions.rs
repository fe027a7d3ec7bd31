//! Signing in and out (contract §5.1, §5.3, §7.8, §7.9).

use serde_json::json;

use crate::door::{AGENT, Door, EMAIL, PASSWORD, entity, grant, is_hex, refused};
use crate::support::http::Exchange as _;
use crate::support::{Installation, on_both};

on_both! {
    a_login_hands_over_user_cookie_and_csrf_token
    missing_and_blank_parameters_are_named
    wrong_credentials_look_alike
    signing_out_ends_the_session_of_the_cookie
    the_cookie_has_the_name_and_strength_that_the_settings_say
}

const SESSIONS: &str = "/identity/sessions";

async fn a_login_hands_over_user_cookie_and_csrf_token(here: Installation) {
    let door = Door::open(here);
    let answer = door.post_form(SESSIONS, &[("email", " Ada@EXAMPLE.com "), ("password", PASSWORD)]).await;
    let user = entity(&answer, 201);
    let expected = json!({
        "email": EMAIL, "uid": door.ada["uid"], "role": "member", "otp": false, "state": "active",
        "referral_uid": null, "data": null, "username": null, "phones": [], "profiles": [], "data_storages": [],
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&user[member], value, "{member}");
    }
    assert!(is_hex(user["csrf_token"].as_str().unwrap(), 20));
    assert!(user["created_at"].as_str().unwrap().ends_with('Z'));
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("_barong_session="), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Expires="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
    let again = door.request("POST", SESSIONS).header("cookie", cookie).json(&Door::credentials());
    let again = grant(&again.answer().await, 201);
    assert_ne!(again.csrf, user["csrf_token"].as_str().unwrap());
    assert!(!cookie.starts_with(&again.cookie));
}

async fn missing_and_blank_parameters_are_named(here: Installation) {
    let door = Door::open(here);
    let both = ["identity.session.missing_email", "identity.session.missing_password"];
    refused(&door.post(SESSIONS, &json!({})).await, 400, &both);
    let blank = json!({ "email": " ", "password": "" });
    let both = ["identity.session.empty_email", "identity.session.empty_password"];
    refused(&door.post(SESSIONS, &blank).await, 400, &both);
    let here = door.here.another().with("dialects.barong.missing_params_status", "422");
    let answer = Door::open(here).post(SESSIONS, &json!({ "email": EMAIL })).await;
    refused(&answer, 422, &["identity.session.missing_password"]);
}

async fn wrong_credentials_look_alike(here: Installation) {
    let door = Door::open(here);
    for body in [
        json!({ "email": EMAIL, "password": "wrong" }),
        json!({ "email": "nobody@example.com", "password": PASSWORD }),
        json!({ "email": door.ada["id"], "password": PASSWORD }),
        json!({ "email": EMAIL, "password": "x".repeat(10_000) }),
        json!({ "email": EMAIL, "password": 12 }),
    ] {
        refused(&door.post(SESSIONS, &body).await, 401, &["identity.session.invalid_params"]);
    }
}

async fn signing_out_ends_the_session_of_the_cookie(here: Installation) {
    let door = Door::open(here);
    let granted = door.login().await;
    assert_eq!(granted.user["state"], "active");
    let sign_out = |cookie: String| door.request("DELETE", SESSIONS).header("cookie", cookie).answer();
    refused(&door.request("DELETE", SESSIONS).answer().await, 404, &["identity.session.not_found"]);
    let unknown = sign_out("_barong_session=0123456789abcdef0123456789abcdef".to_owned()).await;
    refused(&unknown, 404, &["identity.session.not_found"]);
    let answer =
        door.request("DELETE", SESSIONS).header("cookie", &granted.cookie).header("user-agent", AGENT);
    let answer = answer.answer().await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert!(answer.header("set-cookie").unwrap().starts_with("_barong_session=;"), "{answer:?}");
    refused(&sign_out(granted.cookie).await, 404, &["identity.session.not_found"]);
}

async fn the_cookie_has_the_name_and_strength_that_the_settings_say(here: Installation) {
    let here = here.with("dialects.barong.session_name", "_auth_session");
    let door = Door::open(here.with("server.public_url", "https://auth.example.com"));
    let answer = door.post(SESSIONS, &Door::credentials()).await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("_auth_session=") && cookie.contains("Secure"), "{cookie}");
    let ended = door.request("DELETE", SESSIONS).header("cookie", grant(&answer, 201).cookie).answer().await;
    assert_eq!(ended.status, 204);
}
