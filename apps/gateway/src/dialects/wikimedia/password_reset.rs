//! Forgotten and forced passwords (contract §3.4, §3.5, §3.7).

use actix_web::HttpResponse;
use actix_web::web::Data;
use portcullis_kernel::SessionSweep;
use portcullis_password_reset::{
    CompleteByCode, CompleteChallenge, Ineligible, RequestCode, Requested, ResetLookup,
};
use portcullis_sessions::{OpenFor, SignInOutcome};

use super::refusal::{Operation, Refusal};
use super::sessions::answer;
use super::wire::{
    ForgotPasswordConfirmRequest, ForgotPasswordRequest, LoginAnswer, NewPasswordRequest, password,
};
use super::{DOOR, Wikimedia};
use crate::body::Decoded;
use crate::failure::Failure;
use crate::middleware::Origin;

/// Mails a code for a new password. Unless the server discloses accounts, the answer is the same for everybody.
#[utoipa::path(post, path = "/v1/forgot-password", tag = "passwords", request_body = ForgotPasswordRequest, responses(
    (status = 204, description = "A code is on its way, if the account exists and has a verified e-mail address"),
    (status = 401, description = "No code was sent; only with `security.disclose_accounts`", body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 422, description = "A field is missing or malformed", body = Refusal),
    (status = 503, description = "Without database", body = Refusal),
))]
pub async fn forgot(
    door: Data<Wikimedia>,
    origin: Origin,
    Decoded(body): Decoded<ForgotPasswordRequest>,
) -> Result<HttpResponse, Refusal> {
    let command = RequestCode {
        company: door.company(Operation::Forgot).await?,
        typed: body.username,
        lookup: ResetLookup::ExactUsernameOrVerifiedEmail,
        lifetime: door.rules().code_ttl,
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let requested =
        door.app.run("wikimedia.forgot", async move { app.resets.request_code(command).await }).await;
    let answer = match requested {
        Ok(Requested::Sent) => Ok(()),
        Ok(Requested::NobodyEligible(Ineligible::UnknownEmail)) => Err(Refusal::NO_USER),
        Ok(Requested::NobodyEligible(_)) => Err(Refusal::FORGOT_FAILED),
        Err(failure @ Failure::Throttled { .. }) => Err(Operation::Forgot.refuse(failure)),
        Err(failure) => return Err(Operation::Forgot.refuse(failure)),
    };
    answer.or_else(|refusal| if door.app.settings.disclose_accounts { Err(refusal) } else { Ok(()) })?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sets a new password with the code from the mail.
#[utoipa::path(post, path = "/v1/forgot-password-confirm", tag = "passwords",
    request_body = ForgotPasswordConfirmRequest, responses(
    (status = 204, description = "Set; the sessions of the account are over"),
    (status = 401, description = "`<Name>: <reason>`: wrong or expired code, weak password, too many attempts",
        body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 422, description = "A field is missing or malformed", body = Refusal),
    (status = 503, description = "Overloaded or without database", body = Refusal),
))]
pub async fn confirm(
    door: Data<Wikimedia>,
    origin: Origin,
    Decoded(body): Decoded<ForgotPasswordConfirmRequest>,
) -> Result<HttpResponse, Refusal> {
    if !has_visible_ends(&body.password) {
        return Err(Refusal::BAD_PASSWORD_SHAPE);
    }
    let command = CompleteByCode {
        company: door.company(Operation::ForgotConfirm).await?,
        typed: body.username,
        lookup: ResetLookup::ExactUsernameOrVerifiedEmail,
        code: body.confirmation_code,
        password: password(body.password)?,
        sweep: SessionSweep { scope: door.sweep(), keep: None },
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let done = door
        .app
        .run("wikimedia.forgot_confirm", async move { app.resets.complete_by_code(command).await })
        .await;
    done.map(|()| HttpResponse::NoContent().finish()).map_err(|failure| {
        let refusal = Operation::ForgotConfirm.refuse(failure);
        if door.app.settings.disclose_accounts { refusal } else { refusal.undisclosed() }
    })
}

/// Answers the challenge `NEW_PASSWORD_REQUIRED`.
#[utoipa::path(post, path = "/v1/new-password-required", tag = "passwords", request_body = NewPasswordRequest,
    responses(
    (status = 200, description = "Tokens", body = LoginAnswer),
    (status = 401, description = "The challenge is over, or the new password breaks the policy", body = Refusal),
    (status = 413, description = "The body is over 1 MiB", body = Refusal),
    (status = 422, description = "A field is missing or malformed", body = Refusal),
    (status = 500, description = "A second factor was enrolled in the meantime: sign in again", body = Refusal),
    (status = 503, description = "Overloaded or without database", body = Refusal),
))]
pub async fn new_password(
    door: Data<Wikimedia>,
    origin: Origin,
    Decoded(body): Decoded<NewPasswordRequest>,
) -> Result<LoginAnswer, Refusal> {
    let company = door.company(Operation::NewPassword).await?;
    let command = CompleteChallenge {
        company,
        typed: body.username,
        challenge: body.session,
        password: password(body.new_password)?,
        client: origin.client(DOOR),
    };
    let (app, rules, client) = (door.app.clone(), door.door_rules(), origin.client(DOOR));
    let work = async move {
        let reset = app.resets.complete_challenge(command).await?;
        let open =
            OpenFor { company, account: reset.account, factor_checked: reset.factor_checked, client, rules };
        Ok::<_, Failure>(app.sessions.open_for(open).await?)
    };
    let outcome = door.app.run("wikimedia.new_password", work).await;
    match outcome.map_err(|failure| Operation::NewPassword.refuse(failure))? {
        SignInOutcome::SecondFactorRequired(_) => Err(Refusal::FURTHER_CHALLENGE),
        outcome @ (SignInOutcome::Opened(_) | SignInOutcome::NewPasswordRequired(_)) => {
            answer(&door, Operation::NewPassword, outcome).await
        }
    }
}

/// Two characters at least, white space at neither end (contract §3.5).
fn has_visible_ends(password: &str) -> bool {
    password.chars().count() > 1 && password.trim() == password
}
