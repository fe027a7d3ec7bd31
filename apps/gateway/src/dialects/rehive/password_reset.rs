//! Changed and forgotten passwords (contract §7.17–7.19).

use actix_web::web::Data;
use portcullis_accounts::{ChangePassword, Company, Who};
use portcullis_kernel::{Event, SessionSweep, SweepScope};
use portcullis_password_reset::{CompleteByToken, RequestToken};
use portcullis_sessions::Session;

use super::auth::SignedIn;
use super::refusal::{Names, Refusal};
use super::wire::{Answer, ChangeRequest, ConfirmRequest, Done, ResetRequest, done};
use super::{DOOR, Rehive, cookies};
use crate::body::Decoded;
use crate::middleware::Origin;

/// Changes the caller's password; by default every session that expires ends, the calling one included.
#[utoipa::path(post, path = "/3/auth/password/change/", tag = "passwords", request_body = ChangeRequest,
    security(("token" = []), ("cookie" = [])), responses(
    (status = 200, description = "Changed", body = Done),
    (status = 400, description = "The old password is wrong, or the new one breaks the policy", body = Refusal),
    (status = 401, description = "No session", body = Refusal),
    (status = 429, description = "Too many wrong passwords", body = Refusal),
))]
pub async fn change(
    door: Data<Rehive>,
    origin: Origin,
    caller: SignedIn,
    Decoded(body): Decoded<ChangeRequest>,
) -> Answer {
    let names = Names { password: body.new_password.field, ..Names::secret("old_password") };
    let command = ChangePassword {
        company: caller.subject.company,
        who: Who::Account(caller.subject.id),
        lookup_admits_pending: false,
        previous: body.old_password,
        proposed: body.new_password.password,
        keep: None,
        sweep: body.clear_session_option,
        client: origin.client(DOOR),
    };
    let over = caller.by_cookie && ends(&caller.session, body.clear_session_option);
    let app = door.app.clone();
    let work = async move { app.accounts.change_password(command).await };
    door.run("rehive.change_password", names, work).await?;
    Ok(cookies::cleared(&door, over, done()))
}

/// Whether a session is among those that end.
const fn ends(session: &Session, scope: SweepScope) -> bool {
    match scope {
        SweepScope::All => true,
        SweepScope::Temporary => session.expires_at.is_some(),
        SweepScope::None => false,
    }
}

/// Sends a link to set a new password, if somebody may get one; also to those who deactivated their account.
#[utoipa::path(post, path = "/3/auth/password/reset/", tag = "passwords", request_body = ResetRequest, responses(
    (status = 200, description = "Whether or not there is anything to send", body = Done),
    (status = 400, description = "A field is missing or malformed", body = Refusal),
    (status = 429, description = "Too many requests for this account", body = Refusal),
))]
pub async fn reset(door: Data<Rehive>, origin: Origin, Decoded(body): Decoded<ResetRequest>) -> Answer {
    let company = door.company(&body.company).await?;
    let page = |setting| company.as_deref().and_then(|company: &Company| company.settings.urls.get(setting));
    let command = RequestToken {
        company: company.as_deref().map(|company| company.id),
        company_typed: body.company,
        typed: body.user,
        lifetime: door.rules().reset_token_ttl,
        event: Event::PasswordResetLink,
        base_url: page("password_reset_url").cloned(),
        first_base_url: page("password_set_url").cloned(),
        carried: None,
        force: body.force.unwrap_or_default(),
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let work = async move { app.resets.request_token(command).await };
    door.run("rehive.reset_password", Names::NONE, work).await?;
    Ok(done())
}

/// Sets a new password with the token of a link. Opens no session.
#[utoipa::path(post, path = "/3/auth/password/reset/confirm/", tag = "passwords", request_body = ConfirmRequest,
    responses(
    (status = 200, description = "Set", body = Done),
    (status = 400, description = "The token is wrong, used or expired, or the password breaks the policy",
        body = Refusal),
))]
pub async fn confirm(door: Data<Rehive>, origin: Origin, Decoded(body): Decoded<ConfirmRequest>) -> Answer {
    let names = Names { password: body.new_password.field, ..Names::secret("token") };
    let command = CompleteByToken {
        uid: Some(body.uid),
        token: body.token,
        password: body.new_password.password,
        sweep: SessionSweep { scope: body.clear_session_option, keep: None },
        client: origin.client(DOOR),
    };
    let app = door.app.clone();
    let work = async move { app.resets.complete_by_token(command).await };
    door.run("rehive.confirm_reset", names, work).await?;
    Ok(done())
}
