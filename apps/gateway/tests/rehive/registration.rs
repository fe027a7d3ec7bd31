//! Contract §7.20: registering an account.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::door::{done, grant, refused, succeeded, with};
use crate::support::http::{Answer, Exchange as _};
use crate::support::process::Server;
use crate::support::{Installation, on_both};

pub const PASSWORD: &str = "seven Grey horses 42";
const PATH: &str = "/3/auth/register/";

on_both! {
    a_registration_signs_in_and_shows_everything_to_its_owner
    what_it_asks_for_is_sent_and_proves_the_contacts
    bodies_come_as_json_form_and_multipart
    the_deprecated_pair_of_passwords_still_works
    every_limit_is_kept
    everything_wrong_is_named_at_once
    identifiers_are_unique_in_a_company_only
    parallel_registrations_of_one_address_make_one_account
    settings_of_the_company_are_in_force_within_a_second
    groups_are_public_and_one_at_most
    legal_terms_are_recorded_as_accepted
    a_duration_is_chosen_as_the_company_allows
    a_cookie_session_keeps_its_secrets_out_of_the_body
    the_company_default_takes_registrations_from_the_start
    an_address_registers_six_times_a_minute
}

/// A server with the company `acme`.
pub fn open(here: &Installation) -> Server {
    here.json(&["company", "create", "acme"]);
    here.serve()
}

/// An installation without quotas.
pub fn calm(here: Installation) -> Installation {
    here.with("throttle.enabled", "false")
}

pub fn ada() -> Value {
    json!({ "company": "acme", "email": "ada@example.com", "password": PASSWORD })
}

async fn register(server: &Server, more: &Value) -> Answer {
    server.post(PATH, &with(ada(), more)).await
}

async fn user(server: &Server, token: &str) -> Value {
    let request = server.request("GET", "/3/auth/").header("authorization", format!("Token {token}"));
    succeeded(&request.answer().await, 200)
}

async fn a_registration_signs_in_and_shows_everything_to_its_owner(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let filled_in = json!({
        "first_name": " Ada ", "middle_name": "King", "last_name": "Lovelace", "username": "Ada.L", "mobile": "+27 82 123-4567",
        "id_number": "815", "birth_date": "1815-12-10", "gender": "female", "title": "ms", "marital_status": "married",
        "nationality": "GB", "residency": "ZA", "timezone": "Europe/London", "terms_and_conditions": true,
        "privacy_policy": "true", "nickname": "ignored",
    });
    let data = succeeded(&register(&server, &filled_in).await, 201);
    let members: Vec<&String> = data.as_object().unwrap().keys().collect();
    assert_eq!(members, ["challenges", "created", "expires", "refresh_token", "token", "user"]);
    assert_eq!(data["challenges"], json!([]));
    assert_eq!(data["expires"].as_i64().unwrap() - data["created"].as_i64().unwrap(), 36_000_000);
    let shown = &data["user"];
    for (field, value) in [
        ("first_name", json!("Ada")),
        ("middle_name", json!("King")),
        ("last_name", json!("Lovelace")),
        ("username", json!("ada.l")),
        ("email", json!("ada@example.com")),
        ("mobile", json!("+27821234567")),
        ("id_number", json!("815")),
        ("birth_date", json!("1815-12-10")),
        ("gender", json!("female")),
        ("title", json!("ms")),
        ("marital_status", json!("married")),
        ("nationality", json!("GB")),
        ("residency", json!("ZA")),
        ("timezone", json!("Europe/London")),
        ("language", json!("en")),
        ("company", json!("acme")),
        ("owner", json!(false)),
        ("status", json!("pending")),
        ("verified", json!(false)),
        ("verification", json!({ "email": false, "mobile": false })),
        ("fathers_name", Value::Null),
        ("groups", json!([{ "name": "user", "label": "User", "section": "user" }])),
    ] {
        assert_eq!(shown[field], value, "{field}");
    }
    let granted = grant(data.clone());
    assert_eq!(&user(&server, &granted.token).await, shown);
    let login = json!({ "user": "ADA.L", "company": "ACME", "password": PASSWORD });
    assert_eq!(succeeded(&server.post("/3/auth/login/", &login).await, 200)["user"]["id"], shown["id"]);
}

async fn what_it_asks_for_is_sent_and_proves_the_contacts(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let data = succeeded(&register(&server, &json!({ "mobile": "+27821234567" })).await, 201);
    let mail = here.message("mail", "user.email.verify", "ada@example.com");
    let sms = here.message("sms", "user.mobile.verify", "+27821234567");
    assert_eq!((&mail["company"], &mail["data"]["user"]), (&json!("acme"), &data["user"]["id"]));
    assert!(mail["data"]["url"].as_str().unwrap().contains("company=acme"));
    assert_eq!(sms["data"]["key"].as_str().unwrap().len(), 5);
    done(&server.post("/3/auth/email/verify/", &json!({ "key": mail["data"]["key"] })).await);
    let token = grant(data).token;
    let request =
        server.request("POST", "/3/auth/mobile/verify/").header("authorization", format!("Token {token}"));
    done(&request.json(&json!({ "otp": sms["data"]["key"] })).answer().await);
    let shown = user(&server, &token).await;
    assert_eq!(shown["verification"], json!({ "email": true, "mobile": true }));
}

async fn bodies_come_as_json_form_and_multipart(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let fields = |name: &'static str| {
        [
            ("company", "acme"),
            ("username", name),
            ("password", PASSWORD),
            ("terms_and_conditions", "on"),
            ("groups", "user"),
        ]
    };
    let form = server.request("POST", PATH).form(&fields("form")).answer().await;
    assert_eq!(succeeded(&form, 201)["user"]["username"], "form");
    let boundary = "7d8f";
    let parts = fields("multipart").map(|(name, value)| {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    let multipart = server
        .request("POST", "/3/auth/register")
        .header("content-type", format!("multipart/form-data; boundary={boundary}"))
        .body(format!("{}--{boundary}--\r\n", parts.concat()));
    assert_eq!(succeeded(&multipart.answer().await, 201)["user"]["username"], "multipart");
    // A stale credential is not looked at.
    let stale = server.request("POST", PATH).header("authorization", "Token 00").json(&ada());
    succeeded(&stale.answer().await, 201);
}

async fn the_deprecated_pair_of_passwords_still_works(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let pair = |first: Option<&str>, second: Option<&str>| {
        let mut body = json!({ "company": "acme", "email": "ada@example.com" });
        for (name, value) in [("password1", first), ("password2", second)] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        body
    };
    for (first, second, field) in [
        (None, None, "password"),
        (Some(PASSWORD), Some("another one 77"), "password2"),
        (Some(PASSWORD), None, "password2"),
        (None, Some(PASSWORD), "password1"),
        (Some("short"), Some("short"), "password2"),
    ] {
        refused(&server.post(PATH, &pair(first, second)).await, 400, &[field]);
    }
    succeeded(&server.post(PATH, &pair(Some(PASSWORD), Some(PASSWORD))).await, 201);
}

async fn every_limit_is_kept(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let long = |length: usize| json!("x".repeat(length));
    let bad = [
        ("first_name", long(51)),
        ("middle_name", long(51)),
        ("last_name", long(51)),
        ("first_name", json!("<b>Ada</b>")),
        ("last_name", json!("see http://evil.example")),
        ("middle_name", json!("A\u{7}da")),
        ("username", long(151)),
        ("username", json!("a b")),
        ("email", json!("ada")),
        ("email", json!("a..b@example.com")),
        ("email", json!({})),
        ("mobile", json!("0821234567")),
        ("mobile", json!("+123456")),
        ("id_number", long(25)),
        ("birth_date", json!("1990-02-30")),
        ("birth_date", json!("10/12/1815")),
        ("language", long(25)),
        ("gender", json!("f")),
        ("title", json!("dr")),
        ("marital_status", json!("engaged")),
        ("nationality", json!("XK")),
        ("residency", json!("gb")),
        ("timezone", long(101)),
        ("password", long(129)),
        ("password", json!("seven77")),
        ("password", json!("9072635481")),
        ("password", json!("password1")),
        ("password", json!("ada@example.com")),
        ("terms_and_conditions", json!("maybe")),
        ("privacy_policy", json!([])),
        ("session_duration", json!(-1)),
        ("session_duration", json!("soon")),
        ("groups", json!(["user", "user"])),
        ("groups", json!([7])),
        ("groups", json!({})),
        ("legal_term_versions", json!(["a"])),
        ("legal_term_versions", json!([99])),
        ("legal_term_versions", json!(7)),
        ("auth_method", json!("bearer")),
        ("company", json!("nowhere")),
        ("company", json!("")),
        ("company", json!([])),
        ("first_name", json!("a\u{0}b")),
    ];
    for (field, value) in bad {
        let answer = register(&server, &json!({ field: value.clone() })).await;
        assert_eq!(answer.status, 400, "{field}: {value}: {answer:?}");
        refused(&answer, 400, &[field]);
    }
    let good = json!({
        "first_name": "x".repeat(50), "username": "x".repeat(150), "id_number": "x".repeat(24), "language": "x".repeat(24),
        "timezone": "x".repeat(100), "password": "0aZ ".repeat(32), "nationality": "", "residency": null, "gender": "",
        "birth_date": null, "mobile": "", "session_duration": null, "groups": [null], "legal_term_versions": [],
    });
    succeeded(&register(&server, &good).await, 201);
}

async fn everything_wrong_is_named_at_once(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let wrong = json!({
        "email": "ada", "mobile": 12, "first_name": true, "password": "short", "groups": ["ghosts"], "gender": "f",
        "legal_term_versions": [1, "x"], "session_duration": 1.5, "auth_method": "bearer",
    });
    let blamed = [
        "email",
        "mobile",
        "first_name",
        "password",
        "groups",
        "gender",
        "legal_term_versions",
        "session_duration",
        "auth_method",
    ];
    let message = refused(&register(&server, &wrong).await, 400, &blamed);
    assert!(message.contains("Not a valid string."), "{message}");
    refused(&server.post(PATH, &json!({})).await, 400, &["company", "non_field_errors", "password"]);
    assert_eq!(here.json(&["account", "list", "--company", "acme"]), json!([]));
    assert_eq!(here.messages("mail"), Vec::<Value>::new());
}

async fn identifiers_are_unique_in_a_company_only(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    here.json(&["company", "create", "other"]);
    let full = json!({ "username": "ada", "mobile": "+27821234567" });
    let first = succeeded(&register(&server, &full).await, 201);
    let again = json!({ "email": "ADA@Example.com", "username": "ADA", "mobile": "+27 82 1234567" });
    refused(&register(&server, &again).await, 400, &["email", "mobile", "username"]);
    refused(&register(&server, &json!({ "email": "", "username": "ada" })).await, 400, &["username"]);
    let elsewhere = with(full, &json!({ "company": "other", "password": "eight Blue whales 43" }));
    let second = succeeded(&register(&server, &elsewhere).await, 201);
    assert_ne!(first["user"]["id"], second["user"]["id"]);
    let login =
        |company: &str, password: &str| json!({ "user": "ada", "company": company, "password": password });
    for (company, password, status) in
        [("acme", PASSWORD, 200), ("other", "eight Blue whales 43", 200), ("other", PASSWORD, 400)]
    {
        let answer = server.post("/3/auth/login/", &login(company, password)).await;
        assert_eq!(answer.status, status, "{company}");
    }
}

async fn parallel_registrations_of_one_address_make_one_account(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let attempts = (0..8).map(|number| {
        let body = with(ada(), &json!({ "username": format!("ada{number}") }));
        server.request("POST", PATH).json(&body).answer()
    });
    let mut made = 0;
    for answer in futures_util::future::join_all(attempts).await {
        if answer.status == 201 {
            made += 1;
        } else {
            refused(&answer, 400, &["email"]);
        }
    }
    assert_eq!(made, 1);
    assert_eq!(here.json(&["account", "list", "--company", "acme"]).as_array().unwrap().len(), 1);
}

async fn settings_of_the_company_are_in_force_within_a_second(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let set = |setting: &str| here.json(&["company", "set", "acme", setting]);
    set("allow_registrations=false");
    refused(&register(&server, &json!({})).await, 400, &["non_field_errors"]);
    set("allow_registrations=true");
    set("require_terms_and_conditions=true");
    set("require_privacy_policy=true");
    set("nationalities=ZA,DE");
    set("residencies=ZA");
    let abroad = json!({ "nationality": "FR", "residency": "DE" });
    let blamed = ["terms_and_conditions", "privacy_policy", "nationality", "residency"];
    refused(&register(&server, &abroad).await, 400, &blamed);
    let consent = json!({
        "terms_and_conditions": true, "privacy_policy": true, "nationality": "DE", "residency": "ZA",
    });
    set("password_policy=barong");
    let plain = with(consent.clone(), &json!({ "password": "all lower case words" }));
    refused(&register(&server, &plain).await, 400, &["password"]);
    succeeded(&register(&server, &consent).await, 201);
}

async fn groups_are_public_and_one_at_most(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    here.json(&["group", "create", "--company", "acme", "pilots", "--public", "--label", "Pilots"]);
    for groups in [json!(["admin"]), json!(["ghosts"]), json!(["user", "pilots"])] {
        refused(&register(&server, &json!({ "groups": groups })).await, 400, &["groups"]);
    }
    let joined = succeeded(&register(&server, &json!({ "groups": ["pilots"] })).await, 201);
    assert_eq!(joined["user"]["groups"], json!([{ "name": "pilots", "label": "Pilots", "section": "user" }]));
}

async fn legal_terms_are_recorded_as_accepted(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let term = here.json(&["legal-term", "create", "--company", "acme", "Terms of use", "2026-01"]);
    here.json(&["company", "create", "other"]);
    refused(
        &register(&server, &json!({ "company": "other", "legal_term_versions": [term["id"]] })).await,
        400,
        &["legal_term_versions"],
    );
    let data = succeeded(&register(&server, &json!({ "legal_term_versions": [term["id"]] })).await, 201);
    let id = data["user"]["id"].as_str().unwrap();
    let accepted = &here.json(&["account", "show", "--company", "acme", id])["legal_terms"];
    assert_eq!((&accepted[0]["name"], &accepted[0]["version"]), (&json!("Terms of use"), &json!("2026-01")));
    assert!(accepted[0]["accepted"].is_string());
}

async fn a_duration_is_chosen_as_the_company_allows(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let length = |data: &Value| data["expires"].as_i64().unwrap() - data["created"].as_i64().unwrap();
    for (number, (wanted, milliseconds)) in [
        (json!(900), 900_000),
        (json!("900"), 900_000),
        (json!(0), 36_000_000),
        (json!(36_000_000), 2_678_400_000),
    ]
    .into_iter()
    .enumerate()
    {
        let more = json!({ "email": format!("ada{number}@example.com"), "session_duration": wanted });
        assert_eq!(length(&succeeded(&register(&server, &more).await, 201)), milliseconds, "{more}");
    }
    here.json(&["company", "set", "acme", "allow_session_durations=false", "default_session_duration=600"]);
    let changed = Instant::now();
    let chosen = json!({ "session_duration": 900, "gender": "f" });
    while register(&server, &chosen).await.json()["data"].get("session_duration").is_none() {
        assert!(changed.elapsed() < Duration::from_secs(2), "still the former setting");
    }
    refused(&register(&server, &chosen).await, 400, &["gender", "session_duration"]);
    assert_eq!(length(&succeeded(&register(&server, &json!({})).await, 201)), 600_000);
}

async fn a_cookie_session_keeps_its_secrets_out_of_the_body(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let answer = register(&server, &json!({ "auth_method": "cookie" })).await;
    let data = succeeded(&answer, 201);
    assert!(data.get("token").is_none() && data.get("refresh_token").is_none(), "{data}");
    let cookies: Vec<&str> =
        answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(
        cookies.iter().any(|cookie| cookie.starts_with("token=") && cookie.contains("HttpOnly")),
        "{cookies:?}"
    );
}

async fn the_company_default_takes_registrations_from_the_start(here: Installation) {
    let here = calm(here);
    let server = here.serve();
    let body = json!({ "company": "default", "username": "ada", "password": "Correct-Horse-9-Battery" });
    let data = succeeded(&server.post(PATH, &body).await, 201);
    assert_eq!(data["user"]["groups"], json!([{ "name": "user", "label": "User", "section": "user" }]));
}

async fn an_address_registers_six_times_a_minute(here: Installation) {
    let here = here.with("throttle.anonymous_per_minute", "0");
    let server = open(&here);
    for number in 0..5 {
        succeeded(&register(&server, &json!({ "email": format!("ada{number}@example.com") })).await, 201);
    }
    refused(&register(&server, &json!({ "email": "ada0@example.com" })).await, 400, &["email"]);
    let refusal = register(&server, &json!({})).await;
    refused(&refusal, 429, &[]);
    let wait: u64 = refusal.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    refused(&server.post("/3/auth/company/register/", &json!({})).await, 429, &[]);
}
