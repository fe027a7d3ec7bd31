//! What a login page asks about a company (contract §9).

use actix_web::web::{Data, Path};

use super::Rehive;
use super::refusal::Refusal;
use super::wire::{Answer, CompanyAnswer, CompanyObject, success};

/// A company, as anybody may see it.
#[utoipa::path(get, path = "/3/public/companies/{id}/", tag = "companies", params(("id", description = "The company's id")), responses(
    (status = 200, description = "The company", body = CompanyAnswer),
    (status = 404, description = "No such company", body = Refusal),
))]
pub async fn public(door: Data<Rehive>, id: Path<String>) -> Answer {
    let company = door.company(&id).await?.ok_or_else(Refusal::not_found)?;
    Ok(success(CompanyObject::new(&company)))
}
