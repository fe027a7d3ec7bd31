//! What each contract calls configurable.

use std::time::Duration;

use portcullis_kernel::CompanySlug;
use portcullis_sessions::Algorithm;

use super::barong::{Barong, barong};
use super::check::{Check, YEAR};
use crate::settings::Problem;
use crate::settings::raw::{RawBfore, RawDialects, RawRehive, RawWikimedia};

/// The four dialects.
#[derive(Clone)]
pub struct Dialects {
    /// Companies, profiles, opaque tokens, MFA.
    pub rehive: Rehive,
    /// Id, access and refresh JWTs.
    pub wikimedia: Wikimedia,
    /// A login JWT and named API-key headers.
    pub bfore: Bfore,
    /// Cookie sessions, labels, signed API keys.
    pub barong: Barong,
}

/// When a cookie carries `Secure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieSecure {
    /// When `server.public_url` is https.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Settings of the rehive dialect.
#[derive(Clone, Debug)]
pub struct Rehive {
    /// Whether it is served.
    pub enabled: bool,
    /// How long a challenge stays open.
    pub challenge_ttl: Duration,
    /// How long an e-mail verification key is good.
    pub email_key_ttl: Duration,
    /// How long a mobile verification code is good.
    pub mobile_otp_ttl: Duration,
    /// How long a password reset token is good.
    pub reset_token_ttl: Duration,
    /// How long a deactivation key is good.
    pub deactivate_key_ttl: Duration,
    /// How long a deletion key is good.
    pub delete_key_ttl: Duration,
    /// How long a second-factor code sent by SMS is good.
    pub sms_code_ttl: Duration,
    /// How long a refresh token is good.
    pub refresh_ttl: Duration,
    /// The `Secure` attribute of its cookies.
    pub cookie_secure: CookieSecure,
}

/// Settings of the wikimedia dialect.
#[derive(Clone, Debug)]
pub struct Wikimedia {
    /// Whether it is served.
    pub enabled: bool,
    /// Whose accounts it serves.
    pub company: CompanySlug,
    /// How long an access token is good.
    pub access_ttl: Duration,
    /// How long an id token is good.
    pub id_ttl: Duration,
    /// How long a refresh token is good.
    pub refresh_ttl: Duration,
    /// How many refreshes a refresh token pays for.
    pub refresh_cap: u32,
    /// How long a password code is good.
    pub code_ttl: Duration,
    /// How long a challenge stays open.
    pub challenge_ttl: Duration,
    /// How long a temporary password is good.
    pub temporary_password_ttl: Duration,
    /// Whether tokens survive a password change.
    pub keep_tokens_on_password_change: bool,
    /// The app client that its JWTs are made for: the claims `client_id` and `aud`.
    pub client_id: String,
    /// What signs its JWTs.
    pub algorithm: Algorithm,
}

/// Settings of the bfore dialect.
#[derive(Clone, Debug)]
pub struct Bfore {
    /// Whether it is served.
    pub enabled: bool,
    /// Whose accounts it serves.
    pub company: CompanySlug,
    /// How long a login JWT is good.
    pub token_ttl: Duration,
    /// How many auth headers an account may have.
    pub max_auth_headers: u32,
    /// When a password must be replaced, counted from when it was set; never, if absent.
    pub password_ttl: Option<Duration>,
    /// What signs its JWTs.
    pub algorithm: Algorithm,
}

pub(super) fn dialects(raw: &RawDialects, check: Check<'_>) -> Result<Dialects, Problem> {
    Ok(Dialects {
        rehive: rehive(&raw.rehive, check)?,
        wikimedia: wikimedia(&raw.wikimedia, check)?,
        bfore: bfore(&raw.bfore, check)?,
        barong: barong(&raw.barong, check)?,
    })
}

fn rehive(raw: &RawRehive, check: Check<'_>) -> Result<Rehive, Problem> {
    let ttl = |name: &str, value: u64| check.lifetime(&format!("dialects.rehive.{name}"), value);
    let words =
        [("auto", CookieSecure::Auto), ("true", CookieSecure::Always), ("false", CookieSecure::Never)];
    Ok(Rehive {
        enabled: raw.enabled,
        challenge_ttl: ttl("challenge_ttl", raw.challenge_ttl)?,
        email_key_ttl: ttl("email_key_ttl", raw.email_key_ttl)?,
        mobile_otp_ttl: ttl("mobile_otp_ttl", raw.mobile_otp_ttl)?,
        reset_token_ttl: ttl("reset_token_ttl", raw.reset_token_ttl)?,
        deactivate_key_ttl: ttl("deactivate_key_ttl", raw.deactivate_key_ttl)?,
        delete_key_ttl: ttl("delete_key_ttl", raw.delete_key_ttl)?,
        sms_code_ttl: ttl("sms_code_ttl", raw.sms_code_ttl)?,
        refresh_ttl: ttl("refresh_ttl", raw.refresh_ttl)?,
        cookie_secure: check.one_of("dialects.rehive.cookie_secure", &raw.cookie_secure, &words)?,
    })
}

fn wikimedia(raw: &RawWikimedia, check: Check<'_>) -> Result<Wikimedia, Problem> {
    let ttl = |name: &str, value: u64| check.lifetime(&format!("dialects.wikimedia.{name}"), value);
    Ok(Wikimedia {
        enabled: raw.enabled,
        company: check.company("dialects.wikimedia.company", &raw.company)?,
        access_ttl: ttl("access_ttl", raw.access_ttl)?,
        id_ttl: ttl("id_ttl", raw.id_ttl)?,
        refresh_ttl: ttl("refresh_ttl", raw.refresh_ttl)?,
        refresh_cap: check.number(
            "dialects.wikimedia.refresh_cap",
            raw.refresh_cap,
            1..=u64::from(u32::MAX),
        )?,
        code_ttl: ttl("code_ttl", raw.code_ttl)?,
        challenge_ttl: ttl("challenge_ttl", raw.challenge_ttl)?,
        temporary_password_ttl: ttl("temporary_password_ttl", raw.temporary_password_ttl)?,
        keep_tokens_on_password_change: raw.keep_tokens_on_password_change,
        client_id: check.text("dialects.wikimedia.client_id", &raw.client_id)?.to_owned(),
        algorithm: check.algorithm("dialects.wikimedia.algorithm", &raw.algorithm)?,
    })
}

fn bfore(raw: &RawBfore, check: Check<'_>) -> Result<Bfore, Problem> {
    let password_ttl = check.seconds("dialects.bfore.password_ttl", raw.password_ttl, 0..=10 * YEAR)?;
    Ok(Bfore {
        enabled: raw.enabled,
        company: check.company("dialects.bfore.company", &raw.company)?,
        token_ttl: check.lifetime("dialects.bfore.token_ttl", raw.token_ttl)?,
        max_auth_headers: check.number(
            "dialects.bfore.max_auth_headers",
            raw.max_auth_headers,
            0..=1_000_000,
        )?,
        password_ttl: (!password_ttl.is_zero()).then_some(password_ttl),
        algorithm: check.algorithm("dialects.bfore.algorithm", &raw.algorithm)?,
    })
}
