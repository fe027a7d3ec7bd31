//! What is asked for below `resource/`, and by whom.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest};

use crate::body::Decoded;
use crate::dialects::barong::owner::Owner;
use crate::dialects::barong::wire::Params;

/// A request's caller and parameters. Nothing is said about the parameters before it is known who asks (contract §3.2,
/// rule 6).
pub struct Asked {
    /// Who asks.
    pub owner: Owner,
    /// For what.
    pub params: Params,
}

impl FromRequest for Asked {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let owner = Owner::from_request(request, payload);
        let params = Decoded::<Params>::from_request(request, payload);
        Box::pin(async move {
            let owner = owner.await?;
            let Decoded(params) = params.await?;
            Ok(Self { owner, params })
        })
    }
}
