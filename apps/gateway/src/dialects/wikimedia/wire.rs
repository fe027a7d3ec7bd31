//! What travels: request fields, answers and claims (contract §2, §3, §5).

use actix_web::body::BoxBody;
use actix_web::{HttpRequest, HttpResponse, Responder};
use portcullis_kernel::{AuditId, FreshId, Password, Timestamp};
use portcullis_sessions::{Claims, Session, Subject};
use serde::Serialize;
use utoipa::ToSchema;

use super::Wikimedia;
use super::refusal::{Operation, Refusal};
use crate::body::{Decode, Fields, Input};
use crate::failure::Failure;

/// Lengths count Unicode code points (contract §2.2).
const NAME: std::ops::RangeInclusive<usize> = 1..=255;
const TOKEN: std::ops::RangeInclusive<usize> = 1..=usize::MAX;

macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $range:expr;)* })*) => {$(
        $(#[$doc])*
        #[derive(ToSchema)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: String,)*
        }

        impl Decode for $name {
            type Refusal = Refusal;

            fn decode(input: &Input) -> Result<Self, Refusal> {
                let fields = fields(input)?;
                Ok(Self { $($field: required(&fields, stringify!($field), $range)?,)* })
            }

            fn refuse(failure: Failure) -> Refusal {
                Operation::Login.refuse(failure)
            }
        }
    )*};
}

requests! {
    /// Credentials.
    LoginRequest {
        /// The username, to the letter, or a verified e-mail address.
        username: NAME;
        /// The password.
        password: NAME;
    }
    /// A refresh token and whose it is.
    RefreshRequest {
        /// The username, to the letter.
        username: NAME;
        /// The refresh token of a login.
        refresh_token: TOKEN;
    }
    /// A refresh token to end.
    RevokeRequest {
        /// The refresh token of a login.
        refresh_token: TOKEN;
    }
    /// Whose password was forgotten.
    ForgotPasswordRequest {
        /// The username, to the letter, or an e-mail address.
        username: NAME;
    }
    /// A code from the mail, and the new password.
    ForgotPasswordConfirmRequest {
        /// The username, to the letter, or an e-mail address.
        username: NAME;
        /// The new password.
        password: NAME;
        /// The code from the mail.
        confirmation_code: 1..=2048;
    }
    /// The old and the new password.
    ChangePasswordRequest {
        /// An access token.
        access_token: TOKEN;
        /// The password so far.
        previous_password: 6..=256;
        /// The new password.
        proposed_password: 6..=256;
    }
    /// The answer to the challenge `NEW_PASSWORD_REQUIRED`.
    NewPasswordRequest {
        /// The `session` of the challenge.
        session: TOKEN;
        /// The username of the login.
        username: NAME;
        /// The new password.
        new_password: 6..=255;
    }
    /// The answer to the challenge `SOFTWARE_TOKEN_MFA`, an extension of this server.
    MfaRequest {
        /// The `session` of the challenge.
        session: TOKEN;
        /// The username of the login.
        username: NAME;
        /// A code of any verified authenticator, or a recovery code.
        code: NAME;
    }
}

/// The fields of a request, by media type (contract §2.1): JSON, forms merged with the query, multipart; anything
/// else has only its query.
fn fields(input: &Input) -> Result<Fields, Refusal> {
    let query = || Fields::from_form(input.query.as_bytes());
    match input.media_type.as_str() {
        "application/json" => Fields::from_json_prefix(&input.bytes).ok_or(Refusal::INVALID),
        "application/x-www-form-urlencoded" => Ok(Fields::from_form(&input.bytes).or(query())),
        "multipart/form-data" => input.parts.clone().ok_or(Refusal::INVALID),
        _ => Ok(query()),
    }
}

fn required(fields: &Fields, name: &str, length: std::ops::RangeInclusive<usize>) -> Result<String, Refusal> {
    match fields.text(name) {
        Ok(Some(text)) if length.contains(&text.chars().count()) => Ok(text.to_owned()),
        Ok(_) | Err(_) => Err(Refusal::INVALID),
    }
}

/// A password whose length was checked above.
pub fn password(text: String) -> Result<Password, Refusal> {
    Password::parse(text).ok().ok_or(Refusal::INVALID)
}

/// The tokens of a login, or the challenge it stopped at. Absent members are omitted.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct LoginAnswer {
    /// `NEW_PASSWORD_REQUIRED` or `SOFTWARE_TOKEN_MFA`, when the login stopped there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_name: Option<&'static str>,
    /// Who signed in; a JWT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// Opens the data APIs; a JWT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// Makes new access tokens; opaque.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Handle of the challenge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Lifetime of the access token in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
}

/// Compact, and with a charset (contract §2.3).
impl Responder for LoginAnswer {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().content_type("application/json; charset=utf-8").json(self)
    }
}

/// The claims of an access token (contract §5.1).
pub fn access_claims(door: &Wikimedia, session: &Session, subject: &Subject, now: Timestamp) -> Claims {
    common(door, session, subject, (now, now.plus(door.rules().access_ttl)))
        .text("token_use", "access")
        .text("scope", "aws.cognito.signin.user.admin")
        .text("client_id", door.rules().client_id.as_str())
        .text("username", username(subject))
}

/// The claims of an ID token (contract §5.1).
pub fn id_claims(door: &Wikimedia, session: &Session, subject: &Subject, now: Timestamp) -> Claims {
    let claims = common(door, session, subject, (now, now.plus(door.rules().id_ttl)))
        .text("token_use", "id")
        .text("aud", door.rules().client_id.as_str())
        .text("cognito:username", username(subject));
    match &subject.email {
        Some(email) => claims.text("email", email.as_str()).flag("email_verified", subject.email_verified),
        None => claims,
    }
}

fn common(
    door: &Wikimedia,
    session: &Session,
    subject: &Subject,
    (now, expiry): (Timestamp, Timestamp),
) -> Claims {
    let jti = AuditId::fresh(now, door.app.ambient.entropy());
    Claims::new()
        .text("sub", subject.id.to_string())
        .text("iss", door.issuer())
        .list("cognito:groups", subject.groups.clone())
        .text("origin_jti", session.id.to_string())
        .text("event_id", session.id.to_string())
        .instant("auth_time", session.authenticated_at)
        .instant("iat", now)
        .instant("exp", expiry)
        .text("jti", jti.to_string())
}

fn username(subject: &Subject) -> String {
    subject.username.as_ref().map_or_else(|| subject.id.to_string(), |name| name.as_str().to_owned())
}
