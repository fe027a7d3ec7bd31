//! Users about themselves (contract §8.9).

use actix_web::web::Data;
use portcullis_accounts::{Account, ChangePassword, ShowPassword, Who};
use portcullis_kernel::{Client, Password, PolicyBreach, SweepScope};
use portcullis_mfa::CheckFactor;

use crate::app::App;
use crate::dialects::barong::owner::{Asked, Owner};
use crate::dialects::barong::refusal::{Key, Refusal, Words};
use crate::dialects::barong::wire::{Answer, Reader, UserWithFullInfo, accepted, ok};
use crate::dialects::barong::{Barong, DOOR};
use crate::failure::Failure;
use crate::middleware::Origin;

const DIFFERENT: Key = (422, "resource.password.doesnt_match");
const NO_CHANGE: Key = (400, "resource.password.no_change_provided");
const THROTTLED: Key = (429, "resource.user.too_many_attempts");

/// What leaving calls its refusals.
const LEAVING: Words = Words {
    wrong_password: (422, "resource.user.invalid_password"),
    factor_missing: (422, "resource.user.missing_otp_code"),
    factor_wrong: (422, "resource.user.invalid_otp"),
    throttled: THROTTLED,
    ..Words::NONE
};

/// What changing a password calls its refusals.
const CHANGING: Words = Words {
    wrong_password: (400, "resource.password.prev_pass_not_correct"),
    throttled: THROTTLED,
    ..Words::NONE
};

/// The caller, with everything about them.
#[utoipa::path(get, path = "/api/v2/auth/resource/users/me", tag = "users",
    security(("cookie" = []), ("jwt" = [])), responses(
    (status = 200, description = "The user", body = UserWithFullInfo),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 404, description = "The caller is no user", body = Refusal),
))]
pub async fn me(owner: Owner, door: Data<Barong>) -> Answer {
    Ok(ok(door.user(owner.account).await?))
}

/// Replaces what the caller keeps with their account.
#[utoipa::path(put, path = "/api/v2/auth/resource/users/me", tag = "users",
    security(("cookie" = []), ("jwt" = [])),
    request_body(content = super::super::forms::DataForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 200, description = "The user", body = UserWithFullInfo),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 422, description = "The data is absent, blank, too long or no JSON", body = Refusal),
))]
pub async fn replace_data(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let mut reader = Reader::new(&asked.params, "resource.user", 422);
    let data = reader.required("data");
    reader.finish()?;
    let (account, client) = (door.account(asked.owner).await?, origin.client(DOOR));
    let app = door.app.clone();
    let work = async move { app.accounts.replace_data(account, data, client).await };
    door.run("barong.replace_data", Words::NONE, work).await?;
    Ok(ok(door.user(asked.owner.account).await?))
}

/// Deletes the caller's account for good: nobody can sign in to it, and its address stays taken.
#[utoipa::path(delete, path = "/api/v2/auth/resource/users/me", tag = "users",
    security(("cookie" = []), ("jwt" = [])),
    params(
        ("password" = String, Query, description = "The caller's password, better sent in the body"),
        ("otp_code" = Option<String>, Query, description = "The code of the second factor, if there is one"),
    ),
    responses(
    (status = 200, description = "Deleted"),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 422, description = "Password or code are absent, blank, wrong or used before", body = Refusal),
    (status = 429, description = "Too many attempts", body = Refusal),
))]
pub async fn delete(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let mut reader = Reader::new(&asked.params, "resource.user", 422);
    let (password, code) = (reader.required("password"), reader.filled("otp_code"));
    reader.finish()?;
    let wrong = || Refusal::key(LEAVING.wrong_password);
    let password = Password::parse(password).ok().ok_or_else(wrong)?;
    let (account, client) = (door.account(asked.owner).await?, origin.client(DOOR));
    let app = door.app.clone();
    let work = async move {
        prove(&app, &account, (password, code), &client).await?;
        app.accounts.delete_as_owner(account, client).await.map_err(Failure::from)
    };
    door.run("barong.delete_user", LEAVING, work).await?;
    Ok(ok(200))
}

/// Changes the caller's password. Sessions stay.
#[utoipa::path(put, path = "/api/v2/auth/resource/users/password", tag = "users",
    security(("cookie" = []), ("jwt" = [])),
    request_body(content = super::super::forms::PasswordForm, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 201, description = "Changed"),
    (status = 400, description = "A parameter is absent or blank, the old password is wrong or the new one", body = Refusal),
    (status = 401, description = "Nobody the server knows", body = Refusal),
    (status = 422, description = "The passwords differ, or the new one is weak", body = Refusal),
    (status = 429, description = "Too many attempts", body = Refusal),
))]
pub async fn change_password(asked: Asked, door: Data<Barong>, origin: Origin) -> Answer {
    let mut reader = door.reader(&asked.params, "resource.user");
    let [old, new, again] =
        ["old_password", "new_password", "confirm_password"].map(|name| reader.required(name));
    reader.finish()?;
    if new != again {
        return Err(Refusal::key(DIFFERENT));
    }
    let old = Password::parse(old).ok().ok_or_else(|| Refusal::key(CHANGING.wrong_password))?;
    let (account, client) = (door.account(asked.owner).await?, origin.client(DOOR));
    let app = door.app.clone();
    let work = async move { change(&app, account, (old, new), client).await };
    let changed = door.run("barong.change_password", CHANGING, work).await?;
    if changed { Ok(accepted()) } else { Err(Refusal::key(NO_CHANGE)) }
}

/// Changes a password, or answers `false` if it is the old one again. Only whoever knows that learns what is wrong with
/// the new one.
async fn change(
    app: &App,
    account: Account,
    (old, new): (Password, String),
    client: Client,
) -> Result<bool, Failure> {
    let is_same = old.reveal() == new;
    let proposed = Password::parse(new).ok().filter(|_| !is_same);
    let Some(proposed) = proposed else {
        app.accounts.show_password(ShowPassword { account, password: old, client }).await?;
        let too_long = || Failure::WeakPassword(vec![PolicyBreach::TooLong { max: Password::MAX_CHARS }]);
        return if is_same { Ok(false) } else { Err(too_long()) };
    };
    let command = ChangePassword {
        company: account.company,
        who: Who::Account(account.id),
        lookup_admits_pending: true,
        previous: old,
        proposed,
        keep: None,
        sweep: SweepScope::None,
        client,
    };
    app.accounts.change_password(command).await?;
    Ok(true)
}

/// Makes sure that it is the owner who asks: by the password, and a code where there is a second factor.
async fn prove(
    app: &App,
    account: &Account,
    (password, code): (Password, Option<String>),
    client: &Client,
) -> Result<(), Failure> {
    let shown = ShowPassword { account: account.clone(), password, client: client.clone() };
    app.accounts.show_password(shown).await?;
    if !app.factors.is_enrolled(account.id).await? {
        return Ok(());
    }
    let check = CheckFactor {
        company: account.company,
        account: account.id,
        code: code.ok_or(Failure::SecondFactorRequired)?,
        client: client.clone(),
    };
    Ok(app.factors.prove(check).await?)
}
