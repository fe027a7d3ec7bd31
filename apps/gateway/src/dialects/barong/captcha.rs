//! Captchas in front of operations (contract §4).

use actix_web::HttpResponse;
use actix_web::web::Data;
use portcullis_kernel::PortError;
use serde_json::Value;

use super::Barong;
use super::refusal::{Key, Refusal, Words};
use super::wire::{Answer, GeetestChallenge, Params, ok};
use crate::outside::CaptchaAnswer;
use crate::settings::Captcha;

const REQUIRED: Key = (400, "identity.captcha.required");
const MANDATORY: Key = (400, "identity.captcha.mandatory_fields");
const FAILED: Key = (422, "identity.captcha.verification_failed");

/// A challenge of Geetest to begin with.
#[utoipa::path(get, path = "/api/v2/auth/identity/users/register_geetest", tag = "general", responses(
    (status = 200, description = "A challenge; nothing, if the service cannot be reached", body = GeetestChallenge),
))]
pub async fn register_geetest(door: Data<Barong>) -> Answer {
    let id = match &door.rules().captcha {
        Captcha::Geetest { id, .. } => id.clone(),
        Captcha::None | Captcha::Recaptcha { .. } => String::new(),
    };
    let app = door.app.clone();
    let work = async move { Ok::<_, PortError>(app.captchas.challenge().await) };
    let challenge = door.run("barong.register_geetest", Words::NONE, work).await?;
    Ok(match challenge {
        Some(challenge) => ok(GeetestChallenge { gt: id, challenge }),
        None => HttpResponse::Ok().finish(),
    })
}

impl Barong {
    /// Lets people through, if the operation is one of those that the captcha protects.
    pub(super) async fn check_captcha(&self, operation: &str, params: &Params) -> Result<(), Refusal> {
        if !self.rules().captcha_protected_endpoints.iter().any(|known| known == operation) {
            return Ok(());
        }
        let answer = match &self.rules().captcha {
            Captcha::None => return Ok(()),
            Captcha::Recaptcha { .. } => CaptchaAnswer::Recaptcha(text(params)?),
            Captcha::Geetest { .. } => geetest(params)?,
        };
        let app = self.app.clone();
        let work = async move { Ok::<_, PortError>(app.captchas.accepts(answer).await) };
        let accepted = self.run("barong.captcha", Words::NONE, work).await?;
        if accepted { Ok(()) } else { Err(Refusal::key(FAILED)) }
    }
}

/// The answer, unless it is absent or blank.
fn present(params: &Params) -> Result<&Value, Refusal> {
    let blank = |value: &&Value| match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
    };
    params.raw("captcha_response").filter(|value| !blank(value)).ok_or_else(|| Refusal::key(REQUIRED))
}

fn text(params: &Params) -> Result<String, Refusal> {
    let answer = present(params)?.as_str().map(str::to_owned);
    answer.ok_or_else(|| Refusal::key(FAILED))
}

fn geetest(params: &Params) -> Result<CaptchaAnswer, Refusal> {
    let answer = present(params)?;
    let member = |name: &str| {
        let text = answer.get(name).and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| Refusal::key(MANDATORY))
    };
    Ok(CaptchaAnswer::Geetest {
        challenge: member("geetest_challenge")?,
        validate: member("geetest_validate")?,
        seccode: member("geetest_seccode")?,
    })
}
