//! What travels: request fields, answers and claims (contract §2–§4). Member names are the contract's, capitals
//! and all.

use std::collections::BTreeMap;
use std::time::Duration;

use portcullis_kernel::{Password, Timestamp};
use portcullis_service_accounts::{ApiKey, KeyKind};
use portcullis_sessions::{Claims, Session, Subject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Bfore;
use super::refusal::{Operation, Refusal};
use crate::body::{Decode, Fields, Input};
use crate::failure::Failure;

/// "Not set", as this contract writes it (§1).
const NEVER: &str = "0001-01-01T00:00:00";

/// Credentials, as JSON or as a form.
#[derive(ToSchema)]
pub struct LoginRequest {
    /// The username in any case, or another identifier of the account.
    pub username: String,
    /// The password.
    pub password: String,
    /// A second-factor code, for accounts that have one; an extension of this server.
    #[schema(nullable)]
    pub otp: Option<String>,
}

/// The old password and, twice, the new one.
#[derive(ToSchema)]
pub struct PasswordRequest {
    /// The username in any case, or another identifier of the account.
    pub username: String,
    /// The password so far.
    pub old: String,
    /// The new password.
    pub new: String,
    /// The new password again.
    #[expect(dead_code, reason = "compared while decoding; here for the OpenAPI document")]
    pub confirm: String,
}

/// What the new key is called.
#[derive(ToSchema)]
pub struct AddRequest {
    /// 1 to 255 characters, not only white space; need not be unique.
    pub name: String,
}

/// The key to delete.
#[derive(ToSchema)]
pub struct DeleteRequest {
    /// The key itself, not its id or name.
    pub text: String,
}

/// How long the new token lives: minutes or days, not both; an hour if neither is given.
#[derive(Deserialize, IntoParams)]
pub struct TokenQuery {
    /// Minutes, 1 to 525 600.
    pub m: Option<String>,
    /// Days, 1 to 365.
    pub d: Option<String>,
}

impl TokenQuery {
    /// The lifetime asked for.
    pub fn lifetime(&self, default: Duration) -> Result<Duration, Refusal> {
        let within =
            |text: &str, max: u64| text.parse().ok().filter(|number: &u64| (1..=max).contains(number));
        let seconds = match (self.m.as_deref(), self.d.as_deref()) {
            (None, None) => Some(default.as_secs()),
            (Some(minutes), None) => within(minutes, 525_600).map(|minutes| minutes * 60),
            (None, Some(days)) => within(days, 365).map(|days| days * 86_400),
            (Some(_), Some(_)) => None,
        };
        seconds.map(Duration::from_secs).ok_or(Refusal::BAD_LIFETIME)
    }
}

impl Decode for LoginRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let fields = fields(input).ok_or(Refusal::CREDENTIALS_REQUIRED)?;
        let username = filled(&fields, "username").ok_or(Refusal::CREDENTIALS_REQUIRED)?;
        let password = filled(&fields, "password").ok_or(Refusal::CREDENTIALS_REQUIRED)?;
        let otp = fields.text("otp").ok().ok_or(Refusal::CREDENTIALS_REQUIRED)?;
        Ok(Self { username, password, otp: otp.filter(|code| !code.is_empty()).map(str::to_owned) })
    }

    fn refuse(failure: Failure) -> Refusal {
        Refusal::of(Operation::Authenticated, failure)
    }
}

impl Decode for PasswordRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let fields = fields(input).ok_or(Refusal::PASSWORDS_REQUIRED)?;
        let required = |name| filled(&fields, name).ok_or(Refusal::PASSWORDS_REQUIRED);
        let [username, old, new, confirm] =
            [required("username")?, required("old")?, required("new")?, required("confirm")?];
        if new == confirm { Ok(Self { username, old, new, confirm }) } else { Err(Refusal::PASSWORDS_DIFFER) }
    }

    fn refuse(failure: Failure) -> Refusal {
        Refusal::of(Operation::Authenticated, failure)
    }
}

impl Decode for AddRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let name = fields(input).and_then(|fields| filled(&fields, "name")).ok_or(Refusal::NAME_REQUIRED)?;
        Ok(Self { name })
    }

    fn refuse(failure: Failure) -> Refusal {
        Refusal::of(Operation::Authenticated, failure)
    }
}

impl Decode for DeleteRequest {
    type Refusal = Refusal;

    /// Takes every form of contract §2.4: a JSON object with `text` or `token`, a JSON string, plain text, a form.
    fn decode(input: &Input) -> Result<Self, Refusal> {
        let text = match input.media_type.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => filled(&Fields::from_form(&input.bytes), "text"),
            "multipart/form-data" => input.parts.as_ref().and_then(|parts| filled(parts, "text")),
            "application/json" => in_json(&input.bytes),
            _ => in_json(&input.bytes).or_else(|| std::str::from_utf8(&input.bytes).ok().map(str::to_owned)),
        };
        let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Self { text: text.ok_or(Refusal::TEXT_REQUIRED)? })
    }

    fn refuse(failure: Failure) -> Refusal {
        Refusal::of(Operation::Authenticated, failure)
    }
}

fn fields(input: &Input) -> Option<Fields> {
    match input.media_type.to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => Some(Fields::from_form(&input.bytes)),
        "multipart/form-data" => input.parts.clone(),
        _ => Fields::from_json(&input.bytes),
    }
}

fn filled(fields: &Fields, name: &str) -> Option<String> {
    fields.text(name).ok().flatten().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn in_json(bytes: &[u8]) -> Option<String> {
    let in_object = || {
        let fields = Fields::from_json(bytes)?;
        filled(&fields, "text").or_else(|| filled(&fields, "token"))
    };
    serde_json::from_slice::<String>(bytes).ok().or_else(in_object)
}

/// A password to be checked. One that is too long to be hashed cannot be right.
pub fn password(text: String) -> Result<Password, Refusal> {
    Password::parse(text).ok().ok_or(Refusal::INCORRECT)
}

/// A password to be set.
pub fn new_password(text: String) -> Result<Password, Refusal> {
    Password::parse(text).ok().ok_or(Refusal::PASSWORD_TOO_LONG)
}

/// Who is signed in, and the token that says so.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct UserAnswer {
    id: String,
    created: String,
    username: String,
    email: String,
    firstname: String,
    lastname: String,
    properties: BTreeMap<String, String>,
    /// Always empty: this server keeps no roles for this door.
    authorizations: Vec<BTreeMap<String, String>>,
    token: String,
    /// `0001-01-01T00:00:00` when the password does not expire.
    password_expiration: String,
    /// The same JWT again.
    #[serde(rename = "access_token")]
    access_token: String,
    #[serde(rename = "token_type")]
    token_type: &'static str,
    /// Seconds left.
    #[serde(rename = "expires_in")]
    expires_in: u64,
}

impl UserAnswer {
    /// The answer of every operation that hands out a token.
    pub fn new(subject: &Subject, token: String, lifetime: Duration) -> Self {
        Self {
            id: subject.id.to_string(),
            created: subject.created_at.naive(),
            username: username(subject),
            email: subject.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            firstname: subject.says("first_name").to_owned(),
            lastname: subject.says("last_name").to_owned(),
            properties: BTreeMap::new(),
            authorizations: Vec::new(),
            token: token.clone(),
            password_expiration: subject
                .password_expires_at
                .map_or_else(|| NEVER.to_owned(), Timestamp::naive),
            access_token: token,
            token_type: "bearer",
            expires_in: lifetime.as_secs(),
        }
    }
}

/// The claims of a JWT (contract §4). `aud` keeps it apart from other doors' tokens; `jti` is the session.
pub fn claims(door: &Bfore, session: &Session, subject: &Subject, expiry: Timestamp) -> Claims {
    Claims::new()
        .text("iss", door.issuer())
        .text("aud", "bfore")
        .text("sub", subject.id.to_string())
        .text("name", username(subject))
        .instant("iat", session.created_at)
        .instant("nbf", session.created_at)
        .instant("exp", expiry)
        .text("jti", session.id.to_string())
}

/// What the account is called here: its username, or else its e-mail address or id.
pub fn username(subject: &Subject) -> String {
    let name = subject.username.as_ref().map(|name| name.as_str().to_owned());
    let email = || subject.email.as_ref().map(|email| email.as_str().to_owned());
    name.or_else(email).unwrap_or_else(|| subject.id.to_string())
}

/// A named API key, key included: deletion needs it (contract §2.3).
#[derive(Serialize, ToSchema)]
pub struct KeyAnswer {
    id: String,
    name: String,
    token: String,
    created: String,
}

impl KeyAnswer {
    /// The answer for a header key; keys of another kind have none.
    pub fn new(key: &ApiKey) -> Option<Self> {
        match &key.kind {
            KeyKind::Header { token } => Some(Self {
                id: key.id.to_string(),
                name: key.name.clone(),
                token: token.reveal().to_owned(),
                created: key.created_at.naive(),
            }),
            KeyKind::Signed { .. } => None,
        }
    }
}

/// A short answer for a person.
#[derive(Serialize, ToSchema)]
pub struct MessageAnswer {
    message: String,
}

impl MessageAnswer {
    /// Wraps the text.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::web::Bytes;

    fn input(media_type: &str, body: &str) -> Input {
        Input {
            media_type: media_type.to_owned(),
            query: String::new(),
            bytes: Bytes::copy_from_slice(body.as_bytes()),
            parts: None,
        }
    }

    #[test]
    fn deletion_takes_the_key_in_every_form() {
        for (media_type, body) in [
            ("application/json", r#"{"text":"k"}"#),
            ("application/json", r#"{"TEXT":" k "}"#),
            ("application/json", r#"{"token":"k"}"#),
            ("application/json", r#""k""#),
            ("text/plain", "k\n"),
            ("text/plain", r#"{"text":"k"}"#),
            ("", "k"),
            ("application/x-www-form-urlencoded", "text=k"),
        ] {
            let request = DeleteRequest::decode(&input(media_type, body));
            assert_eq!(request.map(|request| request.text), Ok("k".to_owned()), "{media_type} {body}");
        }
        for (media_type, body) in
            [("application/json", "k"), ("application/json", "{}"), ("", "  "), ("", "{\"a\":1}")]
        {
            let refused = DeleteRequest::decode(&input(media_type, body)).map(|request| request.text);
            assert_eq!(
                refused,
                if body == "{\"a\":1}" { Ok(body.to_owned()) } else { Err(Refusal::TEXT_REQUIRED) }
            );
        }
    }

    #[test]
    fn lifetimes_are_whole_numbers_within_bounds() {
        let hour = Duration::from_secs(3_600);
        let ask = |m: Option<&str>, d: Option<&str>| {
            TokenQuery { m: m.map(str::to_owned), d: d.map(str::to_owned) }
                .lifetime(hour)
                .ok()
                .map(|life| life.as_secs())
        };
        assert_eq!(ask(None, None), Some(3_600));
        assert_eq!(ask(Some("1"), None), Some(60));
        assert_eq!(ask(None, Some("365")), Some(31_536_000));
        for bad in ["0", "-1", "1.5", "", "525601", "ten"] {
            assert_eq!(ask(Some(bad), None), None, "{bad}");
        }
        assert_eq!(ask(None, Some("366")), None);
        assert_eq!(ask(Some("1"), Some("1")), None);
    }
}
