//! Messages, audit entries and where requests come from.

use std::collections::BTreeMap;

use portcullis_kernel::{
    AuditAction, AuditEvent, Client, CompanySlug, Datum, Door, Effects, Email, Event, Message, Mobile,
    Outcome, Recipient, Timestamp,
};

use super::{NOW, id, id_at, serial};

/// A browser at the rehive door.
#[must_use]
pub fn client() -> Client {
    Client::remote(Door::new("rehive"), [192, 0, 2, 7].into(), "Mozilla/5.0 (X11; Linux)")
}

/// A mail that was queued at [`NOW`].
#[must_use]
pub fn message() -> Message {
    let number = serial();
    let code = ("code".to_owned(), Datum::Text(format!("{number:06}")));
    Message {
        id: id(),
        event: Event::PasswordCode,
        company: CompanySlug::parse("acme").unwrap(),
        recipient: Recipient::Mail(Email::parse("Ada@Example.com").unwrap()),
        subject: format!("Your code {number}"),
        text: format!("Your code is {number:06}."),
        data: BTreeMap::from([code]),
        created_at: NOW,
    }
}

/// An SMS that was queued at [`NOW`].
#[must_use]
pub fn sms_message() -> Message {
    let recipient = Recipient::Sms(Mobile::parse("+27821234567").unwrap());
    Message { event: Event::FactorCode, recipient, subject: String::new(), ..message() }
}

/// One mail per instant, in the order given.
#[must_use]
pub fn messages_at(instants: impl IntoIterator<Item = Timestamp>) -> Vec<Message> {
    let at = |created_at| Message { id: id_at(created_at), created_at, ..message() };
    instants.into_iter().map(at).collect()
}

/// A successful act at [`NOW`] without subject.
#[must_use]
pub fn audit_event(action: AuditAction) -> AuditEvent {
    AuditEvent {
        id: id(),
        at: NOW,
        action,
        outcome: Outcome::Succeeded,
        company: None,
        account: None,
        session: None,
        client: client(),
        detail: None,
    }
}

/// One mail and one audit entry.
#[must_use]
pub fn effects() -> Effects {
    Effects::audit(audit_event(AuditAction::SignIn)).and_send(message())
}
