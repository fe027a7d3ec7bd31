//! What a write-set causes beside its rows.

use crate::{AuditEvent, Message, Relabel};

/// Messages to queue, audit entries to write and private labels to change, durable with the rows of the same write-set
/// or not at all.
///
/// Whoever writes effects must put each label into place on top of whatever the account is by then, together with the
/// state that comes of it, raise the account's version if anything changed, and end every session of an account that
/// may no longer sign in. An account that is gone has no labels to change.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// Mail and SMS to deliver.
    pub messages: Vec<Message>,
    /// Entries for the audit trail.
    pub audit: Vec<AuditEvent>,
    /// Private labels that follow from the rows.
    pub labels: Vec<Relabel>,
}

impl Effects {
    /// One audit entry and nothing else.
    #[must_use]
    pub fn audit(event: AuditEvent) -> Self {
        Self { audit: vec![event], ..Self::default() }
    }

    /// Adds a message.
    #[must_use]
    pub fn and_send(mut self, message: Message) -> Self {
        self.messages.push(message);
        self
    }

    /// Adds the change of a label, if there is one.
    #[must_use]
    pub fn and_relabel(mut self, change: Option<Relabel>) -> Self {
        self.labels.extend(change);
        self
    }

    /// Adds an audit entry.
    #[must_use]
    pub fn and_audit(mut self, event: AuditEvent) -> Self {
        self.audit.push(event);
        self
    }
}
