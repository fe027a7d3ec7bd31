//! One thing, many clients at once, one winner.

use std::future::Future;

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::process::Server;
use crate::support::{Installation, on_both};
use crate::writers::{PASSWORD, jwt};

/// The statuses of many requests at once.
async fn statuses(make: impl Fn(usize) -> RequestBuilder) -> Vec<u16> {
    let mut requests = JoinSet::new();
    for number in 0..10 {
        let request = make(number);
        requests.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    requests.join_all().await
}

fn count(statuses: &[u16], wanted: u16) -> usize {
    statuses.iter().filter(|status| **status == wanted).count()
}

fn house(here: Installation) -> (Installation, Server) {
    let house = here.with("dialects.wikimedia.refresh_cap", "3").with("dialects.bfore.max_auth_headers", "2");
    house.account(&["--username", "ada", "--email", "ada@example.com", "--email-verified"], PASSWORD);
    let server = house.serve();
    (house, server)
}

async fn body(sent: impl Future<Output = reqwest::Result<reqwest::Response>>) -> Value {
    sent.await.unwrap().json().await.unwrap()
}

on_both! {
    one_token_is_exchanged_once
    one_key_is_deleted_once_and_the_limit_holds
    one_recovery_code_opens_one_session
    one_confirmation_code_sets_one_password
    a_refresh_token_pays_for_no_more_refreshes_than_it_may
}

async fn one_token_is_exchanged_once(here: Installation) {
    let (_house, server) = house(here);
    let token = jwt(server.base()).await;
    let http = Client::new();
    let statuses =
        statuses(|_| http.get(server.url("/user/token?m=5")).header("Authorization", &token)).await;
    assert_eq!((count(&statuses, 200), count(&statuses, 401)), (1, 9), "{statuses:?}");
}

async fn one_key_is_deleted_once_and_the_limit_holds(here: Installation) {
    let (_house, server) = house(here);
    let token = jwt(server.base()).await;
    let http = Client::new();
    let add = |name: usize| {
        let request = http.post(server.url("/authheader/add")).header("Authorization", &token);
        request.json(&json!({ "name": name.to_string() }))
    };
    let added = statuses(add).await;
    assert_eq!((count(&added, 200), count(&added, 400)), (2, 8), "{added:?}");
    let listed = body(http.get(server.url("/authheader/list")).header("Authorization", &token).send()).await;
    let key = listed[0]["token"].as_str().unwrap().to_owned();
    let delete =
        |_| http.post(server.url("/authheader/delete")).header("Authorization", &token).body(key.clone());
    let deleted = statuses(delete).await;
    assert_eq!((count(&deleted, 200), count(&deleted, 404)), (1, 9), "{deleted:?}");
}

async fn one_recovery_code_opens_one_session(here: Installation) {
    let (house, server) = house(here);
    let codes = house.recovery_codes("ada").await;
    let http = Client::new();
    let login = json!({ "username": "ada", "password": PASSWORD, "otp": codes[0] });
    let statuses = statuses(|_| http.post(server.url("/user/login")).json(&login)).await;
    assert_eq!((count(&statuses, 200), count(&statuses, 401)), (1, 9), "{statuses:?}");
    let sessions = house.json(&["account", "sessions", "--company", "default", "ada"]);
    assert_eq!(sessions.as_array().unwrap().len(), 1);
}

async fn one_confirmation_code_sets_one_password(here: Installation) {
    let (house, server) = house(here);
    let http = Client::new();
    let asked = http.post(server.url("/v1/forgot-password")).json(&json!({ "username": "ada" })).send().await;
    assert_eq!(asked.unwrap().status(), 204);
    let code = house.message("mail", "password.code", "ada@example.com")["data"]["code"].clone();
    let confirm = |number: usize| {
        let password = format!("Tr0ub4dor-and-{number}-horses");
        let body = json!({ "username": "ada", "password": password, "confirmation_code": code });
        http.post(server.url("/v1/forgot-password-confirm")).json(&body)
    };
    let statuses = statuses(confirm).await;
    assert_eq!((count(&statuses, 204), count(&statuses, 401)), (1, 9), "{statuses:?}");
}

async fn a_refresh_token_pays_for_no_more_refreshes_than_it_may(here: Installation) {
    let (_house, server) = house(here);
    let http = Client::new();
    let login = json!({ "username": "ada", "password": PASSWORD });
    let tokens = body(http.post(server.url("/v1/login")).json(&login).send()).await;
    let refresh = json!({ "username": "ada", "refresh_token": tokens["refresh_token"] });
    let statuses = statuses(|_| http.post(server.url("/v1/token-refresh")).json(&refresh)).await;
    assert_eq!((count(&statuses, 200), count(&statuses, 429)), (3, 7), "{statuses:?}");
}
