//! Second factors of Ada, as a client would enrol and use them.

use serde_json::{Value, json};

use crate::door::{Door, Grant, done, grant, succeeded};
use crate::support::http::Answer;
use crate::support::totp;

pub const AUTHENTICATORS: &str = "/3/auth/mfa/authenticators/";
pub const VERIFY: &str = "/3/auth/mfa/verify/";
pub const DELIVER: &str = "/3/auth/mfa/deliver/";

/// An authenticator that was enrolled: its id and what was shown of it.
pub struct Enrolled {
    pub id: String,
    pub details: Value,
}

/// An authenticator app. Codes are good once and only forwards, so it counts from the step it was set up in: the
/// server takes `code(0)` and then `code(1)` without anybody waiting.
pub struct App {
    pub id: String,
    secret: String,
    step: u64,
}

impl App {
    pub fn of(enrolled: &Enrolled) -> Self {
        let secret = enrolled.details["key"].as_str().unwrap().to_owned();
        Self { id: enrolled.id.clone(), secret, step: totp::step() }
    }

    pub fn code(&self, steps: u64) -> String {
        totp::code(&self.secret, self.step + steps)
    }
}

impl Door {
    pub async fn enrol(&self, token: &str, body: &Value) -> Enrolled {
        let data = succeeded(&self.post(AUTHENTICATORS, token, body).await, 201);
        Enrolled { id: data["id"].as_str().unwrap().to_owned(), details: data["details"].clone() }
    }

    pub async fn verify(&self, token: &str, body: &Value) -> Answer {
        self.post(VERIFY, token, body).await
    }

    /// A verified app; its next code is `code(1)`.
    pub async fn app(&self, token: &str) -> App {
        let app = App::of(&self.enrol(token, &json!({ "type": "totp" })).await);
        done(&self.verify(token, &json!({ "authenticator": app.id, "token": app.code(0) })).await);
        app
    }

    /// A verified list of recovery codes, but for the one that verified it.
    pub async fn codes(&self, token: &str) -> Vec<String> {
        let list = self.enrol(token, &json!({ "type": "static" })).await;
        let mut codes = codes(&list);
        let body = json!({ "authenticator": list.id, "token": codes.remove(0) });
        done(&self.verify(token, &body).await);
        codes
    }

    /// A verified number, by its id.
    pub async fn phone(&self, token: &str) -> String {
        let phone = self.enrol(token, &json!({ "type": "sms" })).await;
        let body = json!({ "authenticator": phone.id, "token": self.sent(1) });
        done(&self.verify(token, &body).await);
        phone.id
    }

    /// The code of the `number`th SMS, waited for.
    pub fn sent(&self, number: usize) -> String {
        let codes =
            || self.here.messages("sms").into_iter().filter(|message| message["event"] == "mfa.sms.verify");
        let message = self.here.wait_for(|| codes().nth(number - 1));
        message["data"]["token"].as_str().unwrap().to_owned()
    }

    /// Logs Ada in, who has a second factor: the session and its only challenge.
    pub async fn challenged(&self) -> (Grant, Value) {
        let granted = self.login().await;
        let challenges = granted.data["challenges"].as_array().unwrap();
        assert_eq!(challenges.len(), 1, "{challenges:?}");
        let challenge = challenges[0].clone();
        (granted, challenge)
    }

    /// Logs Ada in and answers the challenge with `code`.
    pub async fn login_with(&self, code: &str) -> Grant {
        let (granted, challenge) = self.challenged().await;
        done(&self.verify(&granted.token, &json!({ "challenge": challenge["id"], "token": code })).await);
        granted
    }

    /// Another account of the company, logged in.
    pub async fn stranger(&self) -> Grant {
        self.here.account(&["--username", "bob"], crate::door::PASSWORD);
        let body = json!({ "user": "bob", "company": "default", "password": crate::door::PASSWORD });
        grant(succeeded(&self.server.post("/3/auth/login/", &body).await, 200))
    }
}

/// The recovery codes that an enrolment showed.
pub fn codes(list: &Enrolled) -> Vec<String> {
    let tokens = list.details["tokens"].as_array().unwrap();
    tokens.iter().map(|entry| entry["token"].as_str().unwrap().to_owned()).collect()
}

/// Asserts that open challenges bar the way, and answers them.
#[track_caller]
pub fn barred(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 403, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["status"], "error");
    assert_eq!(body["message"], "Multi-factor authentication required.");
    let challenges = body["data"]["challenges"].as_array().unwrap().clone();
    assert!(!challenges.is_empty());
    challenges
}
