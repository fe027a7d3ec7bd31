//! Services of other people that the barong door asks: captchas, and Auth0. They may hang, lie or be away: every call
//! has a timeout, and no answer is a no.

mod auth0;
mod captcha;

pub use auth0::{Auth0, IdentityProvider};
pub use captcha::{CaptchaAnswer, CaptchaService, Captchas};

use std::time::Duration;

use reqwest::{Client, redirect};

/// How long a service may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A client that follows no redirect and uses no proxy of the environment.
fn client() -> Result<Client, reqwest::Error> {
    Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).no_proxy().build()
}

/// What went wrong, without the URL: it may hold a secret.
fn describe(error: reqwest::Error) -> String {
    crate::failure::chain(&error.without_url())
}
