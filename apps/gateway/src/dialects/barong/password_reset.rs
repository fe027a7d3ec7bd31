//! Forgotten passwords (contract §7.4, §7.5).

use actix_web::web::Data;
use portcullis_kernel::{Email, Event, Password, PolicyBreach, SessionSweep, Token, Uid};
use portcullis_password_reset::{
    CarriedToken, CompleteByToken, Ineligible, RequestResetError, RequestToken, Requested,
};

use super::mail_token::{self, Purpose};
use super::refusal::{Key, Refusal, Words};
use super::wire::{Answer, Params, accepted};
use super::{Barong, DOOR};
use crate::app::App;
use crate::body::Decoded;
use crate::middleware::Origin;

const UNKNOWN: Key = (404, "identity.password.user_doesnt_exist");
const DIFFERENT: Key = (422, "identity.user.passwords_doesnt_match");

const WORDS: Words = Words { throttled: (429, "identity.user.too_many_attempts"), ..Words::NONE };

/// Mails a token to set a new password. Unless the server discloses accounts, the answer is the same for everybody.
#[utoipa::path(post, path = "/api/v2/auth/identity/users/password/generate_code", tag = "users",
    request_body(content = super::forms::EmailForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "Sent, if a user has this address"),
    (status = 400, description = "A parameter is absent or blank", body = Refusal),
    (status = 404, description = "No user has this address; only with `security.disclose_accounts`", body = Refusal),
    (status = 429, description = "Too many mails for this address", body = Refusal),
))]
pub async fn generate_code(door: Data<Barong>, origin: Origin, Decoded(params): Decoded<Params>) -> Answer {
    let mut reader = door.reader(&params, "identity.user");
    let email = reader.required("email");
    reader.finish()?;
    door.check_captcha("password_reset", &params).await?;
    let (app, company) = (door.app.clone(), door.company().await?);
    let client = origin.client(DOOR);
    let work = async move {
        let Ok(email) = Email::parse(&email) else {
            return Ok(Requested::NobodyEligible(Ineligible::UnknownEmail));
        };
        let found = app.accounts.find(company.id, email.as_str()).await?;
        let uid = found.map_or_else(|| Uid::from_text(""), |account| account.uid);
        let command = RequestToken {
            company: Some(company.id),
            company_typed: company.slug.as_str().to_owned(),
            typed: email.as_str().to_owned(),
            lifetime: app.settings.dialects.barong.jwt_expire_time,
            event: Event::PasswordResetToken,
            base_url: Some(app.settings.dialects.barong.page("/accounts/password_reset")),
            first_base_url: None,
            carried: Some(carried(&app, &email, &uid).await?),
            force: false,
            client,
        };
        app.resets.request_token(command).await
    };
    let requested = door.run("barong.generate_password_code", WORDS, work).await?;
    if requested == Requested::NobodyEligible(Ineligible::UnknownEmail) && door.app.settings.disclose_accounts
    {
        return Err(Refusal::key(UNKNOWN));
    }
    Ok(accepted())
}

/// Sets a new password with the token of a mail, and ends every session of the user.
#[utoipa::path(post, path = "/api/v2/auth/identity/users/password/confirm_code", tag = "users",
    request_body(content = super::forms::ResetForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "Set"),
    (status = 400, description = "A parameter is absent or blank", body = Refusal),
    (status = 404, description = "The user is gone", body = Refusal),
    (status = 422, description = "The passwords differ, the token is wrong, late or used, or the password is weak", body = Refusal),
))]
pub async fn confirm_code(door: Data<Barong>, origin: Origin, Decoded(params): Decoded<Params>) -> Answer {
    let mut reader = door.reader(&params, "identity.user");
    let token = reader.required_as("reset_password_token", "identity.user.missing_pass_token");
    let (password, again) = (reader.required("password"), reader.required("confirm_password"));
    reader.finish()?;
    if password != again {
        return Err(Refusal::key(DIFFERENT));
    }
    let token = door.read_mail_token(token, Purpose::Reset).await?;
    let too_long = || Refusal::weak(&[PolicyBreach::TooLong { max: Password::MAX_CHARS }]);
    let command = CompleteByToken {
        uid: None,
        token: token.reset.as_ref().map(Token::reveal).unwrap_or_default().to_owned(),
        password: Password::parse(password).ok().ok_or_else(too_long)?,
        sweep: SessionSweep::ALL,
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let work = async move { app.resets.complete_by_token(command).await };
    door.run("barong.confirm_password_code", WORDS, work).await?;
    Ok(accepted())
}

/// A secret, and the JWT it travels in. Signed for nobody as well, so that an unknown address costs the same.
async fn carried(app: &App, email: &Email, uid: &Uid) -> Result<CarriedToken, RequestResetError> {
    let secret = app.ambient.token();
    let text = mail_token::write(app, Purpose::Reset, (email.as_str(), uid), Some(&secret)).await?;
    Ok(CarriedToken { secret, text })
}
