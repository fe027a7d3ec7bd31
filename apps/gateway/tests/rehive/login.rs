//! Contract §7.1, §7.7, §7.23: logging in, and what the token is good for.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::door::{Door, PASSWORD, grant, refused, succeeded, with};
use crate::support::{Installation, on_both};

on_both! {
    a_login_hands_over_a_token_and_little_else
    every_identifier_will_do_in_any_spelling
    whatever_is_wrong_the_answer_is_the_same
    fields_are_checked_before_credentials
    a_company_may_forbid_custom_durations
    what_a_company_sets_is_in_force_within_a_second
    a_name_that_looks_like_another_identifier_shadows_nobody
    the_same_name_in_another_company_is_another_account
    the_account_is_shown_to_its_owner
    an_account_kept_out_loses_its_tokens_at_once
}

async fn a_login_hands_over_a_token_and_little_else(here: Installation) {
    let door = Door::open(here);
    for path in ["/3/auth/login/", "/3/auth/test-login/"] {
        let data = succeeded(&door.server.post(path, &Door::credentials()).await, 200);
        let names: Vec<&str> = data.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["challenges", "created", "expires", "refresh_token", "token", "user"]);
        assert_eq!(data["user"], json!({ "id": door.ada }));
        assert_eq!(data["challenges"], json!([]));
        assert_eq!(data["expires"].as_i64().unwrap() - data["created"].as_i64().unwrap(), 36_000_000);
        let granted = grant(data);
        for secret in [&granted.token, &granted.refresh] {
            let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
            assert!(secret.len() == 64 && secret.chars().all(is_hex), "{secret}");
        }
        assert!(door.honours(&granted.token).await);
        assert!(!door.honours(&granted.refresh).await);
    }
}

async fn every_identifier_will_do_in_any_spelling(here: Installation) {
    let door = Door::open(here);
    let users =
        ["ada", "ADA", " ada ", "Ada@Example.com", "+27 82 123-4567", &door.ada, &door.ada.to_uppercase()];
    for user in users {
        let data = door.login_for(&json!({ "user": user, "company": "Default" })).await.data;
        assert_eq!(data["user"]["id"], door.ada.as_str(), "{user}");
    }
}

async fn whatever_is_wrong_the_answer_is_the_same(here: Installation) {
    let door = Door::open(here);
    door.here.json(&["account", "create", "--company", "default", "--username", "bare"]);
    door.here.account(&["--username", "gone", "--state", "deactivated"], PASSWORD);
    door.here.account(&["--username", "asleep", "--state", "pending"], PASSWORD);
    let mut answers = Vec::new();
    for wrong in [
        json!({ "password": "wrong" }),
        json!({ "user": "nobody" }),
        json!({ "company": "nowhere" }),
        json!({ "company": "no such company!" }),
        json!({ "user": "bare" }),
        json!({ "user": "gone" }),
        json!({ "user": "asleep" }),
    ] {
        let answer = door.server.post("/3/auth/login/", &with(Door::credentials(), &wrong)).await;
        refused(&answer, 400, &["non_field_errors"]);
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

async fn fields_are_checked_before_credentials(here: Installation) {
    let door = Door::open(here);
    let login = async |more| door.server.post("/3/auth/login/", &with(Door::credentials(), &more)).await;
    for (more, field) in [
        (json!({ "user": null }), "user"),
        (json!({ "user": "  " }), "user"),
        (json!({ "user": ["ada"] }), "user"),
        (json!({ "user": "a\u{0}b" }), "user"),
        (json!({ "company": "" }), "company"),
        (json!({ "company": {} }), "company"),
        (json!({ "password": "" }), "password"),
        (json!({ "password": "x".repeat(129) }), "password"),
        (json!({ "session_duration": -1 }), "session_duration"),
        (json!({ "session_duration": 1.5 }), "session_duration"),
        (json!({ "session_duration": "soon" }), "session_duration"),
        (json!({ "session_duration": true }), "session_duration"),
        (json!({ "auth_method": "carrier pigeon" }), "auth_method"),
    ] {
        refused(&login(more).await, 400, &[field]);
    }
    for more in [
        json!({ "session_duration": null, "auth_method": null }),
        json!({ "session_duration": 0, "auth_method": "token" }),
        json!({ "unknown": { "key": [1] } }),
    ] {
        let data = succeeded(&login(more).await, 200);
        assert_eq!(data["expires"].as_i64().unwrap() - data["created"].as_i64().unwrap(), 36_000_000);
    }
    let data = succeeded(&login(json!({ "session_duration": 36_000_000 })).await, 200);
    assert_eq!(data["expires"].as_i64().unwrap() - data["created"].as_i64().unwrap(), 2_678_400_000);
}

async fn a_company_may_forbid_custom_durations(here: Installation) {
    let door = Door::open(here);
    let settings = ["allow_session_durations=false", "default_session_duration=600"];
    door.here.json(&[&["company", "set", "default"], &settings[..]].concat());
    let server = door.here.serve();
    let login = async |more| server.post("/3/auth/login/", &with(Door::credentials(), &more)).await;
    refused(&login(json!({ "session_duration": 900 })).await, 400, &["session_duration"]);
    let data = succeeded(&login(json!({ "session_duration": null })).await, 200);
    assert_eq!(data["expires"].as_i64().unwrap() - data["created"].as_i64().unwrap(), 600_000);
}

async fn what_a_company_sets_is_in_force_within_a_second(here: Installation) {
    let door = Door::open(here);
    let lasts = async || {
        let data = door.login().await.data;
        data["expires"].as_i64().unwrap() - data["created"].as_i64().unwrap()
    };
    assert_eq!(lasts().await, 36_000_000);
    door.here.json(&["company", "set", "default", "default_session_duration=600"]);
    let set = Instant::now();
    while lasts().await != 600_000 {
        assert!(set.elapsed() < Duration::from_secs(2), "still the former setting");
    }
}

async fn a_name_that_looks_like_another_identifier_shadows_nobody(here: Installation) {
    let door = Door::open(here);
    let ada = door.ada.as_str();
    for (name, password) in [("ada@example.com", "Another-Horse-9-Battery"), (ada, "Third-Horse-9-Battery")] {
        door.here.account(&["--username", name], password);
        let more = json!({ "user": name });
        assert_eq!(door.login_for(&more).await.data["user"]["id"], ada, "{name}");
        let theirs = with(with(Door::credentials(), &more), &json!({ "password": password }));
        refused(&door.server.post("/3/auth/login/", &theirs).await, 400, &["non_field_errors"]);
    }
}

async fn the_same_name_in_another_company_is_another_account(here: Installation) {
    let door = Door::open(here);
    door.here.json(&["company", "create", "acme"]);
    let create = ["account", "create", "--company", "acme", "--username", "ada", "--password-stdin"];
    let other = door.here.json_with(&create, "Another-Horse-9-Battery");
    refused(
        &door.server.post("/3/auth/login/", &with(Door::credentials(), &json!({ "company": "acme" }))).await,
        400,
        &["non_field_errors"],
    );
    let there = json!({ "company": "acme", "password": "Another-Horse-9-Battery" });
    let granted = door.login_for(&there).await;
    assert_eq!(granted.data["user"]["id"], other["id"]);
    let user = succeeded(&door.get("/3/auth/", &granted.token).await, 200);
    assert_eq!(user["company"], "acme");
}

async fn the_account_is_shown_to_its_owner(here: Installation) {
    let door = Door::open(here);
    door.here.json(&["group", "create", "--company", "default", "staff", "--section", "admin"]);
    let flags = ["--username", "bob", "--email", "Bob@example.com", "--email-verified", "--group", "staff"];
    let names = ["--first-name", "Bob", "--last-name", "Builder"];
    let bob = door.here.account(&[&flags[..], &names].concat(), PASSWORD);
    let granted = door.login_for(&json!({ "user": "bob" })).await;
    let user = succeeded(&door.get("/3/auth/", &granted.token).await, 200);
    assert_eq!(user, succeeded(&door.get("/3/user/", &granted.token).await, 200));
    assert_eq!(user["id"], bob["id"]);
    assert_eq!(
        (&user["username"], &user["email"], &user["mobile"]),
        (&json!("bob"), &json!("Bob@example.com"), &json!(null))
    );
    assert_eq!((&user["first_name"], &user["last_name"]), (&json!("Bob"), &json!("Builder")));
    assert_eq!(user["groups"], json!([{ "name": "staff", "label": null, "section": "admin" }]));
    assert_eq!((&user["company"], &user["language"]), (&json!("default"), &json!("en")));
    assert_eq!(user["verification"], json!({ "email": true, "mobile": false }));
    assert_eq!((&user["verified"], &user["status"]), (&json!(true), &json!("pending")));
    assert_eq!((&user["temporary"], &user["metadata"]), (&json!(false), &json!({})));
    assert_eq!(user["last_login"], granted.data["created"]);
    assert!(user["created"].as_i64().unwrap() > 1_700_000_000_000);
    let nothing = [
        "middle_name",
        "profile",
        "id_number",
        "birth_date",
        "currency",
        "account",
        "nationality",
        "website",
    ];
    assert!(nothing.iter().all(|name| user.as_object().unwrap()[*name].is_null()), "{user}");
}

async fn an_account_kept_out_loses_its_tokens_at_once(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    for state in ["locked", "banned", "deactivated", "deleted"] {
        door.here.json(&["account", "set", "--company", "default", &door.ada, "--state", state]);
        refused(&door.get("/3/auth/", &token).await, 401, &[]);
    }
}
