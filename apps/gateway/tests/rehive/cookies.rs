//! Contract §3.4: sessions behind cookies.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::door::{Door, PASSWORD, done, refused, succeeded, with};
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    a_login_by_cookie_keeps_the_secrets_out_of_the_body
    a_cookie_opens_the_door_and_changes_nothing_without_its_csrf_token
    the_header_wins_over_the_cookie
    a_cookie_is_no_token_for_the_header
    logging_out_takes_the_cookies_back
    deleting_the_own_token_takes_the_cookies_back
    a_refresh_by_cookie_goes_on_with_the_cookie_that_is_left
    cookies_are_secure_when_the_public_url_is
}

/// The cookies that an answer sets, by name, with their attributes.
fn set(answer: &Answer) -> BTreeMap<String, (String, Vec<String>)> {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| {
        let mut parts = cookie.to_str().unwrap().split("; ").map(str::to_owned);
        let (name, value) =
            parts.next().unwrap().split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned())).unwrap();
        (name, (value, parts.collect()))
    });
    cookies.collect()
}

struct Jar(BTreeMap<String, String>);

impl Jar {
    async fn login(door: &Door, more: &Value) -> (Self, Answer) {
        let body = with(with(Door::credentials(), &json!({ "auth_method": "cookie" })), more);
        let answer = door.server.post("/3/auth/login/", &body).await;
        (Self(set(&answer).into_iter().map(|(name, (value, _))| (name, value)).collect()), answer)
    }

    async fn send(&self, door: &Door, method: &str, path: &str, csrf: Option<&str>) -> Answer {
        let cookies: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = door.server.request(method, path).header("cookie", cookies.join("; "));
        match csrf {
            Some(csrf) => request.header("X-CSRFToken", csrf).answer().await,
            None => request.answer().await,
        }
    }

    fn csrf(&self) -> &str {
        &self.0["csrftoken"]
    }
}

async fn a_login_by_cookie_keeps_the_secrets_out_of_the_body(here: Installation) {
    let door = Door::open(here);
    let (_, answer) = Jar::login(&door, &json!({ "session_duration": 900 })).await;
    let data = succeeded(&answer, 200);
    let names: Vec<&str> = data.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["challenges", "created", "expires", "user"]);
    let cookies = set(&answer);
    let (token, attributes) = &cookies["token"];
    assert_eq!(token.len(), 64);
    assert_eq!(sorted(attributes), ["HttpOnly", "Max-Age=900", "Path=/3/", "SameSite=Lax"]);
    let refresh = sorted(&cookies["refresh_token"].1);
    assert_eq!(refresh, ["HttpOnly", "Max-Age=2678400", "Path=/3/auth/refresh/", "SameSite=Lax"]);
    let readable = sorted(&cookies["csrftoken"].1);
    assert_eq!(readable, ["Max-Age=2678400", "Path=/", "SameSite=Lax"]);
    let body = json!({ "password": PASSWORD, "auth_method": "cookie" });
    let answer = door.post("/3/auth/tokens/", &door.login().await.token, &body).await;
    assert!(succeeded(&answer, 201).get("token").is_none());
    assert_eq!(sorted(&set(&answer)["token"].1), ["HttpOnly", "Path=/3/", "SameSite=Lax"]);
    assert!(!set(&answer).contains_key("refresh_token"), "it never expires");
}

fn sorted(attributes: &[String]) -> Vec<&str> {
    let mut attributes: Vec<&str> = attributes.iter().map(String::as_str).collect();
    attributes.sort_unstable();
    attributes
}

async fn a_cookie_opens_the_door_and_changes_nothing_without_its_csrf_token(here: Installation) {
    let door = Door::open(here);
    let (jar, _) = Jar::login(&door, &json!({})).await;
    succeeded(&jar.send(&door, "GET", "/3/auth/", None).await, 200);
    for csrf in [None, Some(""), Some("wrong")] {
        refused(&jar.send(&door, "POST", "/3/auth/logout/", csrf).await, 403, &[]);
        refused(&jar.send(&door, "DELETE", "/3/auth/tokens/", csrf).await, 403, &[]);
    }
    let without = Jar(BTreeMap::from([("token".to_owned(), jar.0["token"].clone())]));
    refused(&without.send(&door, "POST", "/3/auth/logout/", Some("")).await, 403, &[]);
    succeeded(&jar.send(&door, "GET", "/3/auth/", None).await, 200);
    done(&jar.send(&door, "POST", "/3/auth/logout/", Some(jar.csrf())).await);
    refused(&jar.send(&door, "GET", "/3/auth/", None).await, 401, &[]);
}

async fn the_header_wins_over_the_cookie(here: Installation) {
    let door = Door::open(here);
    let (jar, _) = Jar::login(&door, &json!({})).await;
    let ask = async |header: String| {
        let cookie = format!("token={}", jar.0["token"]);
        let request = door.server.request("GET", "/3/auth/").header("cookie", cookie);
        request.header("authorization", header).answer().await
    };
    refused(&ask("Token stale".to_owned()).await, 401, &[]);
    refused(&ask("garbage".to_owned()).await, 401, &[]);
    succeeded(&ask(format!("Token {}", door.login().await.token)).await, 200);
}

async fn a_cookie_is_no_token_for_the_header(here: Installation) {
    let door = Door::open(here);
    let (jar, _) = Jar::login(&door, &json!({})).await;
    assert!(!door.honours(&jar.0["token"]).await);
    let as_cookie = Jar(BTreeMap::from([("token".to_owned(), door.login().await.token)]));
    refused(&as_cookie.send(&door, "GET", "/3/auth/", None).await, 401, &[]);
}

#[track_caller]
fn took_back(answer: &Answer) {
    let cookies = set(answer);
    for (name, path) in [("token", "/3/"), ("refresh_token", "/3/auth/refresh/"), ("csrftoken", "/")] {
        let (value, attributes) = &cookies[name];
        assert_eq!(value, "");
        assert!(attributes.contains(&"Max-Age=0".to_owned()), "{attributes:?}");
        assert!(attributes.contains(&format!("Path={path}")), "{attributes:?}");
    }
}

async fn logging_out_takes_the_cookies_back(here: Installation) {
    let door = Door::open(here);
    for path in ["/3/auth/logout/", "/3/auth/logout/all/"] {
        let (jar, _) = Jar::login(&door, &json!({})).await;
        took_back(&jar.send(&door, "POST", path, Some(jar.csrf())).await);
    }
    let answer = door.post("/3/auth/logout/", &door.login().await.token, &json!({})).await;
    assert!(set(&answer).is_empty(), "a token has no cookies to take back");
}

async fn deleting_the_own_token_takes_the_cookies_back(here: Installation) {
    let door = Door::open(here);
    let (jar, _) = Jar::login(&door, &json!({})).await;
    let own = format!("/3/auth/tokens/?token_key__exclude={}", &jar.0["token"][..8]);
    let answer = jar.send(&door, "DELETE", &own, Some(jar.csrf())).await;
    assert!(set(&answer).is_empty(), "it was spared");
    let own = format!("/3/auth/tokens/{}/", &jar.0["token"][..8]);
    took_back(&jar.send(&door, "DELETE", &own, Some(jar.csrf())).await);
    let (jar, _) = Jar::login(&door, &json!({})).await;
    took_back(&jar.send(&door, "DELETE", "/3/auth/tokens/", Some(jar.csrf())).await);
}

async fn a_refresh_by_cookie_goes_on_with_the_cookie_that_is_left(here: Installation) {
    let door = Door::open(here);
    let (mut jar, _) = Jar::login(&door, &json!({})).await;
    refused(&jar.send(&door, "POST", "/3/auth/refresh/", None).await, 403, &[]);
    let answer = jar.send(&door, "POST", "/3/auth/refresh/", Some(jar.csrf())).await;
    let data = succeeded(&answer, 200);
    assert!(data.get("refresh_token").is_none());
    let cookies = set(&answer);
    assert_eq!(cookies["token"].0, jar.0["token"], "the token stays the same");
    assert_ne!(cookies["refresh_token"].0, jar.0["refresh_token"]);

    // A browser forgets the token's cookie when it expires; the refresh token's is left.
    jar.0.remove("token");
    jar.0.extend(["refresh_token", "csrftoken"].map(|name| (name.to_owned(), cookies[name].0.clone())));
    let answer = jar.send(&door, "POST", "/3/auth/refresh/", Some(jar.csrf())).await;
    succeeded(&answer, 200);
    jar.0.extend(set(&answer).into_iter().map(|(name, (value, _))| (name, value)));
    succeeded(&jar.send(&door, "GET", "/3/auth/", None).await, 200);
}

async fn cookies_are_secure_when_the_public_url_is(here: Installation) {
    let door = Door::open(here.with("server.public_url", "https://auth.example.com"));
    let (_, answer) = Jar::login(&door, &json!({})).await;
    for (name, (_, attributes)) in set(&answer) {
        assert!(attributes.contains(&"Secure".to_owned()), "{name}");
    }
}
