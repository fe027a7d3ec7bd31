//! How a path of this door is served (contract §1): with and without a final slash or `.json`, under its methods; a
//! wrong method is an unknown path.

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::guard::{self, Guard};
use actix_web::http::Method;
use actix_web::web::{route, to};
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder, ResponseError};

use super::refusal::Refusal;
use crate::dialects::spellings;

/// One path with its operations: a line of the route table.
pub struct Operations(Vec<Resource>);

/// A path, without a final slash.
pub fn path(path: &str) -> Operations {
    // The first pattern that fits decides, so a `.json` never becomes part of a name in the path.
    let resources = spellings(&[format!("{path}.json"), path.to_owned(), format!("{path}/")]);
    Operations(resources.into_iter().map(|resource| resource.default_service(to(not_found))).collect())
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

    /// Serves POST.
    pub fn post<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.serve(&[Method::POST], handler)
    }

    /// Serves PUT.
    pub fn put<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.serve(&[Method::PUT], handler)
    }

    /// Serves PATCH.
    pub fn patch<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.serve(&[Method::PATCH], handler)
    }

    /// Serves DELETE.
    pub fn delete<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.serve(&[Method::DELETE], handler)
    }

    fn serve<F, Args>(self, methods: &[Method], handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let add = move |resource: Resource| {
            resource.route(route().guard(any_of(methods.to_vec())).to(handler.clone()))
        };
        Self(self.0.into_iter().map(add).collect())
    }
}

impl HttpServiceFactory for Operations {
    fn register(self, config: &mut AppService) {
        self.0.into_iter().for_each(|resource| resource.register(config));
    }
}

fn any_of(methods: Vec<Method>) -> impl Guard {
    guard::fn_guard(move |request| methods.contains(&request.head().method))
}

/// A path that does not exist, or not under this method.
pub async fn not_found() -> HttpResponse {
    Refusal::route_not_found().error_response()
}
