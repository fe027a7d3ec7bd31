//! Second factors: enrol, list, remove, deliver, verify (contract §6, §7.9–7.14).

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use portcullis_accounts::{Group, Section};
use portcullis_kernel::{FactorKind, PageRequest};
use portcullis_mfa::{Aim, DeliverCode, EnrolFactor, FactorFilter, NewFactor, PresentFactor, RemoveFactor};
use portcullis_sessions::Subject;

use super::auth::SignedIn;
use super::refusal::{Names, Refusal};
use super::wire::{
    Answer, AuthenticatorAnswer, AuthenticatorObject, AuthenticatorPage, CreateAuthenticator, DeliverRequest,
    Done, Label, Paging, VerifyRequest, created, done, factor_filter, success,
};
use super::{DOOR, Rehive};
use crate::body::Decoded;
use crate::middleware::Origin;

/// An authenticator that the body names.
const IN_BODY: Names = Names { reference: Some("authenticator"), ..Names::secret("token") };

/// The caller's authenticators, masked, oldest first.
#[utoipa::path(get, path = "/3/auth/mfa/authenticators/", tag = "mfa", security(("token" = []), ("cookie" = [])),
    params(
        ("id" = Option<String>, Query), ("type" = Option<String>, Query), ("verified" = Option<bool>, Query),
        ("page" = Option<u32>, Query), ("page_size" = Option<u32>, Query),
    ),
    responses(
        (status = 200, description = "A page", body = AuthenticatorPage),
        (status = 401, description = "No session", body = Refusal),
        (status = 403, description = "Challenges are open", body = Refusal),
        (status = 404, description = "No such page", body = Refusal),
    ))]
pub async fn list(door: Data<Rehive>, caller: SignedIn, request: HttpRequest) -> Answer {
    let (paging, filter) = (Paging::read(&request)?, factor_filter(request.query_string())?);
    let label = door.label(&caller.subject).await?;
    let (app, account, wanted) = (door.app.clone(), caller.subject.id, paging.request());
    let work = async move { app.factors.page(account, filter, wanted).await };
    let found = door.run("rehive.list_factors", Names::NONE, work).await?;
    let page = paging.answer(found, |authenticator| AuthenticatorObject::masked(&authenticator, &label))?;
    Ok(success(page))
}

/// Enrols an authenticator; only this answer shows its secrets.
#[utoipa::path(post, path = "/3/auth/mfa/authenticators/", tag = "mfa", request_body = CreateAuthenticator,
    security(("token" = []), ("cookie" = [])), responses(
        (status = 201, description = "The authenticator, not yet verified", body = AuthenticatorAnswer),
        (status = 400, description = "No such type, no number, or SMS for an administrator", body = Refusal),
        (status = 401, description = "No session", body = Refusal),
        (status = 403, description = "Challenges are open", body = Refusal),
        (status = 429, description = "Too many", body = Refusal),
    ))]
pub async fn create(
    door: Data<Rehive>,
    origin: Origin,
    caller: SignedIn,
    Decoded(body): Decoded<CreateAuthenticator>,
) -> Answer {
    let label = door.label(&caller.subject).await?;
    let subject = caller.subject;
    let command = EnrolFactor {
        company: subject.company,
        company_slug: subject.company_slug.clone(),
        company_name: label.issuer.clone(),
        account: subject.id,
        account_label: label.account.clone(),
        name: body.name.clone(),
        kind: new_factor(body, &subject, &door.groups(subject.company).await?),
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let work = async move { app.factors.enrol(command).await };
    let enrolment = door.run("rehive.enrol_factor", Names::NONE, work).await?;
    Ok(created(AuthenticatorObject::in_full(&enrolment, &label)))
}

/// One of the caller's authenticators, masked.
#[utoipa::path(get, path = "/3/auth/mfa/authenticators/{identifier}/", tag = "mfa",
    params(("identifier" = String, Path)), security(("token" = []), ("cookie" = [])), responses(
        (status = 200, description = "The authenticator", body = AuthenticatorAnswer),
        (status = 401, description = "No session", body = Refusal),
        (status = 403, description = "Challenges are open", body = Refusal),
        (status = 404, description = "The caller has no such authenticator", body = Refusal),
    ))]
pub async fn retrieve(door: Data<Rehive>, caller: SignedIn, identifier: Path<String>) -> Answer {
    let label = door.label(&caller.subject).await?;
    let filter = FactorFilter { id: Some(identifier.into_inner()), ..FactorFilter::default() };
    let (app, account) = (door.app.clone(), caller.subject.id);
    let work = async move { app.factors.page(account, filter, PageRequest::new(1, 1)).await };
    let mut found = door.run("rehive.find_factor", Names::NONE, work).await?;
    let authenticator = found.items.pop().ok_or_else(Refusal::not_found)?;
    Ok(success(AuthenticatorObject::masked(&authenticator, &label)))
}

/// Removes an authenticator, whatever its state.
#[utoipa::path(delete, path = "/3/auth/mfa/authenticators/{identifier}/", tag = "mfa",
    params(("identifier" = String, Path)), security(("token" = []), ("cookie" = [])), responses(
        (status = 200, description = "Removed", body = Done),
        (status = 401, description = "No session", body = Refusal),
        (status = 403, description = "Challenges are open", body = Refusal),
        (status = 404, description = "The caller has no such authenticator", body = Refusal),
    ))]
pub async fn remove(
    door: Data<Rehive>,
    origin: Origin,
    caller: SignedIn,
    identifier: Path<String>,
) -> Answer {
    let authenticator =
        portcullis_kernel::AuthenticatorId::parse(&identifier).ok_or_else(Refusal::not_found)?;
    let subject = caller.subject;
    let command = RemoveFactor {
        company: subject.company,
        company_slug: subject.company_slug,
        account: subject.id,
        email: subject.email,
        authenticator,
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    door.run("rehive.remove_factor", Names::NONE, async move { app.factors.remove(command).await }).await?;
    Ok(done())
}

/// Sends a code by SMS: for a challenge of the session, or to verify an authenticator.
#[utoipa::path(post, path = "/3/auth/mfa/deliver/", tag = "mfa", request_body = DeliverRequest,
    security(("token" = []), ("cookie" = [])), responses(
        (status = 200, description = "Sent", body = Done),
        (status = 400, description = "Nothing can be delivered for this", body = Refusal),
        (status = 401, description = "No session", body = Refusal),
        (status = 404, description = "No such challenge or authenticator", body = Refusal),
        (status = 429, description = "Too many", body = Refusal),
    ))]
pub async fn deliver(
    door: Data<Rehive>,
    origin: Origin,
    caller: SignedIn,
    Decoded(body): Decoded<DeliverRequest>,
) -> Answer {
    let command = DeliverCode {
        company: caller.subject.company,
        company_slug: caller.subject.company_slug.clone(),
        account: caller.subject.id,
        aim: aim(body, &caller),
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    door.run("rehive.deliver_code", IN_BODY, async move { app.factors.deliver(command).await }).await?;
    Ok(done())
}

/// Presents a code: for a challenge of the session, or to verify an authenticator.
#[utoipa::path(post, path = "/3/auth/mfa/verify/", tag = "mfa", request_body = VerifyRequest,
    security(("token" = []), ("cookie" = [])), responses(
        (status = 200, description = "Accepted", body = Done),
        (status = 400, description = "The code is wrong or was used", body = Refusal),
        (status = 401, description = "No session", body = Refusal),
        (status = 403, description = "A challenge comes before a new authenticator", body = Refusal),
        (status = 404, description = "No such challenge or authenticator", body = Refusal),
        (status = 429, description = "Too many wrong codes", body = Refusal),
    ))]
pub async fn verify(
    door: Data<Rehive>,
    origin: Origin,
    caller: SignedIn,
    Decoded(body): Decoded<VerifyRequest>,
) -> Answer {
    let command = PresentFactor {
        company: caller.subject.company,
        company_slug: caller.subject.company_slug.clone(),
        account: caller.subject.id,
        session: caller.session.id,
        email: caller.subject.email.clone(),
        aim: aim(body.purpose, &caller),
        code: body.token,
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    door.run("rehive.verify_code", IN_BODY, async move { app.factors.present(command).await }).await?;
    Ok(done())
}

fn aim(body: DeliverRequest, caller: &SignedIn) -> Aim {
    Aim { open: caller.challenges.clone(), challenge: body.challenge, authenticator: body.authenticator }
}

fn new_factor(body: CreateAuthenticator, subject: &Subject, groups: &[Group]) -> NewFactor {
    match body.kind {
        FactorKind::Totp => NewFactor::Totp,
        FactorKind::Static => NewFactor::Static,
        FactorKind::Sms => {
            let administers = groups
                .iter()
                .any(|group| group.section == Section::Admin && subject.groups.contains(&group.name));
            NewFactor::Sms { mobile: body.mobile, own: subject.mobile.clone(), administers }
        }
    }
}

impl Rehive {
    /// What apps show beside the codes of an account.
    async fn label(&self, subject: &Subject) -> Result<Label, Refusal> {
        let company = self.company(subject.company_slug.as_str()).await?;
        let slug = || subject.company_slug.as_str().to_owned();
        let issuer = company.map(|company| company.name.clone()).filter(|name| !name.is_empty());
        Ok(Label::new(issuer.unwrap_or_else(slug), subject))
    }
}
