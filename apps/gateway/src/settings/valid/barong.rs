//! What the barong contract calls configurable (its §13).

use std::time::Duration;

use portcullis_kernel::{AccountState, CompanySlug, Secret};
use portcullis_sessions::Algorithm;

use super::check::{Check, optional};
use crate::settings::Problem;
use crate::settings::raw::RawBarong;

/// Which captcha protects endpoints.
#[derive(Clone)]
pub enum Captcha {
    /// None.
    None,
    /// Google's.
    Recaptcha {
        /// Shown to clients.
        site_key: String,
        /// Sent to the verifier.
        secret_key: Secret,
    },
    /// Geetest's.
    Geetest {
        /// Shown to clients.
        id: String,
        /// Shared with the service.
        key: Secret,
    },
}

/// How phone codes leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneVerification {
    /// Not at all; a fixed answer.
    Mock,
    /// By SMS.
    Sms,
}

/// Settings of the barong dialect.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent switches that the contract names one by one"
)]
pub struct Barong {
    /// Whether it is served.
    pub enabled: bool,
    /// Whose accounts it serves.
    pub company: CompanySlug,
    /// The path all its operations start with.
    pub prefix: String,
    /// The name of its cookie.
    pub session_name: String,
    /// How long a session lasts without use.
    pub session_expire_time: Duration,
    /// Whether cookie requests need the CSRF token.
    pub csrf_protection: bool,
    /// How far a nonce may be from the present.
    pub apikey_nonce_lifetime: Duration,
    /// Whether a nonce can be used once only.
    pub apikey_replay_protection: bool,
    /// How long a JWT is good.
    pub jwt_expire_time: Duration,
    /// How long a JWT may be handed out again.
    pub jwt_reuse: Duration,
    /// The prefix of account handles.
    pub uid_prefix: String,
    /// The issuer in authenticator apps.
    pub app_name: String,
    /// The domain in links.
    pub domain: String,
    /// The composition rule that clients are told.
    pub password_regexp: String,
    /// The least strength of a password.
    pub password_min_entropy: u32,
    /// Whether common words lower the strength.
    pub password_use_dictionary: bool,
    /// Which captcha.
    pub captcha: Captcha,
    /// What it protects.
    pub captcha_protected_endpoints: Vec<String>,
    /// The verifier of Google's captcha, if not its own.
    pub recaptcha_verify_url: Option<String>,
    /// The service of Geetest's captcha, if not its own.
    pub geetest_api_url: Option<String>,
    /// The database that tells countries by address.
    pub geoip_database: Option<String>,
    /// Whether answers mask personal data.
    pub api_data_masking_enabled: bool,
    /// Whether the first account becomes superadmin.
    pub first_registration_superadmin: bool,
    /// How phone codes leave.
    pub phone_verification: PhoneVerification,
    /// The Auth0 tenant and client, if there is one.
    pub auth0: Option<(String, String)>,
    /// Private labels that make an account active.
    pub activation_requirements: Vec<(String, String)>,
    /// Labels that put an account into a state.
    pub state_triggers: Vec<(AccountState, String)>,
    /// Titles under which clients may store data.
    pub user_storage_titles: Vec<String>,
    /// The status of an answer to missing parameters: 400 or 422.
    pub missing_params_status: u16,
    /// What signs its JWTs.
    pub algorithm: Algorithm,
}

impl Barong {
    /// A page of the front end, at which links in mails open.
    #[must_use]
    pub fn page(&self, path: &str) -> String {
        let domain = self.domain.trim_end_matches('/');
        if domain.contains("://") { format!("{domain}{path}") } else { format!("https://{domain}{path}") }
    }
}

pub(super) fn barong(raw: &RawBarong, check: Check<'_>) -> Result<Barong, Problem> {
    let key = |name: &str| format!("dialects.barong.{name}");
    let phones = [("mock", PhoneVerification::Mock), ("sms", PhoneVerification::Sms)];
    Ok(Barong {
        enabled: raw.enabled,
        company: check.company(&key("company"), &raw.company)?,
        prefix: prefix(&raw.prefix, check)?,
        session_name: cookie_name(&raw.session_name, check)?,
        session_expire_time: check.lifetime(&key("session_expire_time"), raw.session_expire_time)?,
        csrf_protection: raw.csrf_protection,
        apikey_nonce_lifetime: Duration::from_millis(check.number(
            &key("apikey_nonce_lifetime"),
            raw.apikey_nonce_lifetime,
            1..=86_400_000,
        )?),
        apikey_replay_protection: raw.apikey_replay_protection,
        jwt_expire_time: check.lifetime(&key("jwt_expire_time"), raw.jwt_expire_time)?,
        jwt_reuse: check.seconds(
            &key("jwt_reuse_seconds"),
            raw.jwt_reuse_seconds,
            0..=raw.jwt_expire_time,
        )?,
        uid_prefix: uid_prefix(&raw.uid_prefix, check)?,
        app_name: check.text(&key("app_name"), &raw.app_name)?.to_owned(),
        domain: check.text(&key("domain"), &raw.domain)?.to_owned(),
        password_regexp: check.text(&key("password_regexp"), &raw.password_regexp)?.to_owned(),
        password_min_entropy: check.number(
            &key("password_min_entropy"),
            raw.password_min_entropy,
            0..=100,
        )?,
        password_use_dictionary: raw.password_use_dictionary,
        captcha: captcha(raw, check)?,
        captcha_protected_endpoints: protected(&raw.captcha_protected_endpoints, check)?,
        recaptcha_verify_url: service_url("recaptcha_verify_url", raw.recaptcha_verify_url.as_ref(), check)?,
        geetest_api_url: service_url("geetest_api_url", raw.geetest_api_url.as_ref(), check)?,
        geoip_database: optional(raw.geoip_database.as_ref()),
        api_data_masking_enabled: raw.api_data_masking_enabled,
        first_registration_superadmin: raw.first_registration_superadmin,
        phone_verification: check.one_of(&key("phone_verification"), &raw.phone_verification, &phones)?,
        auth0: auth0(raw, check)?,
        activation_requirements: requirements(&raw.activation_requirements, check)?,
        state_triggers: triggers(&raw.state_triggers, check)?,
        user_storage_titles: raw.user_storage_titles.clone(),
        missing_params_status: match raw.missing_params_status {
            400 => 400,
            422 => 422,
            _ => return Err(check.refuse(&key("missing_params_status"), "expected 400 or 422")),
        },
        algorithm: check.algorithm(&key("algorithm"), &raw.algorithm)?,
    })
}

fn prefix(raw: &str, check: Check<'_>) -> Result<String, Problem> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    if raw.starts_with('/') && !raw.ends_with('/') && !raw.contains("//") && raw.chars().all(plain) {
        Ok(raw.to_owned())
    } else {
        let expected = "expected a path such as /api/v2/auth, without a trailing slash";
        Err(check.refuse("dialects.barong.prefix", expected))
    }
}

fn cookie_name(raw: &str, check: Check<'_>) -> Result<String, Problem> {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if !raw.is_empty() && raw.chars().all(token) {
        Ok(raw.to_owned())
    } else {
        Err(check.refuse("dialects.barong.session_name", "expected the name of a cookie"))
    }
}

fn uid_prefix(raw: &str, check: Check<'_>) -> Result<String, Problem> {
    if (2..=6).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_alphabetic()) {
        Ok(raw.to_ascii_uppercase())
    } else {
        Err(check.refuse("dialects.barong.uid_prefix", "expected 2 to 6 letters"))
    }
}

fn captcha(raw: &RawBarong, check: Check<'_>) -> Result<Captcha, Problem> {
    #[derive(Clone, Copy)]
    enum Kind {
        None,
        Recaptcha,
        Geetest,
    }
    let words = [("none", Kind::None), ("recaptcha", Kind::Recaptcha), ("geetest", Kind::Geetest)];
    let needed = |name: &str, value: Option<&String>| {
        let why = format!("dialects.barong.captcha is {}", raw.captcha);
        check.needed(&format!("dialects.barong.{name}"), value, &why)
    };
    Ok(match check.one_of("dialects.barong.captcha", &raw.captcha, &words)? {
        Kind::None => Captcha::None,
        Kind::Recaptcha => Captcha::Recaptcha {
            site_key: needed("recaptcha_site_key", raw.recaptcha_site_key.as_ref())?,
            secret_key: Secret::new(needed("recaptcha_secret_key", raw.recaptcha_secret_key.as_ref())?),
        },
        Kind::Geetest => Captcha::Geetest {
            id: needed("geetest_id", raw.geetest_id.as_ref())?,
            key: Secret::new(needed("geetest_key", raw.geetest_key.as_ref())?),
        },
    })
}

fn protected(raw: &[String], check: Check<'_>) -> Result<Vec<String>, Problem> {
    const KNOWN: [&str; 4] = ["user_create", "session_create", "password_reset", "email_confirmation"];
    if raw.iter().all(|name| KNOWN.contains(&name.as_str())) {
        Ok(raw.to_vec())
    } else {
        let expected = format!("expected a list of {}", KNOWN.join(", "));
        Err(check.refuse("dialects.barong.captcha_protected_endpoints", expected))
    }
}

fn service_url(name: &str, raw: Option<&String>, check: Check<'_>) -> Result<Option<String>, Problem> {
    let key = format!("dialects.barong.{name}");
    optional(raw).map(|url| check.url(&key, &url, &["http", "https"])).transpose()
}

fn auth0(raw: &RawBarong, check: Check<'_>) -> Result<Option<(String, String)>, Problem> {
    match (optional(raw.auth0_domain.as_ref()), optional(raw.auth0_client_id.as_ref())) {
        (Some(domain), Some(client)) => Ok(Some((domain, client))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(check.refuse(
            "dialects.barong.auth0_client_id",
            "expected a value, because dialects.barong.auth0_domain has one",
        )),
        (None, Some(_)) => Err(check.refuse(
            "dialects.barong.auth0_domain",
            "expected a value, because dialects.barong.auth0_client_id has one",
        )),
    }
}

fn requirements(raw: &[String], check: Check<'_>) -> Result<Vec<(String, String)>, Problem> {
    let pair = |text: &String| {
        let (key, value) = text.split_once(':')?;
        (!key.is_empty() && !value.is_empty()).then(|| (key.to_owned(), value.to_owned()))
    };
    raw.iter().map(pair).collect::<Option<_>>().ok_or_else(|| {
        let expected = "expected a list of LABEL:VALUE such as email:verified";
        check.refuse("dialects.barong.activation_requirements", expected)
    })
}

fn triggers(raw: &[String], check: Check<'_>) -> Result<Vec<(AccountState, String)>, Problem> {
    let pair = |text: &String| {
        let (state, label) = text.split_once(':')?;
        let state = AccountState::parse(state).ok()?;
        (!label.is_empty()).then(|| (state, label.to_owned()))
    };
    raw.iter().map(pair).collect::<Option<_>>().ok_or_else(|| {
        let expected = "expected a list of STATE:LABEL such as banned:fraud";
        check.refuse("dialects.barong.state_triggers", expected)
    })
}
