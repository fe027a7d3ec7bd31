//! The examples in docs/dialects/barong-keys.md, performed in the order they are written; `examples.rs` says how they
//! are.

use serde_json::Value;

use crate::door::EMAIL;
use crate::examples::{compare, examples_in};
use crate::key_owner::KeyOwner;
use crate::signed_keys::service_account;
use crate::support::http::{Answer, Exchange as _};
use crate::support::totp::{code, step};
use crate::support::{Installation, on_both};

on_both! {
    the_examples_of_keys_are_true
}

const DOCUMENT: &str = include_str!("../../../../docs/dialects/barong-keys.md");

/// What the words in examples stand for.
struct Words {
    ada: KeyOwner,
    service: String,
    kid: String,
    /// The secret of an app that waits for its first code.
    app: Option<String>,
}

async fn the_examples_of_keys_are_true(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    let service = service_account(&ada.door);
    let mut words = Words { ada, service, kid: String::new(), app: None };
    let mut count = 0;
    for example in examples_in(DOCUMENT) {
        let (request, response) =
            example.split_once("\n→ ").unwrap_or_else(|| panic!("no answer: {example}"));
        let answer = words.perform(request).await;
        let (status, expected) = response.split_once(' ').unwrap();
        assert_eq!(answer.status.to_string(), status, "{example}: {answer:?}");
        let expected: Value =
            serde_json::from_str(expected).unwrap_or_else(|error| panic!("{error}: {example}"));
        let found = if answer.body.is_empty() { Value::Null } else { answer.json() };
        compare(&expected, &found, example);
        words.learn(&found);
        count += 1;
    }
    assert!(count > 12, "{count}");
}

impl Words {
    async fn perform(&mut self, request: &str) -> Answer {
        let request = self.filled(request).await;
        let mut lines = request.lines();
        let (method, path) = lines.next().unwrap().split_once(' ').unwrap();
        let mut sent = self.ada.door.request(method, path);
        for line in lines {
            sent = match line.split_once(": ") {
                Some((name, value)) if !line.starts_with('{') => sent.header(name, value),
                _ => sent.header("content-type", "application/json").body(line.to_owned()),
            };
        }
        sent.answer().await
    }

    async fn filled(&mut self, text: &str) -> String {
        let grant = &self.ada.grant;
        let text = text.replace("$COOKIE", &grant.cookie).replace("$CSRF", &grant.csrf);
        let text = text.replace("$KID", &self.kid).replace("$SERVICE", &self.service);
        if text.contains("$CODE") { text.replace("$CODE", &self.code().await) } else { text }
    }

    async fn code(&mut self) -> String {
        if let Some(secret) = self.app.take() {
            return code(&secret, step());
        }
        if self.ada.codes.lock().unwrap().is_empty() {
            let codes = self.ada.door.here.recovery_codes(EMAIL).await;
            self.ada.codes.lock().unwrap().extend(codes);
        }
        self.ada.code()
    }

    fn learn(&mut self, answer: &Value) {
        if let Some(kid) = answer["kid"].as_str() {
            kid.clone_into(&mut self.kid);
        }
        if let Some(url) = answer["data"]["url"].as_str() {
            let url = url::Url::parse(url).unwrap();
            let secret = url.query_pairs().find(|(name, _)| name == "secret").unwrap().1.into_owned();
            self.app = Some(secret);
        }
    }
}
