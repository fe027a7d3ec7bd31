//! Labels (contract §8.10).

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use portcullis_accounts::{LabelCommand, LabelError, LabelFault};

use crate::dialects::barong::owner::{Asked, Owner};
use crate::dialects::barong::refusal::{Refusal, Words};
use crate::dialects::barong::wire::{Answer, Label, created, ok};
use crate::dialects::barong::{Barong, DOOR};
use crate::middleware::Origin;

const CLASS: &str = "resource.label";

/// The caller's labels of both scopes.
#[utoipa::path(get, path = "/api/v2/auth/resource/labels", tag = "labels",
    security(("cookie" = []), ("jwt" = [])),
    params(("ordering" = Option<String>, Query, description = "By age: `asc` or `desc`")), responses(
    (status = 200, description = "The labels", body = [Label]),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 422, description = "No such ordering", body = Refusal),
))]
pub async fn list(asked: Asked, door: Data<Barong>) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let newest_first = reader.descending("value");
    reader.finish()?;
    let mut labels = door.account(asked.owner).await?.labels;
    labels.sort_by_key(|label| label.created_at);
    if newest_first {
        labels.reverse();
    }
    Ok(ok(labels.iter().map(Label::new).collect::<Vec<_>>()))
}

/// One of the caller's labels.
#[utoipa::path(get, path = "/api/v2/auth/resource/labels/{key}", tag = "labels",
    security(("cookie" = []), ("jwt" = [])),
    params(("key" = String, Path, description = "The key")), responses(
    (status = 200, description = "The label", body = Label),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 404, description = "No such label", body = Refusal),
))]
pub async fn show(owner: Owner, door: Data<Barong>, key: Path<String>) -> Answer {
    let (key, labels) = (key.trim().to_lowercase(), door.account(owner).await?.labels);
    let label = labels.iter().find(|label| label.key == key);
    Ok(ok(Label::new(label.ok_or_else(|| Refusal::key(Words::NONE.absent))?)))
}

/// Adds a public label.
#[utoipa::path(post, path = "/api/v2/auth/resource/labels", tag = "labels",
    security(("cookie" = []), ("jwt" = [])),
    request_body(content = super::super::forms::LabelForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "The label", body = Label),
    (status = 400, description = "A parameter is absent or blank", body = Refusal),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 422, description = "Key or value are no text for a label, or there is such a label", body = Refusal),
))]
pub async fn add(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let (key, value) = (reader.required("key"), reader.required("value"));
    reader.finish()?;
    let account = door.account(asked.owner).await?;
    let command = LabelCommand { account, key, value, client: origin.client(DOOR) };
    let app = door.app.clone();
    let work = async move { app.accounts.add_label(command).await };
    Ok(created(Label::new(&door.run("barong.add_label", Words::NONE, work).await?)))
}

/// Gives a public label another value.
#[utoipa::path(patch, path = "/api/v2/auth/resource/labels/{key}", tag = "labels",
    security(("cookie" = []), ("jwt" = [])), params(("key" = String, Path, description = "The key")),
    request_body(content = super::super::forms::LabelValueForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 200, description = "The label", body = Label),
    (status = 400, description = "The value is absent or blank, or the label is private", body = Refusal),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 404, description = "No such label", body = Refusal),
    (status = 422, description = "The value is no text for a label", body = Refusal),
))]
pub async fn change(asked: Asked, door: Data<Barong>, origin: Origin, key: Path<String>) -> Answer {
    let mut reader = door.reader(&asked.params, CLASS);
    let value = reader.required("value");
    reader.finish()?;
    let (account, key) = (door.account(asked.owner).await?, key.into_inner());
    let command = LabelCommand { account, key, value, client: origin.client(DOOR) };
    let app = door.app.clone();
    let work = async move { app.accounts.change_label(command).await };
    Ok(ok(Label::new(&door.run("barong.change_label", Words::NONE, work).await?)))
}

/// Removes a public label.
#[utoipa::path(delete, path = "/api/v2/auth/resource/labels/{key}", tag = "labels",
    security(("cookie" = []), ("jwt" = [])), params(("key" = String, Path, description = "The key")), responses(
    (status = 204, description = "Removed"),
    (status = 400, description = "The label is private", body = Refusal),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 404, description = "No such label", body = Refusal),
))]
pub async fn remove(owner: Owner, door: Data<Barong>, origin: Origin, key: Path<String>) -> Answer {
    let (account, client) = (door.account(owner).await?, origin.client(DOOR));
    let app = door.app.clone();
    let work = async move { app.accounts.remove_label(account, &key, client).await };
    door.run("barong.remove_label", Words::NONE, work).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What is wrong with a label, in this door's words.
pub fn word(error: &LabelError) -> Refusal {
    let (key, value) = match error {
        LabelError::Taken => return Refusal::key((422, "key.taken")),
        LabelError::NotFound => return Refusal::key(Words::NONE.absent),
        LabelError::Private => return Refusal::key((400, "resource.labels.private")),
        LabelError::Port(_) => return Refusal::key((500, "server.internal_error")),
        LabelError::Invalid { key, value } => (key, value),
    };
    let named = |attribute: &str, faults: &[LabelFault]| {
        faults.iter().map(|fault| format!("{attribute}.{}", reason(*fault)).into()).collect::<Vec<_>>()
    };
    Refusal::keys(422, [named("key", key), named("value", value)].concat())
}

const fn reason(fault: LabelFault) -> &'static str {
    match fault {
        LabelFault::TooShort => "too_short",
        LabelFault::TooLong => "too_long",
        LabelFault::Invalid => "invalid",
    }
}
