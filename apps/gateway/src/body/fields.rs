//! Named values, whatever the encoding they came in.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use url::form_urlencoded;

/// The named values of a body. Names from JSON are matched without regard to case, names from forms exactly; of a
/// repeated name the last value counts, and `null` counts as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    values: Vec<(String, Value)>,
    folds_case: bool,
}

/// The field is there, but not a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongType;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    Null,
    Other,
}

impl Fields {
    /// Reads the first JSON value, which must be an object; what follows it is ignored.
    pub fn from_json_prefix(bytes: &[u8]) -> Option<Self> {
        Self::deserialize(&mut serde_json::Deserializer::from_slice(bytes)).ok()
    }

    /// Reads a whole JSON object.
    pub fn from_json(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Reads `application/x-www-form-urlencoded`; nothing is malformed there.
    pub fn from_form(bytes: &[u8]) -> Self {
        form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    }

    /// These fields, and those of `fallback` whose names are missing here.
    pub fn or(mut self, fallback: Self) -> Self {
        let missing: Vec<_> =
            fallback.values.into_iter().filter(|(name, _)| self.find(name).is_none()).collect();
        self.values.extend(missing);
        self
    }

    /// The text of a field, if it is there.
    pub fn text(&self, name: &str) -> Result<Option<&str>, WrongType> {
        match self.find(name) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Other) => Err(WrongType),
            Some(Value::Null) | None => Ok(None),
        }
    }

    /// Every field that is text, with its name as sent.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().filter_map(|(name, value)| match value {
            Value::Text(text) => Some((name.as_str(), text.as_str())),
            Value::Null | Value::Other => None,
        })
    }

    fn find(&self, name: &str) -> Option<&Value> {
        let matches = |key: &str| if self.folds_case { key.eq_ignore_ascii_case(name) } else { key == name };
        self.values
            .iter()
            .rev()
            .find(|(key, value)| matches(key) && *value != Value::Null)
            .map(|(_, value)| value)
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        let values = pairs.into_iter().map(|(name, text)| (name, Value::Text(text))).collect();
        Self { values, folds_case: false }
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut values = Vec::new();
        while let Some(entry) = map.next_entry::<String, Value>()? {
            values.push(entry);
        }
        Ok(Fields { values, folds_case: true })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

macro_rules! other {
    ($($method:ident: $type:ty),*) => {$(
        fn $method<E>(self, _: $type) -> Result<Value, E> {
            Ok(Value::Other)
        }
    )*};
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    other!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64);

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn json_names_fold_case_and_the_last_value_counts() {
        let fields = Fields::from_json(br#"{"Username":"a","USERNAME":"b","username":null,"n":1}"#).unwrap();
        assert_eq!(fields.text("username"), Ok(Some("b")));
        assert_eq!(fields.text("n"), Err(WrongType));
        assert_eq!(fields.text("absent"), Ok(None));
    }

    #[test]
    fn form_names_are_exact_and_the_body_beats_the_query() {
        let fields = Fields::from_form(b"a=1&A=2").or(Fields::from_form(b"a=3&b=4+x"));
        assert_eq!(fields.text("a"), Ok(Some("1")));
        assert_eq!(fields.text("b"), Ok(Some("4 x")));
    }

    #[test]
    fn only_objects_are_bodies() {
        for body in ["", "[]", "\"a\"", "null", "{", "\u{feff}{}", "{\"a\":}"] {
            assert_eq!(Fields::from_json_prefix(body.as_bytes()), None, "{body}");
        }
        assert!(Fields::from_json_prefix(br#"{"a":"1"} trailing"#).is_some());
        assert!(Fields::from_json(br#"{"a":"1"} trailing"#).is_none());
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Fields::from_json_prefix(&bytes);
            let _ = Fields::from_form(&bytes);
        }

        #[test]
        fn reads_back_what_json_says(name in "[a-z]{1,8}", text in ".*") {
            let body = serde_json::json!({ name.clone(): text.clone() }).to_string();
            let fields = Fields::from_json(body.as_bytes()).unwrap();
            prop_assert_eq!(fields.text(&name), Ok(Some(text.as_str())));
        }
    }
}
