//! What is wrong with a request, field by field (contract §2).

use serde::ser::{Serialize, SerializeMap, Serializer};

/// Texts by field, in the order they were found. A field appears once, with every text about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(&'static str, Vec<String>)>);

impl FieldErrors {
    /// The key of errors that concern no single field.
    pub const NONE: &'static str = "non_field_errors";

    /// One error.
    pub fn one(field: &'static str, text: impl Into<String>) -> Self {
        Self(vec![(field, vec![text.into()])])
    }

    /// Adds an error.
    pub fn add(&mut self, field: &'static str, text: impl Into<String>) {
        match self.0.iter_mut().find(|(known, _)| *known == field) {
            Some((_, texts)) => texts.push(text.into()),
            None => self.0.push((field, vec![text.into()])),
        }
    }

    /// Adds what is wrong inside an object under the name of the object.
    pub fn add_inner(&mut self, field: &'static str, inner: Self) {
        for (name, texts) in inner.0 {
            for text in texts {
                self.add(field, format!("{name}: {text}"));
            }
        }
    }

    /// Adds what was found elsewhere.
    pub fn extend(&mut self, more: Self) {
        for (name, texts) in more.0 {
            for text in texts {
                self.add(name, text);
            }
        }
    }

    /// Whether something is wrong with the field.
    pub fn mentions(&self, field: &str) -> bool {
        self.0.iter().any(|(known, _)| *known == field)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The distinct texts, joined with a space.
    pub fn message(&self) -> String {
        let mut distinct: Vec<&str> = Vec::new();
        for text in self.0.iter().flat_map(|(_, texts)| texts) {
            if !distinct.contains(&text.as_str()) {
                distinct.push(text);
            }
        }
        distinct.join(" ")
    }
}

impl Serialize for FieldErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, texts) in &self.0 {
            map.serialize_entry(field, texts)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_an_array_of_texts_and_the_message_repeats_none() {
        let mut errors = FieldErrors::one("user", "This field is required.");
        errors.add("company", "This field is required.");
        errors.add("user", "Again.");
        let json = serde_json::to_value(&errors).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"user": ["This field is required.", "Again."], "company": ["This field is required."]})
        );
        assert_eq!(errors.message(), "This field is required. Again.");
    }
}
