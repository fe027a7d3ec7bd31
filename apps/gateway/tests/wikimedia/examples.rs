//! The examples of docs/dialects/wikimedia.md, in their order.

use std::collections::HashMap;

use crate::door::{PASSWORD, ada, codes, temporary};
use crate::support::{Installation, on_both};

on_both! { every_example_of_the_documentation_is_true }

type Known = HashMap<String, String>;

async fn every_example_of_the_documentation_is_true(here: Installation) {
    let server = here.serve();
    ada(&here);
    temporary(&here, "tim");
    here.account(&["--username", "eve"], PASSWORD);
    let mut known = Known::from([("recovery_code".to_owned(), here.recovery_codes("eve").await.remove(0))]);
    let document = include_str!("../../../../docs/dialects/wikimedia.md");
    let examples: Vec<&str> =
        document.split("```http\n").skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect();
    assert!(examples.len() >= 8);
    for example in examples {
        let (request, expected) = example.split_once("\n\n").unwrap();
        let (line, body) = request.split_once('\n').unwrap();
        if body.contains("<code>") && !known.contains_key("code") {
            known.insert("code".to_owned(), codes(&here, "ada@example.com", 1).remove(0));
        }
        let path = line.strip_prefix("POST ").unwrap();
        let answer = server.raw(path, "application/json", filled(body, &known)).await;
        let (status, pattern) = expected.split_once('\n').unwrap_or((expected, ""));
        assert_eq!(answer.status.to_string(), status, "{example}\n{}", answer.body);
        learn(pattern, answer.body.trim_end(), &mut known);
    }
}

fn filled(text: &str, known: &Known) -> String {
    let filled = |text: String, (name, value): (&String, &String)| text.replace(&format!("<{name}>"), value);
    known.iter().fold(text.to_owned(), filled)
}

/// Compares a text with a pattern, and remembers what stands where the pattern has names.
fn learn(pattern: &str, text: &str, known: &mut Known) {
    let (mut pieces, mut rest) = (pattern.split('<'), text);
    let start = pieces.next().unwrap();
    rest = rest.strip_prefix(start).unwrap_or_else(|| panic!("{pattern} is not {text}"));
    for piece in pieces {
        let (name, literal) = piece.split_once('>').unwrap();
        let end = rest.find(literal).unwrap_or_else(|| panic!("{pattern} is not {text}"));
        known.insert(name.to_owned(), rest[..end].to_owned());
        rest = &rest[end + literal.len()..];
    }
    assert_eq!(rest, "", "{pattern} is not {text}");
}
