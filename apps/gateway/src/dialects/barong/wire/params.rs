//! The parameters of a request, whatever they came in (contract §2).

use std::borrow::Cow;

use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::body::{Decode, Input};
use crate::dialects::barong::refusal::{Refusal, Words};
use crate::failure::Failure;

/// How deep brackets nest; what goes deeper is ignored.
const MAX_DEPTH: usize = 8;

/// The named values of body and query, the body first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(Map<String, Value>);

/// What a parameter is, read as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    Absent,
    /// JSON `null`: there, but blank.
    Null,
    Text(Cow<'a, str>),
    /// An object or a list.
    Other,
}

impl Params {
    /// The parameters of a query string.
    pub fn from_query(query: &str) -> Self {
        let mut values = Map::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            assign(&mut values, &name, value.into_owned());
        }
        Self(values)
    }

    /// A parameter as it was sent.
    pub fn raw(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A parameter as text; numbers, `true` and `false` become theirs.
    pub(super) fn find(&self, name: &str) -> Found<'_> {
        match self.0.get(name) {
            None => Found::Absent,
            Some(Value::Null) => Found::Null,
            Some(Value::String(text)) => Found::Text(Cow::Borrowed(text)),
            Some(scalar @ (Value::Number(_) | Value::Bool(_))) => Found::Text(Cow::Owned(scalar.to_string())),
            Some(Value::Array(_) | Value::Object(_)) => Found::Other,
        }
    }

    fn over(self, mut fallback: Self) -> Self {
        fallback.0.extend(self.0);
        fallback
    }
}

impl Decode for Params {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        Ok(body(input)?.over(Self::from_query(&input.query)))
    }

    fn refuse(failure: Failure) -> Refusal {
        Refusal::of(failure, Words::NONE)
    }
}

fn body(input: &Input) -> Result<Params, Refusal> {
    if input.bytes.is_empty() {
        return Ok(Params::default());
    }
    match input.media_type.to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => {
            let mut values = Map::new();
            for (name, value) in form_urlencoded::parse(&input.bytes) {
                assign(&mut values, &name, value.into_owned());
            }
            Ok(Params(values))
        }
        "multipart/form-data" => {
            let parts = input.parts.as_ref().ok_or_else(Refusal::invalid_body)?;
            let mut values = Map::new();
            for (name, value) in parts.texts() {
                assign(&mut values, name, value.to_owned());
            }
            Ok(Params(values))
        }
        "application/json" | "" => match serde_json::from_slice(&input.bytes) {
            Ok(Value::Object(values)) => Ok(Params(values)),
            Ok(_) => Ok(Params::default()),
            Err(_) => Err(Refusal::invalid_body()),
        },
        _ => Err(Refusal::unsupported_type(&input.media_type)),
    }
}

/// Puts a value where its name says: `a`, `a[b]`, `a[]`. Of several values for one name the last counts.
fn assign(values: &mut Map<String, Value>, name: &str, text: String) {
    let (first, rest) = name.split_once('[').map_or((name, ""), |(first, rest)| (first, rest));
    let keys: Vec<&str> = rest.strip_suffix(']').map(|rest| rest.split("][").collect()).unwrap_or_default();
    if first.is_empty() || keys.is_empty() {
        values.insert(name.to_owned(), Value::String(text));
    } else if keys.len() <= MAX_DEPTH {
        place(values.entry(first).or_insert(Value::Null), &keys, text);
    }
}

fn place(at: &mut Value, keys: &[&str], text: String) {
    match keys {
        [] => *at = Value::String(text),
        ["", rest @ ..] => {
            if !at.is_array() {
                *at = Value::Array(Vec::new());
            }
            if let Value::Array(list) = at {
                let mut item = Value::Null;
                place(&mut item, rest, text);
                list.push(item);
            }
        }
        [key, rest @ ..] => {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            if let Value::Object(members) = at {
                place(members.entry(*key).or_insert(Value::Null), rest, text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn query(text: &str) -> Value {
        Value::Object(Params::from_query(text).0)
    }

    #[test]
    fn brackets_nest() {
        assert_eq!(
            query("captcha[geetest_challenge]=a&captcha[geetest_seccode]=b"),
            json!({ "captcha": { "geetest_challenge": "a", "geetest_seccode": "b" } })
        );
        assert_eq!(query("a[]=1&a[]=2"), json!({ "a": ["1", "2"] }));
        assert_eq!(query("a[b][]=1&c=2&c=3"), json!({ "a": { "b": ["1"] }, "c": "3" }));
        assert_eq!(query("a=1&a[b]=2"), json!({ "a": { "b": "2" } }));
        assert_eq!(query("[a]=1&b[=2"), json!({ "[a]": "1", "b[": "2" }));
    }

    #[test]
    fn scalars_are_read_as_text() {
        let params =
            Params(json!({ "n": 12, "b": true, "z": null, "o": {}, "t": "x" }).as_object().unwrap().clone());
        assert_eq!(params.find("n"), Found::Text("12".into()));
        assert_eq!(params.find("b"), Found::Text("true".into()));
        assert_eq!(params.find("z"), Found::Null);
        assert_eq!(params.find("o"), Found::Other);
        assert_eq!(params.find("t"), Found::Text("x".into()));
        assert_eq!(params.find("absent"), Found::Absent);
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,200}", deep in 0_usize..2_000) {
            let _ = Params::from_query(&text);
            let _ = Params::from_query(&format!("a{}=1", "[b]".repeat(deep)));
        }
    }
}
