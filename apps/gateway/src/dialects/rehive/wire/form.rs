//! Request fields, whatever encoding they came in (contract T7–T9, T13).

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::FieldErrors;
use crate::body::Input;
use crate::dialects::rehive::refusal::Refusal;

/// The longest password, in characters.
pub const MAX_PASSWORD: usize = 128;

const REQUIRED: &str = "This field is required.";
const BLANK: &str = "This field may not be blank.";

/// The fields of a request, and what is wrong with those that were read. Numbers and booleans may come as strings;
/// `null` counts as absent.
#[derive(Debug, Default)]
pub struct Form {
    values: Map<String, Value>,
    errors: FieldErrors,
}

impl Form {
    /// Reads a body. An empty one has no fields, whatever its type.
    ///
    /// # Errors
    /// 415 for a type that is neither JSON nor a form; 400 for JSON that is malformed or no object, and for a form
    /// that cannot be read.
    pub fn read(input: &Input) -> Result<Self, Refusal> {
        if input.bytes.is_empty() {
            return Ok(Self::default());
        }
        let values = match input.media_type.to_ascii_lowercase().as_str() {
            "application/json" => object(&input.bytes)?,
            "application/x-www-form-urlencoded" => pairs(&input.bytes),
            "multipart/form-data" => {
                let parts =
                    input.parts.as_ref().ok_or_else(|| Refusal::malformed("Multipart form parse error."))?;
                parts.texts().map(|(name, text)| (name.to_owned(), text.into())).collect()
            }
            _ => return Err(Refusal::unsupported_type()),
        };
        Ok(Self { values, errors: FieldErrors::default() })
    }

    /// Reads a query string.
    pub fn query(query: &str) -> Self {
        Self { values: pairs(query.as_bytes()), errors: FieldErrors::default() }
    }

    /// Fields that are known already, such as a nested object.
    pub fn of(values: Map<String, Value>) -> Self {
        Self { values, errors: FieldErrors::default() }
    }

    /// A field as it came; `null` counts as absent.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// Whether a field is there, be it as `null`.
    pub fn is_given(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// A text of at most `most` characters; blank counts as absent.
    pub fn text(&mut self, name: &'static str, most: usize) -> Option<String> {
        let text = self.verbatim(name, most)?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A text that must be there and not blank. What is wrong is noted; the value is empty then.
    pub fn required(&mut self, name: &'static str, most: usize) -> String {
        match self.text(name, most) {
            Some(text) => text,
            None => self.missing(name),
        }
    }

    /// A secret that must be there, exactly as it was typed.
    pub fn secret(&mut self, name: &'static str, most: usize) -> String {
        match self.verbatim(name, most).filter(|text| !text.is_empty()) {
            Some(text) => text,
            None => self.missing(name),
        }
    }

    /// A text exactly as it came; the empty one too.
    pub fn verbatim(&mut self, name: &'static str, most: usize) -> Option<String> {
        let text = match self.value(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                return self.refuse(name, "Not a valid string.");
            }
        };
        if text.contains('\0') {
            return self.refuse(name, "Null characters are not allowed.");
        }
        if text.chars().count() > most {
            return self.refuse(name, format!("Ensure this field has no more than {most} characters."));
        }
        Some(text)
    }

    /// A boolean, or one of the words that mean one; blank counts as absent.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        let flag = match self.value(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => word(text),
            Value::Number(number) => word(&number.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        flag.or_else(|| self.refuse(name, "Must be a valid boolean."))
    }

    /// A whole number that is not negative.
    pub fn count(&mut self, name: &'static str) -> Option<u64> {
        let number = match self.value(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => text.trim().parse().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        match number.map(u64::try_from) {
            Some(Ok(count)) => Some(count),
            Some(Err(_)) => self.refuse(name, "Ensure this value is greater than or equal to 0."),
            None => self.refuse(name, "A valid integer is required."),
        }
    }

    /// One of some words.
    pub fn choice<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name, 1_000)?;
        parse(&text).or_else(|| self.refuse(name, format!("\"{text}\" is not a valid choice.")))
    }

    /// Notes that something is wrong with a field.
    pub fn refuse<T>(&mut self, name: &'static str, text: impl Into<String>) -> Option<T> {
        self.errors.add(name, text);
        None
    }

    /// What was wrong so far.
    pub fn into_errors(self) -> FieldErrors {
        self.errors
    }

    /// The request, unless something was wrong.
    ///
    /// # Errors
    /// 400 with everything that was noted.
    pub fn finish<T>(self, request: T) -> Result<T, Refusal> {
        if self.errors.is_empty() { Ok(request) } else { Err(self.errors.into()) }
    }

    fn missing(&mut self, name: &'static str) -> String {
        if !self.errors.mentions(name) {
            let blank = self.values.get(name).is_some_and(Value::is_string);
            self.errors.add(name, if blank { BLANK } else { REQUIRED });
        }
        String::new()
    }
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(values)) => Ok(values),
        Ok(_) => Err(Refusal::malformed("Invalid data. Expected a dictionary.")),
        Err(_) => Err(Refusal::malformed("JSON parse error.")),
    }
}

fn pairs(bytes: &[u8]) -> Map<String, Value> {
    form_urlencoded::parse(bytes).map(|(name, text)| (name.into_owned(), text.into())).collect()
}

fn word(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "t" | "yes" | "y" | "on" => Some(true),
        "false" | "0" | "f" | "no" | "n" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::web::Bytes;

    fn read(media_type: &str, body: &str) -> Result<Form, Refusal> {
        let bytes = Bytes::copy_from_slice(body.as_bytes());
        Form::read(&Input { media_type: media_type.to_owned(), query: String::new(), bytes, parts: None })
    }

    #[test]
    fn scalars_come_as_themselves_or_as_strings() {
        for (media_type, body) in [
            ("application/json", r#"{"n":900,"b":true,"t":"x","z":null}"#),
            ("application/json", r#"{"n":"900","b":"True","t":" x ","z":" "}"#),
            ("application/x-www-form-urlencoded", "n=900&b=1&t=x&z="),
        ] {
            let mut form = read(media_type, body).unwrap();
            assert_eq!(form.count("n"), Some(900));
            assert_eq!(form.flag("b"), Some(true));
            assert_eq!(form.text("t", 5).as_deref(), Some("x"));
            assert_eq!((form.text("z", 5), form.flag("z"), form.count("z")), (None, None, None));
            assert!(form.finish(()).is_ok());
        }
    }

    #[test]
    fn empty_bodies_count_as_empty_objects() {
        for media_type in ["", "application/json", "text/plain"] {
            assert!(read(media_type, "").is_ok());
        }
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let mut form =
            read("application/json", r#"{"a":"","b":[],"c":-1,"d":1.5,"e":"long","f":"a\u0000b"}"#).unwrap();
        form.required("a", 9);
        form.required("b", 9);
        form.count("c");
        form.count("d");
        form.required("e", 3);
        form.required("f", 9);
        form.required("g", 9);
        let refusal = serde_json::to_value(form.finish(()).unwrap_err()).unwrap();
        assert_eq!(
            refusal["data"],
            serde_json::json!({
                "a": ["This field may not be blank."],
                "b": ["Not a valid string."],
                "c": ["Ensure this value is greater than or equal to 0."],
                "d": ["A valid integer is required."],
                "e": ["Ensure this field has no more than 3 characters."],
                "f": ["Null characters are not allowed."],
                "g": ["This field is required."],
            })
        );
    }

    #[test]
    fn bodies_that_are_no_objects_are_refused() {
        for body in ["[]", "\"a\"", "null", "{", "1", "\u{feff}{}"] {
            assert!(read("application/json", body).is_err(), "{body}");
        }
        assert!(read("text/plain", "{}").is_err());
    }
}
