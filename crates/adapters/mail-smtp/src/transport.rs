//! The transport.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Mailbox;
use portcullis_kernel::Message;
use portcullis_outbox::{DeliveryError, Transport};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::letter::compose;
use crate::options::{InvalidSmtp, Plan, SmtpOptions, sender};
use crate::relay::Relay;

/// Delivers mail through one SMTP relay.
pub struct SmtpMail {
    relay: Relay,
    from: Mailbox,
    timeout: Duration,
    lines: Semaphore,
}

impl SmtpMail {
    /// Reads the options; connects to nothing yet.
    pub fn new(options: &SmtpOptions) -> Result<Self, InvalidSmtp> {
        Ok(Self {
            relay: Relay::new(Plan::read(&options.url)?),
            from: sender(&options.from)?,
            timeout: options.timeout,
            lines: Semaphore::new(options.connections.max(1)),
        })
    }

    /// Connects, encrypts and signs in as for a delivery, and hangs up: for an operator who wants to know.
    pub async fn greet(&self) -> Result<(), DeliveryError> {
        self.in_time(self.relay.greet()).await
    }

    async fn in_time(&self, work: impl Future<Output = Result<(), DeliveryError>>) -> Result<(), DeliveryError> {
        timeout(self.timeout, work).await.unwrap_or_else(|_| {
            Err(DeliveryError::Later(format!("the relay took longer than {:?}", self.timeout)))
        })
    }
}

#[async_trait]
impl Transport for SmtpMail {
    async fn deliver(&self, message: Message) -> Result<(), DeliveryError> {
        let letter = compose(&message, &self.from)?;
        let work = async {
            let _line = self.lines.acquire().await;
            self.relay.send(&letter).await
        };
        self.in_time(work).await
    }
}
