//! How a path of this door is served (contract T2, §2): with and without a final slash, under its methods, and with
//! 405 and `Allow` for the others; on a path that needs a session, 401 comes before everything else.

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::guard::{self, Guard};
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::web::{route, to};
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder, ResponseError};

use super::auth::{self, Tolerance};
use super::refusal::Refusal;
use super::throttle;
use crate::dialects::spellings;

/// One path with its operations: a line of the route table.
pub struct Operations {
    /// One for each way to write the path.
    resources: Vec<Resource>,
    methods: Vec<Method>,
    /// What a caller's session may still have to answer; absent for everybody.
    guarded: Option<Tolerance>,
}

/// A path for everybody; its `Authorization` header is never looked at (contract §3.1).
pub fn open(path: &str) -> Operations {
    operations(path, None)
}

/// A path for callers with a session.
pub fn guarded(path: &str) -> Operations {
    operations(path, Some(Tolerance::Nothing))
}

fn operations(path: &str, guarded: Option<Tolerance>) -> Operations {
    let resources = spellings(&[format!("{path}/"), path.to_owned()]);
    Operations { resources, methods: Vec::new(), guarded }
}

macro_rules! methods {
    ($($name:ident = $method:ident),*) => {$(
        /// Serves the method.
        pub fn $name<F, Args>(self, handler: F) -> Self
        where
            F: Handler<Args>,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            self.serve(&[Method::$method], handler)
        }
    )*};
}

impl Operations {
    /// Serves GET and HEAD.
    pub fn get<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.serve(&[Method::GET, Method::HEAD], handler)
    }

    /// Puts up with open challenges (contract §6.3).
    pub fn despite(mut self, tolerance: Tolerance) -> Self {
        self.guarded = Some(tolerance);
        self
    }

    methods!(post = POST, put = PUT, patch = PATCH, delete = DELETE);

    fn serve<F, Args>(mut self, methods: &[Method], handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.methods.extend_from_slice(methods);
        let add = move |resource: Resource| {
            resource.route(route().guard(any_of(methods.to_vec())).to(handler.clone()))
        };
        self.resources = self.resources.into_iter().map(add).collect();
        self
    }
}

impl HttpServiceFactory for Operations {
    fn register(self, config: &mut AppService) {
        let words: Vec<&str> = self.methods.iter().map(Method::as_str).chain(["OPTIONS"]).collect();
        let allowed = words.join(", ");
        for resource in self.resources {
            let allowed = allowed.clone();
            let resource = resource.default_service(to(move || {
                let refused = wrong_method(&allowed);
                async move { refused }
            }));
            match self.guarded {
                Some(tolerance) => {
                    let require = from_fn(move |request, next| auth::require(request, next, tolerance));
                    resource.wrap(require).register(config);
                }
                None => resource.wrap(from_fn(throttle::anonymous)).register(config),
            }
        }
    }
}

fn any_of(methods: Vec<Method>) -> impl Guard {
    guard::fn_guard(move |request| methods.contains(&request.head().method))
}

fn wrong_method(allowed: &str) -> HttpResponse {
    let mut response = Refusal::wrong_method().error_response();
    if let Ok(allowed) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

/// A path that does not exist.
pub async fn not_found() -> HttpResponse {
    Refusal::not_found().error_response()
}
