//! Paths, methods, formats, browsers (contract §1).

use serde_json::json;

use crate::door::{Door, entity, refused, refused_in_words};
use crate::support::http::Exchange as _;
use crate::support::{Installation, on_both};

on_both! {
    unknown_paths_and_wrong_methods_are_not_found
    a_slash_and_json_are_tolerated_and_nothing_else
    heads_are_gets_without_a_body
    the_prefix_is_configurable
    pages_of_any_origin_may_call_without_cookies
    pages_of_listed_origins_may_call_with_cookies
    a_body_over_the_limit_is_refused
}

async fn unknown_paths_and_wrong_methods_are_not_found(here: Installation) {
    let door = Door::open(here);
    for (method, path) in [
        ("GET", "/identity/nothing"),
        ("GET", "/identity"),
        ("GET", "/identity/"),
        ("POST", "/identity/ping"),
        ("PUT", "/identity/sessions"),
        ("GET", "/identity/sessions"),
        ("OPTIONS", "/identity/ping"),
        ("DELETE", "/public/time"),
        ("GET", "/public/nothing"),
        ("GET", "/resource/nothing"),
        ("POST", "/resource"),
        ("GET", "/identity/ping/pong"),
    ] {
        let answer = door.request(method, path).answer().await;
        refused_in_words(&answer, 404, "Route is not found");
    }
}

async fn a_slash_and_json_are_tolerated_and_nothing_else(here: Installation) {
    let door = Door::open(here);
    for path in ["/identity/ping/", "/identity/ping.json", "/identity/ping?format=json"] {
        assert_eq!(entity(&door.get(path).await, 200), json!({ "ping": "pong" }));
    }
    let xml = door.request("GET", "/identity/ping?format=xml").header("accept", "text/html").answer().await;
    refused_in_words(&xml, 406, "The requested format 'xml' is not supported.");
    let html = door.request("GET", "/identity/ping").header("accept", "text/html").answer().await;
    assert_eq!(entity(&html, 200), json!({ "ping": "pong" }));
}

async fn heads_are_gets_without_a_body(here: Installation) {
    let door = Door::open(here);
    let answer = door.request("HEAD", "/identity/configs").answer().await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

async fn the_prefix_is_configurable(here: Installation) {
    let door = Door::open(here.with("dialects.barong.prefix", "/api/v2/barong"));
    let moved = door.server.request("GET", "/api/v2/barong/identity/ping").answer().await;
    assert_eq!(entity(&moved, 200), json!({ "ping": "pong" }));
    assert_eq!(door.get("/identity/ping").await.status, 404);
}

async fn pages_of_any_origin_may_call_without_cookies(here: Installation) {
    let door = Door::open(here);
    let page = "https://app.example.com";
    let preflight = door
        .request("OPTIONS", "/identity/sessions")
        .header("origin", page)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,x-csrf-token")
        .answer()
        .await;
    assert_eq!((preflight.status, preflight.body.as_str()), (204, ""));
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
    assert_eq!(preflight.header("access-control-allow-headers"), Some("content-type,x-csrf-token"));
    assert_eq!(preflight.header("access-control-max-age"), Some("3600"));
    let methods = preflight.header("access-control-allow-methods").unwrap();
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"] {
        assert!(methods.contains(method), "{methods}");
    }
    let answer = door.request("GET", "/identity/ping").header("origin", page).answer().await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert!(answer.header("access-control-expose-headers").unwrap().contains("Total"));
    assert_eq!(door.get("/identity/ping").await.header("access-control-allow-origin"), None);
}

async fn pages_of_listed_origins_may_call_with_cookies(here: Installation) {
    let door = Door::open(here.with("server.cors_origins", "https://app.example.com"));
    let from = |page: &str| door.request("GET", "/identity/ping").header("origin", page).answer();
    let (own, foreign) = (from("https://app.example.com").await, from("https://evil.example.com").await);
    assert_eq!(own.header("access-control-allow-origin"), Some("https://app.example.com"));
    assert_eq!(own.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(foreign.header("access-control-allow-origin"), None);
}

async fn a_body_over_the_limit_is_refused(here: Installation) {
    let door = Door::open(here);
    let body = json!({ "password": "x".repeat(1024 * 1024) });
    refused(&door.post("/identity/password/validate", &body).await, 413, &["server.body_too_large"]);
}
