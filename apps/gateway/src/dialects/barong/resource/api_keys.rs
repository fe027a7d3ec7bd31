//! The caller's own API keys (contract §8.6).

use actix_web::HttpRequest;
use actix_web::web::{Data, Path};

use super::signed_keys::key_owner;
use crate::dialects::barong::Barong;
use crate::dialects::barong::owner::Asked;
use crate::dialects::barong::refusal::{Refusal, Words};
use crate::dialects::barong::wire::{Answer, ApiKey, KeyChange, NewKey, Paging, key_order};
use crate::middleware::Origin;

const CLASS: &str = "resource.apikey";

const WORDS: Words = Words {
    factor_wrong: (422, "resource.api_key.invalid_totp"),
    factor_off: (400, "resource.api_key.2fa_disabled"),
    throttled: (429, "resource.api_key.too_many_attempts"),
    ..Words::NONE
};

/// A page of the caller's keys.
#[utoipa::path(get, path = "/api/v2/auth/resource/api_keys", tag = "api_keys",
    params(
        ("ordering" = Option<String>, Query, description = "`asc` or `desc`; `asc` unless said"),
        ("order_by" = Option<String>, Query, description = "A member of a key; its age unless said"),
        ("page" = Option<u32>, Query, description = "From 1"),
        ("limit" = Option<u32>, Query, description = "1 to 100; 100 unless said"),
    ),
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 200, description = "The keys, without secrets; headers say how many there are", body = [ApiKey]),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 422, description = "No such order or page", body = Refusal),
))]
pub async fn list(asked: Asked, door: Data<Barong>, origin: Origin, request: HttpRequest) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let order = key_order(&mut reader, "resource.api_key");
    reader.finish()?;
    let paging = Paging::read(&asked.params)?;
    door.list_keys(key_owner(asked.owner, None, &origin), order, paging, &request).await
}

/// Issues a key.
#[utoipa::path(post, path = "/api/v2/auth/resource/api_keys", tag = "api_keys",
    request_body(content = super::super::forms::ApiKeyForm, content_type = "application/x-www-form-urlencoded"),
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 201, description = "The key, with its secret", body = ApiKey),
    (status = 400, description = "A parameter is absent or blank, or no second factor is on", body = Refusal),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 422, description = "The code is wrong or was used, or there can be no such key", body = Refusal),
    (status = 429, description = "Too many wrong codes", body = Refusal),
))]
pub async fn create(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let key = NewKey::read(&mut reader, "resource.api_key.missing_totp");
    reader.finish()?;
    door.issue_key(asked.owner, key_owner(asked.owner, None, &origin), key, WORDS).await
}

/// Changes what a key is meant for, or whether it is honoured.
#[utoipa::path(patch, path = "/api/v2/auth/resource/api_keys/{kid}", tag = "api_keys",
    params(("kid" = String, Path, description = "The handle of the key")),
    request_body(content = super::super::forms::KeyChangeForm, content_type = "application/x-www-form-urlencoded"),
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 200, description = "The key as it is now, without its secret", body = ApiKey),
    (status = 400, description = "A parameter is absent or blank, or no second factor is on", body = Refusal),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 404, description = "The caller has no such key", body = Refusal),
    (status = 422, description = "The code is wrong or was used, or the state cannot be", body = Refusal),
    (status = 429, description = "Too many wrong codes", body = Refusal),
))]
pub async fn amend(asked: Asked, door: Data<Barong>, origin: Origin, kid: Path<String>) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let change = KeyChange::read(&mut reader);
    reader.finish()?;
    door.amend_key(key_owner(asked.owner, None, &origin), kid.into_inner(), change, WORDS).await
}

/// Deletes a key.
#[utoipa::path(delete, path = "/api/v2/auth/resource/api_keys/{kid}", tag = "api_keys",
    params(
        ("kid" = String, Path, description = "The handle of the key"),
        ("totp_code" = String, Query, description = "A code of the second factor"),
    ),
    security(("jwt" = []), ("cookie" = [])), responses(
    (status = 204, description = "Deleted"),
    (status = 400, description = "The code is absent or blank, or no second factor is on", body = Refusal),
    (status = 401, description = "No session, key or JWT", body = Refusal),
    (status = 404, description = "The caller has no such key", body = Refusal),
    (status = 422, description = "The code is wrong or was used", body = Refusal),
    (status = 429, description = "Too many wrong codes", body = Refusal),
))]
pub async fn delete(asked: Asked, door: Data<Barong>, origin: Origin, kid: Path<String>) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let code = reader.required("totp_code");
    reader.finish()?;
    door.delete_key(key_owner(asked.owner, None, &origin), kid.into_inner(), code, WORDS).await
}
