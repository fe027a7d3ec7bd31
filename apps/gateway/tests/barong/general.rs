//! What the door tells anybody (contract §7.11–7.13).

use serde_json::json;

use crate::door::{Door, entity, refused};
use crate::support::{Installation, on_both};

on_both! {
    the_door_answers_and_tells_the_time
    the_build_is_named
    forms_learn_what_they_need
    a_password_is_scored
}

const BELOW: [&str; 2] = ["/identity", "/public"];

async fn the_door_answers_and_tells_the_time(here: Installation) {
    let door = Door::open(here);
    for below in BELOW {
        assert_eq!(entity(&door.get(&format!("{below}/ping")).await, 200), json!({ "ping": "pong" }));
        let time = entity(&door.get(&format!("{below}/time")).await, 200)["time"].as_i64().unwrap();
        assert!(time > 1_700_000_000);
    }
}

async fn the_build_is_named(here: Installation) {
    let door = Door::open(here);
    for below in BELOW {
        let version = entity(&door.get(&format!("{below}/version")).await, 200);
        for member in ["git_tag", "git_sha", "build_date", "version"] {
            assert!(!version[member].as_str().unwrap().is_empty(), "{version}");
        }
    }
}

async fn forms_learn_what_they_need(here: Installation) {
    let expected = json!({
        "session_expire_time": 1800,
        "captcha_type": "none",
        "phone_verification_type": "mock",
        "password_min_entropy": 14,
        "password_regexp": "(?-mix:^(?=.*[[:lower:]])(?=.*[[:upper:]])(?=.*[[:digit:]])(?=.*[[:graph:]]).{8,80}$)",
    });
    let door = Door::open(here);
    for below in BELOW {
        assert_eq!(entity(&door.get(&format!("{below}/configs")).await, 200), expected);
    }
    let auth0 = entity(&door.get("/public/configs/auth0").await, 200);
    assert_eq!(auth0, json!({ "auth0_domain": "", "auth0_client_id": "" }));
    let here = door
        .here
        .another()
        .with("dialects.barong.captcha", "recaptcha")
        .with("dialects.barong.recaptcha_site_key", "site")
        .with("dialects.barong.recaptcha_secret_key", "secret")
        .with("dialects.barong.auth0_domain", "example.auth0.com")
        .with("dialects.barong.auth0_client_id", "client");
    let door = Door::open(here);
    let configs = entity(&door.get("/identity/configs").await, 200);
    assert_eq!((&configs["captcha_type"], &configs["captcha_id"]), (&json!("recaptcha"), &json!("site")));
    let auth0 = entity(&door.get("/public/configs/auth0").await, 200);
    assert_eq!(auth0, json!({ "auth0_domain": "example.auth0.com", "auth0_client_id": "client" }));
}

async fn a_password_is_scored(here: Installation) {
    let door = Door::open(here);
    for below in BELOW {
        let path = format!("{below}/password/validate");
        for (password, entropy) in
            [("eeC2BiCucxWEQ", 21.1875), ("Iequ4geiEWQw", 19.59375), ("Password1", 2.0), ("", -2.0)]
        {
            let answer = door.post(&path, &json!({ "password": password })).await;
            assert_eq!(entity(&answer, 201), json!({ "entropy": entropy }), "{password}");
        }
        let null = door.post(&path, &json!({ "password": null })).await;
        assert_eq!(entity(&null, 201), json!({ "entropy": -2.0 }));
        refused(&door.post(&path, &json!({})).await, 422, &["identity.general.missing_password"]);
        refused(&door.post(&path, &json!({ "password": ["a"] })).await, 422, &["invalid"]);
    }
}
