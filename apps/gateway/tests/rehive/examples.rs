//! The examples in docs/dialects/rehive.md, performed in the order they are written; every operation has one.
//!
//! Examples stand in fenced blocks marked `http`, separated by blank lines: a request line, headers, a body that begins
//! with `{`; and after `→` a status and an answer. `…` stands for anything.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::door::Door;
use crate::factors::{App, Enrolled};
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    the_examples_in_the_documentation_are_true
    every_operation_has_an_example
}

const DOCUMENT: &str = include_str!("../../../../docs/dialects/rehive.md");

/// What examples take from messages: the event, the part of its data, and whose message.
const SENT: [(&str, &str, &str); 5] = [
    ("user.email.verify", "key", "ada@example.com"),
    ("user.mobile.verify", "key", "+27821234567"),
    ("user.password.reset", "uid", "ada@example.com"),
    ("user.password.reset", "token", "ada@example.com"),
    ("user.deactivate.verify", "key", "grace@example.com"),
];

struct Example {
    method: &'static str,
    path: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    body: Option<&'static str>,
    status: u16,
    answer: Value,
}

fn examples() -> Vec<Example> {
    let blocks = DOCUMENT.split("```http\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.flat_map(|block| block.trim().split("\n\n")).map(Example::parse).collect()
}

impl Example {
    fn parse(text: &'static str) -> Self {
        let (request, response) = text.split_once("\n→ ").unwrap_or_else(|| panic!("no answer: {text}"));
        let mut lines = request.lines();
        let (method, path) = lines.next().unwrap().split_once(' ').unwrap();
        let (body, headers): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('{'));
        let (status, answer) = response.split_once(' ').unwrap();
        Self {
            method,
            path,
            headers: headers.into_iter().map(|line| line.split_once(": ").unwrap()).collect(),
            body: body.first().copied(),
            status: status.parse().unwrap(),
            answer: serde_json::from_str(answer).unwrap_or_else(|error| panic!("{error}: {answer}")),
        }
    }
}

/// What a reader of the page has at hand: what was answered, what was sent, and an authenticator app.
#[derive(Default)]
struct Reader {
    known: BTreeMap<String, String>,
    app: Option<(App, u64)>,
}

impl Reader {
    fn fill(&mut self, here: &Installation, text: &str) -> String {
        let mut text = text.to_owned();
        for (event, part, to) in SENT {
            let name = format!("{{{event}:{part}}}");
            if text.contains(&name) {
                text = text.replace(&name, &sent(here, event, part, to));
            }
        }
        if text.contains("{code}") {
            let (app, step) = self.app.as_mut().unwrap();
            text = text.replace("{code}", &app.code(*step));
            *step += 1;
        }
        self.known.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    fn remember(&mut self, path: &str, answer: &Answer) {
        let data = &answer.json()["data"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if path.ends_with("/login/") && answer.status == 200 {
            self.known
                .extend(["token", "refresh_token"].map(|name| (name.to_owned(), text(&data[name]).unwrap())));
            let key = self.known["token"].chars().take(8).collect();
            self.known.insert("token_key".to_owned(), key);
            self.known.extend(text(&data["challenges"][0]["id"]).map(|id| ("challenge".to_owned(), id)));
        }
        if path.ends_with("/authenticators/") && answer.status == 201 {
            let enrolled = Enrolled { id: text(&data["id"]).unwrap(), details: data["details"].clone() };
            self.known.insert("authenticator".to_owned(), enrolled.id.clone());
            self.app = enrolled.details["key"].is_string().then(|| (App::of(&enrolled), 0));
        }
    }
}

/// That part of the message, waited for.
fn sent(here: &Installation, event: &str, part: &str, to: &str) -> String {
    let kind = if to.starts_with('+') { "sms" } else { "mail" };
    here.message(kind, event, to)["data"][part].as_str().unwrap().to_owned()
}

/// Whether an answer is what the example says.
fn agrees(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (_, Value::String(any)) if any == "…" => true,
        (Value::Object(found), Value::Object(expected)) => {
            found.len() == expected.len()
                && expected
                    .iter()
                    .all(|(name, value)| found.get(name).is_some_and(|found| agrees(found, value)))
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(found, value)| agrees(found, value))
        }
        (found, expected) => found == expected,
    }
}

async fn the_examples_in_the_documentation_are_true(here: Installation) {
    let door = Door::open(here);
    let mut reader = Reader::default();
    for example in examples() {
        let what = format!("{} {}", example.method, example.path);
        let mut request = door.server.request(example.method, &reader.fill(&door.here, example.path));
        for (name, value) in example.headers {
            request = request.header(name, reader.fill(&door.here, value));
        }
        if let Some(body) = example.body {
            let body = reader.fill(&door.here, body);
            request = request.header("content-type", "application/json").body(body);
        }
        let answer = request.answer().await;
        assert_eq!(answer.status, example.status, "{what}\n{answer:?}");
        assert!(agrees(&answer.json(), &example.answer), "{what}\n{}", answer.body);
        reader.remember(example.path, &answer);
    }
}

async fn every_operation_has_an_example(here: Installation) {
    let door = Door::open(here);
    let document = door.server.get("/openapi/rehive.json").await.json();
    let shown: Vec<(&str, &str)> =
        examples().iter().map(|example| (example.method, example.path.split('?').next().unwrap())).collect();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let is_shown = |(verb, example): &(&str, &str)| {
                verb.eq_ignore_ascii_case(method) && is_instance(example, path)
            };
            assert!(shown.iter().any(is_shown), "{method} {path}");
        }
    }
}

/// Whether a path is one that a template describes.
fn is_instance(path: &str, template: &str) -> bool {
    let (parts, wanted): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), template.split('/').collect());
    let fits = |(part, wanted): (&&str, &&str)| part == wanted || wanted.starts_with('{');
    parts.len() == wanted.len() && parts.iter().zip(&wanted).all(fits)
}
