//! How requests arrive.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

use actix_web::http::header::{HeaderName, InvalidHeaderName};
use ipnet::IpNet;
use url::Url;

use super::check::Check;
use crate::settings::Problem;
use crate::settings::raw::RawServer;

/// The HTTP server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The base of every link that leaves the server, without a trailing slash.
    pub public_url: String,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which a trusted proxy names the client, before `X-Forwarded-For`.
    pub client_ip_header: Option<HeaderName>,
    /// Which browser origins may read answers.
    pub cors_origins: CorsOrigins,
    /// Threads that serve connections.
    pub workers: usize,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// How long a client may take to send the head of a request.
    pub client_timeout: Duration,
    /// How long it goes on accepting after it was told to stop, so that whoever sends it requests sees it coming.
    pub drain_delay: Duration,
    public_url_is_given: bool,
}

/// Allowed browser origins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorsOrigins {
    /// These, with credentials; none, if empty.
    Listed(Vec<String>),
    /// Any, without credentials.
    Any,
}

impl Server {
    pub(super) fn listening_on(&mut self, address: SocketAddr) {
        self.listen = address;
        if !self.public_url_is_given {
            self.public_url = url_of(address);
        }
    }
}

pub(super) fn server(raw: &RawServer, check: Check<'_>) -> Result<Server, Problem> {
    let listen = raw.listen.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    let listen = listen.ok_or_else(|| {
        check.refuse("server.listen", "expected an address and a port such as 127.0.0.1:8080")
    })?;
    let given = raw.public_url.as_deref().filter(|url| !url.is_empty());
    let public_url = match given {
        Some(url) => public_url(url, check)?,
        None => url_of(listen),
    };
    let workers: usize = check.number("server.workers", raw.workers, 0..=1_024)?;
    let available = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(Server {
        listen,
        public_url,
        trusted_proxies: proxies(&raw.trusted_proxies, check)?,
        client_ip_header: client_ip_header(raw.client_ip_header.as_deref(), check)?,
        cors_origins: origins(&raw.cors_origins, check)?,
        workers: if workers == 0 { available() } else { workers },
        keep_alive: check.seconds("server.keep_alive", raw.keep_alive, 1..=3_600)?,
        client_timeout: check.seconds("server.client_timeout", raw.client_timeout, 1..=600)?,
        drain_delay: check.seconds("server.drain_delay", raw.drain_delay, 0..=300)?,
        public_url_is_given: given.is_some(),
    })
}

fn public_url(url: &str, check: Check<'_>) -> Result<String, Problem> {
    let text = check.url("server.public_url", url, &["http", "https"])?;
    let plain = Url::parse(&text).is_ok_and(|url| url.query().is_none() && url.fragment().is_none());
    if plain {
        Ok(text)
    } else {
        Err(check.refuse("server.public_url", "expected a URL without query and fragment"))
    }
}

fn url_of(address: SocketAddr) -> String {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(host, address.port()))
}

fn client_ip_header(raw: Option<&str>, check: Check<'_>) -> Result<Option<HeaderName>, Problem> {
    let header = raw.filter(|name| !name.is_empty()).map(str::parse::<HeaderName>).transpose();
    header.map_err(|_named: InvalidHeaderName| {
        check.refuse("server.client_ip_header", "expected the name of a header such as True-Client-IP")
    })
}

fn proxies(raw: &[String], check: Check<'_>) -> Result<Vec<IpNet>, Problem> {
    let network = |text: &String| {
        let text = text.trim();
        text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
    };
    raw.iter()
        .map(|text| {
            network(text).ok_or_else(|| {
                check.refuse("server.trusted_proxies", "expected networks such as 10.0.0.0/8 or addresses")
            })
        })
        .collect()
}

fn origins(raw: &[String], check: Check<'_>) -> Result<CorsOrigins, Problem> {
    const KEY: &str = "server.cors_origins";
    if raw.iter().any(|origin| origin == "*") {
        return if raw.len() == 1 {
            Ok(CorsOrigins::Any)
        } else {
            Err(check.refuse(KEY, "expected either * alone or origins such as https://app.example.com"))
        };
    }
    let origins = raw.iter().map(|text| {
        let origin = Url::parse(text).ok().map(|url| url.origin());
        let exact = origin.filter(|origin| origin.is_tuple() && origin.ascii_serialization() == *text);
        exact.map(|origin| origin.ascii_serialization()).ok_or_else(|| {
            check.refuse(
                KEY,
                "expected origins such as https://app.example.com, without path or trailing slash",
            )
        })
    });
    origins.collect::<Result<_, _>>().map(CorsOrigins::Listed)
}
