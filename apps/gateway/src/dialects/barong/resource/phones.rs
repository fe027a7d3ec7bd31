//! Phones (contract §8.10).

use actix_web::web::Data;
use portcullis_accounts::{ClaimPhone, PhoneError, ProvePhone};

use crate::dialects::barong::owner::{Asked, Owner};
use crate::dialects::barong::refusal::{Key, Refusal, Words};
use crate::dialects::barong::wire::{Answer, CodeSent, Phone, UserWithFullInfo, created, ok};
use crate::dialects::barong::{Barong, DOOR};
use crate::middleware::Origin;

const CLASS: &str = "resource.phone";
const WORDS: Words = Words { throttled: (429, "resource.phone.too_many_attempts"), ..Words::NONE };

/// The caller's phones.
#[utoipa::path(get, path = "/api/v2/auth/resource/phones", tag = "phones",
    security(("cookie" = []), ("jwt" = [])), responses(
    (status = 200, description = "The phones", body = [Phone]),
    (status = 401, description = "Nobody the server knows", body = Refusal),
))]
pub async fn list(owner: Owner, door: Data<Barong>) -> Answer {
    let (app, masked) = (door.app.clone(), door.rules().api_data_masking_enabled);
    let work = async move { app.accounts.dossier(owner.account).await };
    let phones = door.run("barong.phones", WORDS, work).await?.phones;
    Ok(ok(phones.iter().map(|phone| Phone::new(phone, masked)).collect::<Vec<_>>()))
}

/// Claims a number and sends it a code.
#[utoipa::path(post, path = "/api/v2/auth/resource/phones", tag = "phones",
    security(("cookie" = []), ("jwt" = [])),
    request_body(content = super::super::forms::PhoneForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "Sent", body = CodeSent),
    (status = 400, description = "The number is absent, blank, none, verified by anyone or claimed already", body = Refusal),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 422, description = "No such channel", body = Refusal),
    (status = 429, description = "Too many codes were sent", body = Refusal),
))]
pub async fn add(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let claim = door.claim(&asked, &origin).await?;
    let app = door.app.clone();
    let work = async move { app.accounts.add_phone(claim).await };
    door.run("barong.add_phone", WORDS, work).await?;
    Ok(created(CodeSent::BY_SMS))
}

/// Sends a claimed number another code.
#[utoipa::path(post, path = "/api/v2/auth/resource/phones/send_code", tag = "phones",
    security(("cookie" = []), ("jwt" = [])),
    request_body(content = super::super::forms::PhoneForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "Sent", body = CodeSent),
    (status = 400, description = "The number is absent, blank, none or verified by anyone", body = Refusal),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 404, description = "The caller claims no such number", body = Refusal),
    (status = 422, description = "No such channel", body = Refusal),
    (status = 429, description = "Too many codes were sent", body = Refusal),
))]
pub async fn send_code(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let claim = door.claim(&asked, &origin).await?;
    let app = door.app.clone();
    let work = async move { app.accounts.resend_phone_code(claim).await };
    door.run("barong.send_phone_code", WORDS, work).await?;
    Ok(created(CodeSent::BY_SMS))
}

/// Proves that a claimed number is the caller's, with the code that was sent there.
#[utoipa::path(post, path = "/api/v2/auth/resource/phones/verify", tag = "phones",
    security(("cookie" = []), ("jwt" = [])),
    request_body(content = super::super::forms::PhoneCodeForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "The user", body = UserWithFullInfo),
    (status = 400, description = "A parameter is absent or blank, or the number is none or verified by anyone", body = Refusal),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 404, description = "The caller claims no such number, or the code is wrong", body = Refusal),
    (status = 429, description = "Too many wrong codes", body = Refusal),
))]
pub async fn verify(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let (number, code) = (reader.required("phone_number"), reader.required("verification_code"));
    reader.finish()?;
    let account = door.account(asked.owner).await?;
    let command = ProvePhone { account, number, code, client: origin.client(DOOR) };
    let app = door.app.clone();
    let work = async move { app.accounts.prove_phone(command).await };
    door.run("barong.verify_phone", WORDS, work).await?;
    Ok(created(door.user(asked.owner.account).await?))
}

impl Barong {
    /// The number that a caller claims.
    async fn claim(&self, asked: &Asked, origin: &Origin) -> Result<ClaimPhone, Refusal> {
        let mut reader = self.reader(&asked.params, CLASS);
        let number = reader.required("phone_number");
        let channel = reader.optional("channel");
        if !matches!(channel.as_deref(), None | Some("sms" | "call")) {
            reader.fault("resource.phone.invalid_channel");
        }
        reader.finish()?;
        Ok(ClaimPhone {
            account: self.account(asked.owner).await?,
            company: (*self.company().await?).clone(),
            number,
            quotas: self.app.settings.throttle.messages.clone(),
            client: origin.client(DOOR),
        })
    }
}

/// What is wrong with a phone, in this door's words.
pub const fn word(error: &PhoneError) -> Key {
    match error {
        PhoneError::InvalidNumber => (400, "resource.phone.invalid_num"),
        PhoneError::Verified => (400, "resource.phone.number_exist"),
        PhoneError::Exists => (400, "resource.phone.exists"),
        PhoneError::NotFound => (404, "resource.phone.doesnt_exist"),
        PhoneError::WrongCode => (404, "resource.phone.verification_invalid"),
        PhoneError::Throttled { .. } => WORDS.throttled,
        PhoneError::Port(_) => (500, "server.internal_error"),
    }
}
