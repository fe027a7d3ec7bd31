//! Texts that users keep under titles (contract §8.7).

use actix_web::web::Data;
use portcullis_accounts::{DataFault, KeepDataCommand};

use crate::dialects::barong::owner::Asked;
use crate::dialects::barong::refusal::{Refusal, Words};
use crate::dialects::barong::wire::{Answer, Reader, accepted};
use crate::dialects::barong::{Barong, DOOR};
use crate::middleware::Origin;

/// Keeps a text under a title, for good.
#[utoipa::path(post, path = "/api/v2/auth/resource/data_storage", tag = "data_storage",
    security(("cookie" = []), ("jwt" = [])),
    request_body(content = super::super::forms::StorageForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "Kept"),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 422, description = "A parameter is absent, blank or wrong", body = Refusal),
))]
pub async fn keep(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let mut reader = Reader::new(&asked.params, "resource.datastorage", 422);
    let (title, data) = (reader.required("title"), reader.required("data"));
    reader.finish()?;
    let account = door.account(asked.owner).await?;
    let command = KeepDataCommand { account, title, data, client: origin.client(DOOR) };
    let app = door.app.clone();
    let work = async move { app.accounts.keep_data(command).await };
    door.run("barong.keep_data", Words::NONE, work).await?;
    Ok(accepted())
}

/// What is wrong with data, in this door's words.
pub fn word(faults: &[DataFault]) -> Refusal {
    let key = |fault: &DataFault| match fault {
        DataFault::TooLong => "data.too_long".into(),
        DataFault::NotJson => "data.invalid_format".into(),
        DataFault::TitleTaken => "title.taken".into(),
        DataFault::TitleUnknown => "title.inclusion".into(),
        DataFault::TitleReserved => "title.exclusion".into(),
    };
    Refusal::keys(422, faults.iter().map(key).collect())
}
