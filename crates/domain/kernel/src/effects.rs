//! What a write-set causes beside its rows.

use crate::{AuditEvent, Message};

/// Messages to queue and audit entries to write, durable with the rows of the same write-set or not at all.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// Mail and SMS to deliver.
    pub messages: Vec<Message>,
    /// Entries for the audit trail.
    pub audit: Vec<AuditEvent>,
}

impl Effects {
    /// One audit entry and nothing else.
    #[must_use]
    pub fn audit(event: AuditEvent) -> Self {
        Self { messages: Vec::new(), audit: vec![event] }
    }

    /// Adds a message.
    #[must_use]
    pub fn and_send(mut self, message: Message) -> Self {
        self.messages.push(message);
        self
    }

    /// Adds an audit entry.
    #[must_use]
    pub fn and_audit(mut self, event: AuditEvent) -> Self {
        self.audit.push(event);
        self
    }
}
