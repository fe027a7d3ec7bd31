//! People who are signed in, and the requests they send.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{Installation, Server};
use crate::load::{Connection, Expected, Lane};

/// Everybody's password.
pub const PASSWORD: &str = "Correct-Horse-9-Battery";

/// An account with a credential of every kind.
pub struct Person {
    username: String,
    jwt: String,
    key: String,
    refresh: String,
}

/// Makes accounts, one for each connection, so that no row is hotter than it would be.
pub fn create(installation: &Installation, count: u16) -> Result<Vec<String>> {
    let names = (0..count).map(|number| format!("account{number:02}"));
    names.map(|name| installation.create_account(&name).map(|()| name)).collect()
}

/// Makes accounts on a server that runs, and signs each in at both doors.
pub async fn sign_in_everybody(
    installation: &Installation,
    server: &Server,
    count: u16,
) -> Result<Vec<Person>> {
    let mut people = Vec::new();
    for username in create(installation, count)? {
        people.push(Person::sign_in(server.address, username).await?);
    }
    Ok(people)
}

impl Person {
    async fn sign_in(address: SocketAddr, username: String) -> Result<Self> {
        let mut connection = Connection::open(address).await?;
        let login = ask(&mut connection, &bfore_login(&username)).await?;
        let jwt = text(&login, "Token")?;
        let add = post("/authheader/add", &json!({"name": "bench"}), &[("Authorization", &jwt)]);
        let key = text(&ask(&mut connection, &add).await?, "token")?;
        let login = ask(&mut connection, &wikimedia_login(&username)).await?;
        let refresh = text(&login, "refresh_token")?;
        Ok(Self { username, jwt, key, refresh })
    }

    /// Signs in at the bfore door, over and over.
    pub fn bfore_login(&self) -> Lane {
        Lane::new(bfore_login(&self.username), Expected::Frame(b"{\"Id\":\"", b"\"expires_in\":3600}"))
    }

    /// Signs in at the wikimedia door, over and over.
    pub fn wikimedia_login(&self) -> Lane {
        Lane::new(wikimedia_login(&self.username), TOKENS)
    }

    /// Presents the JWT.
    pub fn check_jwt(&self) -> Lane {
        self.check("Authorization", &self.jwt)
    }

    /// Presents the API key.
    pub fn check_key(&self) -> Lane {
        self.check("X-Authorization", &self.key)
    }

    fn check(&self, header: &str, credential: &str) -> Lane {
        Lane::new(get("/test/secure", &[(header, credential)]), greeting(&self.username))
    }

    /// Refreshes the tokens of the wikimedia door.
    pub fn refresh(&self) -> Lane {
        let body = json!({"username": self.username, "refresh_token": self.refresh});
        Lane::new(post("/v1/token-refresh", &body, &[]), TOKENS)
    }
}

const TOKENS: Expected = Expected::Frame(b"{\"id_token\":\"ey", b"\"expires_in\":86400}");

/// Asks the bare handler for what the check answers.
pub fn bare() -> Lane {
    Lane::new(get("/bare", &[]), greeting("account00"))
}

fn greeting(username: &str) -> Expected {
    Expected::Body(format!("{{\"message\":\"Hi {username}\"}}").into_bytes())
}

fn bfore_login(username: &str) -> Vec<u8> {
    post("/user/login", &json!({"username": username, "password": PASSWORD}), &[])
}

fn wikimedia_login(username: &str) -> Vec<u8> {
    post("/v1/login", &json!({"username": username, "password": PASSWORD}), &[])
}

/// A GET, as it travels.
pub fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    request("GET", path, headers, "")
}

pub(super) fn post(path: &str, body: &Value, headers: &[(&str, &str)]) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len().to_string();
    let own = [("Content-Type", "application/json"), ("Content-Length", &length)];
    request("POST", path, &[&own, headers].concat(), &body)
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let headers = headers.concat();
    format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n{body}").into_bytes()
}

pub(super) async fn ask(connection: &mut Connection, request: &[u8]) -> Result<Value> {
    let answer = connection.exchange(request).await?;
    if answer.status == 200 { Ok(serde_json::from_slice(answer.body)?) } else { bail!("refused: {answer}") }
}

pub(super) fn text(answer: &Value, member: &str) -> Result<String> {
    let text = answer.get(member).and_then(Value::as_str);
    text.map(str::to_owned).with_context(|| format!("no {member} in {answer}"))
}
