//! A signed-in user, and the ways to ask for what is theirs.

use serde_json::Value;

use crate::door::{Door, Grant};
use crate::support::http::{Answer, Exchange as _};

/// Who asks, with the cookie of a session and its CSRF token.
pub struct Caller<'a> {
    door: &'a Door,
    grant: Grant,
}

impl Door {
    /// Ada, signed in.
    pub async fn caller(&self) -> Caller<'_> {
        self.as_holder_of(self.login().await)
    }

    /// Whoever that session belongs to.
    pub fn as_holder_of(&self, grant: Grant) -> Caller<'_> {
        Caller { door: self, grant }
    }
}

impl Caller<'_> {
    /// GET below `resource`.
    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).answer().await
    }

    /// Any method below `resource`, with a JSON body.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.request(method, path).json(body).answer().await
    }

    /// Any request below `resource`, to be put together.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.door.request(method, &format!("/resource{path}"));
        request.header("cookie", &self.grant.cookie).header("x-csrf-token", &self.grant.csrf)
    }
}

/// Asserts that an object has these members with these values, and maybe others.
#[track_caller]
pub fn has(found: &Value, members: &Value) {
    for (name, value) in members.as_object().unwrap() {
        assert_eq!(&found[name], value, "{name}: {found}");
    }
}
