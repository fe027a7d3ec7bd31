//! The second factor: an app, switched on and off (contract §8.8).

use actix_web::web::Data;
use portcullis_kernel::{SessionSweep, SweepScope};
use portcullis_mfa::{CheckFactor, PrepareApp, SwitchFactor};
use portcullis_sessions::EndAll;

use crate::dialects::barong::owner::{Asked, Owner};
use crate::dialects::barong::refusal::{Refusal, Words};
use crate::dialects::barong::wire::{Answer, OtpSecret, Params, accepted, created, ok};
use crate::dialects::barong::{Barong, DOOR};
use crate::failure::Failure;
use crate::middleware::Origin;

const WORDS: Words = Words {
    factor_wrong: (422, "resource.otp.invalid"),
    throttled: (429, "resource.otp.too_many_attempts"),
    ..Words::NONE
};

/// Prepares an app, in place of one that was prepared before. It counts for nothing until a code enables it.
#[utoipa::path(post, path = "/api/v2/auth/resource/otp/generate_qrcode", tag = "otp",
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 201, description = "What the app scans", body = OtpSecret),
    (status = 400, description = "A second factor is on", body = Refusal),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 429, description = "Too many", body = Refusal),
))]
pub async fn generate_qrcode(owner: Owner, door: Data<Barong>, origin: Origin) -> Answer {
    let (account, company) = (door.account(owner).await?, door.company().await?);
    let command = PrepareApp {
        company: company.id,
        company_slug: company.slug.clone(),
        issuer: door.rules().app_name.clone(),
        account: account.id,
        account_label: account.email.map(|email| email.value.as_str().to_owned()).unwrap_or_default(),
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let work = async move { app.factors.prepare_app(command).await };
    let prepared = door.run("barong.generate_qrcode", WORDS, work).await?;
    Ok(created(OtpSecret::new(&prepared)))
}

/// Enables the app by one of its codes, which is spent. Every other session ends.
#[utoipa::path(post, path = "/api/v2/auth/resource/otp/enable", tag = "otp",
    request_body(content = super::super::forms::CodeForm, content_type = "application/x-www-form-urlencoded"),
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 201, description = "The second factor is on"),
    (status = 400, description = "The code is absent or blank, or a second factor is on", body = Refusal),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 422, description = "The code is wrong or was used, or nothing was prepared", body = Refusal),
    (status = 429, description = "Too many wrong codes", body = Refusal),
))]
pub async fn enable(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let code = door.code(&asked.params)?;
    let Owner { company, account, session } = asked.owner;
    let sweep = SessionSweep { scope: SweepScope::All, keep: session };
    let others = EndAll { account, company, sweep, client: origin.client(DOOR) };
    let (app, switch) = (door.app.clone(), door.switching(asked.owner, code, &origin).await?);
    let work = async move {
        app.factors.switch_on(switch).await?;
        app.sessions.end_all(others).await?;
        Ok::<_, Failure>(())
    };
    door.run("barong.enable_otp", WORDS, work).await?;
    Ok(accepted())
}

/// Disables the second factor by one of its codes, which is spent. API keys become inactive.
#[utoipa::path(post, path = "/api/v2/auth/resource/otp/disable", tag = "otp",
    request_body(content = super::super::forms::CodeForm, content_type = "application/x-www-form-urlencoded"),
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 200, description = "The second factor is off"),
    (status = 400, description = "The code is absent or blank, or no second factor is on", body = Refusal),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 422, description = "The code is wrong or was used", body = Refusal),
    (status = 429, description = "Too many wrong codes", body = Refusal),
))]
pub async fn disable(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let code = door.code(&asked.params)?;
    let (app, switch) = (door.app.clone(), door.switching(asked.owner, code, &origin).await?);
    let work = async move { app.factors.switch_off(switch).await };
    door.run("barong.disable_otp", WORDS, work).await?;
    Ok(ok(200))
}

/// Checks a code, which is spent if it is right.
#[utoipa::path(post, path = "/api/v2/auth/resource/otp/verify", tag = "otp",
    request_body(content = super::super::forms::CodeForm, content_type = "application/x-www-form-urlencoded"),
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 201, description = "The code is right"),
    (status = 400, description = "The code is absent or blank, or no second factor is on", body = Refusal),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 422, description = "The code is wrong or was used", body = Refusal),
    (status = 429, description = "Too many wrong codes", body = Refusal),
))]
pub async fn verify(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let code = door.code(&asked.params)?;
    let Owner { company, account, .. } = asked.owner;
    let (app, client) = (door.app.clone(), origin.client(DOOR));
    let work = async move { app.factors.prove(CheckFactor { company, account, code, client }).await };
    // The contract's own word for a factor that is off.
    let words = Words { factor_off: (400, "resource.otp.already_enabled"), ..WORDS };
    door.run("barong.verify_otp", words, work).await?;
    Ok(accepted())
}

impl Barong {
    fn code(&self, params: &Params) -> Result<String, Refusal> {
        let mut reader = self.reader(params, "resource.otp");
        let code = reader.required("code");
        reader.finish()?;
        Ok(code)
    }

    async fn switching(&self, owner: Owner, code: String, origin: &Origin) -> Result<SwitchFactor, Refusal> {
        let (account, company) = (self.account(owner).await?, self.company().await?);
        Ok(SwitchFactor {
            company: company.id,
            company_slug: company.slug.clone(),
            account: account.id,
            email: account.email.map(|email| email.value),
            code,
            client: origin.client(DOOR),
        })
    }
}
