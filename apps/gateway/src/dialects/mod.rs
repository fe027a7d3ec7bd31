//! The doors. Each dialect is a folder of its own that knows no other; here is all they have in common.
//!
//! A dialect plugs in with two functions: `routes` adds its resources to the server, `openapi` describes them. Handlers
//! take [`App`](crate::app::App) as `web::Data<App>`, the caller's whereabouts as
//! [`Origin`](crate::middleware::Origin), and the payload as [`Body`](crate::middleware::Body), which is bounded and
//! leaves the wording of a refusal to the dialect.

use actix_web::web::ServiceConfig;
use utoipa::openapi::OpenApi;

use crate::settings::Settings;

/// One door, as the server sees it.
pub struct Dialect {
    /// Its name in settings, in `/openapi/<name>.json` and on the command line.
    pub name: &'static str,
    /// Whether the settings switch it on.
    pub enabled: fn(&Settings) -> bool,
    /// Adds its resources.
    pub routes: fn(&mut ServiceConfig, &Settings),
    /// Describes them.
    pub openapi: fn() -> OpenApi,
}

/// Every dialect of this build, in the order their routes are tried.
pub const ALL: &[Dialect] = &[];
