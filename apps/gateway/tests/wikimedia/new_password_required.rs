//! `POST /v1/new-password-required` (contract §3.7).

use std::time::Duration;

use crate::door::{
    ANOTHER, E422, EBADCRED, ESTD500, EUNAUTH_, PASSWORD, Tokens, ada, challenge, is_json, login,
    new_password, refresh, refuses, set, temporary, try_login,
};
use crate::support::{Installation, on_both};
use serde_json::json;

on_both! {
    sets_the_password_and_gives_tokens
    a_challenge_is_good_once_and_for_its_account_only
    a_password_that_breaks_the_policy_leaves_the_challenge_open
    a_challenge_past_its_time_is_refused
    a_challenge_of_an_account_that_is_kept_out_is_refused
    a_further_challenge_is_an_internal_error
    a_missing_field_is_unprocessable
}

const NEW_PASSWORD: &str = "NEW_PASSWORD_REQUIRED";

async fn sets_the_password_and_gives_tokens(here: Installation) {
    let server = here.serve();
    temporary(&here, "tim");
    here.account(&["--username", "ed", "--password-expires-at", "2026-01-01T00:00:00Z"], PASSWORD);
    for username in ["tim", "ed"] {
        let session = challenge(&server, username, NEW_PASSWORD).await;
        let answer = new_password(&server, &session, username, ANOTHER).await;
        let Tokens { id, access, refresh: token } = Tokens::of(&is_json(&answer));
        let expected = format!(
            r#"{{"id_token":"{id}","access_token":"{access}","refresh_token":"{token}","expires_in":86400}}"#
        );
        assert_eq!(answer.body, expected);
        is_json(&refresh(&server, username, &token).await);
        login(&server, username, ANOTHER).await;
        refuses(&try_login(&server, username, PASSWORD).await, EBADCRED);
    }
    here.message("mail", "notice.password_changed", "tim@example.com");
}

async fn a_challenge_is_good_once_and_for_its_account_only(here: Installation) {
    let server = here.serve();
    temporary(&here, "tim");
    temporary(&here, "tom");
    let session = challenge(&server, "tim", NEW_PASSWORD).await;
    for (session, username) in [
        (session.as_str(), "tom"),
        (&session, "Tim"),
        (&session, "nobody"),
        (&session[1..], "tim"),
        ("garbage", "tim"),
        (" ", "tim"),
        ("\u{0}", "tim"),
    ] {
        refuses(&new_password(&server, session, username, ANOTHER).await, EUNAUTH_);
    }
    is_json(&new_password(&server, &session, "tim", ANOTHER).await);
    refuses(&new_password(&server, &session, "tim", PASSWORD).await, EUNAUTH_);
    login(&server, "tim", ANOTHER).await;
}

async fn a_password_that_breaks_the_policy_leaves_the_challenge_open(here: Installation) {
    let server = here.serve();
    temporary(&here, "tim");
    let session = challenge(&server, "tim", NEW_PASSWORD).await;
    for weak in ["another-horse-8-staple", "Aa1-xyz", "Password1"] {
        refuses(&new_password(&server, &session, "tim", weak).await, EUNAUTH_);
    }
    is_json(&new_password(&server, &session, "tim@example.com", ANOTHER).await);
}

async fn a_challenge_past_its_time_is_refused(here: Installation) {
    let here = here.with("dialects.wikimedia.challenge_ttl", "1");
    let server = here.serve();
    temporary(&here, "tim");
    let session = challenge(&server, "tim", NEW_PASSWORD).await;
    here.outlast(Duration::from_secs(1));
    refuses(&new_password(&server, &session, "tim", ANOTHER).await, EUNAUTH_);
}

async fn a_challenge_of_an_account_that_is_kept_out_is_refused(here: Installation) {
    let server = here.serve();
    temporary(&here, "tim");
    let session = challenge(&server, "tim", NEW_PASSWORD).await;
    set(&here, "tim", &["--state", "locked"]);
    refuses(&new_password(&server, &session, "tim", ANOTHER).await, EUNAUTH_);
}

async fn a_further_challenge_is_an_internal_error(here: Installation) {
    let server = here.serve();
    temporary(&here, "tim");
    let session = challenge(&server, "tim", NEW_PASSWORD).await;
    here.recovery_codes("tim").await;
    refuses(&new_password(&server, &session, "tim", ANOTHER).await, ESTD500);
    let again = is_json(&try_login(&server, "tim", ANOTHER).await);
    assert_eq!(again["challenge_name"], "SOFTWARE_TOKEN_MFA");
}

async fn a_missing_field_is_unprocessable(here: Installation) {
    let server = here.serve();
    ada(&here);
    let whole = json!({ "session": "a", "username": "ada", "new_password": ANOTHER });
    for field in ["session", "username", "new_password"] {
        for value in [json!(null), json!(""), json!({})] {
            let mut body = whole.clone();
            body[field] = value;
            refuses(&server.post("/v1/new-password-required", &body).await, E422);
        }
    }
}
