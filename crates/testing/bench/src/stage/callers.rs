//! Accounts that call by the barong door: some with a cookie, some with a key that signs.

use anyhow::{Context, Result, bail};
use portcullis_host::SystemClock;
use portcullis_kernel::{Clock as _, hex, hmac_sha256};
use serde_json::json;

use super::people::{PASSWORD, create, get, post};
use super::{Installation, Server};
use crate::load::{Connection, Expected, Lane};

/// What a reverse proxy asks about: an operation that the stock permissions allow to everybody.
const ASKED: &str = "/api/v2/auth/api/v2/auth/resource/users/me";
/// Sessions are bound to it.
const AGENT: &str = "bench";
/// Imported, so that programs have keys without a person who shows codes for them.
const TOTP_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// The credentials of one connection.
pub struct Caller {
    cookie: String,
    signature: [(&'static str, String); 3],
}

impl Caller {
    /// Imports accounts that have a key; no server may run.
    pub fn import_everybody(installation: &Installation, count: u16) -> Result<()> {
        let line = |number| {
            let key = json!({ "kid": kid(number), "secret": secret(number) });
            json!({ "username": format!("program{number:02}"), "totp_secret": TOTP_SECRET, "api_keys": [key] })
                .to_string()
        };
        installation.import(&(0..count).map(line).collect::<Vec<_>>().join("\n"))
    }

    /// Makes accounts beside those that were imported, and logs each in.
    pub async fn everybody(installation: &Installation, server: &Server, count: u16) -> Result<Vec<Self>> {
        let mut callers = Vec::new();
        let mut connection = Connection::open(server.address).await?;
        for (number, user) in (0..count).zip(create(installation, count)?) {
            let body = json!({ "email": format!("{user}@example.com"), "password": PASSWORD });
            let login = post("/api/v2/auth/identity/sessions", &body, &[("User-Agent", AGENT)]);
            let answer = connection.exchange(&login).await?;
            if answer.status != 201 {
                bail!("refused: {answer}");
            }
            let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
            let cookie = cookie.context("a login sets a cookie")?.to_owned();
            callers.push(Self { cookie, signature: sign(number) });
        }
        Ok(callers)
    }

    /// Asks about a request with the cookie.
    pub fn by_cookie(&self) -> Lane {
        admitted(&[("User-Agent", AGENT), ("Cookie", &self.cookie)])
    }

    /// Asks about a request that the key signed.
    pub fn by_key(&self) -> Lane {
        let headers: Vec<(&str, &str)> =
            self.signature.iter().map(|(name, value)| (*name, value.as_str())).collect();
        admitted(&headers)
    }
}

fn admitted(headers: &[(&str, &str)]) -> Lane {
    Lane::new(get(ASKED, headers), Expected::Body(Vec::new()))
}

fn kid(number: u16) -> String {
    format!("{number:016x}")
}

fn secret(number: u16) -> String {
    format!("{number:032x}")
}

/// The headers of a signed request (barong contract §5.7).
fn sign(number: u16) -> [(&'static str, String); 3] {
    let (kid, nonce) = (kid(number), SystemClock.now().as_millis().to_string());
    let signature = hex(&hmac_sha256(secret(number).as_bytes(), &[nonce.as_bytes(), kid.as_bytes()]));
    [("X-Auth-Apikey", kid), ("X-Auth-Nonce", nonce), ("X-Auth-Signature", signature)]
}
