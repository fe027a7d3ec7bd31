//! What users did (contract §8.9, §9.7, §3.3).

use serde_json::{Value, json};

use crate::caller::{Caller, has};
use crate::door::{AGENT, Door, EMAIL, PASSWORD, entity, grant, refused};
use crate::geography;
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    every_act_of_a_user_is_a_row
    a_second_factor_has_rows_of_its_own
    rows_say_where_they_come_from
    rows_come_in_pages
    rows_are_picked_by_time_and_result
    what_is_wrong_with_a_question_is_named
    a_database_tells_the_country
}

const SESSIONS: &str = "/identity/sessions";
const GRACE: &str = "grace@example.com";
const NEW: &str = "Xwqe213PZCXwe";
const NEWER: &str = "Kal31ewwqXrew";

fn login(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

fn with_code(code: &str) -> Value {
    json!({ "email": EMAIL, "password": PASSWORD, "otp_code": code })
}

async fn rows(user: &Caller<'_>, query: &str) -> Vec<Value> {
    entity(&user.get(&format!("/users/activity/{query}")).await, 200).as_array().unwrap().clone()
}

/// Topic, action and result of each row, oldest first.
fn acts(rows: &[Value]) -> Vec<[&str; 3]> {
    rows.iter()
        .rev()
        .map(|row| ["topic", "action", "result"].map(|name| row[name].as_str().unwrap()))
        .collect()
}

async fn every_act_of_a_user_is_a_row(here: Installation) {
    let door = Door::open(here);
    let signed_up = grant(&door.post("/identity/users", &login(GRACE, PASSWORD)).await, 201);
    assert_eq!(door.post(SESSIONS, &login(GRACE, "wrong")).await.status, 401);
    let out = door.request("DELETE", SESSIONS).header("cookie", signed_up.cookie).answer().await;
    assert_eq!(out.status, 204);
    let ask = door.post("/identity/users/password/generate_code", &json!({ "email": GRACE })).await;
    assert_eq!(ask.status, 201);
    let token = door.mailed("password.reset", GRACE);
    let reset = json!({ "reset_password_token": token, "password": NEW, "confirm_password": NEW });
    assert_eq!(door.post("/identity/users/password/confirm_code", &reset).await.status, 201);
    let grace = door.as_holder_of(grant(&door.post(SESSIONS, &login(GRACE, NEW)).await, 201));
    for (old, status) in [("wrong", 400), (NEW, 201)] {
        let body = json!({ "old_password": old, "new_password": NEWER, "confirm_password": NEWER });
        assert_eq!(grace.send("PUT", "/users/password", &body).await.status, status);
    }
    let all = rows(&grace, "all").await;
    let expected = [
        ["account", "signup", "succeed"],
        ["session", "login", "succeed"],
        ["session", "login", "failed"],
        ["session", "logout", "succeed"],
        ["password", "request password reset", "succeed"],
        ["password", "password reset", "succeed"],
        ["session", "login", "succeed"],
        ["password", "password change", "failed"],
        ["password", "password change", "succeed"],
    ];
    assert_eq!(acts(&all), expected);
    for topic in ["account", "session", "password"] {
        let expected: Vec<_> = expected.into_iter().filter(|act| act[0] == topic).collect();
        assert_eq!(acts(&rows(&grace, topic).await), expected, "{topic}");
    }
    refused(&grace.get("/users/activity/otp").await, 422, &["resource.user.no_activity"]);
}

async fn a_second_factor_has_rows_of_its_own(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let codes = door.here.recovery_codes(EMAIL).await;
    for (body, status) in [
        (Door::credentials(), 401),
        (with_code("000000"), 403),
        (with_code(&codes[0]), 201),
        (with_code(&codes[0]), 422),
    ] {
        assert_eq!(door.post(SESSIONS, &body).await.status, status);
    }
    let leave = json!({ "password": PASSWORD, "otp_code": "000000" });
    assert_eq!(ada.send("DELETE", "/users/me", &leave).await.status, 422);
    let expected = [
        ["session", "login", "succeed"],
        ["otp", "request QR code for 2FA", "succeed"],
        ["otp", "enable 2FA", "succeed"],
        ["session", "login::2fa", "failed"],
        ["session", "login::2fa", "succeed"],
        ["session", "login::2fa", "failed"],
        ["otp", "verify 2FA code", "failed"],
    ];
    assert_eq!(acts(&rows(&ada, "all").await), expected, "a login without a code is no row");
    for topic in ["session", "otp"] {
        let expected: Vec<_> = expected.into_iter().filter(|act| act[0] == topic).collect();
        assert_eq!(acts(&rows(&ada, topic).await), expected, "{topic}");
    }
}

async fn rows_say_where_they_come_from(here: Installation) {
    let door = Door::open(here);
    assert_eq!(door.post(SESSIONS, &login(EMAIL, "wrong")).await.status, 401);
    let ada = door.caller().await;
    let rows = rows(&ada, "session").await;
    let expected = json!({
        "user_ip": "127.0.0.1", "user_ip_country": null, "user_agent": AGENT, "topic": "session",
        "action": "login", "result": "succeed", "data": null,
    });
    has(&rows[0], &expected);
    assert_eq!(rows[0].as_object().unwrap().len(), 9, "{:?}", rows[0]);
    assert!(rows[0]["id"].as_u64().is_some_and(|id| id < 1 << 53), "{:?}", rows[0]);
    assert!(rows[0]["created_at"].as_str().unwrap().ends_with('Z'));
    let data: Value = serde_json::from_str(rows[1]["data"].as_str().unwrap()).unwrap();
    assert_eq!(data, json!({ "reason": "Invalid Email or Password" }));
}

fn heads(answer: &Answer) -> [&str; 3] {
    ["total", "per-page", "page"].map(|name| answer.header(name).unwrap())
}

async fn rows_come_in_pages(here: Installation) {
    let door = Door::open(here);
    for _ in 0..4 {
        door.login().await;
    }
    let ada = door.caller().await;
    let whole = ada.get("/users/activity/session").await;
    assert_eq!(heads(&whole), ["5", "100", "1"]);
    assert_eq!(whole.header("link"), None);
    let whole = entity(&whole, 200);
    let middle = ada.get("/users/activity/session?limit=2&page=2").await;
    assert_eq!(heads(&middle), ["5", "2", "2"]);
    let link = middle.header("link").unwrap();
    for (relation, page) in [("first", 1), ("prev", 1), ("last", 3), ("next", 3)] {
        let base = format!("<{}/api/v2/auth/resource/users/activity/session?", door.server.base());
        let part = link.split(", ").find(|part| part.ends_with(&format!("rel=\"{relation}\""))).unwrap();
        assert!(part.starts_with(&base) && part.contains(&format!("page={page}")), "{link}");
    }
    assert_eq!(entity(&middle, 200), json!([whole[2], whole[3]]), "newest first");
    let last = ada.get("/users/activity/session?limit=2&page=3").await;
    let relations = last.header("link").unwrap().matches("rel=").count();
    assert_eq!((relations, entity(&last, 200).as_array().unwrap().len()), (2, 1));
    let beyond = ada.get("/users/activity/session?page=9").await;
    assert_eq!((heads(&beyond), entity(&beyond, 200)), (["5", "100", "9"], json!([])));
}

async fn rows_are_picked_by_time_and_result(here: Installation) {
    let door = Door::open(here);
    assert_eq!(door.post(SESSIONS, &login(EMAIL, "wrong")).await.status, 401);
    let ada = door.caller().await;
    for (query, count) in [
        ("result=failed", 1),
        ("result=succeed", 1),
        ("time_from=0", 2),
        ("time_to=4102444800", 2),
        ("time_from=-5&time_to=9223372036854775807", 2),
        ("time_from=0&result=failed", 1),
    ] {
        assert_eq!(rows(&ada, &format!("all?{query}")).await.len(), count, "{query}");
    }
    for query in ["result=denied", "result=other", "time_from=4102444800", "time_to=0", "time_to=1&page=2"] {
        let answer = ada.get(&format!("/users/activity/all?{query}")).await;
        refused(&answer, 422, &["resource.user.no_activity"]);
    }
}

async fn what_is_wrong_with_a_question_is_named(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    for topic in ["logins", "ALL", "all%20"] {
        let answer = ada.get(&format!("/users/activity/{topic}")).await;
        refused(&answer, 422, &["resource.user.wrong_topic"]);
    }
    for (query, keys) in [
        (
            "time_from=x&time_to=1.5",
            vec!["resource.user.non_integer_time_from", "resource.user.non_integer_time_to"],
        ),
        (
            "time_from=&time_to=%20&result=",
            vec![
                "resource.user.empty_time_from",
                "resource.user.empty_time_to",
                "resource.user.empty_result",
            ],
        ),
        ("page=abc", vec!["non_integer_page", "non_positive_page"]),
        ("page=0&limit=101", vec!["non_positive_page", "invalid_limit"]),
        ("limit=x", vec!["non_integer_limit", "invalid_limit"]),
    ] {
        refused(&ada.get(&format!("/users/activity/all?{query}")).await, 422, &keys);
    }
    assert_eq!(rows(&ada, "all?page=&limit=").await.len(), 1);
}

async fn a_database_tells_the_country(here: Installation) {
    let file = here.folder().join("places.mmdb");
    std::fs::write(&file, geography::file()).unwrap();
    let here = here.with("dialects.barong.geoip_database", file.to_str().unwrap());
    let door = Door::open(here.with("server.trusted_proxies", "127.0.0.0/8"));
    let from = |request: reqwest::RequestBuilder| request.header("x-forwarded-for", "128.0.0.1").answer();
    let session = from(door.request("POST", SESSIONS).json(&Door::credentials())).await;
    let ada = door.as_holder_of(grant(&session, 201));
    assert_eq!(door.post(SESSIONS, &login(EMAIL, "wrong")).await.status, 401);
    let rows = entity(&from(ada.request("GET", "/users/activity/session")).await, 200);
    has(&rows[0], &json!({ "user_ip": "127.0.0.1", "user_ip_country": null, "result": "failed" }));
    has(&rows[1], &json!({ "user_ip": "128.0.0.1", "user_ip_country": "Germany", "result": "succeed" }));
}
