//! What the stories of this door share: an account, its tokens, and the contract's words for no.

use jsonwebtoken::dangerous::insecure_decode;
use serde_json::{Value, json};

use crate::support::Installation;
use crate::support::http::Answer;
use crate::support::process::Server;

pub const PASSWORD: &str = "j8BDWYrQwDF5u4Yu";
pub const ANOTHER: &str = "Another-Horse-8-Staple";

/// A status and a message, by the names of the contract (§0).
pub type No = (u16, &'static str);

pub const E422: No = (422, "Internal error, please try again later.");
pub const EBADCRED: No = (401, "Incorrect username or password.");
/// With the full stop.
pub const EUNAUTH_: No = (401, "Unauthorized.");
/// Without.
pub const EUNAUTH: No = (401, "Unauthorized");
pub const EINT401: No = (401, "Internal error, please try again later.");
pub const ENOUSER: No = (401, "User not found.");
pub const ELIMIT: No = (429, "Refresh tokens limit has been exceeded.");
pub const EINT500: No = (500, "Internal error, please try again later.");
pub const ESTD500: No = (500, "Internal Server Error");
pub const E404: No = (404, "Not Found");
pub const E413: No = (413, "Request Entity Too Large");
pub const MISMATCH: No =
    (401, "CodeMismatchException: Invalid verification code provided, please try again.");
pub const EXPIRED: No = (401, "ExpiredCodeException: Invalid code provided, please request a code again.");
pub const ATTEMPTS: No = (401, "LimitExceededException: Attempt limit exceeded, please try after some time.");

/// The envelope to the byte, and none of the headers that the contract rules out (§2.4).
#[track_caller]
pub fn refuses(answer: &Answer, (status, message): No) {
    let body = format!("{{\"status\":{status},\"message\":\"{message}\"}}\n");
    assert_eq!((answer.status, answer.body.as_str()), (status, body.as_str()));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("retry-after"), None);
    assert_eq!(answer.header("www-authenticate"), None);
}

/// 204: no body and no media type (§2.3).
#[track_caller]
pub fn is_done(answer: &Answer) {
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert_eq!(answer.header("content-type"), None);
}

/// 200 and compact JSON without a newline (§2.3).
#[track_caller]
pub fn is_json(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    assert!(!answer.body.contains(['\n', ' ']) && !answer.body.contains("null"), "{}", answer.body);
    answer.json()
}

/// An active account with a verified address.
pub fn ada(here: &Installation) -> Value {
    here.account(&["--username", "ada", "--email", "ada@example.com", "--email-verified"], PASSWORD)
}

/// An account that must set a password of its own.
pub fn temporary(here: &Installation, username: &str) -> Value {
    let address = format!("{username}@example.com");
    let flags = ["--username", username, "--email", &address, "--email-verified", "--temporary-password"];
    here.account(&flags, PASSWORD)
}

/// Changes an account.
pub fn set(here: &Installation, account: &str, flags: &[&str]) {
    here.json(&[&["account", "set", "--company", "default", account], flags].concat());
}

pub async fn try_login(server: &Server, username: &str, password: &str) -> Answer {
    server.post("/v1/login", &json!({ "username": username, "password": password })).await
}

/// The tokens of a login that must succeed.
pub async fn login(server: &Server, username: &str, password: &str) -> Tokens {
    Tokens::of(&is_json(&try_login(server, username, password).await))
}

/// The handle of the challenge that a login must stop at.
pub async fn challenge(server: &Server, username: &str, name: &str) -> String {
    let answer = is_json(&try_login(server, username, PASSWORD).await);
    assert_eq!(answer["challenge_name"], name);
    text(&answer, "session")
}

pub async fn refresh(server: &Server, username: &str, token: &str) -> Answer {
    server.post("/v1/token-refresh", &json!({ "username": username, "refresh_token": token })).await
}

pub async fn revoke(server: &Server, token: &str) -> Answer {
    server.post("/v1/token-revoke", &json!({ "refresh_token": token })).await
}

pub async fn forgot(server: &Server, username: &str) -> Answer {
    server.post("/v1/forgot-password", &json!({ "username": username })).await
}

pub async fn confirm(server: &Server, username: &str, password: &str, code: &str) -> Answer {
    let body = json!({ "username": username, "password": password, "confirmation_code": code });
    server.post("/v1/forgot-password-confirm", &body).await
}

pub async fn change(server: &Server, token: &str, previous: &str, proposed: &str) -> Answer {
    let body = json!({ "access_token": token, "previous_password": previous, "proposed_password": proposed });
    server.post("/v1/change-password", &body).await
}

pub async fn new_password(server: &Server, session: &str, username: &str, password: &str) -> Answer {
    let body = json!({ "session": session, "username": username, "new_password": password });
    server.post("/v1/new-password-required", &body).await
}

pub async fn mfa(server: &Server, session: &str, username: &str, code: &str) -> Answer {
    let body = json!({ "session": session, "username": username, "code": code });
    server.post("/v1/mfa-required", &body).await
}

/// Every code mailed to an address, oldest first, once there are as many as expected.
pub fn codes(here: &Installation, to: &str, count: usize) -> Vec<String> {
    here.wait_for(|| {
        let messages = here.messages("mail").into_iter();
        let codes: Vec<String> = messages
            .filter(|message| message["event"] == "password.code" && message["to"] == to)
            .map(|message| text(&message["data"], "code"))
            .collect();
        (codes.len() >= count).then_some(codes)
    })
}

/// What a login gives.
pub struct Tokens {
    pub id: String,
    pub access: String,
    pub refresh: String,
}

impl Tokens {
    pub fn of(answer: &Value) -> Self {
        Self {
            id: text(answer, "id_token"),
            access: text(answer, "access_token"),
            refresh: text(answer, "refresh_token"),
        }
    }
}

pub fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

/// The claims of a JWT, whoever signed it.
pub fn claims(token: &str) -> Value {
    insecure_decode(token).unwrap().claims
}
