//! SMS handed to a webhook: one HTTP POST per message, its body the JSON object that the file transport writes.

#[path = "../../mail-file/src/record.rs"]
mod record;

use std::time::Duration;

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use portcullis_kernel::{Message, Secret};
use portcullis_outbox::{DeliveryError, Transport};
use reqwest::{Client, StatusCode, redirect};
use sha2::Sha256;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Posts every SMS to one URL. With a secret, the header `X-Portcullis-Signature` is `sha256=` and the HMAC-SHA-256 of
/// the body in hexadecimal; `X-Portcullis-Event` names the event.
#[derive(Clone)]
pub struct WebhookSms {
    client: Client,
    url: String,
    secret: Option<Secret>,
}

impl WebhookSms {
    /// Posts to `url`. Redirects are not followed, proxies of the environment not used, and a call takes ten seconds
    /// at most. Fails if the machine's certificates cannot be read.
    pub fn new(url: impl Into<String>, secret: Option<Secret>) -> Result<Self, reqwest::Error> {
        let client =
            Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { client, url: url.into(), secret })
    }
}

#[async_trait]
impl Transport for WebhookSms {
    async fn deliver(&self, message: Message) -> Result<(), DeliveryError> {
        let body = record::render(&message);
        let mut request = self
            .client
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("X-Portcullis-Event", message.event.as_str());
        if let Some(signature) = self.secret.as_ref().and_then(|secret| sign(secret, &body)) {
            request = request.header("X-Portcullis-Signature", signature);
        }
        let answer = request.body(body).send().await;
        let answer = answer.map_err(|error| DeliveryError::Later(error.without_url().to_string()))?;
        judge(answer.status())
    }
}

fn judge(status: StatusCode) -> Result<(), DeliveryError> {
    let passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    if status.is_success() {
        Ok(())
    } else if status.is_client_error() && !passing {
        Err(DeliveryError::Never(format!("the webhook answered {status}")))
    } else {
        Err(DeliveryError::Later(format!("the webhook answered {status}")))
    }
}

fn sign(secret: &Secret, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).ok()?;
    mac.update(body.as_bytes());
    let digest = mac.finalize().into_bytes();
    Some(digest.iter().fold("sha256=".to_owned(), |text, byte| format!("{text}{byte:02x}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_passing_failures_from_final_ones() {
        let judged = |code: u16| judge(StatusCode::from_u16(code).unwrap());
        assert_eq!(judged(204), Ok(()));
        for passing in [302, 408, 429, 500, 503] {
            assert!(matches!(judged(passing), Err(DeliveryError::Later(_))), "{passing}");
        }
        for last in [400, 401, 404, 410] {
            assert!(matches!(judged(last), Err(DeliveryError::Never(_))), "{last}");
        }
    }

    #[test]
    fn signs_with_hmac_sha_256() {
        // RFC 4231, test case 2.
        let signature = sign(&Secret::new("Jefe"), "what do ya want for nothing?").unwrap();
        assert_eq!(signature, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
