//! The caller's service accounts and their API keys (contract §8.1–8.5).

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};

use super::signed_keys::key_owner;
use crate::dialects::barong::Barong;
use crate::dialects::barong::owner::{Asked, Owner};
use crate::dialects::barong::refusal::{Refusal, Words};
use crate::dialects::barong::wire::{
    Answer, ApiKey, KeyChange, NewKey, Paging, Reader, ServiceAccountRow, key_order, ok,
};
use crate::middleware::Origin;

const CLASS: &str = "resource.serviceaccount";

const WORDS: Words = Words {
    factor_wrong: (422, "resource.service_accounts.invalid_totp"),
    factor_off: (400, "resource.service_accounts.2fa_disabled"),
    throttled: (429, "resource.service_accounts.too_many_attempts"),
    ..Words::NONE
};

/// The caller's service accounts, oldest first.
#[utoipa::path(get, path = "/api/v2/auth/resource/service_accounts", tag = "service_accounts",
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 200, description = "The service accounts", body = [ServiceAccountRow]),
    (status = 401, description = "No session, key or JWT", body = Refusal),
))]
pub async fn list(owner: Owner, door: Data<Barong>) -> Answer {
    let (app, account) = (door.app.clone(), door.account(owner).await?);
    let work = async move { app.services.of_owner(owner.account).await };
    let services = door.run("barong.list_service_accounts", Words::NONE, work).await?;
    let rows = services.iter().map(|service| ServiceAccountRow::new(service, &account));
    Ok(ok(rows.collect::<Vec<_>>()))
}

/// A page of the keys of a service account.
#[utoipa::path(get, path = "/api/v2/auth/resource/service_accounts/api_keys", tag = "service_accounts",
    params(
        ("service_account_uid" = String, Query, description = "The handle of the service account"),
        ("ordering" = Option<String>, Query, description = "`asc` or `desc`; `asc` unless said"),
        ("order_by" = Option<String>, Query, description = "A member of a key; its age unless said"),
        ("page" = Option<u32>, Query, description = "From 1"),
        ("limit" = Option<u32>, Query, description = "1 to 100; 100 unless said"),
    ),
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 200, description = "The keys, without secrets; headers say how many there are", body = [ApiKey]),
    (status = 400, description = "The service account is not named", body = Refusal),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 404, description = "The caller has no such service account", body = Refusal),
    (status = 422, description = "No such order or page", body = Refusal),
))]
pub async fn list_keys(asked: Asked, door: Data<Barong>, origin: Origin, request: HttpRequest) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let service = service(&mut reader);
    let order = key_order(&mut reader, "resource.service_accounts");
    reader.finish()?;
    let paging = Paging::read(&asked.params)?;
    door.list_keys(key_owner(asked.owner, Some(service), &origin), order, paging, &request).await
}

/// Issues a key to a service account, against a code of its owner.
#[utoipa::path(post, path = "/api/v2/auth/resource/service_accounts/api_keys", tag = "service_accounts",
    request_body(
        content = super::super::forms::ServiceKeyForm, content_type = "application/x-www-form-urlencoded"
    ),
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 201, description = "The key, with its secret", body = ApiKey),
    (status = 400, description = "A parameter is absent or blank, or no second factor is on", body = Refusal),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 404, description = "The caller has no such service account", body = Refusal),
    (status = 422, description = "The code is wrong or was used, or there can be no such key", body = Refusal),
    (status = 429, description = "Too many wrong codes", body = Refusal),
))]
pub async fn create_key(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let service = service(&mut reader);
    let key = NewKey::read(&mut reader, "resource.service_accounts.missing_totp");
    reader.finish()?;
    door.issue_key(asked.owner, key_owner(asked.owner, Some(service), &origin), key, WORDS).await
}

/// Changes what a key is meant for, or whether it is honoured.
#[utoipa::path(put, path = "/api/v2/auth/resource/service_accounts/api_keys/{kid}", tag = "service_accounts",
    params(("kid" = String, Path, description = "The handle of the key")),
    request_body(
        content = super::super::forms::ServiceKeyChangeForm,
        content_type = "application/x-www-form-urlencoded"
    ),
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 200, description = "The key as it is now, without its secret", body = ApiKey),
    (status = 400, description = "A parameter is absent or blank, or no second factor is on", body = Refusal),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 404, description = "The caller has no such service account, or that no such key", body = Refusal),
    (status = 422, description = "The code is wrong or was used, or the state cannot be", body = Refusal),
    (status = 429, description = "Too many wrong codes", body = Refusal),
))]
pub async fn amend_key(asked: Asked, door: Data<Barong>, origin: Origin, kid: Path<String>) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let service = service(&mut reader);
    let change = KeyChange::read(&mut reader);
    reader.finish()?;
    door.amend_key(key_owner(asked.owner, Some(service), &origin), kid.into_inner(), change, WORDS).await
}

/// Deletes a key of a service account.
#[utoipa::path(delete, path = "/api/v2/auth/resource/service_accounts/api_keys/{kid}", tag = "service_accounts",
    params(
        ("kid" = String, Path, description = "The handle of the key"),
        ("service_account_uid" = String, Query, description = "The handle of the service account"),
        ("totp_code" = String, Query, description = "A code of the owner's second factor"),
    ),
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 204, description = "Deleted"),
    (status = 400, description = "A parameter is absent or blank, or no second factor is on", body = Refusal),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 404, description = "The caller has no such service account, or that no such key", body = Refusal),
    (status = 422, description = "The code is wrong or was used", body = Refusal),
    (status = 429, description = "Too many wrong codes", body = Refusal),
))]
pub async fn delete_key(asked: Asked, door: Data<Barong>, origin: Origin, kid: Path<String>) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let (service, code) = (service(&mut reader), reader.required("totp_code"));
    reader.finish()?;
    door.delete_key(key_owner(asked.owner, Some(service), &origin), kid.into_inner(), code, WORDS).await
}

/// A blank handle is one that nobody has.
fn service(reader: &mut Reader<'_>) -> String {
    reader.present("service_account_uid")
}
