//! Contract §9: refreshing a session.

use serde_json::{Value, json};

use crate::door::{Door, refused, succeeded};
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    a_refresh_extends_the_same_token_and_replaces_the_refresh_token
    a_refresh_revives_an_expired_token
    a_refresh_token_works_once_and_its_reuse_harms_nobody
    of_many_who_refresh_with_one_token_one_wins
    what_is_no_refresh_token_is_refused
    the_duration_is_checked_and_keeps_the_token_for_another_try
    a_refresh_token_dies_after_its_time
    a_refresh_token_dies_with_its_account
}

pub async fn refresh(door: &Door, token: &str, body: &Value) -> Answer {
    let request = door.server.request("POST", "/3/auth/refresh/");
    request.header("authorization", format!("Refresh-Token {token}")).json(body).answer().await
}

async fn a_refresh_extends_the_same_token_and_replaces_the_refresh_token(here: Installation) {
    let door = Door::open(here);
    let granted = door.login_for(&json!({ "session_duration": 60 })).await;
    let data = succeeded(&refresh(&door, &granted.refresh, &json!({ "session_duration": 900 })).await, 200);
    let names: Vec<&str> = data.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["created", "expires", "refresh_token"]);
    assert_eq!(data["created"], granted.data["created"]);
    assert!(data["expires"].as_i64().unwrap() >= granted.data["created"].as_i64().unwrap() + 900_000);
    assert!(door.honours(&granted.token).await);
    let second = data["refresh_token"].as_str().unwrap();
    assert_ne!(second, granted.refresh);
    let data = succeeded(&refresh(&door, second, &json!({})).await, 200);
    assert!(data["expires"].as_i64().unwrap() >= granted.data["created"].as_i64().unwrap() + 36_000_000);
}

async fn a_refresh_revives_an_expired_token(here: Installation) {
    let door = Door::open(here);
    let granted = door.login_for(&json!({ "session_duration": 1 })).await;
    while door.honours(&granted.token).await {}
    succeeded(&refresh(&door, &granted.refresh, &json!({})).await, 200);
    assert!(door.honours(&granted.token).await);
}

async fn a_refresh_token_works_once_and_its_reuse_harms_nobody(here: Installation) {
    let door = Door::open(here);
    let granted = door.login().await;
    let data = succeeded(&refresh(&door, &granted.refresh, &json!({})).await, 200);
    refused(&refresh(&door, &granted.refresh, &json!({})).await, 401, &[]);
    assert!(door.honours(&granted.token).await);
    succeeded(&refresh(&door, data["refresh_token"].as_str().unwrap(), &json!({})).await, 200);
}

async fn of_many_who_refresh_with_one_token_one_wins(here: Installation) {
    let door = Door::open(here);
    let granted = door.login().await;
    let body = json!({});
    let attempts = (0..8).map(|_| refresh(&door, &granted.refresh, &body));
    let answers = futures_util::future::join_all(attempts).await;
    let (won, lost): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1, "{answers:?}");
    for answer in lost {
        refused(answer, 401, &[]);
    }
    let next = succeeded(won[0], 200)["refresh_token"].as_str().unwrap().to_owned();
    succeeded(&refresh(&door, &next, &body).await, 200);
    assert!(door.honours(&granted.token).await);
}

async fn what_is_no_refresh_token_is_refused(here: Installation) {
    let door = Door::open(here);
    let granted = door.login().await;
    for token in ["garbage", &granted.token, &"0".repeat(64)] {
        refused(&refresh(&door, token, &json!({})).await, 401, &[]);
    }
    refused(&door.post("/3/auth/refresh/", &granted.refresh, &json!({})).await, 401, &[]);
    refused(&door.server.post("/3/auth/refresh/", &json!({})).await, 401, &[]);
    let login = json!({ "username": "ada", "password": crate::door::PASSWORD });
    let elsewhere = door.server.post("/v1/login", &login).await.json();
    let token = elsewhere["refresh_token"].as_str().unwrap();
    refused(&refresh(&door, token, &json!({})).await, 401, &[]);
}

async fn the_duration_is_checked_and_keeps_the_token_for_another_try(here: Installation) {
    let door = Door::open(here);
    let granted = door.login().await;
    for bad in [json!(-1), json!("soon"), json!([])] {
        let body = json!({ "session_duration": bad });
        refused(&refresh(&door, &granted.refresh, &body).await, 400, &["session_duration"]);
    }
    let request = door.server.request("POST", "/3/auth/refresh");
    let header = format!("refresh-token {}", granted.refresh);
    succeeded(&request.header("authorization", header).answer().await, 200);
}

async fn a_refresh_token_dies_after_its_time(here: Installation) {
    let door = Door::open(here.with("dialects.rehive.refresh_ttl", "1"));
    let granted = door.login_for(&json!({ "session_duration": 1 })).await;
    while door.honours(&granted.token).await {}
    refused(&refresh(&door, &granted.refresh, &json!({})).await, 401, &[]);
}

async fn a_refresh_token_dies_with_its_account(here: Installation) {
    let door = Door::open(here);
    let granted = door.login().await;
    door.here.json(&["account", "set", "--company", "default", &door.ada, "--state", "deactivated"]);
    refused(&refresh(&door, &granted.refresh, &json!({})).await, 401, &[]);
}
