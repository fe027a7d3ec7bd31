//! Contacts: proving them, and asking for another key or code (contract §7.5–7.6, §7.15–7.16).

use actix_web::web::Data;
use portcullis_accounts::{ContactAddress, ContactProof, RequestContactVerification, VerifyContact};

use super::auth::SignedIn;
use super::refusal::{Names, Refusal};
use super::wire::{Answer, Done, EmailRequest, KeyRequest, MobileRequest, OtpRequest, done};
use super::{DOOR, Rehive};
use crate::body::Decoded;
use crate::middleware::Origin;

/// Verifies an address with the key from a message; again, as often as its link is opened.
#[utoipa::path(post, path = "/3/auth/email/verify/", tag = "contacts", request_body = KeyRequest, responses(
    (status = 200, description = "The address is verified", body = Done),
    (status = 400, description = "The key is wrong, replaced or expired", body = Refusal),
))]
pub async fn verify_email(door: Data<Rehive>, origin: Origin, Decoded(body): Decoded<KeyRequest>) -> Answer {
    let command = VerifyContact { proof: ContactProof::EmailKey(body.key), client: origin.client(DOOR) };
    let app = door.app.clone();
    let work = async move { app.accounts.verify_contact(command).await };
    door.run("rehive.verify_email", Names::secret("key"), work).await?;
    Ok(done())
}

/// Sends a new key to exactly that address, if somebody has it and it is not verified.
#[utoipa::path(post, path = "/3/auth/email/verify/resend/", tag = "contacts", request_body = EmailRequest, responses(
    (status = 200, description = "Whether or not there is anything to send", body = Done),
    (status = 400, description = "A field is missing or malformed", body = Refusal),
    (status = 429, description = "Too many requests for this address", body = Refusal),
))]
pub async fn resend_email(
    door: Data<Rehive>,
    origin: Origin,
    Decoded(body): Decoded<EmailRequest>,
) -> Answer {
    resend(&door, &origin, body.email.map(ContactAddress::Email), body.company).await
}

/// Verifies the caller's number with the code from an SMS.
#[utoipa::path(post, path = "/3/auth/mobile/verify/", tag = "contacts", request_body = OtpRequest,
    security(("token" = []), ("cookie" = [])), responses(
    (status = 200, description = "The number is verified", body = Done),
    (status = 400, description = "The code is wrong, replaced, spent or expired", body = Refusal),
    (status = 401, description = "No session", body = Refusal),
    (status = 429, description = "Too many wrong codes", body = Refusal),
))]
pub async fn verify_mobile(
    door: Data<Rehive>,
    origin: Origin,
    caller: SignedIn,
    Decoded(body): Decoded<OtpRequest>,
) -> Answer {
    let proof = ContactProof::MobileCode { account: caller.subject.id, code: body.otp };
    let command = VerifyContact { proof, client: origin.client(DOOR) };
    let app = door.app.clone();
    let work = async move { app.accounts.verify_contact(command).await };
    door.run("rehive.verify_mobile", Names::secret("otp"), work).await?;
    Ok(done())
}

/// Sends a new code to exactly that number, if somebody has it and it is not verified.
#[utoipa::path(post, path = "/3/auth/mobile/verify/resend/", tag = "contacts", request_body = MobileRequest, responses(
    (status = 200, description = "Whether or not there is anything to send", body = Done),
    (status = 400, description = "A field is missing or malformed", body = Refusal),
    (status = 429, description = "Too many requests for this number", body = Refusal),
))]
pub async fn resend_mobile(
    door: Data<Rehive>,
    origin: Origin,
    Decoded(body): Decoded<MobileRequest>,
) -> Answer {
    resend(&door, &origin, body.mobile.map(ContactAddress::Mobile), body.company).await
}

async fn resend(
    door: &Rehive,
    origin: &Origin,
    address: Option<ContactAddress>,
    company_typed: String,
) -> Answer {
    let Some(address) = address else { return Ok(done()) };
    let company = door.company(&company_typed).await?.as_deref().cloned();
    let quotas = door.app.settings.throttle.messages.clone();
    let client = origin.client(DOOR);
    let request = RequestContactVerification { company, company_typed, address, quotas, client };
    let app = door.app.clone();
    let work = async move { app.accounts.request_contact_verification(request).await };
    door.run("rehive.resend", Names::NONE, work).await?;
    Ok(done())
}
