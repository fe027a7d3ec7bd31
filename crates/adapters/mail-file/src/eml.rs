//! A message as a mail (RFC 5322), by the library that also sends mail.

use lettre::message::{Mailbox, Message as Letter, header::ContentType};
use portcullis_kernel::{Message, Recipient};

/// The mail, or why there can be none.
pub(crate) fn render(message: &Message, from: &str) -> Result<Vec<u8>, String> {
    let Recipient::Mail(to) = &message.recipient else {
        return Err("the recipient is no e-mail address".to_owned());
    };
    let mailbox = |text: &str| text.parse::<Mailbox>().map_err(|error| error.to_string());
    let letter = Letter::builder()
        .message_id(Some(format!("<{}@portcullis>", message.id)))
        .from(mailbox(from)?)
        .to(mailbox(to.as_str())?)
        .subject(message.subject.as_str())
        .header(ContentType::TEXT_PLAIN)
        .body(message.text.clone());
    letter.map(|letter| letter.formatted()).map_err(|error| error.to_string())
}
