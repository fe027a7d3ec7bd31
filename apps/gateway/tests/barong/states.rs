//! Who is kept out of a login, and what is asked for beside a password (contract §7.8).

use serde_json::json;

use crate::door::{Door, EMAIL, PASSWORD, entity, refused};
use crate::support::{Installation, on_both};

on_both! {
    accounts_that_are_kept_out_are_told_why_after_their_password
    accounts_that_are_kept_out_are_told_why_at_once_where_accounts_are_disclosed
    a_second_factor_is_asked_for_in_order
    a_code_without_a_second_factor_is_ignored
    the_seventh_wrong_password_within_a_minute_waits
}

const SESSIONS: &str = "/identity/sessions";
const STATES: [(&str, &str); 4] = [
    ("banned", "identity.session.banned"),
    ("deleted", "identity.session.deleted"),
    ("locked", "identity.session.not_active"),
    ("deactivated", "identity.session.not_active"),
];

fn put_into(door: &Door, state: &str) {
    door.here.json(&["account", "set", "--company", "default", EMAIL, "--state", state]);
}

async fn accounts_that_are_kept_out_are_told_why_after_their_password(here: Installation) {
    let door = Door::open(here);
    for (state, key) in STATES {
        put_into(&door, state);
        refused(&door.post(SESSIONS, &Door::credentials()).await, 401, &[key]);
        let wrong = door.post(SESSIONS, &json!({ "email": EMAIL, "password": "wrong" })).await;
        refused(&wrong, 401, &["identity.session.invalid_params"]);
    }
}

async fn accounts_that_are_kept_out_are_told_why_at_once_where_accounts_are_disclosed(here: Installation) {
    let door = Door::open(here.with("security.disclose_accounts", "true"));
    let wrong = json!({ "email": EMAIL, "password": "wrong" });
    refused(&door.post(SESSIONS, &wrong).await, 401, &["identity.session.invalid_params"]);
    for (state, key) in STATES {
        put_into(&door, state);
        refused(&door.post(SESSIONS, &wrong).await, 401, &[key]);
    }
}

async fn a_second_factor_is_asked_for_in_order(here: Installation) {
    let door = Door::open(here);
    let codes = door.here.recovery_codes(EMAIL).await;
    let with = |password: &str, code: &str| {
        let body = json!({ "email": EMAIL, "password": password, "otp_code": code });
        async { door.post(SESSIONS, &{ body }).await }
    };
    refused(&with("wrong", &codes[0]).await, 401, &["identity.session.invalid_params"]);
    refused(&door.post(SESSIONS, &Door::credentials()).await, 401, &["identity.session.missing_otp"]);
    refused(&with(PASSWORD, " ").await, 401, &["identity.session.missing_otp"]);
    refused(&with(PASSWORD, "000000").await, 403, &["identity.session.invalid_otp"]);
    let user = entity(&with(PASSWORD, &codes[0]).await, 201);
    assert_eq!(user["otp"], true);
    refused(&with(PASSWORD, &codes[0]).await, 422, &["totp.error"]);
}

async fn a_code_without_a_second_factor_is_ignored(here: Installation) {
    let door = Door::open(here);
    let body = json!({ "email": EMAIL, "password": PASSWORD, "otp_code": "whatever" });
    assert_eq!(entity(&door.post(SESSIONS, &body).await, 201)["otp"], false);
}

async fn the_seventh_wrong_password_within_a_minute_waits(here: Installation) {
    let door = Door::throttled(here);
    for _ in 0..6 {
        let wrong = door.post(SESSIONS, &json!({ "email": EMAIL, "password": "wrong" })).await;
        refused(&wrong, 401, &["identity.session.invalid_params"]);
    }
    let answer = door.post(SESSIONS, &Door::credentials()).await;
    refused(&answer, 429, &["identity.session.too_many_attempts"]);
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}
