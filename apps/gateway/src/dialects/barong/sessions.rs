//! Signing in and out (contract §7.8–7.9).

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use portcullis_kernel::{AccountId, Client, Password};
use portcullis_sessions::{OpenFor, OpenForError, Opened, SignIn, SignInError, SignInOutcome, csrf_token};

use super::refusal::{Key, Refusal, Words};
use super::wire::{Answer, Params, UserWithFullInfo, created};
use super::{Barong, DOOR};
use crate::body::Decoded;
use crate::middleware::Origin;

const NO_SESSION: Key = (404, "identity.session.not_found");

/// Signs in with an e-mail address and a password, and a code where the account has a second factor.
#[utoipa::path(post, path = "/api/v2/auth/identity/sessions", tag = "sessions",
    request_body(content = super::forms::SessionForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "A session, as a cookie", body = UserWithFullInfo),
    (status = 400, description = "A parameter is absent or blank", body = Refusal),
    (status = 401, description = "Wrong credentials, a state that is kept out, or `missing_otp`", body = Refusal),
    (status = 403, description = "The code is wrong", body = Refusal),
    (status = 422, description = "The code was used before", body = Refusal),
    (status = 429, description = "Too many attempts; `Retry-After` says when to come back", body = Refusal),
))]
pub async fn login(door: Data<Barong>, origin: Origin, Decoded(params): Decoded<Params>) -> Answer {
    let mut reader = door.reader(&params, "identity.session");
    let (email, password) = (reader.required_once("email"), reader.required_once("password"));
    let code = reader.optional("otp_code").filter(|code| !code.trim().is_empty());
    reader.finish()?;
    door.check_captcha("session_create", &params).await?;
    let wrong = || Refusal::key(Words::NONE.wrong_password);
    let command = SignIn {
        company: door.company().await?.id,
        typed: email,
        password: Password::parse(password).ok().ok_or_else(wrong)?,
        second_factor: code,
        client: origin.client(DOOR),
        rules: door.door_rules(),
    };
    let app = door.app.clone();
    let work = async move {
        match app.sessions.sign_in(command).await? {
            SignInOutcome::Opened(opened) => Ok(opened),
            SignInOutcome::NewPasswordRequired(_) => Err(SignInError::PasswordExpired),
            SignInOutcome::SecondFactorRequired(_) => Err(SignInError::SecondFactorRequired),
        }
    };
    let opened = door.run("barong.login", Words::NONE, work).await?;
    let user = door.user(opened.subject.id).await?;
    Ok(door.handed_over(&opened, user, created))
}

/// Ends the session of the cookie, whatever is left of it.
#[utoipa::path(delete, path = "/api/v2/auth/identity/sessions", tag = "sessions", security(("cookie" = [])), responses(
    (status = 204, description = "Signed out"),
    (status = 404, description = "No such session", body = Refusal),
))]
pub async fn logout(door: Data<Barong>, origin: Origin, request: HttpRequest) -> Answer {
    let token = door.session_token(&request).ok_or_else(|| Refusal::key(NO_SESSION))?;
    let (app, company, client) = (door.app.clone(), door.company().await?.id, origin.client(DOOR));
    let work = async move { app.sessions.end_by_cookie(company, &token, client).await };
    if door.run("barong.logout", Words::NONE, work).await? {
        let mut answer = HttpResponse::NoContent().finish();
        door.set_cookie(&mut answer, None);
        Ok(answer)
    } else {
        Err(Refusal::key(NO_SESSION))
    }
}

impl Barong {
    /// Opens a session for an account that proved itself without its password.
    pub(super) async fn open_session(
        &self,
        account: AccountId,
        factor_checked: bool,
        client: Client,
    ) -> Result<Opened, Refusal> {
        let company = self.company().await?.id;
        let command = OpenFor { company, account, factor_checked, client, rules: self.door_rules() };
        let app = self.app.clone();
        let work = async move {
            match app.sessions.open_for(command).await? {
                SignInOutcome::Opened(opened) => Ok(opened),
                SignInOutcome::NewPasswordRequired(_) | SignInOutcome::SecondFactorRequired(_) => {
                    Err(OpenForError::Refused)
                }
            }
        };
        self.run("barong.open_session", Words::NONE, work).await
    }

    /// The answer that opens a session: the user with the CSRF token, and the cookie.
    pub(super) fn handed_over(
        &self,
        opened: &Opened,
        user: UserWithFullInfo,
        render: fn(UserWithFullInfo) -> HttpResponse,
    ) -> HttpResponse {
        let Some(token) = &opened.credential else { return render(user) };
        let mut answer = render(user.with_csrf_token(csrf_token(token).reveal().to_owned()));
        self.set_cookie(&mut answer, Some(token));
        answer
    }
}
