//! Ada, signed in, and the codes of her second factor.

use std::sync::Mutex;

use serde_json::Value;

use crate::door::{Door, EMAIL, Grant};
use crate::support::Installation;
use crate::support::http::{Answer, Exchange as _};

/// A client with a session of Ada's.
pub struct KeyOwner {
    pub door: Door,
    pub grant: Grant,
    pub codes: Mutex<Vec<String>>,
}

impl KeyOwner {
    /// Without a second factor.
    pub async fn plain(here: Installation) -> Self {
        Self::of(Door::open(here)).await
    }

    /// With recovery codes, each of them good once.
    pub async fn with_codes(here: Installation) -> Self {
        let owner = Self::plain(here).await;
        for _ in 0..2 {
            let codes = owner.door.here.recovery_codes(EMAIL).await;
            owner.codes.lock().unwrap().extend(codes);
        }
        owner
    }

    pub async fn of(door: Door) -> Self {
        let grant = door.login().await;
        Self { door, grant, codes: Mutex::default() }
    }

    /// A code that was not used yet.
    pub fn code(&self) -> String {
        self.codes.lock().unwrap().pop().unwrap()
    }

    /// A request of the session below `resource/`, to be put together.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.door.request(method, &format!("/resource{path}"));
        request.header("cookie", &self.grant.cookie).header("x-csrf-token", &self.grant.csrf)
    }

    /// The same with a JSON body, sent.
    pub async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.request(method, path).json(body).answer().await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).answer().await
    }

    /// The JWT that a proxy gets for the session.
    pub async fn jwt(&self) -> String {
        let asked = self.door.asks("GET", "/api/v2/auth/resource/labels", &self.grant).await;
        asked.header("authorization").unwrap_or_else(|| panic!("{asked:?}")).to_owned()
    }

    /// Changes Ada from the command line.
    pub fn set_ada(&self, flags: &[&str]) -> Value {
        let uid = self.door.ada["uid"].as_str().unwrap();
        self.door.here.json(&[&["account", "set", "--company", "default", uid], flags].concat())
    }
}
