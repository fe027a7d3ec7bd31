//! Second factors and the challenges for them (contract §5.4, §5.5, §7.9–7.14).

use portcullis_kernel::{FactorKind, Mobile, SessionChallenge};
use portcullis_mfa::{Authenticator, Enrolment, Factor, FactorFilter, RecoveryCode};
use portcullis_sessions::Subject;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::Form;
use crate::body::{Decode, Input};
use crate::dialects::rehive::refusal::{Names, Refusal};
use crate::failure::Failure;

/// What stands in place of a secret.
const MASK: &str = "*****";
/// Longer than any id or code that is real.
const MAX_REFERENCE: usize = 100;

/// A challenge that is put to a session (contract §5.5).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChallengeObject {
    id: String,
    /// `authentication`, `authorization` or `setup`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// `permanent` or `ephemeral`.
    durability: &'static str,
    /// Out of `totp`, `sms` and `static`.
    authenticator_types: Vec<&'static str>,
    /// Milliseconds since the Unix epoch.
    created: i64,
}

impl ChallengeObject {
    /// Renders a challenge.
    pub fn new(challenge: &SessionChallenge) -> Self {
        Self {
            id: challenge.id.to_string(),
            kind: challenge.kind.as_str(),
            durability: challenge.kind.durability(),
            authenticator_types: challenge.factors.kinds().map(FactorKind::as_str).collect(),
            created: challenge.created_at.as_millis(),
        }
    }
}

/// An authenticator (contract §5.4).
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthenticatorObject {
    id: String,
    /// `totp`, `sms` or `static`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Depends on the type; secrets are shown once, when it is created.
    #[schema(value_type = Object)]
    details: Value,
    verified: bool,
    /// Milliseconds since the Unix epoch.
    created: i64,
    /// Milliseconds since the Unix epoch.
    updated: i64,
}

/// Who issues codes, and for whom, as apps show it.
#[derive(Clone, Debug)]
pub struct Label {
    /// The company's name.
    pub issuer: String,
    /// The account's e-mail address, mobile, username or id: the first that it has.
    pub account: String,
}

impl Label {
    /// The label of an account.
    pub fn new(issuer: String, subject: &Subject) -> Self {
        let email = || subject.email.as_ref().map(|email| email.as_str().to_owned());
        let mobile = || subject.mobile.as_ref().map(|mobile| mobile.as_str().to_owned());
        let username = || subject.username.as_ref().map(|name| name.as_str().to_owned());
        let account = email().or_else(mobile).or_else(username);
        Self { issuer, account: account.unwrap_or_else(|| subject.id.to_string()) }
    }
}

impl AuthenticatorObject {
    /// With its secrets, to the owner who just created it.
    pub fn in_full(enrolment: &Enrolment, label: &Label) -> Self {
        let name = &enrolment.authenticator.name;
        let details = match &enrolment.authenticator.factor {
            Factor::Totp(totp) => json!({
                "name": name,
                "algorithm": totp.algorithm.as_str(),
                "otpauth_url": enrolment.link.as_ref().map(portcullis_kernel::Secret::reveal),
                "issuer": label.issuer,
                "account": label.account,
                "key": totp.secret.reveal(),
            }),
            Factor::Sms { mobile } => json!({ "name": name, "mobile": mobile.as_str() }),
            Factor::Static { codes } => {
                json!({ "name": name, "tokens": tokens(codes, |code| code.code.reveal()) })
            }
        };
        Self::new(&enrolment.authenticator, details)
    }

    /// Without its secrets.
    pub fn masked(authenticator: &Authenticator, label: &Label) -> Self {
        let name = &authenticator.name;
        let details = match &authenticator.factor {
            Factor::Totp(totp) => json!({
                "name": name,
                "algorithm": totp.algorithm.as_str(),
                "otpauth_url": MASK,
                "issuer": label.issuer,
                "account": label.account,
                "key": MASK,
            }),
            Factor::Sms { mobile } => json!({ "name": name, "mobile": last_four(mobile) }),
            Factor::Static { codes } => json!({ "name": name, "tokens": tokens(codes, |_| MASK) }),
        };
        Self::new(authenticator, details)
    }

    fn new(authenticator: &Authenticator, details: Value) -> Self {
        Self {
            id: authenticator.id.to_string(),
            kind: authenticator.factor.kind().as_str(),
            details,
            verified: authenticator.verified_at.is_some(),
            created: authenticator.created_at.as_millis(),
            updated: authenticator.updated_at.as_millis(),
        }
    }
}

fn tokens<'a>(codes: &'a [RecoveryCode], shown: impl Fn(&'a RecoveryCode) -> &'a str) -> Vec<Value> {
    codes.iter().map(|code| json!({ "token": shown(code), "available": code.used_at.is_none() })).collect()
}

fn last_four(mobile: &Mobile) -> String {
    let digits = mobile.as_str();
    let shown = digits.get(digits.len().saturating_sub(4)..).unwrap_or_default();
    format!("{MASK}{shown}")
}

/// The envelope around an authenticator.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the OpenAPI document")]
pub struct AuthenticatorAnswer {
    /// Always `success`.
    status: String,
    data: AuthenticatorObject,
}

/// The envelope around a page of authenticators.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the OpenAPI document")]
pub struct AuthenticatorPage {
    /// Always `success`.
    status: String,
    data: AuthenticatorList,
}

/// A page of authenticators.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the OpenAPI document")]
pub struct AuthenticatorList {
    count: u64,
    next: Option<String>,
    previous: Option<String>,
    results: Vec<AuthenticatorObject>,
}

/// Reads the filters of a list; a value that fits nothing is no error.
pub fn factor_filter(query: &str) -> Result<FactorFilter, Refusal> {
    let mut form = Form::query(query);
    let filter = FactorFilter {
        id: form.text("id", MAX_REFERENCE),
        kind: form.text("type", MAX_REFERENCE),
        verified: form.flag("verified"),
    };
    form.finish(filter)
}

/// An authenticator to create.
#[derive(ToSchema)]
pub struct CreateAuthenticator {
    /// `totp`, `sms` or `static`.
    #[schema(rename = "type", value_type = String)]
    pub kind: FactorKind,
    /// What to call it; `details.name` as well.
    pub name: Option<String>,
    /// For `sms`; `details.mobile` as well, the account's own if absent.
    #[schema(value_type = Option<String>)]
    pub mobile: Option<Mobile>,
}

impl Decode for CreateAuthenticator {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let mut form = Form::read(input)?;
        form.required("type", MAX_REFERENCE);
        let kind = form.choice("type", FactorKind::parse).unwrap_or(FactorKind::Totp);
        let mut details = Form::of(details(&mut form));
        let name = details.text("name", 100);
        let mobile = form.text("mobile", 50).or_else(|| details.text("mobile", 50));
        let mobile = mobile.and_then(|text| {
            Mobile::parse(&text).ok().or_else(|| form.refuse("mobile", "Enter a valid mobile number."))
        });
        details.finish(())?;
        form.finish(Self { kind, name, mobile })
    }

    fn refuse(failure: Failure) -> Refusal {
        Refusal::of(failure, Names::NONE)
    }
}

/// The object `details`, which a form carries as JSON text.
fn details(form: &mut Form) -> Map<String, Value> {
    let object = match form.value("details") {
        None => return Map::new(),
        Some(Value::Object(details)) => Some(details.clone()),
        Some(Value::String(text)) if text.trim().is_empty() => return Map::new(),
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        Some(_) => None,
    };
    object.or_else(|| form.refuse("details", "Expected a dictionary.")).unwrap_or_default()
}

/// What a code is wanted or presented for; neither, if only one challenge is open.
#[derive(ToSchema)]
pub struct DeliverRequest {
    /// An open challenge of the session.
    pub challenge: Option<String>,
    /// An authenticator of the account.
    pub authenticator: Option<String>,
}

impl DeliverRequest {
    fn read(form: &mut Form) -> Self {
        Self {
            challenge: form.text("challenge", MAX_REFERENCE),
            authenticator: form.text("authenticator", MAX_REFERENCE),
        }
    }
}

impl Decode for DeliverRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let mut form = Form::read(input)?;
        let request = Self::read(&mut form);
        form.finish(request)
    }

    fn refuse(failure: Failure) -> Refusal {
        Refusal::of(failure, Names::NONE)
    }
}

/// A code.
#[derive(ToSchema)]
pub struct VerifyRequest {
    /// The code as typed.
    pub token: String,
    /// What it is for.
    #[schema(inline)]
    pub purpose: DeliverRequest,
}

impl Decode for VerifyRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let mut form = Form::read(input)?;
        let request =
            Self { token: form.required("token", MAX_REFERENCE), purpose: DeliverRequest::read(&mut form) };
        form.finish(request)
    }

    fn refuse(failure: Failure) -> Refusal {
        Refusal::of(failure, Names::NONE)
    }
}
