//! Google's and Geetest's captchas (barong contract §4, §7.6).

use async_trait::async_trait;
use md5::{Digest as _, Md5};
use portcullis_kernel::Secret;
use reqwest::{Client, Url};
use serde::Deserialize;
use url::form_urlencoded;

use super::{client, describe};
use crate::settings::{Barong, Captcha};

const RECAPTCHA: &str = "https://www.google.com/recaptcha/api/siteverify";
const GEETEST: &str = "https://api.geetest.com";

/// What a person's browser brought from the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaptchaAnswer {
    /// From Google.
    Recaptcha(String),
    /// From Geetest.
    Geetest {
        /// What was asked.
        challenge: String,
        /// That it was answered.
        validate: String,
        /// What the service knows the answer by.
        seccode: String,
    },
}

/// Tells people from machines.
#[async_trait]
pub trait CaptchaService: Send + Sync {
    /// Whether the service takes the answer for a person's. It does not if it cannot be reached.
    async fn accepts(&self, answer: CaptchaAnswer) -> bool;

    /// A challenge to begin with; nothing, if the service cannot be reached.
    async fn challenge(&self) -> Option<String>;
}

/// The configured service.
pub struct Captchas {
    captcha: Captcha,
    client: Option<Client>,
    recaptcha: String,
    geetest: String,
}

#[derive(Deserialize)]
struct Verdict {
    #[serde(default)]
    success: bool,
}

impl Captchas {
    /// What the settings say.
    ///
    /// # Errors
    /// If the HTTP client cannot be set up, most often because the machine has no root certificates.
    pub fn new(settings: &Barong) -> anyhow::Result<Self> {
        let client = match settings.captcha {
            Captcha::None => None,
            Captcha::Recaptcha { .. } | Captcha::Geetest { .. } => Some(client()?),
        };
        let geetest = settings.geetest_api_url.as_deref().unwrap_or(GEETEST);
        Ok(Self {
            captcha: settings.captcha.clone(),
            client,
            recaptcha: settings.recaptcha_verify_url.clone().unwrap_or_else(|| RECAPTCHA.to_owned()),
            geetest: geetest.trim_end_matches('/').to_owned(),
        })
    }

    async fn ask(&self, url: &str, form: Option<&[(&str, &str)]>) -> Option<String> {
        let client = self.client.as_ref()?;
        let url = Url::parse(url).ok()?;
        let request = match form {
            None => client.get(url),
            Some(pairs) => {
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                client.post(url).header("content-type", "application/x-www-form-urlencoded").body(body)
            }
        };
        let answer = async { request.send().await?.error_for_status()?.text().await };
        match answer.await {
            Ok(text) => Some(text),
            Err(error) => {
                tracing::warn!(cause = describe(error), "the captcha service does not answer");
                None
            }
        }
    }

    async fn recaptcha(&self, secret: &Secret, response: &str) -> bool {
        let form = [("secret", secret.reveal()), ("response", response)];
        let answer = self.ask(&self.recaptcha, Some(&form)).await;
        answer.and_then(|text| serde_json::from_str::<Verdict>(&text).ok()).is_some_and(|said| said.success)
    }

    async fn geetest(&self, key: &Secret, challenge: &str, validate: &str, seccode: &str) -> bool {
        let expected = Secret::new(md5_hex(&format!("{}geetest{challenge}", key.reveal())));
        if !expected.matches(validate) {
            return false;
        }
        let form = [("seccode", seccode), ("challenge", challenge)];
        let answer = self.ask(&format!("{}/validate.php", self.geetest), Some(&form)).await;
        answer.is_some_and(|text| text.trim() == md5_hex(seccode))
    }
}

#[async_trait]
impl CaptchaService for Captchas {
    async fn accepts(&self, answer: CaptchaAnswer) -> bool {
        match (&self.captcha, answer) {
            (Captcha::Recaptcha { secret_key, .. }, CaptchaAnswer::Recaptcha(response)) => {
                self.recaptcha(secret_key, &response).await
            }
            (Captcha::Geetest { key, .. }, CaptchaAnswer::Geetest { challenge, validate, seccode }) => {
                self.geetest(key, &challenge, &validate, &seccode).await
            }
            (Captcha::None | Captcha::Recaptcha { .. } | Captcha::Geetest { .. }, _) => false,
        }
    }

    async fn challenge(&self) -> Option<String> {
        let Captcha::Geetest { id, key } = &self.captcha else { return None };
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("gt", id).finish();
        let drawn = self.ask(&format!("{}/register.php?{query}", self.geetest), None).await?;
        Some(md5_hex(&format!("{}{}", drawn.trim(), key.reveal())))
    }
}

/// MD5 is what the service speaks; nothing here relies on its strength.
fn md5_hex(text: &str) -> String {
    use std::fmt::Write;
    Md5::digest(text.as_bytes()).iter().fold(String::with_capacity(32), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_md5() {
        assert_eq!(md5_hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
    }
}
