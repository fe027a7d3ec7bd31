//! What the program runs on: parsed, in range and free of contradictions.

mod barong;
mod check;
mod dialects;
mod server;
mod services;

pub use barong::{Barong, Captcha, PhoneVerification};
pub use dialects::{Bfore, CookieSecure, Dialects, Rehive, Wikimedia};
pub use server::{CorsOrigins, Server};
pub use services::{Database, Mail, Passwords, Secrets, Sms, Throttle};

use std::net::SocketAddr;
use std::path::PathBuf;

use check::Check;

use super::Problem;
use super::merge::Merged;
use super::raw::RawSettings;

/// Every setting.
#[derive(Clone)]
pub struct Settings {
    /// How requests arrive.
    pub server: Server,
    /// Where files live.
    pub data_dir: PathBuf,
    /// Where rows live.
    pub database: Database,
    /// Keys that do not come from the data folder.
    pub secrets: Secrets,
    /// How mail leaves.
    pub mail: Mail,
    /// How SMS leaves.
    pub sms: Sms,
    /// Every quota.
    pub throttle: Throttle,
    /// The cost of hashing.
    pub passwords: Passwords,
    /// Whether an anonymous caller may learn that an account exists (`security.disclose_accounts`).
    pub disclose_accounts: bool,
    /// The `iss` of JWTs.
    pub issuer: String,
    /// What each contract calls configurable.
    pub dialects: Dialects,
    issuer_is_given: bool,
}

impl Settings {
    /// Fills in what depends on the address the server really listens on, which port 0 leaves open.
    #[must_use]
    pub fn listening_on(mut self, address: SocketAddr) -> Self {
        self.server.listening_on(address);
        if !self.issuer_is_given {
            self.issuer.clone_from(&self.server.public_url);
        }
        self
    }
}

pub(super) fn validate(raw: &RawSettings, merged: &Merged) -> Result<Settings, Problem> {
    let check = Check(merged);
    let server = server::server(&raw.server, check)?;
    let data_dir = PathBuf::from(check.text("data.dir", &raw.data.dir)?);
    let issuer = raw.tokens.issuer.clone().filter(|issuer| !issuer.is_empty());
    Ok(Settings {
        database: services::database(&raw.database, &data_dir, check)?,
        secrets: services::secrets(&raw.secrets, check)?,
        mail: services::mail(&raw.mail, check)?,
        sms: services::sms(&raw.sms, check)?,
        throttle: services::throttle(&raw.throttle, check)?,
        passwords: services::passwords(&raw.passwords, check)?,
        disclose_accounts: raw.security.disclose_accounts,
        issuer_is_given: issuer.is_some(),
        issuer: issuer.unwrap_or_else(|| server.public_url.clone()),
        dialects: dialects::dialects(&raw.dialects, check)?,
        data_dir,
        server,
    })
}
