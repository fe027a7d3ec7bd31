//! Accounts that are logged in at the rehive door, and the requests they send.

use anyhow::{Context, Result};
use serde_json::json;

use super::people::{PASSWORD, ask, create, get, post, text};
use super::{Installation, Server};
use crate::load::{Connection, Expected, Lane};

/// An account with an opaque token.
pub struct Member {
    token: String,
}

impl Member {
    /// Makes accounts on a server that runs, and logs each in.
    pub async fn log_in_everybody(
        installation: &Installation,
        server: &Server,
        count: u16,
    ) -> Result<Vec<Self>> {
        let mut members = Vec::new();
        let mut connection = Connection::open(server.address).await?;
        for user in create(installation, count)? {
            let body = json!({ "user": user, "company": "default", "password": PASSWORD });
            let answer = ask(&mut connection, &post("/3/auth/login/", &body, &[])).await?;
            let data = answer.get("data").context("a session")?;
            members.push(Self { token: text(data, "token")? });
        }
        Ok(members)
    }

    /// Presents the token.
    pub fn check(&self) -> Lane {
        self.ask("/3/auth/", Expected::Frame(b"{\"status\":\"success\",\"data\":{\"id\":\"", USER_ENDS))
    }

    fn ask(&self, path: &str, expected: Expected) -> Lane {
        let header = format!("Token {}", self.token);
        Lane::new(get(path, &[("Authorization", &header)]), expected)
    }
}

/// Lists the tokens of the account.
pub fn list_tokens(member: &Member) -> Lane {
    let expected = Expected::Frame(b"{\"status\":\"success\",\"data\":[{\"token_key\":\"", b"}]}");
    member.ask("/3/auth/tokens/", expected)
}

const USER_ENDS: &[u8] = b"\"disallowed_transaction_subtypes\":[]}}}";
