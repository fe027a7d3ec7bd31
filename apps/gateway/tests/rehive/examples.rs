//! The examples in docs/dialects/rehive.md, replayed in the order they are written.
//!
//! An example is a fenced block marked `http`: a request line, headers, a body; a blank line; a status, an answer. `…`
//! stands for anything. `{token}` and `{refresh_token}` stand for what the last login answered, and `{token_key}` for the
//! beginning of the last login's token.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::door::Door;
use crate::support::http::Exchange as _;
use crate::support::{Installation, on_both};

on_both! { the_examples_in_the_documentation_are_true }

const DOCUMENT: &str = include_str!("../../../../docs/dialects/rehive.md");

struct Example<'a> {
    method: &'a str,
    path: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    body: Option<&'a str>,
    status: u16,
    answer: Value,
}

impl<'a> Example<'a> {
    fn parse(text: &'a str) -> Self {
        let (request, response) =
            text.trim().split_once("\n\n").unwrap_or_else(|| panic!("no answer: {text}"));
        let mut lines = request.lines();
        let (method, path) = lines.next().unwrap().split_once(' ').unwrap();
        let (body, headers): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('{'));
        let (status, answer) = response.split_once('\n').unwrap();
        Self {
            method,
            path,
            headers: headers.into_iter().map(|line| line.split_once(": ").unwrap()).collect(),
            body: body.first().copied(),
            status: status.trim().parse().unwrap(),
            answer: serde_json::from_str(answer).unwrap_or_else(|error| panic!("{error}: {answer}")),
        }
    }
}

fn filled(text: &str, known: &BTreeMap<String, String>) -> String {
    known.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
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
    let mut known = BTreeMap::new();
    let blocks: Vec<&str> =
        DOCUMENT.split("```http\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 10, "the examples are found");
    for block in blocks {
        let example = Example::parse(block);
        let mut request = door.server.request(example.method, &filled(example.path, &known));
        for (name, value) in example.headers {
            request = request.header(name, filled(value, &known));
        }
        if let Some(body) = example.body {
            request = request.header("content-type", "application/json").body(filled(body, &known));
        }
        let answer = request.answer().await;
        assert_eq!(answer.status, example.status, "{block}\n{answer:?}");
        assert!(agrees(&answer.json(), &example.answer), "{block}\n{}", answer.body);
        if example.path.ends_with("/login/") && answer.status == 200 {
            let data = &answer.json()["data"];
            for name in ["token", "refresh_token"] {
                known.insert(name.to_owned(), data[name].as_str().unwrap().to_owned());
            }
            let key = known["token"].chars().take(8).collect();
            known.insert("token_key".to_owned(), key);
        }
    }
}
