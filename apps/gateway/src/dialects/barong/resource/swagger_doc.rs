//! What there is below `resource/`, for tools that read Swagger 2.0 (contract §8.11). For everybody, like the program
//! itself.

use std::sync::LazyLock;

use actix_web::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value};
use utoipa::OpenApi;

use crate::dialects::barong::Barong;
use crate::dialects::barong::authorization::ENDPOINT;
use crate::dialects::barong::document::Document;
use crate::dialects::barong::refusal::Refusal;
use crate::dialects::barong::swagger;
use crate::dialects::barong::wire::Answer;

/// The part of the door that is described.
const PART: &str = "resource";

/// The document but for where it was asked for.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let openapi = serde_json::to_value(Document::openapi()).unwrap_or_default();
    swagger::convert(&openapi, ENDPOINT, PART)
});

/// Every operation below `resource/`.
#[utoipa::path(get, path = "/api/v2/auth/resource/swagger_doc", tag = "swagger_doc",
    params(("locale" = Option<String>, Query, description = "Without effect")), responses(
    (status = 200, description = "A Swagger 2.0 document", body = Value),
))]
pub async fn whole(door: Data<Barong>, request: HttpRequest) -> HttpResponse {
    told(&door, &request, DOCUMENT.clone())
}

/// The operations of one group: `otp`, `api_keys` and so on.
#[utoipa::path(get, path = "/api/v2/auth/resource/swagger_doc/{name}", tag = "swagger_doc",
    params(
        ("name" = String, Path, description = "The first segment of the paths"),
        ("locale" = Option<String>, Query, description = "Without effect"),
    ), responses(
    (status = 200, description = "A Swagger 2.0 document", body = Value),
    (status = 400, description = "There is no such group", body = Refusal),
))]
pub async fn group(door: Data<Barong>, name: Path<String>, request: HttpRequest) -> Answer {
    let document = limited(&DOCUMENT, &name).ok_or_else(Refusal::no_such_group)?;
    Ok(told(&door, &request, document))
}

fn told(door: &Barong, request: &HttpRequest, mut document: Value) -> HttpResponse {
    if let Some(members) = document.as_object_mut() {
        members.insert("host".to_owned(), request.connection_info().host().into());
        members.insert("basePath".to_owned(), door.rules().prefix.as_str().into());
    }
    HttpResponse::Ok().insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*")).json(document)
}

/// The document with the paths of one group and nothing else; `None` if it has no such group.
fn limited(document: &Value, name: &str) -> Option<Value> {
    let mut document = document.clone();
    let paths = document.get_mut("paths")?.as_object_mut()?;
    let own = std::mem::take(paths).into_iter().filter(|(path, _)| path.split('/').nth(2) == Some(name));
    *paths = own.collect::<Map<String, Value>>();
    if paths.is_empty() { None } else { Some(document) }
}
