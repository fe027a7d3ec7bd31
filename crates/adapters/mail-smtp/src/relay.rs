//! Conversations with the relay.
//!
//! The connections are kept here and not in lettre's own pool: that one takes a connection back when a delivery is
//! dropped half-way, so that after a time-out the next message could become part of the last one, and it waits
//! without limit for replies. Here a connection comes back only after a reply that ends a delivery.

use std::error::Error as _;

use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, response::Code};
use portcullis_outbox::DeliveryError;
use tokio::sync::Mutex;

use crate::options::{Encryption, Plan};

pub(crate) struct Relay {
    plan: Plan,
    name: ClientId,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl Relay {
    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan, name: ClientId::default(), idle: Mutex::new(Vec::new()) }
    }

    /// Hands over one letter.
    pub(crate) async fn send(&self, letter: &lettre::Message) -> Result<(), DeliveryError> {
        let mut connection = self.connection().await?;
        connection.send(letter.envelope(), &letter.formatted()).await.map_err(|error| refusal(&error))?;
        self.idle.lock().await.push(connection);
        Ok(())
    }

    /// Opens a connection and closes it again.
    pub(crate) async fn greet(&self) -> Result<(), DeliveryError> {
        let mut connection = self.open().await?;
        connection.abort().await;
        Ok(())
    }

    async fn connection(&self) -> Result<AsyncSmtpConnection, DeliveryError> {
        loop {
            let idle = self.idle.lock().await.pop();
            let Some(mut connection) = idle else { return self.open().await };
            if connection.test_connected().await {
                return Ok(connection);
            }
        }
    }

    /// Whatever keeps us out may pass or be mended, so the message waits.
    async fn open(&self) -> Result<AsyncSmtpConnection, DeliveryError> {
        self.enter().await.map_err(|error| DeliveryError::Later(describe("the relay cannot be used", &error)))
    }

    async fn enter(&self) -> Result<AsyncSmtpConnection, Error> {
        let (place, wrapper) = ((self.plan.host.as_str(), self.plan.port), self.wrapper());
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(place, None, &self.name, wrapper, None).await?;
        match &self.plan.encryption {
            Encryption::Always(tls) => connection.starttls(tls.clone(), &self.name).await?,
            Encryption::IfOffered(tls) if connection.can_starttls() => {
                connection.starttls(tls.clone(), &self.name).await?;
            }
            Encryption::IfOffered(_) | Encryption::FromTheStart(_) | Encryption::Never => {}
        }
        if let Some(credentials) = &self.plan.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        Ok(connection)
    }

    fn wrapper(&self) -> Option<TlsParameters> {
        match &self.plan.encryption {
            Encryption::FromTheStart(tls) => Some(tls.clone()),
            Encryption::Always(_) | Encryption::IfOffered(_) | Encryption::Never => None,
        }
    }
}

/// What an error in the middle of a delivery means. A relay that asks for a sign-in (RFC 4954 §6) refuses us, not the
/// message.
fn refusal(error: &Error) -> DeliveryError {
    let asks_for_sign_in = error.status().is_some_and(|code| [530, 534, 535, 538].contains(&number(code)));
    // Of its own accord lettre refuses only what the relay lacks the extension for (SMTPUTF8, 8BITMIME).
    let for_good = error.is_client() || (error.is_permanent() && !asks_for_sign_in);
    let text = describe("the relay did not take the message", error);
    if for_good { DeliveryError::Never(text) } else { DeliveryError::Later(text) }
}

/// The reply code and its enhanced form (RFC 3463), or the error of this side. The text of a reply is left out: it
/// may quote the message.
fn describe(what: &str, error: &Error) -> String {
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    match error.status() {
        Some(code) => {
            let enhanced = source.split_whitespace().next().filter(|word| is_enhanced(word));
            format!("{what}: {}{}", number(code), enhanced.map(|word| format!(" {word}")).unwrap_or_default())
        }
        None if error.is_response() => format!("{what}: its reply is not SMTP"),
        None => format!("{what}: {}", if source.is_empty() { error.to_string() } else { source }),
    }
}

fn is_enhanced(word: &str) -> bool {
    let parts: Vec<_> = word.split('.').collect();
    let is_number =
        |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(is_number)
}

fn number(code: Code) -> u16 {
    u16::from(code)
}
