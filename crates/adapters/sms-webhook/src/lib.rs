//! SMS handed to a webhook: one HTTP POST per message, its body the JSON object that the file transport writes.
//!
//! | header | value |
//! | --- | --- |
//! | `X-Portcullis-Event` | the event, as in the body |
//! | `X-Portcullis-Delivery` | the id of the message: a message can come twice, and then has the same id |
//! | `X-Portcullis-Signature` | with a secret: `sha256=` and the HMAC-SHA-256 (RFC 2104) of the body in hexadecimal |
//!
//! Any 2xx is taken for delivered. The rest of the 4xx is final, but for 408 and 429; everything else is tried again.

#[path = "../../mail-file/src/record.rs"]
mod record;
mod signature;

use std::time::Duration;

use async_trait::async_trait;
use portcullis_kernel::{Message, Recipient, Secret};
use portcullis_outbox::{DeliveryError, Transport};
use reqwest::{Client, StatusCode, Url, redirect};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Posts every SMS to one URL.
#[derive(Clone)]
pub struct WebhookSms {
    client: Client,
    url: Url,
    secret: Option<Secret>,
}

/// Why a transport cannot be made. Never repeats the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum InvalidWebhook {
    /// The URL is not of an accepted form.
    #[error("expected a URL such as https://sms.example.com/send")]
    Url,
    /// The HTTP client cannot be set up, most often because the machine has no root certificates.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
}

impl WebhookSms {
    /// Posts to `url`, `http://` or `https://`. Redirects are not followed, proxies of the environment not used, and
    /// a call takes ten seconds at most.
    pub fn new(url: &str, secret: Option<Secret>) -> Result<Self, InvalidWebhook> {
        let url = Url::parse(url).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
        let builder = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).no_proxy();
        let client = builder.build().map_err(InvalidWebhook::Client)?;
        Ok(Self { client, url: url.ok_or(InvalidWebhook::Url)?, secret })
    }
}

#[async_trait]
impl Transport for WebhookSms {
    async fn deliver(&self, message: Message) -> Result<(), DeliveryError> {
        let Recipient::Sms(_) = message.recipient else {
            return Err(DeliveryError::Never("this is no SMS".to_owned()));
        };
        let body = record::render(&message)?;
        let mut request = self
            .client
            .post(self.url.clone())
            .header("Content-Type", "application/json")
            .header("X-Portcullis-Event", message.event.as_str())
            .header("X-Portcullis-Delivery", message.id.to_string());
        if let Some(secret) = &self.secret {
            request = request.header("X-Portcullis-Signature", signature::of(&body, secret)?);
        }
        match request.body(body).send().await {
            Ok(answer) => judge(answer.status()),
            Err(error) => Err(DeliveryError::Later(describe(error))),
        }
    }
}

fn judge(status: StatusCode) -> Result<(), DeliveryError> {
    let may_pass = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    let text = || format!("the webhook answered {status}");
    match status {
        _ if status.is_success() => Ok(()),
        _ if status.is_client_error() && !may_pass => Err(DeliveryError::Never(text())),
        _ => Err(DeliveryError::Later(text())),
    }
}

/// The error with its causes, without the URL.
fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
    causes.fold(format!("the webhook cannot be reached: {error}"), |text, cause| format!("{text}: {cause}"))
}
