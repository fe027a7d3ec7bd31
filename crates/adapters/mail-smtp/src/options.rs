//! Settings, and what they mean.

use std::time::Duration;

use lettre::address::AddressError;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::TlsParameters;
use lettre::transport::smtp::{SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};
use portcullis_kernel::Secret;
use url::Url;

/// How to reach the relay.
#[derive(Clone)]
pub struct SmtpOptions {
    /// `smtps://[USER:PASSWORD@]HOST[:PORT]` for TLS from the first byte (port 465), or
    /// `smtp://[USER:PASSWORD@]HOST[:PORT][?tls=MODE]`, where the mode is `required` (STARTTLS or nothing, port 587),
    /// `opportunistic` (STARTTLS if the relay offers it, port 587) or `none` (port 25). Without a mode it is
    /// `opportunistic` if there is a password and `none` if there is not, on port 25. User and password are
    /// percent-encoded.
    pub url: Secret,
    /// The sender: `noreply@example.com` or `Portcullis <noreply@example.com>`.
    pub from: String,
    /// How long one delivery may take, waiting for a free connection included. Must stay below a minute.
    pub timeout: Duration,
    /// How many deliveries run side by side, each on a connection of its own.
    pub connections: usize,
}

impl SmtpOptions {
    /// 50 seconds, 4 connections.
    #[must_use]
    pub fn new(url: Secret, from: impl Into<String>) -> Self {
        Self { url, from: from.into(), timeout: Duration::from_secs(50), connections: 4 }
    }
}

/// Why a transport cannot be made. Never repeats the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSmtp {
    /// The URL is not of an accepted form.
    #[error("expected smtps://USER:PASSWORD@HOST:PORT or smtp://…?tls=required, opportunistic or none")]
    Url,
    /// The sender is not an address.
    #[error("expected a sender such as Portcullis <noreply@example.com>")]
    Sender(#[source] AddressError),
    /// TLS cannot be set up, most often because the machine has no root certificates.
    #[error("TLS cannot be set up")]
    Tls(#[source] lettre::transport::smtp::Error),
}

/// When a connection is encrypted.
pub(crate) enum Encryption {
    Never,
    IfOffered(TlsParameters),
    Always(TlsParameters),
    FromTheStart(TlsParameters),
}

/// The settings, understood.
pub(crate) struct Plan {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) encryption: Encryption,
    pub(crate) credentials: Option<Credentials>,
}

impl Plan {
    pub(crate) fn read(url: &Secret) -> Result<Self, InvalidSmtp> {
        let url = Url::parse(url.reveal()).ok().ok_or(InvalidSmtp::Url)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(InvalidSmtp::Url)?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let credentials = credentials(&url)?;
        let (encryption, port) = encryption(&url, &host, credentials.is_some())?;
        Ok(Self { port: url.port().unwrap_or(port), host, encryption, credentials })
    }
}

pub(crate) fn sender(from: &str) -> Result<Mailbox, InvalidSmtp> {
    from.trim().parse().map_err(InvalidSmtp::Sender)
}

fn encryption(url: &Url, host: &str, has_password: bool) -> Result<(Encryption, u16), InvalidSmtp> {
    let tls = || TlsParameters::new(host.to_owned()).map_err(InvalidSmtp::Tls);
    let mode = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, mode)| mode);
    Ok(match (url.scheme(), mode.as_deref()) {
        ("smtps", None | Some("required")) => (Encryption::FromTheStart(tls()?), SUBMISSIONS_PORT),
        ("smtp", Some("required")) => (Encryption::Always(tls()?), SUBMISSION_PORT),
        ("smtp", Some("opportunistic")) => (Encryption::IfOffered(tls()?), SUBMISSION_PORT),
        ("smtp", None) if has_password => (Encryption::IfOffered(tls()?), SMTP_PORT),
        ("smtp", None | Some("none")) => (Encryption::Never, SMTP_PORT),
        (_, _) => return Err(InvalidSmtp::Url),
    })
}

fn credentials(url: &Url) -> Result<Option<Credentials>, InvalidSmtp> {
    let Some(password) = url.password() else {
        return if url.username().is_empty() { Ok(None) } else { Err(InvalidSmtp::Url) };
    };
    let decode = |text: &str| percent_decode(text).ok_or(InvalidSmtp::Url);
    Ok(Some(Credentials::new(decode(url.username())?, decode(password)?)))
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let literal = byte != b'%';
        let mut digit = || char::from(rest.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(if literal { byte } else { digit()? << 4 | digit()? });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(url: &str) -> Option<Plan> {
        Plan::read(&Secret::new(url)).ok()
    }

    fn shape(url: &str) -> Option<(&'static str, u16, bool)> {
        plan(url).map(|plan| {
            let encryption = match plan.encryption {
                Encryption::Never => "never",
                Encryption::IfOffered(_) => "if offered",
                Encryption::Always(_) => "always",
                Encryption::FromTheStart(_) => "from the start",
            };
            (encryption, plan.port, plan.credentials.is_some())
        })
    }

    #[test]
    fn every_form_has_its_encryption_and_port() {
        for (url, expected) in [
            ("smtps://mail.example.com", ("from the start", 465, false)),
            ("smtps://u:p@mail.example.com:4650", ("from the start", 4650, true)),
            ("smtp://mail.example.com?tls=required", ("always", 587, false)),
            ("smtp://u:p@mail.example.com?tls=opportunistic", ("if offered", 587, true)),
            ("smtp://u:p@mail.example.com", ("if offered", 25, true)),
            ("smtp://u:p@mail.example.com?tls=none", ("never", 25, true)),
            ("smtp://localhost:2525", ("never", 2525, false)),
            ("smtp://[::1]", ("never", 25, false)),
        ] {
            assert_eq!(shape(url), Some(expected), "{url}");
        }
    }

    #[test]
    fn refuses_other_forms() {
        for url in [
            "",
            "mail.example.com",
            "http://mail.example.com",
            "smtp://",
            "smtp://mail.example.com?tls=maybe",
            "smtps://mail.example.com?tls=none",
            "smtp://user@mail.example.com",
            "smtp://u:%zz@mail.example.com",
        ] {
            assert!(plan(url).is_none(), "{url}");
        }
    }

    #[test]
    fn credentials_are_percent_decoded() {
        assert_eq!(percent_decode("a%40b%2Bc").as_deref(), Some("a@b+c"));
        for bad in ["%", "%4", "%g0", "%ff"] {
            assert_eq!(percent_decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn senders_may_have_names() {
        assert!(sender("Portcullis <noreply@example.com>").is_ok());
        assert!(sender("noreply@localhost").is_ok());
        assert!(sender("nobody").is_err());
    }
}
