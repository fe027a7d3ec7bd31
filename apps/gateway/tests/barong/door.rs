//! A server with one account, and the ways to ask it.

use serde_json::{Value, json};

use crate::support::Installation;
use crate::support::http::{Answer, Exchange as _};
use crate::support::process::Server;

pub const PASSWORD: &str = "Tecohvi0-Iequ4gei";
pub const EMAIL: &str = "ada@example.com";
/// The `User-Agent` of every request that does not say otherwise: sessions are bound to it.
pub const AGENT: &str = "stories/1.0";

/// A running server, and Ada of the company `default`. No quota is in force.
pub struct Door {
    pub here: Installation,
    pub server: Server,
    /// The account, as the command that made it printed it.
    pub ada: Value,
}

/// What opening a session hands over.
pub struct Grant {
    /// `name=value`, as a client sends it back.
    pub cookie: String,
    pub csrf: String,
    pub user: Value,
}

impl Door {
    pub fn open(here: Installation) -> Self {
        Self::throttled(here.with("throttle.enabled", "false"))
    }

    pub fn throttled(here: Installation) -> Self {
        let ada = here.account(&["--email", EMAIL, "--email-verified"], PASSWORD);
        let server = here.serve();
        Self { here, server, ada }
    }

    /// What Ada sends to sign in.
    pub fn credentials() -> Value {
        json!({ "email": EMAIL, "password": PASSWORD })
    }

    /// Signs Ada in.
    pub async fn login(&self) -> Grant {
        let answer = self.post("/identity/sessions", &Self::credentials()).await;
        grant(&answer, 201)
    }

    /// GET below the prefix, without any credential.
    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).answer().await
    }

    /// POST with a JSON body, without any credential.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).answer().await
    }

    /// POST of a form, without any credential.
    pub async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.request("POST", path).form(form).answer().await
    }

    /// The token in the first mail of an event to that address.
    pub fn mailed(&self, event: &str, to: &str) -> String {
        self.here.message("mail", event, to)["data"]["token"].as_str().unwrap().to_owned()
    }

    /// Any request below the prefix, to be put together.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.server.request(method, &format!("/api/v2/auth{path}")).header("user-agent", AGENT)
    }
}

/// The session that an answer opened.
#[track_caller]
pub fn grant(answer: &Answer, status: u16) -> Grant {
    let user = entity(answer, status);
    let cookie = answer.header("set-cookie").unwrap_or_else(|| panic!("{answer:?}"));
    let csrf = user["csrf_token"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned();
    assert!(is_hex(&csrf, 20), "{csrf}");
    Grant { cookie: cookie.split(';').next().unwrap().to_owned(), csrf, user }
}

/// The body of a success.
#[track_caller]
pub fn entity(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    answer.json()
}

/// Asserts a refusal with these keys, in this order, and nothing else.
#[track_caller]
pub fn refused(answer: &Answer, status: u16, keys: &[&str]) {
    assert_eq!(entity(answer, status), json!({ "errors": keys }), "{answer:?}");
}

/// Asserts a refusal that has a sentence instead of keys.
#[track_caller]
pub fn refused_in_words(answer: &Answer, status: u16, words: &str) {
    assert_eq!(entity(answer, status), json!({ "error": words }), "{answer:?}");
}

pub fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
