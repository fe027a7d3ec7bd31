//! The examples in docs/dialects/barong.md, performed in the order they are written.
//!
//! Examples stand in fenced blocks marked `http`, separated by blank lines: a request line below the prefix, headers if
//! there are any, a body that begins with `{`; and after `→` a status and an answer, `null` for none. `…` stands for
//! anything, `$CONFIRM` and `$RESET` for what the mails to Grace carried, `$COOKIE` and `$CSRF` for the latest session.

use serde_json::Value;

use crate::door::Door;
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    the_examples_in_the_documentation_are_true
}

const DOCUMENT: &str = include_str!("../../../../docs/dialects/barong.md");
const GRACE: &str = "grace@example.com";

async fn the_examples_in_the_documentation_are_true(here: Installation) {
    let door = Door::open(here.with("dialects.barong.user_storage_titles", "passport"));
    let mut session = Session::default();
    for example in examples_in(DOCUMENT) {
        let (request, response) =
            example.split_once("\n→ ").unwrap_or_else(|| panic!("no answer: {example}"));
        let answer = perform(&door, request, &session).await;
        session.follow(&answer);
        let (status, expected) = response.split_once(' ').unwrap();
        assert_eq!(answer.status.to_string(), status, "{example}: {answer:?}");
        let expected: Value =
            serde_json::from_str(expected).unwrap_or_else(|error| panic!("{error}: {example}"));
        let found = if answer.body.is_empty() { Value::Null } else { answer.json() };
        compare(&expected, &found, example);
    }
}

/// The examples of a page.
pub fn examples_in(document: &'static str) -> impl Iterator<Item = &'static str> {
    let blocks = document.split("```http\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.flat_map(|block| block.trim().split("\n\n"))
}

/// What the latest answers handed over.
#[derive(Default)]
struct Session {
    cookie: String,
    csrf: String,
}

impl Session {
    fn follow(&mut self, answer: &Answer) {
        if let Some(set) = answer.header("set-cookie") {
            set.split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        let body = serde_json::from_str::<Value>(&answer.body).unwrap_or_default();
        if let Some(csrf) = body["csrf_token"].as_str() {
            csrf.clone_into(&mut self.csrf);
        }
    }

    fn filled(&self, header: &str) -> String {
        header.replace("$COOKIE", &self.cookie).replace("$CSRF", &self.csrf)
    }
}

async fn perform(door: &Door, request: &str, session: &Session) -> Answer {
    let mut lines = request.lines();
    let (method, path) = lines.next().unwrap().split_once(' ').unwrap();
    let mut sent = door.request(method, path);
    for line in lines {
        if line.starts_with('{') {
            sent = sent.header("content-type", "application/json").body(filled(door, line));
        } else {
            let (name, value) = line.split_once(": ").unwrap();
            sent = sent.header(name, session.filled(value));
        }
    }
    sent.answer().await
}

fn filled(door: &Door, text: &str) -> String {
    let mut text = text.to_owned();
    for (name, event) in [("$CONFIRM", "account.confirm"), ("$RESET", "password.reset")] {
        if text.contains(name) {
            text = text.replace(name, &door.mailed(event, GRACE));
        }
    }
    text
}

/// Asserts that an answer is what the example says.
#[track_caller]
pub fn compare(expected: &Value, found: &Value, example: &str) {
    match (expected, found) {
        (Value::String(text), _) if text == "…" => {}
        (Value::Object(wanted), Value::Object(members)) => {
            assert!(wanted.keys().eq(members.keys()), "{example}: {found}");
            for (name, value) in wanted {
                compare(value, &members[name], example);
            }
        }
        (Value::Array(wanted), Value::Array(items)) => {
            assert_eq!(wanted.len(), items.len(), "{example}: {found}");
            wanted.iter().zip(items).for_each(|(wanted, item)| compare(wanted, item, example));
        }
        _ => assert_eq!(expected, found, "{example}"),
    }
}
