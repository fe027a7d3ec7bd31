//! A server with one account, and the ways to ask it.

use serde_json::{Value, json};

use crate::support::Installation;
use crate::support::http::{Answer, Exchange as _};
use crate::support::process::Server;

pub const PASSWORD: &str = "Correct-Horse-9-Battery";

/// A running server, and Ada of the company `default`. No quota is in force.
pub struct Door {
    pub here: Installation,
    pub server: Server,
    pub ada: String,
}

/// What a login hands over.
pub struct Grant {
    pub token: String,
    pub refresh: String,
    pub data: Value,
}

impl Door {
    pub fn open(here: Installation) -> Self {
        Self::throttled(here.with("throttle.enabled", "false"))
    }

    pub fn throttled(here: Installation) -> Self {
        let flags = ["--username", "ada", "--email", "ada@example.com", "--mobile", "+27821234567"];
        let ada = here.account(&flags, PASSWORD);
        let server = here.serve();
        Self { here, server, ada: ada["id"].as_str().unwrap().to_owned() }
    }

    /// What Ada sends to log in.
    pub fn credentials() -> Value {
        json!({ "user": "ada", "company": "default", "password": PASSWORD })
    }

    /// Logs Ada in.
    pub async fn login(&self) -> Grant {
        self.login_for(&json!({})).await
    }

    /// Logs Ada in with more fields.
    pub async fn login_for(&self, more: &Value) -> Grant {
        let answer = self.server.post("/3/auth/login/", &with(Self::credentials(), more)).await;
        grant(succeeded(&answer, 200))
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, token, None).await
    }

    pub async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.send("POST", path, token, Some(body)).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> Answer {
        self.send("DELETE", path, token, None).await
    }

    pub async fn send(&self, method: &str, path: &str, token: &str, body: Option<&Value>) -> Answer {
        let request = self.server.request(method, path).header("authorization", format!("Token {token}"));
        match body {
            Some(body) => request.json(body).answer().await,
            None => request.answer().await,
        }
    }

    /// Whether a token opens the door.
    pub async fn honours(&self, token: &str) -> bool {
        match self.get("/3/auth/", token).await.status {
            200 => true,
            401 => false,
            other => panic!("{other}"),
        }
    }
}

/// An object with the members of another one added.
pub fn with(mut body: Value, more: &Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

pub fn grant(data: Value) -> Grant {
    let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
    Grant { token: text("token"), refresh: text("refresh_token"), data }
}

/// The `data` of a success; null if there is none, as there is for actions.
#[track_caller]
pub fn succeeded(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    let body = answer.json();
    assert_eq!(body["status"], "success", "{answer:?}");
    let members = body.as_object().unwrap();
    assert!(members.keys().all(|name| ["status", "data"].contains(&name.as_str())), "{answer:?}");
    assert!(!members.get("data").is_some_and(Value::is_null), "{answer:?}");
    body["data"].clone()
}

/// Asserts that an action was done: no `data`.
#[track_caller]
pub fn done(answer: &Answer) {
    succeeded(answer, 200);
    assert_eq!(answer.body, r#"{"status":"success"}"#);
}

/// Asserts a refusal that blames `fields`, in the envelope of contract §2; answers its message.
#[track_caller]
pub fn refused(answer: &Answer, status: u16, fields: &[&str]) -> String {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    let body = answer.json();
    assert_eq!(body["status"], "error", "{answer:?}");
    assert!(body.get("error").is_none(), "{answer:?}");
    let blamed: Vec<&str> =
        body["data"].as_object().into_iter().flatten().map(|(field, _)| field.as_str()).collect();
    let mut expected = fields.to_vec();
    expected.sort_unstable();
    assert_eq!(blamed, expected, "{answer:?}");
    for texts in body["data"].as_object().into_iter().flatten().map(|(_, texts)| texts) {
        assert!(texts.as_array().unwrap().iter().all(Value::is_string), "{answer:?}");
    }
    assert_eq!(body.get("data").is_some(), !fields.is_empty(), "{answer:?}");
    if status == 401 {
        assert_eq!(answer.header("www-authenticate"), Some("Token"));
    }
    let message = body["message"].as_str().unwrap();
    assert!(!message.is_empty());
    message.to_owned()
}
