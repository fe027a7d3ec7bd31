//! Contract §10: how much a client may ask.

use crate::support::http::Exchange as _;
use serde_json::json;

use crate::door::{Door, PASSWORD, refused, succeeded, with};
use crate::support::http::Answer;
use crate::support::{Installation, on_both};

on_both! {
    wrong_passwords_are_counted_per_account_whatever_its_name
    every_node_knows_of_wrong_passwords
    unknown_users_and_companies_lock_like_any_other
    requests_without_a_session_are_counted_per_address
    requests_of_an_account_are_counted
    everything_is_counted_per_address
    zero_switches_a_quota_off
}

#[track_caller]
fn throttled(answer: &Answer, longest: u64) {
    let message = refused(answer, 429, &[]);
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=longest).contains(&wait), "{wait}");
    assert!(message.starts_with("Request was throttled. Expected available in "), "{message}");
}

async fn login(door: &Door, user: &str, password: &str) -> Answer {
    let more = json!({ "user": user, "password": password });
    door.server.post("/3/auth/login/", &with(Door::credentials(), &more)).await
}

/// Only wrong passwords count.
fn lenient(here: Installation) -> Installation {
    here.with("throttle.anonymous_per_minute", "0").with("throttle.requests_per_ten_seconds", "0")
}

async fn wrong_passwords_are_counted_per_account_whatever_its_name(here: Installation) {
    let door = Door::throttled(lenient(here));
    let id = door.ada.clone();
    for user in ["ada", "ADA", "ada@example.com", "+27821234567", &id, "ada"] {
        refused(&login(&door, user, "wrong").await, 400, &["non_field_errors"]);
    }
    throttled(&login(&door, "ada", PASSWORD).await, 60);
    let body = with(Door::credentials(), &json!({}));
    throttled(&door.server.post("/3/auth/test-login/", &body).await, 60);
    let elsewhere = json!({ "username": "ada", "password": PASSWORD });
    assert_eq!(door.server.post("/user/login", &elsewhere).await.status, 429);
}

async fn every_node_knows_of_wrong_passwords(here: Installation) {
    let door = Door::throttled(lenient(here));
    for _ in 0..6 {
        refused(&login(&door, "ada", "wrong").await, 400, &["non_field_errors"]);
    }
    let other = door.here.serve();
    throttled(&other.post("/3/auth/login/", &Door::credentials()).await, 60);
}

async fn unknown_users_and_companies_lock_like_any_other(here: Installation) {
    let door = Door::throttled(lenient(here));
    for more in [json!({ "user": "nobody" }), json!({ "company": "nowhere" })] {
        let body = with(Door::credentials(), &more);
        for _ in 0..6 {
            refused(&door.server.post("/3/auth/login/", &body).await, 400, &["non_field_errors"]);
        }
        throttled(&door.server.post("/3/auth/login/", &body).await, 60);
    }
    succeeded(&door.server.post("/3/auth/login/", &Door::credentials()).await, 200);
}

async fn requests_without_a_session_are_counted_per_address(here: Installation) {
    let door = Door::throttled(here.with("server.trusted_proxies", "127.0.0.1"));
    let ask = async |address: &str| {
        let request = door.server.request("GET", "/3/public/companies/default/");
        request.header("x-forwarded-for", address).answer().await
    };
    for _ in 0..20 {
        succeeded(&ask("192.0.2.1").await, 200);
    }
    throttled(&ask("192.0.2.1").await, 60);
    succeeded(&ask("192.0.2.2").await, 200);
    assert_eq!(door.server.get("/healthz").await.status, 200);
}

async fn requests_of_an_account_are_counted(here: Installation) {
    let door = Door::throttled(here.with("throttle.account_per_minute", "3"));
    let (one, other) = (door.login().await.token, door.login().await.token);
    for token in [&one, &other, &one] {
        succeeded(&door.get("/3/auth/", token).await, 200);
    }
    throttled(&door.get("/3/auth/", &other).await, 60);
    refused(&door.get("/3/auth/", "stale").await, 401, &[]);
}

async fn everything_is_counted_per_address(here: Installation) {
    let door = Door::throttled(here.with("throttle.requests_per_ten_seconds", "3"));
    for _ in 0..3 {
        refused(&door.server.get("/3/auth/").await, 401, &[]);
    }
    throttled(&door.server.get("/3/auth/").await, 10);
    throttled(&door.server.get("/3/nothing/").await, 10);
}

async fn zero_switches_a_quota_off(here: Installation) {
    let here = here.with("throttle.sign_in_per_minute", "0").with("throttle.sign_in_per_hour", "0");
    let door = Door::throttled(lenient(here));
    for _ in 0..25 {
        refused(&login(&door, "ada", "wrong").await, 400, &["non_field_errors"]);
    }
    succeeded(&login(&door, "ada", PASSWORD).await, 200);
}
