//! The caller's account, registration, contacts, and the end of an account (contract §7.1–7.6, §7.15–7.17, §7.20–7.22).

use actix_web::web::Data;

use super::Rehive;
use super::auth::SignedIn;
use super::wire::{Answer, User, UserAnswer, success};

/// The caller's account.
#[utoipa::path(get, path = "/3/auth/", tag = "accounts", security(("token" = []), ("cookie" = [])), responses(
    (status = 200, description = "The account", body = UserAnswer),
    (status = 401, description = "No session", body = super::refusal::Refusal),
))]
pub async fn me(door: Data<Rehive>, caller: SignedIn) -> Answer {
    let groups = door.groups(caller.subject.company).await?;
    Ok(success(User::new(&caller.subject, &groups)))
}

/// The caller's account, at the address where newer clients look for it.
#[utoipa::path(get, path = "/3/user/", tag = "accounts", security(("token" = []), ("cookie" = [])), responses(
    (status = 200, description = "The account", body = UserAnswer),
    (status = 401, description = "No session", body = super::refusal::Refusal),
))]
pub async fn user(door: Data<Rehive>, caller: SignedIn) -> Answer {
    me(door, caller).await
}
