//! A message in the queue.

use portcullis_kernel::{Message, Timestamp};

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// To be delivered, now or later.
    Waiting,
    /// Delivered.
    Sent,
    /// Given up.
    Dead,
}

impl Status {
    /// The word that stores and commands use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Sent, Self::Dead].into_iter().find(|status| status.as_str() == text)
    }
}

/// A message and its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The message.
    pub message: Message,
    /// Where it stands.
    pub status: Status,
    /// Attempts made.
    pub attempts: u32,
    /// When it is tried next; meaningful while waiting.
    pub due_at: Timestamp,
    /// When it was delivered or given up.
    pub settled_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}
