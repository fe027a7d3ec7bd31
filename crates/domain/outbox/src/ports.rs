//! What delivery needs from outside.

use async_trait::async_trait;
use portcullis_kernel::{Message, MessageId, Page, PageRequest, PortResult, Timestamp};

use crate::{Entry, Status};

/// Keeps queued messages. Other crates queue messages through the effects of their own write-sets.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait OutboxStore: Send + Sync {
    /// Takes up to `claim.limit` messages that are due, oldest first, counts one more attempt for each, and keeps
    /// them from other claims until `claim.leased_until`. Two claims must never return the same message while its
    /// lease lasts; a lease that ran out makes its message due again.
    async fn claim(&self, claim: Claim) -> PortResult<Vec<Claimed>>;

    /// Ends a claim. Must do nothing and answer `false` if the message was claimed again since (its attempt number
    /// differs) or is settled already.
    async fn settle(&self, settlement: Settlement) -> PortResult<bool>;

    /// Reads messages, newest first, all or those in one status.
    async fn list(&self, status: Option<Status>, page: PageRequest) -> PortResult<Page<Entry>>;

    /// Reads one message.
    async fn find(&self, id: MessageId) -> PortResult<Option<Entry>>;

    /// Makes a waiting or dead message due at `at`, its attempts counted from zero; `None` means every dead one.
    /// Answers how many it changed.
    async fn requeue(&self, id: Option<MessageId>, at: Timestamp) -> PortResult<u64>;
}

/// Carries one message to its recipient.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Transport: Send + Sync {
    /// Delivers, or says whether another try can help. Must give up by itself within a minute.
    async fn deliver(&self, message: Message) -> Result<(), DeliveryError>;
}

/// Why a message was not delivered. The text goes to operators: it names the cause, never the content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// Try again later: the provider is away, or says so.
    #[error("{0}")]
    Later(String),
    /// Never try again: this recipient or message is refused for good.
    #[error("{0}")]
    Never(String),
}

/// A request for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The present.
    pub now: Timestamp,
    /// Until when others keep off.
    pub leased_until: Timestamp,
    /// How many messages at most.
    pub limit: u32,
}

/// A message to deliver now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The message.
    pub message: Message,
    /// The number of this attempt, from 1; the settlement must repeat it.
    pub attempt: u32,
}

/// How a claim ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Which message.
    pub message: MessageId,
    /// In which attempt.
    pub attempt: u32,
    /// When.
    pub at: Timestamp,
    /// With what result.
    pub result: Settled,
}

/// The result of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Delivered.
    Sent,
    /// Not now.
    Deferred {
        /// When to try again.
        until: Timestamp,
        /// Why it failed.
        error: String,
    },
    /// Never.
    Dead {
        /// Why it failed.
        error: String,
    },
}
