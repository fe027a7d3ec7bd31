//! People of the company `default`, what they are sent, and what they ask of the rehive door.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::Installation;
use crate::support::http::{Answer, Exchange};
use crate::support::process::Server;

pub(crate) const PASSWORD: &str = "Correct-Horse-9-Battery";
pub(crate) const NEW: &str = "Another-Horse-8-Staple";
pub(crate) const EMAIL: &str = "ada+x@example.com";
pub(crate) const MOBILE: &str = "+27821234567";

/// Lets one address ask as often as a story needs.
pub(crate) fn busy(here: Installation) -> Installation {
    here.with("throttle.anonymous_per_minute", "0")
}

/// Ada has a username and both contacts, none of them verified.
pub(crate) fn ada(here: &Installation) -> Value {
    here.account(&["--username", "ada", "--email", EMAIL, "--mobile", MOBILE], PASSWORD)
}

pub(crate) fn show(here: &Installation, account: &str) -> Value {
    here.json(&["account", "show", "--company", "default", account])
}

pub(crate) fn set_state(here: &Installation, account: &str, state: &str) {
    here.json(&["account", "set", "--company", "default", account, "--state", state]);
}

/// Every message of an event to somebody, oldest first; waited for until there are `count`.
pub(crate) fn sent(here: &Installation, kind: &str, event: &str, to: &str, count: usize) -> Vec<Value> {
    here.wait_for(|| {
        let mut messages = here.messages(kind);
        messages.retain(|message| message["event"] == event && message["to"] == to);
        (messages.len() >= count).then_some(messages)
    })
}

/// A text from the newest of `count` such messages.
pub(crate) fn datum(
    here: &Installation,
    (kind, event, to): (&str, &str, &str),
    count: usize,
    name: &str,
) -> String {
    let messages = sent(here, kind, event, to, count);
    assert_eq!(messages.len(), count, "{messages:?}");
    messages.last().unwrap()["data"][name].as_str().unwrap().to_owned()
}

/// Waits until everything that was queued before now is delivered, by whichever node.
pub(crate) fn settle(here: &Installation) {
    here.wait_for(|| (here.json(&["mail", "list", "--status", "waiting"]) == json!([])).then_some(()));
}

/// How many messages were delivered.
pub(crate) fn delivered(here: &Installation) -> usize {
    ["mail", "sms"].iter().map(|kind| here.messages(kind).len()).sum()
}

/// Waits until what was issued before now, for that many seconds, has expired.
pub(crate) fn outlive(here: &Installation, seconds: u64) {
    let over = Instant::now() + Duration::from_secs(seconds) + Duration::from_millis(5);
    here.wait_for(|| (Instant::now() > over).then_some(()));
}

pub(crate) async fn try_login(server: &Server, user: &str, password: &str) -> Answer {
    let body = json!({ "user": user, "company": "default", "password": password });
    server.post("/3/auth/login/", &body).await
}

pub(crate) async fn login(server: &Server, user: &str, password: &str) -> String {
    let answer = try_login(server, user, password).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["data"]["token"].as_str().unwrap().to_owned()
}

/// Whether a token is honoured.
pub(crate) async fn is_live(server: &Server, token: &str) -> bool {
    let header = format!("Token {token}");
    let answer = server.request("GET", "/3/auth/").header("Authorization", header).answer().await;
    assert!([200, 401].contains(&answer.status), "{answer:?}");
    answer.status == 200
}

pub(crate) async fn post_as(server: &Server, token: &str, path: &str, body: &Value) -> Answer {
    let header = format!("Token {token}");
    server.request("POST", path).header("Authorization", header).json(body).answer().await
}

/// Asserts the answer to an action.
#[track_caller]
pub(crate) fn assert_done(answer: &Answer) {
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"status":"success"}"#));
}

/// Asserts a 400 that blames these fields and no others, and answers the text of the first.
#[track_caller]
pub(crate) fn blamed(answer: &Answer, fields: &[&str]) -> String {
    let body = answer.json();
    assert_eq!((answer.status, &body["status"]), (400, &json!("error")), "{answer:?}");
    let data: BTreeMap<String, Vec<String>> = serde_json::from_value(body["data"].clone()).unwrap();
    let mut expected = fields.to_vec();
    expected.sort_unstable();
    assert_eq!(data.keys().map(String::as_str).collect::<Vec<_>>(), expected, "{answer:?}");
    assert!(body["message"].as_str().unwrap().contains(&data[fields[0]][0]));
    data[fields[0]][0].clone()
}

/// Asserts a 429, and answers after how many seconds to come back.
#[track_caller]
pub(crate) fn wait_asked(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 429, "{answer:?}");
    assert_eq!(answer.json()["status"], "error");
    answer.header("Retry-After").unwrap().parse().unwrap()
}

/// Asserts that two answers cannot be told apart.
#[track_caller]
pub(crate) fn assert_alike(one: &Answer, other: &Answer) {
    let facts = |answer: &Answer| {
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort_unstable();
        (answer.status, names, answer.body.clone())
    };
    assert_eq!(facts(one), facts(other));
}

/// Ada's sessions at the two other doors: a bfore JWT, and a wikimedia refresh token.
pub(crate) struct Elsewhere {
    bfore: String,
    refresh: String,
}

impl Elsewhere {
    pub(crate) async fn sign_in(server: &Server) -> Self {
        let body = json!({ "username": "ada", "password": PASSWORD });
        let bfore = server.post("/user/login", &body).await.json();
        let wikimedia = server.post("/v1/login", &body).await.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { bfore: text(&bfore["Token"]), refresh: text(&wikimedia["refresh_token"]) }
    }

    /// Whether each of them is honoured.
    pub(crate) async fn are_live(&self, server: &Server) -> [bool; 2] {
        let secure = server.request("GET", "/test/secure").bearer_auth(&self.bfore).answer().await;
        let body = json!({ "username": "ada", "refresh_token": self.refresh });
        let refreshed = server.post("/v1/token-refresh", &body).await;
        [secure.status == 200, refreshed.status == 200]
    }
}

/// Whether Ada may sign in at each of the three doors.
pub(crate) async fn doors_open(server: &Server, password: &str) -> [bool; 3] {
    let body = json!({ "username": "ada", "password": password });
    let rehive = try_login(server, "ada", password).await.status;
    let bfore = server.post("/user/login", &body).await.status;
    let wikimedia = server.post("/v1/login", &body).await.status;
    [rehive == 200, bfore == 200, wikimedia == 200]
}
