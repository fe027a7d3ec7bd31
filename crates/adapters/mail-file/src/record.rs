//! A message as the JSON object that files and webhooks carry.
//!
//! The SMS transports mount this file: adapters do not depend on each other, and a crate for one function, or JSON in
//! the domain, would be worse.

use std::collections::BTreeMap;

use portcullis_kernel::{Datum, Message, Recipient};
use portcullis_outbox::DeliveryError;
use serde::{Serialize, Serializer};

#[derive(Serialize)]
struct Record<'a> {
    event: &'static str,
    company: &'a str,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
    data: BTreeMap<&'a str, Value<'a>>,
    created: String,
}

struct Value<'a>(&'a Datum);

/// The object on one line, its members in the order of the operator's handbook.
pub(crate) fn render(message: &Message) -> Result<Vec<u8>, DeliveryError> {
    let record = Record {
        event: message.event.as_str(),
        company: message.company.as_str(),
        to: match &message.recipient {
            Recipient::Mail(email) => email.as_str(),
            Recipient::Sms(mobile) => mobile.as_str(),
        },
        subject: &message.subject,
        text: &message.text,
        data: message.data.iter().map(|(name, datum)| (name.as_str(), Value(datum))).collect(),
        created: message.created_at.to_string(),
    };
    serde_json::to_vec(&record).map_err(|error| DeliveryError::Never(error.to_string()))
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Datum::Text(text) => text.serialize(serializer),
            Datum::Flag(flag) => flag.serialize(serializer),
        }
    }
}
