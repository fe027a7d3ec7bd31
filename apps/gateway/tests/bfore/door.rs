//! The door as a client sees it.

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::support::Installation;
use crate::support::process::Server;

pub const PASSWORD: &str = "j8BDWYrQwDF5u4Yu";

/// An installation with one account, `ada`, and its server.
pub struct Door {
    pub house: Installation,
    pub server: Server,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Door {
    /// The account `ada` in a house, and a server.
    pub fn of(house: Installation) -> Self {
        let flags = ["--username", "Ada", "--email", "ada@example.com", "--email-verified"];
        house.account(&[&flags[..], &["--first-name", "Ada", "--last-name", "Lovelace"]].concat(), PASSWORD);
        let server = house.serve();
        Self { house, server, http: reqwest::Client::new() }
    }

    /// A request to be completed and sent.
    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.server.url(path))
    }

    /// A GET with a JWT.
    pub async fn get(&self, path: &str, jwt: &str) -> Answer {
        send(self.ask(Method::GET, path).header("Authorization", jwt)).await
    }

    /// A POST of JSON, with a JWT unless it is empty.
    pub async fn post(&self, path: &str, jwt: &str, body: Value) -> Answer {
        send(with_jwt(self.ask(Method::POST, path), jwt).json(&body)).await
    }

    /// A POST of anything, with a JWT unless it is empty and a media type unless that is.
    pub async fn post_raw(
        &self,
        path: &str,
        jwt: &str,
        media_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let request = with_jwt(self.ask(Method::POST, path), jwt).body(body.into());
        send(if media_type.is_empty() { request } else { request.header("Content-Type", media_type) }).await
    }

    /// A login.
    pub async fn login(&self, username: &str, password: &str) -> Answer {
        self.post("/user/login", "", json!({ "username": username, "password": password })).await
    }

    /// The JWT of a login that has to work.
    pub async fn jwt(&self) -> String {
        self.login("ada", PASSWORD).await.token()
    }

    /// A new key of that name.
    pub async fn key(&self, jwt: &str, name: &str) -> String {
        let made = self.post("/authheader/add", jwt, json!({ "name": name })).await;
        assert_eq!(made.status, 200, "{made:?}");
        made.text("token")
    }

    /// What `/test/secure` says to an API key.
    pub async fn with_key(&self, key: &str) -> Answer {
        send(self.ask(Method::GET, "/test/secure").header("X-Authorization", key)).await
    }

    /// Whether a JWT is honoured.
    pub async fn honours(&self, jwt: &str) -> bool {
        self.get("/test/secure", jwt).await.status == 200
    }

    /// `portcullis account set` on the account.
    pub fn set(&self, flags: &[&str]) -> Value {
        self.house.json(&[&["account", "set", "--company", "default", "ada"], flags].concat())
    }
}

impl Answer {
    /// Asserts the one envelope of refusals, with its status and words.
    #[track_caller]
    pub fn refuses(&self, status: u16, message: &str) {
        assert_eq!((self.status, &self.body), (status, &json!({ "message": message })));
        assert_eq!(self.headers["content-type"], "application/json");
    }

    /// A member that must be a string.
    #[track_caller]
    pub fn text(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_else(|| panic!("no {member} in {self:?}")).to_owned()
    }

    /// The JWT in the answer.
    #[track_caller]
    pub fn token(&self) -> String {
        assert_eq!(self.status, 200, "{self:?}");
        self.text("Token")
    }
}

/// Sends, and reads the answer, which is JSON whatever its status, and as the OpenAPI document describes it.
pub async fn send(request: RequestBuilder) -> Answer {
    let (http, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().as_str().to_lowercase(), request.url().path().to_owned());
    let answer = read(http.execute(request).await.unwrap()).await;
    is_described(&method, &path, &answer);
    answer
}

async fn read(response: Response) -> Answer {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    let body = serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{status}, {error}: {bytes:?}"));
    Answer { status, headers, body }
}

fn document() -> Value {
    serde_json::from_str(include_str!("../../../../docs/openapi/bfore.json")).unwrap()
}

/// Method and path of every operation.
pub fn operations() -> Vec<(String, String)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

fn is_described(method: &str, path: &str, answer: &Answer) {
    let document = document();
    let operation = &document["paths"][path][method];
    if operation.is_null() {
        assert!([404, 405, 204].contains(&answer.status), "{method} {path}: {answer:?}");
        return;
    }
    let described = &operation["responses"][answer.status.to_string()];
    assert!(!described.is_null(), "{method} {path} answers {}, undescribed", answer.status);
    let schema = &described["content"]["application/json"]["schema"];
    assert!(fits(&document, schema, &answer.body), "{method} {path}: {} is not {schema}", answer.body);
}

/// Whether a value has the members and types that a schema gives it; enough of JSON Schema for this document.
fn fits(document: &Value, schema: &Value, value: &Value) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        return fits(document, document.pointer(reference.trim_start_matches('#')).unwrap(), value);
    }
    match (schema["type"].as_str().unwrap(), value) {
        ("object", Value::Object(members)) => {
            let known = schema["properties"].as_object();
            let required = schema["required"].as_array().into_iter().flatten();
            required.clone().all(|name| members.contains_key(name.as_str().unwrap()))
                && members.iter().all(|(name, value)| match known.and_then(|known| known.get(name)) {
                    Some(schema) => fits(document, schema, value),
                    None => !schema["additionalProperties"].is_null(),
                })
        }
        ("array", Value::Array(items)) => items.iter().all(|item| fits(document, &schema["items"], item)),
        ("string", Value::String(_)) | ("integer", Value::Number(_)) | ("boolean", Value::Bool(_)) => true,
        _ => false,
    }
}

fn with_jwt(request: RequestBuilder, jwt: &str) -> RequestBuilder {
    if jwt.is_empty() { request } else { request.header("Authorization", jwt) }
}
