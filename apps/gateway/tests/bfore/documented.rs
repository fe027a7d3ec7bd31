//! docs/dialects/bfore.md is kept true: its examples are performed, and what the OpenAPI document lists is what the
//! door has.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;

use crate::door::{self, Answer, Door, send};
use crate::support::{Installation, on_both};

const PAGE: &str = include_str!("../../../../docs/dialects/bfore.md");

/// A request and its answer, as a fenced block of the page shows them.
struct Example {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
    status: u16,
    answer: Value,
}

/// What stands for a value that differs each time: `$NAME` keeps it for later examples, `…` forgets it.
#[derive(Default)]
struct Names(BTreeMap<String, String>);

on_both! {
    the_examples_of_the_page_are_true
}

async fn the_examples_of_the_page_are_true(here: Installation) {
    let door = Door::of(here);
    let flags = ["--username", "john.doe", "--email", "john.doe@example.com", "--first-name", "John"];
    door.house.account(&[&flags[..], &["--last-name", "Doe"]].concat(), door::PASSWORD);
    let mut names = Names::default();
    let mut shown = BTreeSet::new();
    for example in examples() {
        shown.insert(format!("{} {}", example.method, example.path.split('?').next().unwrap()));
        let path = names.fill(&example.path);
        let mut request = door.ask(example.method.clone(), &path).body(names.fill(&example.body));
        for (name, value) in &example.headers {
            request = request.header(name, names.fill(value));
        }
        let answer: Answer = send(request).await;
        assert_eq!(answer.status, example.status, "{path}: {answer:?}");
        names.compare(&example.answer, &answer.body);
    }
    let described: BTreeSet<String> =
        door::operations().into_iter().map(|(method, path)| format!("{method} {path}")).collect();
    assert_eq!(shown, described, "every operation has an example");
}

fn examples() -> Vec<Example> {
    let blocks = PAGE.split("```http\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    blocks.map(Example::read).collect()
}

impl Example {
    fn read(block: &str) -> Self {
        let (request, answer) = block.split_once("\n\nHTTP/1.1 ").unwrap();
        let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
        let mut lines = head.lines();
        let (method, path) = lines.next().unwrap().split_once(' ').unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        let (status, answer) = answer.split_once("\n\n").unwrap();
        Self {
            method: method.parse().unwrap(),
            path: path.to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body: body.to_owned(),
            status: status.split(' ').next().unwrap().parse().unwrap(),
            answer: serde_json::from_str(answer).unwrap(),
        }
    }
}

impl Names {
    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    #[track_caller]
    fn compare(&mut self, shown: &Value, found: &Value) {
        match (shown, found) {
            (Value::Object(shown), Value::Object(found)) => {
                assert!(shown.keys().eq(found.keys()), "{shown:?} {found:?}");
                shown.iter().for_each(|(name, value)| self.compare(value, &found[name]));
            }
            (Value::Array(shown), Value::Array(found)) => {
                assert_eq!(shown.len(), found.len());
                shown.iter().zip(found).for_each(|(shown, found)| self.compare(shown, found));
            }
            (Value::String(shown), Value::String(found)) if shown == "…" => assert!(!found.is_empty()),
            (Value::String(shown), Value::String(found)) if shown.starts_with('$') => {
                let kept = self.0.entry(shown.clone()).or_insert_with(|| found.clone());
                assert_eq!(kept, found, "{shown}");
            }
            _ => assert_eq!(shown, found),
        }
    }
}
