//! Restrictions, and links that whitelist (contract §5.5, §7.7).

use std::time::Duration;

use serde_json::{Value, json};

use crate::door::{Door, entity, refused};
use crate::support::http::Exchange as _;
use crate::support::{Installation, on_both};

on_both! {
    restrictions_keep_clients_out_of_everything_within_a_second
    blocklogin_is_about_signing_in_and_ends_sessions
    a_whitelink_lets_its_visitors_in
    rules_that_cannot_be_are_refused
}

const ASKED: &str = "/api/v2/peatio/public/markets";

fn restrict(door: &Door, arguments: &[&str]) -> String {
    let made = door.here.json(&[&["restriction", "create"], arguments].concat());
    door.here.outlast(Duration::from_secs(1));
    made["id"].as_str().unwrap().to_owned()
}

fn lift(door: &Door, id: &str) {
    door.here.json(&["restriction", "delete", id]);
    door.here.outlast(Duration::from_secs(1));
}

async fn restrictions_keep_clients_out_of_everything_within_a_second(here: Installation) {
    let door = Door::open(here);
    for (arguments, code, key) in [
        (vec!["blacklist", "ip", "127.0.0.1"], 401, "authz.restrict.blacklist"),
        (vec!["blacklist", "ip_subnet", "127.0.0.0/8"], 403, "authz.restrict.blacklist"),
        (vec!["maintenance", "all"], 471, "authz.restrict.maintenance"),
        (vec!["maintenance", "all", "all", "--code", "472"], 472, "authz.restrict.maintenance"),
    ] {
        let id = restrict(&door, &arguments);
        for path in [ASKED, "/identity/ping", "/identity/nothing", "/resource/users/me"] {
            refused(&door.get(path).await, code, &[key]);
        }
        refused(&door.post("/identity/sessions", &Door::credentials()).await, code, &[key]);
        lift(&door, &id);
        assert_eq!(door.get(ASKED).await.status, 200, "{arguments:?}");
    }
    restrict(&door, &["maintenance", "all"]);
    restrict(&door, &["whitelist", "ip", "127.0.0.1"]);
    assert_eq!(door.get(ASKED).await.status, 200, "who is whitelisted comes in");
    restrict(&door, &["blacklist", "country", "DE"]);
    let listed = door.here.json(&["restriction", "list"]);
    let listed: Vec<&Value> = listed.as_array().unwrap().iter().map(|rule| &rule["category"]).collect();
    assert_eq!(listed, ["maintenance", "whitelist", "blacklist"]);
}

async fn blocklogin_is_about_signing_in_and_ends_sessions(here: Installation) {
    let door = Door::open(here);
    let grant = door.login().await;
    assert_eq!(door.asks("GET", "/api/v2/auth/resource/users/me", &grant).await.status, 200);
    restrict(&door, &["blocklogin", "all"]);
    let answer = door.asks("GET", "/api/v2/auth/resource/users/me", &grant).await;
    refused(&answer, 401, &["authz.invalid_session"]);
    for path in
        ["/identity/sessions", "/identity/sessions/", "/identity/sessions.json", "/identity/%73essions"]
    {
        let answer = door.post(path, &Door::credentials()).await;
        refused(&answer, 401, &["authz.restrict.blocklogin"]);
    }
    let asked = door.request("POST", "/api/v2/auth/identity/sessions").answer().await;
    refused(&asked, 401, &["authz.restrict.blocklogin"]);
    assert_eq!(door.get("/identity/ping").await.status, 200);
}

async fn a_whitelink_lets_its_visitors_in(here: Installation) {
    let door = Door::open(here);
    let link = door.here.json(&["whitelink", "create", "--valid-for", "2h"]);
    let token = link["token"].as_str().unwrap();
    assert!(crate::door::is_hex(token, 64) && link["expires"].is_string());
    restrict(&door, &["maintenance", "all"]);
    refused(&door.get(ASKED).await, 471, &["authz.restrict.maintenance"]);
    let visit = "/identity/users/access";
    let both = ["identity.user.missing_whitelink_token", "identity.user.empty_whitelink_token"];
    refused(&door.post(visit, &json!({})).await, 400, &both);
    refused(&door.post(visit, &json!({ "whitelink_token": " " })).await, 400, &both[1..]);
    let unknown = json!({ "whitelink_token": "0".repeat(64) });
    refused(&door.post(visit, &unknown).await, 422, &["identity.user.access.invalid_token"]);
    let body = json!({ "whitelink_token": token });
    assert_eq!(entity(&door.post(visit, &body).await, 200), json!(1));
    assert_eq!(door.get(ASKED).await.status, 200, "at once");
    refused(&door.post(visit, &body).await, 422, &["value.taken"]);
}

async fn rules_that_cannot_be_are_refused(here: Installation) {
    for (arguments, code) in [
        (vec!["restriction", "create", "blacklist", "ip", "192.0.2.300"], 1),
        (vec!["restriction", "create", "blacklist", "all", "192.0.2.3"], 1),
        (vec!["restriction", "create", "blacklist", "ip", "192.0.2.3", "--code", "200"], 1),
        (vec!["restriction", "create", "greylist", "ip", "192.0.2.3"], 2),
        (vec!["restriction", "delete", "00000000-0000-7000-8000-000000000000"], 1),
        (vec!["permission", "create", "member", "FETCH", "/x", "ACCEPT"], 1),
        (vec!["permission", "create", "member", "GET", "/x", "MAYBE"], 2),
        (vec!["permission", "create", "member", "ALL", "api/v2/auth/resource", "ACCEPT"], 1),
        (vec!["permission", "delete", "00000000-0000-7000-8000-000000000000"], 1),
        (vec!["whitelink", "create", "--valid-for", "31d"], 2),
        (vec!["service-account", "create", "--company", "default", "--owner", "nobody"], 1),
        (vec!["service-account", "set", "SI0000000000", "--state", "locked"], 1),
    ] {
        let ran = here.run(&arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
    }
    let stock = here.json(&["permission", "list"]);
    let roles = |role: &str| stock.as_array().unwrap().iter().filter(|rule| rule["role"] == role).count();
    assert_eq!((roles("member"), roles("superadmin"), roles("sa_maker")), (1, 1, 8));
}
