//! A message as a letter (RFC 5322). The crate `mail-file` mounts this file, so that what a developer sees in a file
//! is what a relay would get.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message as Letter};
use portcullis_kernel::{Email, Message, Recipient};
use portcullis_outbox::DeliveryError;
use url::Host;

/// Plain text in UTF-8. The `Message-ID` is made from the id of the message, so that a second delivery can be told
/// from a second message; `Auto-Submitted` (RFC 3834) keeps holiday notices away.
pub(crate) fn compose(message: &Message, from: &Mailbox) -> Result<Letter, DeliveryError> {
    let Recipient::Mail(email) = &message.recipient else { return Err(never("this is no mail")) };
    let to = address(email).ok_or_else(|| never("the address cannot be used in mail"))?;
    let micros = u64::try_from(message.created_at.as_micros()).unwrap_or(0);
    let auto_submitted = HeaderName::new_from_ascii_str("Auto-Submitted");
    Letter::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(one_line(&message.subject))
        .message_id(Some(format!("<{}@{}>", message.id, from.email.domain())))
        .date(UNIX_EPOCH + Duration::from_micros(micros))
        .raw_header(HeaderValue::new(auto_submitted, "auto-generated".to_owned()))
        .singlepart(SinglePart::plain(message.text.clone()))
        .map_err(|_reason| never("the message cannot be written as mail"))
}

/// Domains go out in ASCII (IDNA), which every relay understands; a local part beyond ASCII takes `SMTPUTF8`.
fn address(email: &Email) -> Option<Address> {
    let (local, domain) = email.as_str().rsplit_once('@')?;
    let domain = if domain.is_ascii() { domain.to_owned() } else { Host::parse(domain).ok()?.to_string() };
    Address::new(local, domain).ok()
}

/// A header ends with its line: what looks like another one must not follow.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn never(reason: &str) -> DeliveryError {
    DeliveryError::Never(reason.to_owned())
}
