//! What people are told about their keys.

use std::collections::BTreeMap;

use portcullis_kernel::{Ambient, CompanySlug, Email, Event, Message, Recipient};

/// Tells an owner that a key was issued.
pub(crate) fn new_key(ambient: &Ambient, company: CompanySlug, to: Email, name: &str) -> Message {
    let at = ambient.now();
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Message {
        id: ambient.fresh(),
        event: Event::NoticeNewApiKey,
        company,
        recipient: Recipient::Mail(to),
        subject: "A new API key was issued".to_owned(),
        text: format!(
            "Hello,\n\nan API key named \"{name}\" was issued for your account at {at}.\n\nIf that was you, there \
             is nothing to do. If it was not, delete the key, change your password and tell your operator.\n"
        ),
        data: BTreeMap::new(),
        created_at: at,
    }
}
