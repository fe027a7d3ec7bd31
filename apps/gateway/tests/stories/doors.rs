//! The doors, each as a row: how one signs in there, and what can be done with the session.
//!
//! A door that joins implements [`Door`] and takes its place in [`DOORS`]; every story then goes through it as well.

use async_trait::async_trait;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

/// Every door.
pub const DOORS: &[&dyn Door] = &[&Bfore, &Wikimedia, &Rehive, &Barong];

/// A session as its client holds it.
#[derive(Clone, Debug)]
pub struct Held(Value);

/// Why a sign-in opened nothing, as far as a client can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Unknown, wrong, disabled.
    Credentials,
    /// A second factor is asked for.
    Factor,
    /// Too many attempts, at a door that says so.
    Throttled,
}

/// One way into the server.
#[async_trait]
pub trait Door: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// How it says that there were too many attempts.
    fn throttled(&self) -> No;

    /// Signs in with a password, and a code if there is one.
    async fn sign_in(&self, at: &At<'_>, name: &str, password: &str, code: Option<&str>) -> Result<Held, No>;

    /// Whether the session is honoured.
    async fn honours(&self, at: &At<'_>, held: &Held) -> bool;

    /// Ends the session by its own credential.
    async fn sign_out(&self, at: &At<'_>, held: &Held);

    /// Whether the other sessions outlive a password that is changed here.
    fn spares_sessions(&self) -> bool {
        false
    }

    /// Changes the password with the session in hand.
    async fn change_password(&self, at: &At<'_>, held: &Held, name: &str, old: &str, new: &str);
}

/// A server, and who asks.
pub struct At<'a> {
    pub base: &'a str,
    pub http: Client,
}

impl<'a> At<'a> {
    /// A client of that server.
    pub fn new(base: &'a str) -> Self {
        Self::from(base, "stories")
    }

    /// A client with a `User-Agent` of its own.
    pub fn from(base: &'a str, agent: &str) -> Self {
        Self { base, http: Client::builder().user_agent(agent).build().unwrap() }
    }

    /// A POST of JSON: its status and what it answered.
    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let sent = self.http.post(format!("{}{path}", self.base)).json(&body).send().await.unwrap();
        let status = sent.status().as_u16();
        (status, serde_json::from_slice(&sent.bytes().await.unwrap()).unwrap_or_default())
    }

    /// The same with a token of the `rehive` door.
    pub async fn post_as(&self, token: &str, path: &str, body: Value) -> (u16, Value) {
        let request =
            self.http.post(format!("{}{path}", self.base)).header("Authorization", format!("Token {token}"));
        let sent = request.json(&body).send().await.unwrap();
        let status = sent.status().as_u16();
        (status, serde_json::from_slice(&sent.bytes().await.unwrap()).unwrap_or_default())
    }

    async fn get(&self, path: &str, header: &str, value: &str) -> u16 {
        let sent = self.http.get(format!("{}{path}", self.base)).header(header, value).send().await;
        sent.unwrap().status().as_u16()
    }

    /// A new API key of a `bfore` session.
    pub async fn key(&self, held: &Held) -> String {
        let jwt = held.text("Token");
        let request = self.http.post(format!("{}/authheader/add", self.base)).header("Authorization", jwt);
        let made: Value =
            request.json(&json!({ "name": "story" })).send().await.unwrap().json().await.unwrap();
        made["token"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    }

    /// Whether `bfore` takes the text for a token of its own.
    pub async fn is_jwt_of_bfore(&self, text: &str) -> bool {
        self.get("/test/secure", "Authorization", text).await == 200
    }

    /// Whether an API key is honoured.
    pub async fn honours_key(&self, key: &str) -> bool {
        self.get("/test/secure", "X-Authorization", key).await == 200
    }
}

impl Held {
    /// A member of the answer that opened it.
    pub fn member(&self, name: &str) -> Option<&str> {
        self.0[name].as_str()
    }

    fn text(&self, member: &str) -> &str {
        self.0[member].as_str().unwrap_or_else(|| panic!("no {member} in {}", self.0))
    }
}

/// The `bfore` door.
struct Bfore;

#[async_trait]
impl Door for Bfore {
    fn name(&self) -> &'static str {
        "bfore"
    }

    fn throttled(&self) -> No {
        No::Throttled
    }

    async fn sign_in(&self, at: &At<'_>, name: &str, password: &str, code: Option<&str>) -> Result<Held, No> {
        let body = json!({ "username": name, "password": password, "otp": code });
        match at.post("/user/login", body).await {
            (200, body) => Ok(Held(body)),
            (429, _) => Err(No::Throttled),
            (401, body) if body["message"] == "Second factor required" => Err(No::Factor),
            (401, body) if body["message"] == "Incorrect credentials" => Err(No::Credentials),
            other => panic!("{other:?}"),
        }
    }

    async fn honours(&self, at: &At<'_>, held: &Held) -> bool {
        match at.get("/test/secure", "Authorization", held.text("Token")).await {
            200 => true,
            401 => false,
            other => panic!("{other}"),
        }
    }

    async fn sign_out(&self, at: &At<'_>, held: &Held) {
        assert_eq!(at.get("/user/logout", "Authorization", held.text("Token")).await, 200);
    }

    async fn change_password(&self, at: &At<'_>, _held: &Held, name: &str, old: &str, new: &str) {
        let body = json!({ "username": name, "old": old, "new": new, "confirm": new });
        assert_eq!(at.post("/user/password", body).await.0, 200);
    }
}

/// The `wikimedia` door.
struct Wikimedia;

#[async_trait]
impl Door for Wikimedia {
    fn name(&self) -> &'static str {
        "wikimedia"
    }

    fn throttled(&self) -> No {
        No::Credentials
    }

    async fn sign_in(&self, at: &At<'_>, name: &str, password: &str, code: Option<&str>) -> Result<Held, No> {
        let (status, answer) = at.post("/v1/login", json!({ "username": name, "password": password })).await;
        let asks = answer["challenge_name"] == "SOFTWARE_TOKEN_MFA";
        let (status, mut answer) = match code {
            Some(code) if asks => {
                let body = json!({ "username": name, "session": answer["session"], "code": code });
                at.post("/v1/mfa-required", body).await
            }
            Some(_) | None if asks => {
                assert!(answer["access_token"].is_null() && answer["refresh_token"].is_null(), "{answer}");
                return Err(No::Factor);
            }
            Some(_) | None => (status, answer),
        };
        match status {
            200 => {
                answer["username"] = name.into();
                Ok(Held(answer))
            }
            401 => Err(No::Credentials),
            other => panic!("{other}: {answer}"),
        }
    }

    async fn honours(&self, at: &At<'_>, held: &Held) -> bool {
        let body = json!({ "username": held.text("username"), "refresh_token": held.text("refresh_token") });
        match at.post("/v1/token-refresh", body).await {
            (200, _) => true,
            (401, _) => false,
            other => panic!("{other:?}"),
        }
    }

    async fn sign_out(&self, at: &At<'_>, held: &Held) {
        let body = json!({ "refresh_token": held.text("refresh_token") });
        assert_eq!(at.post("/v1/token-revoke", body).await.0, 204);
    }

    async fn change_password(&self, at: &At<'_>, held: &Held, _name: &str, old: &str, new: &str) {
        let body = json!({
            "access_token": held.text("access_token"), "previous_password": old, "proposed_password": new,
        });
        assert_eq!(at.post("/v1/change-password", body).await.0, 204);
    }
}

/// The `rehive` door.
struct Rehive;

impl Rehive {
    /// Answers the challenge of a login. A client that cannot ends the session that waits for the answer.
    async fn answer(at: &At<'_>, token: &str, code: Option<&str>) -> Result<(), No> {
        let why = match code {
            None => No::Factor,
            Some(code) => match at.post_as(token, "/3/auth/mfa/verify/", json!({ "token": code })).await {
                (200, _) => return Ok(()),
                (400, _) => No::Credentials,
                (429, _) => No::Throttled,
                other => panic!("{other:?}"),
            },
        };
        assert_eq!(at.get("/3/auth/", "Authorization", &format!("Token {token}")).await, 403);
        at.post_as(token, "/3/auth/logout/", json!({ "clear_session_option": "none" })).await;
        Err(why)
    }
}

#[async_trait]
impl Door for Rehive {
    fn name(&self) -> &'static str {
        "rehive"
    }

    fn throttled(&self) -> No {
        No::Throttled
    }

    async fn sign_in(&self, at: &At<'_>, name: &str, password: &str, code: Option<&str>) -> Result<Held, No> {
        let body = json!({ "user": name, "company": "default", "password": password });
        let held = match at.post("/3/auth/login/", body).await {
            (200, answer) => Held(answer["data"].clone()),
            (429, _) => return Err(No::Throttled),
            (400, answer) if answer["data"].get("non_field_errors").is_some() => return Err(No::Credentials),
            other => panic!("{other:?}"),
        };
        if held.0["challenges"] != json!([]) {
            Self::answer(at, held.text("token"), code).await?;
        }
        Ok(held)
    }

    async fn honours(&self, at: &At<'_>, held: &Held) -> bool {
        match at.get("/3/auth/", "Authorization", &format!("Token {}", held.text("token"))).await {
            200 => true,
            401 => false,
            other => panic!("{other}"),
        }
    }

    async fn sign_out(&self, at: &At<'_>, held: &Held) {
        let body = json!({ "clear_session_option": "none" });
        assert_eq!(at.post_as(held.text("token"), "/3/auth/logout/", body).await.0, 200);
    }

    async fn change_password(&self, at: &At<'_>, held: &Held, _name: &str, old: &str, new: &str) {
        let body = json!({ "old_password": old, "new_password": new });
        assert_eq!(at.post_as(held.text("token"), "/3/auth/password/change/", body).await.0, 200);
    }
}

/// The `barong` door, where people go by their address.
struct Barong;

impl Barong {
    const BASE: &str = "/api/v2/auth";

    /// A request with the cookie of a session.
    fn request(at: &At<'_>, held: &Held, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{}{path}", at.base, Self::BASE);
        let request = at.http.request(method.parse().unwrap(), url).header("Cookie", held.text("cookie"));
        request.header("X-CSRF-Token", held.text("csrf_token"))
    }

    fn refusal(status: u16, answer: &Value) -> No {
        match (status, answer["errors"][0].as_str()) {
            (401, Some("identity.session.missing_otp")) => No::Factor,
            (401 | 403 | 422, Some(_)) => No::Credentials,
            (429, Some(_)) => No::Throttled,
            other => panic!("{other:?}"),
        }
    }
}

#[async_trait]
impl Door for Barong {
    fn name(&self) -> &'static str {
        "barong"
    }

    fn throttled(&self) -> No {
        No::Throttled
    }

    async fn sign_in(&self, at: &At<'_>, name: &str, password: &str, code: Option<&str>) -> Result<Held, No> {
        let email = if name.contains('@') { name.to_owned() } else { format!("{name}@example.com") };
        let body = json!({ "email": email, "password": password, "otp_code": code });
        let url = format!("{}{}/identity/sessions", at.base, Self::BASE);
        let answer = at.http.post(url).json(&body).send().await.unwrap();
        let status = answer.status().as_u16();
        let cookie = answer.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
        let mut held: Value = answer.json().await.unwrap();
        if status != 201 {
            return Err(Self::refusal(status, &held));
        }
        held["cookie"] = cookie.unwrap().split(';').next().unwrap().into();
        Ok(Held(held))
    }

    async fn honours(&self, at: &At<'_>, held: &Held) -> bool {
        match Self::request(at, held, "GET", "/resource/users/me").send().await.unwrap().status().as_u16() {
            200 => true,
            401 => false,
            other => panic!("{other}"),
        }
    }

    async fn sign_out(&self, at: &At<'_>, held: &Held) {
        let answer = Self::request(at, held, "DELETE", "/identity/sessions").send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }

    fn spares_sessions(&self) -> bool {
        true
    }

    async fn change_password(&self, at: &At<'_>, held: &Held, _name: &str, old: &str, new: &str) {
        let body = json!({ "old_password": old, "new_password": new, "confirm_password": new });
        let request = Self::request(at, held, "PUT", "/resource/users/password").json(&body);
        assert_eq!(request.send().await.unwrap().status(), 201);
    }
}
