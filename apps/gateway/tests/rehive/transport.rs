//! Contract §1–§3.1: how requests and answers travel.

use serde_json::json;

use crate::door::{Door, PASSWORD, done, refused, succeeded};
use crate::support::http::Exchange as _;
use crate::support::{Installation, on_both};

on_both! {
    the_last_slash_of_a_path_is_optional_and_never_a_redirect
    bodies_come_as_json_or_as_forms
    a_body_that_cannot_be_read_is_refused_in_the_envelope
    empty_bodies_and_needless_ones_are_fine
    unknown_paths_and_methods_are_refused_in_the_envelope
    the_token_header_is_two_words
    paths_for_everybody_ignore_the_token_header
    any_page_may_call_and_only_listed_ones_with_cookies
}

async fn the_last_slash_of_a_path_is_optional_and_never_a_redirect(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let key = &token[..8];
    for path in [
        "/3/auth",
        "/3/user",
        "/3/auth/tokens",
        &format!("/3/auth/tokens/{key}"),
        "/3/public/companies/default",
    ] {
        succeeded(&door.get(path, &token).await, 200);
        succeeded(&door.get(&format!("{path}/"), &token).await, 200);
        assert_eq!(door.send("HEAD", path, &token, None).await.status, 200);
    }
    succeeded(&door.server.post("/3/auth/login", &Door::credentials()).await, 200);
    done(&door.post("/3/auth/logout", &token, &json!({})).await);
}

async fn bodies_come_as_json_or_as_forms(here: Installation) {
    let door = Door::open(here);
    let fields =
        [("user", "ada"), ("company", "default"), ("password", PASSWORD), ("session_duration", "900")];
    succeeded(&door.server.form("/3/auth/login/", &fields).await, 200);
    let part = |(name, text): &(&str, &str)| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let multipart = fields.iter().map(part).collect::<String>() + "--B--\r\n";
    let media_type = "multipart/form-data; boundary=B";
    succeeded(&door.server.raw("/3/auth/login/", media_type, multipart).await, 200);
    let strings =
        json!({ "user": "ada", "company": "DEFAULT", "password": PASSWORD, "session_duration": "900" });
    let answer =
        door.server.raw("/3/auth/login/", "Application/JSON; charset=utf-8", strings.to_string()).await;
    let data = succeeded(&answer, 200);
    assert_eq!(data["expires"].as_i64().unwrap() - data["created"].as_i64().unwrap(), 900_000);
}

async fn a_body_that_cannot_be_read_is_refused_in_the_envelope(here: Installation) {
    let door = Door::open(here);
    for body in ["{", "[]", "null", "\"a\"", "{\"user\":\"ada\"} {", "\u{feff}{}", "\u{0}"] {
        refused(&door.server.raw("/3/auth/login/", "application/json", body).await, 400, &[]);
    }
    refused(&door.server.raw("/3/auth/login/", "application/json", vec![0xff, 0xfe]).await, 400, &[]);
    refused(&door.server.raw("/3/auth/login/", "multipart/form-data", "no boundary").await, 400, &[]);
    for media_type in ["text/plain", "application/xml", "application/jsonp"] {
        refused(&door.server.raw("/3/auth/login/", media_type, "{}").await, 415, &[]);
    }
    let large = format!("{{\"user\":\"{}\"}}", "a".repeat(1_100_000));
    refused(&door.server.raw("/3/auth/login/", "application/json", large).await, 413, &[]);
    let deep = format!("{{\"user\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    refused(&door.server.raw("/3/auth/login/", "application/json", deep).await, 400, &[]);
}

async fn empty_bodies_and_needless_ones_are_fine(here: Installation) {
    let door = Door::open(here);
    refused(&door.server.raw("/3/auth/login/", "", "").await, 400, &["company", "password", "user"]);
    for (media_type, body) in [("", ""), ("application/json", ""), ("text/plain", "")] {
        let token = door.login_for(&json!({ "session_duration": 60 })).await.token;
        let request = door.server.request("POST", "/3/auth/logout/").header("content-type", media_type);
        done(&request.header("authorization", format!("Token {token}")).body(body).answer().await);
    }
    let token = door.login().await.token;
    let key = &token[..8];
    done(&door.send("DELETE", &format!("/3/auth/tokens/{key}/"), &token, Some(&json!({}))).await);
}

async fn unknown_paths_and_methods_are_refused_in_the_envelope(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    for path in ["/3", "/3/", "/3/auth/nothing/", "/3/auth//", "/3/auth/mfa/sms/", "/3/nothing/%00"] {
        refused(&door.get(path, &token).await, 404, &[]);
        refused(&door.server.get(path).await, 404, &[]);
    }
    for removed in ["/3/auth/mfa/", "/3/auth/mfa/sms/", "/3/auth/mfa/token/"] {
        refused(&door.get(removed, &token).await, 404, &[]);
    }
    refused(&door.post("/3/auth/tokens/verify/", &token, &json!({ "token": token })).await, 405, &[]);
    let answer = door.server.get("/3/auth/login/").await;
    refused(&answer, 405, &[]);
    assert_eq!(answer.header("allow"), Some("POST, OPTIONS"));
    refused(&door.server.post("/3/auth/tokens/0123abcd/", &json!({})).await, 401, &[]);
    let answer = door.post("/3/auth/tokens/0123abcd/", &token, &json!({})).await;
    refused(&answer, 405, &[]);
    assert_eq!(answer.header("allow"), Some("GET, HEAD, PATCH, PUT, DELETE, OPTIONS"));
    refused(&door.server.raw("/3/auth/logout/", "text/plain", "{").await, 401, &[]);
}

async fn the_token_header_is_two_words(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let ask = async |header: String| {
        door.server.request("GET", "/3/auth/").header("authorization", header).answer().await
    };
    for good in [format!("Token {token}"), format!("token {token}"), format!("TOKEN   {token}")] {
        succeeded(&ask(good).await, 200);
    }
    for bad in [
        token.clone(),
        format!("Token{token}"),
        format!("Token {token} more"),
        format!("Bearer {token}"),
        format!("Token {}", token.to_uppercase()),
        format!("Token {}", "0".repeat(64)),
        "Token".to_owned(),
        "Token ".to_owned(),
        String::new(),
    ] {
        refused(&ask(bad).await, 401, &[]);
    }
    refused(&door.server.get("/3/auth/").await, 401, &[]);
    refused(&door.server.get("/3/user/").await, 401, &[]);
}

async fn paths_for_everybody_ignore_the_token_header(here: Installation) {
    let door = Door::open(here);
    for header in ["Token stale", "garbage", "Token a b c", ""] {
        let request = door.server.request("POST", "/3/auth/login/").header("authorization", header);
        succeeded(&request.json(&Door::credentials()).answer().await, 200);
    }
}

async fn any_page_may_call_and_only_listed_ones_with_cookies(here: Installation) {
    let door = Door::open(here.with("server.cors_origins", "https://app.example.com"));
    for (origin, credentials) in [("https://app.example.com", Some("true")), ("https://other.example", None)]
    {
        let preflight = door
            .server
            .request("OPTIONS", "/3/auth/tokens/")
            .header("origin", origin)
            .header("access-control-request-method", "DELETE")
            .header("access-control-request-headers", "authorization");
        let answer = preflight.answer().await;
        assert_eq!(answer.status, 204, "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.header("access-control-allow-credentials"), credentials);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            assert!(answer.header("access-control-allow-methods").unwrap().contains(method));
        }
        for header in
            ["Authorization", "Content-Type", "Idempotency-Key", "Verified-Challenge", "X-CSRFToken"]
        {
            assert!(answer.header("access-control-allow-headers").unwrap().contains(header));
        }
        let answer = door.server.request("GET", "/3/auth/").header("origin", origin).answer().await;
        refused(&answer, 401, &[]);
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.header("access-control-allow-credentials"), credentials);
        assert_eq!(answer.header("access-control-expose-headers"), Some("Retry-After, Idempotent-Replayed"));
    }
}
