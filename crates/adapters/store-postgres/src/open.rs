//! Opening a database by URL.

use std::sync::Arc;
use std::time::Duration;

use portcullis_kernel::{PortError, PortResult, Sealer};
use tokio_postgres::Config;

use crate::Store;
use crate::backend::Backend;
use crate::tls::{self, Trust};

/// Which database, and how.
#[derive(Clone)]
pub struct Options {
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETERS`. `sslmode` is one of `disable`, `prefer` (the default),
    /// `require` and `verify-full`: only the last one checks who answers, against the certificates the system trusts
    /// or those in the PEM file `sslrootcert`.
    pub url: String,
    /// The most connections open at once, at least 1.
    pub connections: usize,
    /// Seals what must be read back.
    pub sealer: Arc<dyn Sealer>,
}

/// The URL does not name a database.
#[derive(Debug, thiserror::Error)]
pub enum InvalidUrl {
    /// It cannot be read.
    #[error("not a postgres:// URL")]
    Syntax(#[source] tokio_postgres::Error),
    /// The TLS mode is none of ours.
    #[error("sslmode: expected disable, prefer, require or verify-full")]
    Mode,
    /// Its certificates cannot be used.
    #[error("no usable certificate: {0}")]
    Certificates(String),
}

impl Options {
    /// The database at `url` with ten connections.
    #[must_use]
    pub fn at(url: impl Into<String>, sealer: Arc<dyn Sealer>) -> Self {
        Self { url: url.into(), connections: 10, sealer }
    }
}

impl Store {
    /// Prepares a database, migrated or not. Connections are made when they are first needed, so an absent server is
    /// no failure here. Fails with [`PortError::Broken`] of an [`InvalidUrl`].
    pub fn open(options: Options) -> PortResult<Self> {
        let (config, trust) = parse(&options.url).map_err(PortError::broken)?;
        let tls = trust.map(|trust| tls::connector(&trust)).transpose().map_err(PortError::broken)?;
        let backend = Backend::new(config, tls, options.connections.max(1))?;
        Ok(Self::assemble(backend, options.sealer))
    }
}

/// The settings of the driver, and whom to trust if TLS is wanted. The parameters the driver does not know are taken
/// out of the URL first.
fn parse(url: &str) -> Result<(Config, Option<Trust>), InvalidUrl> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut roots, mut rest) = ("prefer", None, Vec::new());
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.split_once('=') {
            Some(("sslmode", value)) => mode = value,
            Some(("sslrootcert", value)) => roots = Some(value.replace("%2F", "/")),
            _ => rest.push(parameter),
        }
    }
    let (driver_mode, trust) = match mode {
        "disable" => ("disable", None),
        "prefer" => ("prefer", Some(Trust::Anybody)),
        "require" => ("require", Some(Trust::Anybody)),
        "verify-full" => ("require", Some(roots.map_or(Trust::System, Trust::File))),
        _ => return Err(InvalidUrl::Mode),
    };
    let driver_mode = format!("sslmode={driver_mode}");
    rest.push(&driver_mode);
    let mut config: Config = format!("{address}?{}", rest.join("&")).parse().map_err(InvalidUrl::Syntax)?;
    config
        .application_name("portcullis")
        .connect_timeout(Duration::from_secs(5))
        .tcp_user_timeout(Duration::from_secs(15))
        .keepalives_idle(Duration::from_secs(30));
    Ok((config, trust))
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::SslMode;

    use super::*;

    #[test]
    fn tries_tls_unless_told_otherwise() {
        let (config, trust) = parse("postgres://ada@db/portcullis").unwrap();
        assert_eq!(config.get_ssl_mode(), SslMode::Prefer);
        assert_eq!(trust, Some(Trust::Anybody));
        let (config, trust) = parse("postgres://ada@db/portcullis?sslmode=disable").unwrap();
        assert_eq!((config.get_ssl_mode(), trust), (SslMode::Disable, None));
    }

    #[test]
    fn checks_the_server_only_when_asked_to() {
        let (config, trust) = parse("postgres://db/p?sslmode=require").unwrap();
        assert_eq!((config.get_ssl_mode(), trust), (SslMode::Require, Some(Trust::Anybody)));
        let (config, trust) = parse("postgres://db/p?sslmode=verify-full&connect_timeout=9").unwrap();
        assert_eq!((config.get_ssl_mode(), trust), (SslMode::Require, Some(Trust::System)));
        let (_, trust) = parse("postgres://db/p?sslrootcert=/etc/ca.pem&sslmode=verify-full").unwrap();
        assert_eq!(trust, Some(Trust::File("/etc/ca.pem".to_owned())));
    }

    #[test]
    fn refuses_what_it_does_not_understand() {
        assert!(matches!(parse("postgres://db/p?sslmode=sometimes"), Err(InvalidUrl::Mode)));
        assert!(matches!(parse("mysql://db/p"), Err(InvalidUrl::Syntax(_))));
    }
}
