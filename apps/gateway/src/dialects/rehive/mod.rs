//! The `rehive` door: the `auth` section of the Rehive platform API v3 (docs/dialects/rehive.md).

mod accounts;
mod auth;
mod authorization;
mod companies;
mod contacts;
mod cookies;
mod cors;
mod leaving;
mod mfa;
mod password_reset;
mod refusal;
mod registration;
mod resource;
mod sessions;
mod throttle;
mod tokens;
mod wire;

use std::future::Future;
use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig, scope, to};
use portcullis_accounts::{Company, Group};
use portcullis_kernel::{CompanyId, CompanySlug};
use utoipa::OpenApi;

use crate::app::App;
use crate::failure::Failure;
use crate::settings::Rehive as Rules;
use auth::Schemes;
use auth::Tolerance::{Everything, Setup};
use refusal::{Names, Refusal};
use resource::{guarded, not_found, open};

/// What the handlers of this door share.
pub struct Rehive {
    app: App,
}

const DOOR: &str = "rehive";

/// The route table. `open` paths are for everybody, `guarded` ones for callers with a session.
pub fn routes(config: &mut ServiceConfig, app: &App) {
    config.service(
        scope("/3")
            .app_data(Data::new(Rehive { app: app.clone() }))
            .wrap(from_fn(throttle::everything))
            .wrap(from_fn(cors::apply))
            .service(open("/auth/register").post(registration::register))
            .service(open("/auth/company/register").post(registration::register_company))
            .service(open("/auth/deactivate").post(leaving::deactivate))
            .service(open("/auth/deactivate/verify").post(leaving::verify_deactivate))
            .service(open("/auth/request-delete").post(leaving::request_delete))
            .service(open("/auth/request-delete/verify").post(leaving::verify_request_delete))
            .service(open("/auth/email/verify").post(contacts::verify_email))
            .service(open("/auth/email/verify/resend").post(contacts::resend_email))
            .service(guarded("/auth/mobile/verify").post(contacts::verify_mobile))
            .service(open("/auth/mobile/verify/resend").post(contacts::resend_mobile))
            .service(guarded("/auth/password/change").post(password_reset::change))
            .service(open("/auth/password/reset").post(password_reset::reset))
            .service(open("/auth/password/reset/confirm").post(password_reset::confirm))
            .service(guarded("/auth").get(accounts::me))
            .service(guarded("/user").get(accounts::user))
            .service(open("/auth/login").post(sessions::login))
            .service(open("/auth/test-login").post(sessions::test_login))
            .service(open("/auth/refresh").post(sessions::refresh))
            .service(guarded("/auth/logout").despite(Everything).post(sessions::logout))
            .service(guarded("/auth/logout/all").despite(Everything).post(sessions::logout_all))
            .service(
                guarded("/auth/tokens").get(tokens::list).post(tokens::create).delete(tokens::delete_all),
            )
            .service(
                guarded(r"/auth/tokens/{token_key:\w+}")
                    .get(tokens::one)
                    .patch(tokens::label)
                    .put(tokens::label)
                    .delete(tokens::delete),
            )
            .service(guarded("/auth/mfa/authenticators").despite(Setup).get(mfa::list).post(mfa::create))
            .service(
                guarded("/auth/mfa/authenticators/{identifier:[a-zA-Z0-9_-]+}")
                    .despite(Setup)
                    .get(mfa::retrieve)
                    .delete(mfa::remove),
            )
            .service(guarded("/auth/mfa/deliver").despite(Everything).post(mfa::deliver))
            .service(guarded("/auth/mfa/verify").despite(Everything).post(mfa::verify))
            .service(open("/public/companies/{id}").get(companies::public))
            .default_service(to(not_found)),
    );
}

impl Rehive {
    fn rules(&self) -> &Rules {
        &self.app.settings.dialects.rehive
    }

    /// Runs a use case to its end and words its failure.
    async fn run<T, E>(
        &self,
        name: &'static str,
        names: Names,
        use_case: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, Refusal>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        self.app.run(name, use_case).await.map_err(|failure| Refusal::of(failure, names))
    }

    /// The company that a request names, if there is one.
    async fn company(&self, id: &str) -> Result<Option<Arc<Company>>, Refusal> {
        let Ok(slug) = CompanySlug::parse(id.trim()) else { return Ok(None) };
        self.app.find_company(&slug).await.map_err(|failure| Refusal::of(failure, Names::NONE))
    }

    /// The groups of a company.
    async fn groups(&self, company: CompanyId) -> Result<Arc<Vec<Group>>, Refusal> {
        self.app.groups(company).await.map_err(|failure| Refusal::of(failure, Names::NONE))
    }
}

/// The OpenAPI document of this door.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Portcullis: rehive",
        description = "The `auth` section of the Rehive platform API v3: companies, accounts, opaque tokens, MFA."
    ),
    paths(
        registration::register,
        registration::register_company,
        accounts::me,
        accounts::user,
        sessions::login,
        sessions::test_login,
        sessions::refresh,
        sessions::logout,
        sessions::logout_all,
        tokens::list,
        tokens::create,
        tokens::delete_all,
        tokens::one,
        tokens::label,
        tokens::delete,
        mfa::list,
        mfa::create,
        mfa::retrieve,
        mfa::remove,
        mfa::deliver,
        mfa::verify,
        contacts::verify_email,
        contacts::resend_email,
        contacts::verify_mobile,
        contacts::resend_mobile,
        password_reset::change,
        password_reset::reset,
        password_reset::confirm,
        leaving::deactivate,
        leaving::verify_deactivate,
        leaving::request_delete,
        leaving::verify_request_delete,
        companies::public,
    ),
    modifiers(&Schemes)
)]
pub struct Document;
