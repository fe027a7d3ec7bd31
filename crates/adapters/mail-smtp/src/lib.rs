//! Mail delivery over SMTP (RFC 5321), with a connection pool, STARTTLS or TLS, and time limits.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::{Mailbox, Message as Letter, header::ContentType};
use lettre::transport::smtp::{AsyncSmtpTransport, Error, PoolConfig};
use lettre::{AsyncTransport, Tokio1Executor};
use portcullis_kernel::{Message, Recipient};
use portcullis_outbox::{DeliveryError, Transport};

const TIMEOUT: Duration = Duration::from_secs(20);
const CONNECTIONS: u32 = 4;

/// Hands every mail to one SMTP server.
#[derive(Clone)]
pub struct SmtpMail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// The transport cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSmtp {
    /// The URL cannot be read.
    #[error("not an SMTP URL such as smtp://user:password@host:587?tls=required or smtps://host")]
    Url(#[source] Error),
    /// The sender is no mailbox.
    #[error("not a sender such as Portcullis <no-reply@example.com>")]
    From(#[source] lettre::address::AddressError),
}

impl SmtpMail {
    /// Sends through the server at `url`: `smtps://` for TLS from the start, `smtp://` with `?tls=required` or
    /// `?tls=opportunistic` for STARTTLS, user and password before the host. `from` is `Name <address>` or an address.
    pub fn new(url: &str, from: &str) -> Result<Self, InvalidSmtp> {
        let pool = PoolConfig::new().max_size(CONNECTIONS);
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(InvalidSmtp::Url)?;
        let transport = builder.timeout(Some(TIMEOUT)).pool_config(pool).build();
        Ok(Self { transport, from: from.parse().map_err(InvalidSmtp::From)? })
    }

    /// Whether the server answers.
    pub async fn probe(&self) -> Result<bool, Error> {
        self.transport.test_connection().await
    }

    fn letter(&self, message: &Message) -> Result<Letter, DeliveryError> {
        let never = |error: &dyn std::fmt::Display| DeliveryError::Never(error.to_string());
        let Recipient::Mail(to) = &message.recipient else {
            return Err(never(&"the recipient is no e-mail address"));
        };
        let to: Mailbox =
            to.as_str().parse().map_err(|error: lettre::address::AddressError| never(&error))?;
        Letter::builder()
            .message_id(Some(format!("<{}@{}>", message.id, self.from.email.domain())))
            .from(self.from.clone())
            .to(to)
            .subject(message.subject.as_str())
            .header(ContentType::TEXT_PLAIN)
            .body(message.text.clone())
            .map_err(|error| never(&error))
    }
}

#[async_trait]
impl Transport for SmtpMail {
    async fn deliver(&self, message: Message) -> Result<(), DeliveryError> {
        let letter = self.letter(&message)?;
        match self.transport.send(letter).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(DeliveryError::Never(error.to_string())),
            Err(error) => Err(DeliveryError::Later(error.to_string())),
        }
    }
}
