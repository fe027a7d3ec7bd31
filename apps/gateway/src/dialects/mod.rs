//! The doors. Each dialect is a folder of its own that knows no other; here is all they have in common.
//!
//! A dialect plugs in with two functions: `routes` adds its resources to the server, `openapi` describes them. Handlers
//! take their door as `web::Data`, the caller's whereabouts as [`Origin`](crate::middleware::Origin), and the payload
//! as [`Decoded`](crate::body::Decoded), which is bounded and leaves the wording of a refusal to the dialect.

mod barong;
mod bfore;
mod rehive;
mod wikimedia;

use actix_web::Resource;
use actix_web::web::{ServiceConfig, resource};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;

use crate::app::App;
use crate::settings::Settings;

/// One door, as the server sees it.
pub struct Dialect {
    /// Its name in settings, in `/openapi/<name>.json` and on the command line.
    pub name: &'static str,
    /// Whether the settings switch it on.
    pub enabled: fn(&Settings) -> bool,
    /// Adds its resources.
    pub routes: fn(&mut ServiceConfig, &App),
    /// Describes them.
    pub openapi: fn() -> OpenApi,
}

/// Every dialect of this build, in the order their routes are tried.
pub const ALL: &[Dialect] = &[
    Dialect {
        name: "rehive",
        enabled: |settings| settings.dialects.rehive.enabled,
        routes: rehive::routes,
        openapi: rehive::Document::openapi,
    },
    Dialect {
        name: "wikimedia",
        enabled: |settings| settings.dialects.wikimedia.enabled,
        routes: wikimedia::routes,
        openapi: wikimedia::Document::openapi,
    },
    Dialect {
        name: "bfore",
        enabled: |settings| settings.dialects.bfore.enabled,
        routes: bfore::routes,
        openapi: bfore::Document::openapi,
    },
    Dialect {
        name: "barong",
        enabled: |settings| settings.dialects.barong.enabled,
        routes: barong::routes,
        openapi: barong::Document::openapi,
    },
];

/// Resources for the ways to write one path, the first that fits first. A path without names in it is compared as text:
/// as a list it would be a set of regular expressions, tried for every request and kept by every worker.
fn spellings(paths: &[String]) -> Vec<Resource> {
    if paths.iter().any(|path| path.contains('{')) {
        vec![resource(paths.to_vec())]
    } else {
        paths.iter().map(|path| resource(path.as_str())).collect()
    }
}
