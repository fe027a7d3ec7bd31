//! A message as the JSON object that the file and webhook transports share.
//!
//! The SMS transports mount this file, because adapters do not depend on each other.

use portcullis_kernel::{Datum, Message, Recipient};
use serde_json::{Map, Value, json};

/// The object, without line breaks.
pub(crate) fn render(message: &Message) -> String {
    let to = match &message.recipient {
        Recipient::Mail(email) => email.as_str(),
        Recipient::Sms(mobile) => mobile.as_str(),
    };
    let data: Map<String, Value> =
        message.data.iter().map(|(name, datum)| (name.clone(), value(datum))).collect();
    let record = json!({
        "event": message.event.as_str(),
        "company": message.company.as_str(),
        "to": to,
        "subject": message.subject,
        "text": message.text,
        "data": data,
        "created": message.created_at.to_string(),
    });
    record.to_string()
}

fn value(datum: &Datum) -> Value {
    match datum {
        Datum::Text(text) => Value::from(text.as_str()),
        Datum::Flag(flag) => Value::from(*flag),
    }
}
