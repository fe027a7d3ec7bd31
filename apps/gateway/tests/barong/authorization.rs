//! The endpoint that reverse proxies ask (contract §5.5).

use std::io::{Read, Write};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::door::{AGENT, Door, EMAIL, Grant, PASSWORD, is_hex, refused};
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    a_session_opens_what_its_role_may_ask_for
    changes_need_the_csrf_token_before_anything_else
    without_a_session_nobody_passes
    another_client_ends_the_session
    a_session_lasts_as_long_as_it_is_used
    whatever_the_path_looks_like_nobody_passes_without_an_identity
    open_paths_pass_and_blocked_ones_do_not
    permissions_are_in_force_within_a_second
    a_jwt_is_handed_out_again_while_it_says_the_same
    an_account_that_is_kept_out_is_refused_at_once
    preflights_are_questions_like_any_other
    the_endpoint_stays_where_proxies_look_for_it
}

const ME: &str = "/api/v2/auth/resource/users/me";

impl Door {
    /// What a proxy asks about a request to `path` with the cookie of a session.
    pub async fn asks(&self, method: &str, path: &str, grant: &Grant) -> Answer {
        let request = self.request(method, path).header("cookie", &grant.cookie);
        request.header("x-csrf-token", &grant.csrf).answer().await
    }
}

/// What a JWT says: its header and its claims.
fn said(answer: &Answer) -> (Value, Value) {
    assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{answer:?}");
    let jwt = answer.header("authorization").unwrap().strip_prefix("Bearer ").unwrap();
    let part = |place: usize| {
        let text = jwt.split('.').nth(place).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    };
    (part(0), part(1))
}

/// Sends a request as it is written; answers the status line.
fn raw(door: &Door, target: &str) -> String {
    let mut stream = TcpStream::connect(door.server.base().strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

async fn a_session_opens_what_its_role_may_ask_for(here: Installation) {
    let door = Door::open(here);
    let grant = door.login().await;
    let answer = door.asks("GET", ME, &grant).await;
    assert!(answer.header("set-cookie").unwrap().starts_with(&grant.cookie), "the cookie lives on");
    let (header, claims) = said(&answer);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &Value::Null));
    for (name, expected) in [
        ("sub", json!("session")),
        ("iss", json!("barong")),
        ("aud", json!(["peatio", "barong"])),
        ("uid", door.ada["uid"].clone()),
        ("email", json!(EMAIL)),
        ("role", json!("member")),
        ("state", json!("active")),
        ("username", Value::Null),
        ("referral_id", Value::Null),
    ] {
        assert_eq!(claims[name], expected, "{name}");
    }
    assert!(claims["level"].is_u64() && is_hex(claims["jti"].as_str().unwrap(), 20));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_600);
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        said(&door.asks(method, ME, &grant).await);
    }
    refused(&door.asks("GET", "/api/v2/peatio/account", &grant).await, 401, &["authz.invalid_permission"]);
}

async fn changes_need_the_csrf_token_before_anything_else(here: Installation) {
    let door = Door::open(here);
    let grant = door.login().await;
    for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE"] {
        refused(&door.request(method, ME).answer().await, 401, &["authz.missing_csrf_token"]);
        let with_cookie = || door.request(method, ME).header("cookie", &grant.cookie);
        refused(&with_cookie().answer().await, 401, &["authz.missing_csrf_token"]);
        let wrong = with_cookie().header("x-csrf-token", "0".repeat(20));
        refused(&wrong.answer().await, 401, &["authz.csrf_token_mismatch"]);
        let alone = door.request(method, ME).header("x-csrf-token", &grant.csrf);
        refused(&alone.answer().await, 401, &["authz.csrf_token_mismatch"]);
    }
    said(&door.request("GET", ME).header("cookie", &grant.cookie).answer().await);
}

async fn without_a_session_nobody_passes(here: Installation) {
    let door = Door::open(here.with("dialects.barong.csrf_protection", "false"));
    let grant = door.login().await;
    for method in ["GET", "POST"] {
        refused(&door.request(method, ME).answer().await, 401, &["authz.invalid_session"]);
        let made_up = door.request(method, ME).header("cookie", "_barong_session=0123456789abcdef");
        refused(&made_up.answer().await, 401, &["authz.invalid_session"]);
    }
    said(&door.request("POST", ME).header("cookie", &grant.cookie).answer().await);
    let out = door.request("DELETE", "/identity/sessions").header("cookie", &grant.cookie);
    assert_eq!(out.answer().await.status, 204);
    refused(&door.asks("GET", ME, &grant).await, 401, &["authz.invalid_session"]);
}

async fn another_client_ends_the_session(here: Installation) {
    let door = Door::open(here.with("server.trusted_proxies", "127.0.0.0/8"));
    let from = |address: &str, agent: &str, grant: &Grant| {
        let url = door.server.url(&format!("/api/v2/auth{ME}"));
        let request = reqwest::Client::new().get(url).header("cookie", &grant.cookie);
        request.header("x-forwarded-for", address).header("user-agent", agent)
    };
    let login = async || {
        let request = door.request("POST", "/identity/sessions").header("x-forwarded-for", "192.0.2.1");
        crate::door::grant(&request.json(&Door::credentials()).answer().await, 201)
    };
    let grant = login().await;
    said(&from("192.0.2.1", AGENT, &grant).answer().await);
    said(&from("192.0.200.9", AGENT, &grant).answer().await);
    for (address, agent) in [("192.0.2.1", "another/1.0"), ("192.1.2.1", AGENT), ("2001:db8::1", AGENT)] {
        let grant = login().await;
        let answer = from(address, agent, &grant).answer().await;
        refused(&answer, 401, &["authz.client_session_mismatch"]);
        refused(&from("192.0.2.1", AGENT, &grant).answer().await, 401, &["authz.invalid_session"]);
    }
}

async fn a_session_lasts_as_long_as_it_is_used(here: Installation) {
    let door = Door::open(here.with("dialects.barong.session_expire_time", "3"));
    let (grant, idle) = (door.login().await, door.login().await);
    for _ in 0..4 {
        door.here.outlast(std::time::Duration::from_millis(1_500));
        said(&door.asks("GET", ME, &grant).await);
    }
    refused(&door.asks("GET", ME, &idle).await, 401, &["authz.client_session_mismatch"]);
    refused(&door.asks("GET", ME, &idle).await, 401, &["authz.invalid_session"]);
    door.here.outlast(std::time::Duration::from_millis(3_100));
    refused(&door.asks("GET", ME, &grant).await, 401, &["authz.client_session_mismatch"]);
}

async fn whatever_the_path_looks_like_nobody_passes_without_an_identity(here: Installation) {
    let door = Door::open(here);
    let open = "/api/v2/auth/api/v2/peatio/public";
    assert_eq!(raw(&door, open), "HTTP/1.1 200 OK");
    for rest in [
        "/../account",
        "/..",
        "/./account",
        "//account",
        "/%2e%2e/account",
        "/%2E./account",
        "%2f..%2faccount",
        "/%252e%252e/account",
        "/..%5caccount",
        "/..;/account",
        "/%00",
        "/%",
        "/%zz",
        "/%c0%ae%c0%ae/account",
        "/..%2f",
        "/.%2e/account",
        "/%2e",
        "/a/../../account",
    ] {
        let line = raw(&door, &format!("{open}{rest}"));
        assert!(!line.contains(" 2") && line.starts_with("HTTP/1.1 4"), "{rest}: {line}");
    }
    for target in [
        "/api/v2/auth//api/v2/peatio/public",
        "/api/v2/auth/api//v2/peatio/public",
        "/api/v2/auth/./api/v2/peatio/public",
        "/api/v2/auth/x/../api/v2/peatio/public",
        "//api/v2/auth/api",
        "/api/v2/auth/API/V2/peatio/public",
        "/api/v2/auth/api/v2/peatio/account?x=api/v2/peatio/public",
        "/api/v2/auth/identity%2f..%2fresource",
        "/api/v2/auth/%69dentity/nothing",
        "/api/v2/auth/",
        "/api/v2/auth",
        "/api/v2/auth/api/v2/peatio%2fpublic",
        "/api/v2/auth/%2e%2e/auth/api/v2/peatio/public",
    ] {
        let line = raw(&door, target);
        assert!(line.starts_with("HTTP/1.1 4"), "{target}: {line}");
    }
}

async fn open_paths_pass_and_blocked_ones_do_not(here: Installation) {
    let door = Door::open(here);
    let grant = door.login().await;
    for path in [
        "/api/v2/barong/public/ping",
        "/api/v2/peatio/public/markets",
        "/api/v2/ranger/public",
        "/api/v2/applogic/public",
        "/api/v2/arke/public",
        "/api/v2/finex/publications",
        "/api/v2/barong/identity/sessions",
        "/api/v2/auth/identity/users",
        "/api/v2/auth/public/ping",
    ] {
        for method in ["GET", "POST"] {
            let answer = door.request(method, path).answer().await;
            assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{path}");
            assert_eq!(answer.header("authorization"), None, "{path}");
        }
    }
    for path in ["/api/v2/barong/management", "/api/v2/peatio/management/users"] {
        refused(&door.asks("GET", path, &grant).await, 401, &["authz.permission_denied"]);
    }
}

async fn permissions_are_in_force_within_a_second(here: Installation) {
    let door = Door::open(here);
    let grant = door.login().await;
    let path = "/api/v2/peatio/account/balances";
    refused(&door.asks("GET", path, &grant).await, 401, &["authz.invalid_permission"]);
    let create = |verb: &str, action: &str| {
        door.here.json(&["permission", "create", "member", verb, "/api/v2/peatio/account", action])
    };
    let allowed = create("GET", "ACCEPT");
    assert_eq!((&allowed["verb"], &allowed["path"]), (&json!("GET"), &json!("api/v2/peatio/account")));
    door.here.outlast(std::time::Duration::from_secs(1));
    said(&door.asks("GET", path, &grant).await);
    refused(&door.asks("POST", path, &grant).await, 401, &["authz.invalid_permission"]);
    create("ALL", "AUDIT");
    let dropped = create("ALL", "DROP");
    door.here.outlast(std::time::Duration::from_secs(1));
    refused(&door.asks("GET", path, &grant).await, 401, &["authz.invalid_permission"]);
    let gone = door.here.json(&["permission", "delete", dropped["id"].as_str().unwrap()]);
    assert_eq!(gone["deleted"], dropped["id"]);
    door.here.outlast(std::time::Duration::from_secs(1));
    said(&door.asks("GET", path, &grant).await);
    let trail = door.here.json(&["audit", "list"]);
    let trail = trail.as_array().unwrap();
    assert!(trail.iter().any(|entry| entry["action"] == "access.denied" && entry["outcome"] == "denied"));
    assert!(trail.iter().any(|entry| entry["action"] == "access.noted"));
}

async fn a_jwt_is_handed_out_again_while_it_says_the_same(here: Installation) {
    let door = Door::open(here);
    let (grant, other) = (door.login().await, door.login().await);
    let jwt = async |door: &Door, grant: &Grant| {
        let answer = door.asks("GET", ME, grant).await;
        answer.header("authorization").unwrap().to_owned()
    };
    let first = jwt(&door, &grant).await;
    assert_eq!(jwt(&door, &grant).await, first);
    assert_ne!(jwt(&door, &other).await, first, "each session has its own");
    let uid = door.ada["uid"].as_str().unwrap();
    door.here.json(&["account", "set", "--company", "default", uid, "--role", "trader"]);
    let changed = door.asks("GET", ME, &grant).await;
    assert_eq!(said(&changed).1["role"], "trader");
    let Door { mut here, server, .. } = door;
    drop(server);
    here.set("dialects.barong.jwt_reuse_seconds", "0");
    let server = here.serve();
    let door = Door { here, server, ada: Value::Null };
    assert_ne!(jwt(&door, &grant).await, jwt(&door, &grant).await);
}

async fn an_account_that_is_kept_out_is_refused_at_once(here: Installation) {
    let door = Door::open(here);
    let grant = door.login().await;
    let uid = door.ada["uid"].as_str().unwrap();
    said(&door.asks("GET", ME, &grant).await);
    door.here.json(&["account", "set", "--company", "default", uid, "--state", "banned"]);
    refused(&door.asks("GET", ME, &grant).await, 401, &["authz.user_not_active"]);
    door.here.json(&["account", "set", "--company", "default", uid, "--state", "active"]);
    refused(&door.asks("GET", ME, &grant).await, 401, &["authz.invalid_session"]);
    let again = door.post("/identity/sessions", &json!({ "email": EMAIL, "password": PASSWORD })).await;
    said(&door.asks("GET", ME, &crate::door::grant(&again, 201)).await);
}

async fn preflights_are_questions_like_any_other(here: Installation) {
    let door = Door::open(here.with("server.cors_origins", "https://shop.example"));
    let preflight = door
        .request("OPTIONS", ME)
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST");
    refused(&preflight.answer().await, 401, &["authz.invalid_session"]);
}

async fn the_endpoint_stays_where_proxies_look_for_it(here: Installation) {
    for prefix in ["/api/v2/barong", "/api", "/api/v2/auth/door"] {
        let here = here.another_untouched().with("dialects.barong.prefix", prefix);
        let door = Door::open(here.with("throttle.enabled", "false"));
        let login = door.server.request("POST", &format!("{prefix}/identity/sessions"));
        let login = login.header("user-agent", AGENT).json(&Door::credentials());
        let grant = crate::door::grant(&login.answer().await, 201);
        said(&door.asks("GET", &format!("{prefix}/resource/users/me"), &grant).await);
        let unknown = door.server.request("GET", &format!("{prefix}/nothing/there")).answer().await;
        assert!([404, 401].contains(&unknown.status), "{prefix}: {unknown:?}");
    }
}
