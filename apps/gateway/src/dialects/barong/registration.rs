//! Signing up, and confirming an account (contract §7.1–7.3).

use actix_web::web::Data;
use portcullis_accounts::{
    Account, ConfirmByToken, ConfirmationLetter, SendConfirmation, SignUp, SignUpError,
};
use portcullis_kernel::{Client, Password, PortError, Uid};

use super::mail_token::{self, Purpose};
use super::refusal::{Key, Refusal, Words};
use super::wire::{Answer, Params, SignUpForm, UserWithFullInfo, accepted, created};
use super::{Barong, DOOR};
use crate::app::App;
use crate::body::Decoded;
use crate::failure::Failure;
use crate::middleware::Origin;

const MALFORMED_REFERRAL: Key = (422, "identity.user.invalid_referral_format");

/// What signing up and confirming call their refusals.
const WORDS: Words = Words { throttled: (429, "identity.user.too_many_attempts"), ..Words::NONE };

/// Registers a user, sends the mail that confirms the account, and opens a session.
#[utoipa::path(post, path = "/api/v2/auth/identity/users", tag = "users",
    request_body(content = super::forms::UserForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "The user, and a session as a cookie", body = UserWithFullInfo),
    (status = 400, description = "A parameter is absent or blank", body = Refusal),
    (status = 422, description = "Some parameters are wrong; all of them are named", body = Refusal),
    (status = 429, description = "Too many registrations from this address", body = Refusal),
))]
pub async fn register(door: Data<Barong>, origin: Origin, Decoded(params): Decoded<Params>) -> Answer {
    let form = SignUpForm::read(door.reader(&params, "identity.user"))?;
    door.check_captcha("user_create", &params).await?;
    let referral = door.referral(form.refid.as_deref())?;
    door.charge_registration(&origin).await?;
    let client = origin.client(DOOR);
    let command = door.sign_up(form, referral, client.clone()).await?;
    let app = door.app.clone();
    let work = async move { enrol(&app, command).await };
    let account = door.run("barong.register", WORDS, work).await?;
    door.welcome(&account, client).await
}

/// Sends another mail that confirms an account. Nobody learns whether there is one.
#[utoipa::path(post, path = "/api/v2/auth/identity/users/email/generate_code", tag = "users",
    request_body(content = super::forms::EmailForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "Sent, if a user with this address waits for it"),
    (status = 400, description = "A parameter is absent or blank", body = Refusal),
    (status = 429, description = "Too many mails for this address", body = Refusal),
))]
pub async fn generate_email_code(
    door: Data<Barong>,
    origin: Origin,
    Decoded(params): Decoded<Params>,
) -> Answer {
    let mut reader = door.reader(&params, "identity.user");
    let email = reader.required("email");
    reader.finish()?;
    door.check_captcha("email_confirmation", &params).await?;
    let (app, company) = (door.app.clone(), (*door.company().await?).clone());
    let client = origin.client(DOOR);
    let work = async move {
        let found = app.accounts.find(company.id, &email).await?;
        let uid = found.map_or_else(|| Uid::from_text(""), |account| account.uid);
        let letter = confirmation(&app, &email, &uid).await?;
        let quotas = app.settings.throttle.messages.clone();
        app.accounts.send_confirmation(SendConfirmation { company, email, letter, quotas, client }).await
    };
    door.run("barong.generate_email_code", WORDS, work).await?;
    Ok(accepted())
}

/// Confirms an account with the token of a mail, and opens a session.
#[utoipa::path(post, path = "/api/v2/auth/identity/users/email/confirm_code", tag = "users",
    request_body(content = super::forms::TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "The user, and a session as a cookie", body = UserWithFullInfo),
    (status = 400, description = "The token is absent or blank", body = Refusal),
    (status = 422, description = "The token is wrong, late or used, or nobody waits for it", body = Refusal),
))]
pub async fn confirm_email(door: Data<Barong>, origin: Origin, Decoded(params): Decoded<Params>) -> Answer {
    let mut reader = door.reader(&params, "identity.user");
    let text = reader.required("token");
    reader.finish()?;
    let token = door.read_mail_token(text, Purpose::Confirmation).await?;
    let client = origin.client(DOOR);
    let command = ConfirmByToken {
        company: (*door.company().await?).clone(),
        email: token.email,
        nonce: token.nonce,
        valid: token.valid,
        client: client.clone(),
    };
    let app = door.app.clone();
    let work = async move { app.accounts.confirm_by_token(command).await };
    let account = door.run("barong.confirm_email", WORDS, work).await?;
    let opened = door.open_session(account, false, client).await?;
    let user = door.user(account).await?;
    Ok(door.handed_over(&opened, user, created))
}

/// Signs up; once more, as one of many, if another account of the company was first after all.
async fn enrol(app: &App, command: SignUp) -> Result<Account, SignUpError> {
    match write_down(app, command.clone()).await {
        Err(SignUpError::Overtaken) => write_down(app, command).await,
        told => told,
    }
}

/// Signs up, with the token that confirms the account in the same write-set.
async fn write_down(app: &App, command: SignUp) -> Result<Account, SignUpError> {
    let (email, client) = (command.email.clone(), command.client.clone());
    let draft = app.accounts.prepare_sign_up(command).await?;
    let letter = if draft.needs_confirmation() {
        Some(confirmation(app, &email, &draft.account().uid).await?)
    } else {
        None
    };
    app.accounts.sign_up(draft, letter, client).await
}

async fn confirmation(app: &App, email: &str, uid: &Uid) -> Result<ConfirmationLetter, PortError> {
    let rules = &app.settings.dialects.barong;
    Ok(ConfirmationLetter {
        token: mail_token::write(app, Purpose::Confirmation, (email, uid), None).await?,
        page: rules.page("/accounts/confirmation"),
        lifetime: rules.jwt_expire_time,
    })
}

impl Barong {
    /// The handle of whoever brought the user along.
    fn referral(&self, typed: Option<&str>) -> Result<Option<Uid>, Refusal> {
        match typed {
            None => Ok(None),
            Some(uid) if !uid.starts_with(&self.rules().uid_prefix) => Err(Refusal::key(MALFORMED_REFERRAL)),
            Some(uid) if uid.bytes().all(|b| b.is_ascii_alphanumeric()) => Ok(Some(Uid::from_text(uid))),
            Some(_) => Err(Refusal::of(Failure::ReferralUnknown, WORDS)),
        }
    }

    async fn sign_up(
        &self,
        form: SignUpForm,
        referral: Option<Uid>,
        client: Client,
    ) -> Result<SignUp, Refusal> {
        Ok(SignUp {
            company: (*self.company().await?).clone(),
            email: form.email,
            password: Password::parse(form.password).ok(),
            username: form.username,
            referral,
            data: form.data,
            first_is_superadmin: self.rules().first_registration_superadmin,
            client,
        })
    }

    async fn welcome(&self, account: &Account, client: Client) -> Answer {
        let opened = self.open_session(account.id, false, client).await?;
        let user = self.user(account.id).await?;
        Ok(self.handed_over(&opened, user, created))
    }

    /// Counts a registration from an address, done or refused, with a budget that every node and door shares.
    async fn charge_registration(&self, origin: &Origin) -> Result<(), Refusal> {
        let (quotas, subject) = (&self.app.settings.throttle.registrations, origin.address.to_string());
        let budgets: Vec<_> = quotas.iter().map(|quota| quota.of("registration/address", &subject)).collect();
        if budgets.is_empty() {
            return Ok(());
        }
        let app = self.app.clone();
        let work = async move { app.sessions.charge(budgets).await };
        self.run("barong.charge", WORDS, work).await
    }
}
