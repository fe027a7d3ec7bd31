//! The transport.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Mailbox;
use portcullis_kernel::{Message, Secret};
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
    /// Mail in the name of `from` through the relay at `url`, both as in [`SmtpOptions`], with its defaults for the
    /// rest.
    pub fn new(url: &str, from: &str) -> Result<Self, InvalidSmtp> {
        Self::with_options(&SmtpOptions::new(Secret::new(url), from))
    }

    /// Reads the options; connects to nothing yet.
    pub fn with_options(options: &SmtpOptions) -> Result<Self, InvalidSmtp> {
        Ok(Self {
            relay: Relay::new(Plan::read(&options.url)?),
            from: sender(&options.from)?,
            timeout: options.timeout,
            lines: Semaphore::new(options.connections.max(1)),
        })
    }

    /// Connects, encrypts and signs in as for a delivery, and hangs up: for an operator who wants to know. `false` if
    /// the relay did not answer in time; the error says why it let nobody in.
    pub async fn probe(&self) -> Result<bool, DeliveryError> {
        match timeout(self.timeout, self.relay.greet()).await {
            Ok(greeted) => greeted.map(|()| true),
            Err(_elapsed) => Ok(false),
        }
    }
}

#[async_trait]
impl Transport for SmtpMail {
    async fn deliver(&self, message: Message) -> Result<(), DeliveryError> {
        let letter = compose(&message, &self.from)?;
        let delivery = async {
            let _line = self.lines.acquire().await;
            self.relay.send(&letter).await
        };
        timeout(self.timeout, delivery).await.unwrap_or_else(|_elapsed| {
            Err(DeliveryError::Later(format!("the relay took longer than {:?}", self.timeout)))
        })
    }
}
