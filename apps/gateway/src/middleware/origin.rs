//! The far end of a request, as handlers see it.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderName, USER_AGENT};
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest};
use portcullis_kernel::{Client, Door};

use super::address::client_address;
use crate::app::App;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Where a request comes from and what sent it.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The client's address, after trusted proxies.
    pub address: IpAddr,
    /// Its `User-Agent`, or nothing.
    pub user_agent: String,
}

impl Origin {
    /// The client, coming through `door`.
    #[must_use]
    pub fn client(&self, door: &'static str) -> Client {
        Client::remote(Door::new(door), self.address, &self.user_agent)
    }

    /// Reads the request. A header that is no text counts as absent, a forwarded address that is none as malformed.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        let forwarded: Vec<&str> =
            request.headers().get_all(FORWARDED_FOR).map(|value| value.to_str().unwrap_or("")).collect();
        let address = match request.app_data::<Data<App>>() {
            Some(app) => {
                let server = &app.settings.server;
                let header = server.client_ip_header.as_ref().and_then(|name| request.headers().get(name));
                let named = header.and_then(|value| value.to_str().ok());
                client_address(peer, named, forwarded.into_iter(), &server.trusted_proxies)
            }
            None => peer,
        };
        let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
        Self { address, user_agent: user_agent.unwrap_or_default().to_owned() }
    }
}

impl FromRequest for Origin {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}
