//! `POST /v1/login` (contract §3.1).

use std::time::Duration;

use crate::door::{
    ANOTHER, E422, EBADCRED, PASSWORD, Tokens, ada, is_json, login, refuses, set, temporary, text, try_login,
};
use crate::support::{Installation, on_both};
use serde_json::json;

on_both! {
    a_right_password_gives_four_members_in_order
    every_refusal_is_the_same
    a_verified_address_is_an_alias_and_another_is_not
    a_temporary_password_gives_a_challenge_and_no_token
    a_temporary_password_past_its_time_is_a_wrong_one
    a_missing_field_is_unprocessable
}

async fn a_right_password_gives_four_members_in_order(here: Installation) {
    let server = here.serve();
    ada(&here);
    let answer = try_login(&server, "ada", PASSWORD).await;
    let Tokens { id, access, refresh } = Tokens::of(&is_json(&answer));
    assert_eq!(
        answer.body,
        format!(
            r#"{{"id_token":"{id}","access_token":"{access}","refresh_token":"{refresh}","expires_in":86400}}"#
        )
    );
    assert!(refresh.len() >= 43 && refresh.chars().all(|c| c.is_ascii_alphanumeric() || "-_=.".contains(c)));
    assert_ne!(login(&server, "ada", PASSWORD).await.refresh, refresh);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

async fn every_refusal_is_the_same(here: Installation) {
    let here = here.with("throttle.enabled", "false");
    let server = here.serve();
    ada(&here);
    for state in ["pending", "locked", "banned", "deactivated", "deleted"] {
        here.account(&["--username", state, "--state", state], PASSWORD);
    }
    here.json(&["account", "create", "--company", "default", "--username", "nopassword"]);
    here.json(&["company", "create", "acme"]);
    let elsewhere = ["account", "create", "--company", "acme", "--username", "amy", "--password-stdin"];
    here.json_with(&elsewhere, PASSWORD);
    let cases = [
        ("ada", ANOTHER),
        ("ada", "J8bdwyRqWdf5U4yU"),
        ("ada", "j8BDWYrQwDF5u4Yu "),
        ("Ada", PASSWORD),
        (" ada", PASSWORD),
        ("nobody", PASSWORD),
        ("nobody@example.com", PASSWORD),
        ("pending", PASSWORD),
        ("locked", PASSWORD),
        ("banned", PASSWORD),
        ("deactivated", PASSWORD),
        ("deleted", PASSWORD),
        ("nopassword", PASSWORD),
        ("amy", PASSWORD),
    ];
    for (username, password) in cases {
        refuses(&try_login(&server, username, password).await, EBADCRED);
    }
}

async fn a_verified_address_is_an_alias_and_another_is_not(here: Installation) {
    let server = here.serve();
    ada(&here);
    here.account(&["--username", "bob", "--email", "bob@example.com"], PASSWORD);
    for name in ["ada@example.com", "ADA@Example.COM"] {
        login(&server, name, PASSWORD).await;
    }
    refuses(&try_login(&server, "bob@example.com", PASSWORD).await, EBADCRED);
}

async fn a_temporary_password_gives_a_challenge_and_no_token(here: Installation) {
    let server = here.serve();
    temporary(&here, "tim");
    here.account(&["--username", "ed", "--password-expires-at", "2026-01-01T00:00:00Z"], PASSWORD);
    for username in ["tim", "ed"] {
        let answer = try_login(&server, username, PASSWORD).await;
        let session = text(&is_json(&answer), "session");
        let expected = format!(r#"{{"challenge_name":"NEW_PASSWORD_REQUIRED","session":"{session}"}}"#);
        assert_eq!(answer.body, expected);
        assert!((20..=2_048).contains(&session.len()));
        refuses(&try_login(&server, username, ANOTHER).await, EBADCRED);
    }
    set(&here, "tim", &["--state", "locked"]);
    refuses(&try_login(&server, "tim", PASSWORD).await, EBADCRED);
}

async fn a_temporary_password_past_its_time_is_a_wrong_one(here: Installation) {
    let here = here.with("dialects.wikimedia.temporary_password_ttl", "1");
    let server = here.serve();
    temporary(&here, "tim");
    here.outlast(Duration::from_secs(1));
    refuses(&try_login(&server, "tim", PASSWORD).await, EBADCRED);
}

async fn a_missing_field_is_unprocessable(here: Installation) {
    let server = here.serve();
    for body in [
        json!({}),
        json!({ "username": "ada" }),
        json!({ "password": PASSWORD }),
        json!({ "username": "", "password": PASSWORD }),
        json!({ "username": "ada", "password": "" }),
        json!({ "username": null, "password": PASSWORD }),
    ] {
        refuses(&server.post("/v1/login", &body).await, E422);
    }
}
