//! Signing in with Auth0 (contract §7.10, decision D8).

use actix_web::web::Data;
use portcullis_accounts::{Account, Company, CreateAccountError, NewAccount, Profile};
use portcullis_kernel::{AccountState, Client, Email, Password, PortError};

use super::refusal::{Key, Refusal, Words};
use super::wire::{Answer, Params, UserWithFullInfo, ok};
use super::{Barong, DOOR};
use crate::app::App;
use crate::body::Decoded;
use crate::failure::Failure;
use crate::middleware::Origin;

const KEY: &str = "identity.session.auth0.invalid_params";
const UNVERIFIED: Key = (422, KEY);
const NOT_ENOUGH: Key = (401, KEY);

/// Signs in with an ID token of Auth0, and makes an account for whoever has none.
#[utoipa::path(post, path = "/api/v2/auth/identity/sessions/auth0", tag = "sessions",
    request_body(content = super::forms::Auth0Form, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 200, description = "A session, as a cookie", body = UserWithFullInfo),
    (status = 400, description = "The token is absent or blank", body = Refusal),
    (status = 401, description = "No verified address, or a state that is kept out", body = Refusal),
    (status = 422, description = "The token cannot be verified", body = Refusal),
))]
pub async fn login(door: Data<Barong>, origin: Origin, Decoded(params): Decoded<Params>) -> Answer {
    let mut reader = door.reader(&params, "identity.session");
    let token = reader.required("id_token");
    reader.finish()?;
    let app = door.app.clone();
    let work = async move { Ok::<_, PortError>(app.identities.identify(token).await) };
    let person = door.run("barong.identify", Words::NONE, work).await?;
    let person = person.ok_or_else(|| Refusal::key(UNVERIFIED))?;
    let email = person.email.filter(|_| person.email_verified).and_then(|email| Email::parse(&email).ok());
    let email = email.ok_or_else(|| Refusal::key(NOT_ENOUGH))?;
    let client = origin.client(DOOR);
    let account = door.known_by(email, client.clone()).await?;
    // Auth0 asks for second factors of its own.
    let opened = door.open_session(account.id, true, client).await?;
    let user = door.user(account.id).await?;
    Ok(door.handed_over(&opened, user, ok))
}

impl Barong {
    /// The account with that address, made if there is none.
    async fn known_by(&self, email: Email, client: Client) -> Result<Account, Refusal> {
        let (app, company) = (self.app.clone(), (*self.company().await?).clone());
        let work = async move {
            if let Some(account) = app.accounts.find(company.id, email.as_str()).await? {
                return if account.state.admits(true) {
                    Ok(account)
                } else {
                    Err(Failure::NotAdmitted(account.state))
                };
            }
            let new = newcomer(&app, company.clone(), email.clone(), client)?;
            match app.accounts.create(new).await {
                // Somebody was faster with the same token.
                Err(CreateAccountError::Taken(taken)) => {
                    let found = app.accounts.find(company.id, email.as_str()).await?;
                    found.ok_or(Failure::Taken(taken))
                }
                made => Ok(made?),
            }
        };
        self.run("barong.auth0", Words::NONE, work).await
    }
}

/// An account whose password nobody knows.
fn newcomer(app: &App, company: Company, email: Email, client: Client) -> Result<NewAccount, PortError> {
    // All kinds of characters, or a policy might object.
    let password = format!("Aa1-{}", app.ambient.token().reveal());
    Ok(NewAccount {
        company,
        username: None,
        email: Some(email),
        email_verified: true,
        mobile: None,
        mobile_verified: false,
        password: Some(Password::parse(password).map_err(PortError::broken)?),
        temporary_password: false,
        password_expires_at: None,
        state: AccountState::Active,
        role: None,
        groups: Vec::new(),
        profile: Profile::default(),
        client,
    })
}
