//! `POST /v1/mfa-required`, the extension for accounts with a second factor (decision D17).

use std::time::Duration;

use crate::door::{
    ANOTHER, E422, EUNAUTH_, PASSWORD, Tokens, ada, challenge, change, is_done, is_json, login, mfa,
    new_password, refresh, refuses, set, temporary, text, try_login,
};
use crate::support::{Installation, on_both};
use serde_json::json;

on_both! {
    a_password_alone_gives_a_challenge_and_a_code_the_tokens
    a_wrong_code_leaves_the_challenge_open
    a_challenge_is_good_once_and_for_its_account_only
    a_code_is_good_once
    a_challenge_past_its_time_is_refused
    what_happens_to_the_account_closes_the_challenge
    the_factor_comes_before_the_new_password
    a_missing_field_is_unprocessable
}

const MFA: &str = "SOFTWARE_TOKEN_MFA";

async fn a_password_alone_gives_a_challenge_and_a_code_the_tokens(here: Installation) {
    let server = here.serve();
    ada(&here);
    let codes = here.recovery_codes("ada").await;
    let halted = try_login(&server, "ada", PASSWORD).await;
    let session = text(&is_json(&halted), "session");
    assert_eq!(halted.body, format!(r#"{{"challenge_name":"{MFA}","session":"{session}"}}"#));
    let answer = mfa(&server, &session, "ada", &codes[0]).await;
    let Tokens { id, access, refresh: token } = Tokens::of(&is_json(&answer));
    let expected = format!(
        r#"{{"id_token":"{id}","access_token":"{access}","refresh_token":"{token}","expires_in":86400}}"#
    );
    assert_eq!(answer.body, expected);
    is_json(&refresh(&server, "ada", &token).await);
}

async fn a_wrong_code_leaves_the_challenge_open(here: Installation) {
    let server = here.serve();
    ada(&here);
    let codes = here.recovery_codes("ada").await;
    let session = challenge(&server, "ada", MFA).await;
    for wrong in ["000000", " ", "\u{0}", "é"] {
        refuses(&mfa(&server, &session, "ada", wrong).await, EUNAUTH_);
    }
    is_json(&mfa(&server, &session, "ada", &codes[0]).await);
}

async fn a_challenge_is_good_once_and_for_its_account_only(here: Installation) {
    let server = here.serve();
    ada(&here);
    here.account(&["--username", "bob"], PASSWORD);
    let codes = here.recovery_codes("ada").await;
    let session = challenge(&server, "ada", MFA).await;
    let cases = [
        (session.as_str(), "bob"),
        (&session, "Ada"),
        (&session[1..], "ada"),
        ("garbage", "ada"),
        ("\u{0}", "ada"),
    ];
    for (session, username) in cases {
        refuses(&mfa(&server, session, username, &codes[0]).await, EUNAUTH_);
    }
    is_json(&mfa(&server, &session, "ada@example.com", &codes[0]).await);
    refuses(&mfa(&server, &session, "ada", &codes[1]).await, EUNAUTH_);
    refuses(&new_password(&server, &challenge(&server, "ada", MFA).await, "ada", ANOTHER).await, EUNAUTH_);
}

async fn a_code_is_good_once(here: Installation) {
    let server = here.serve();
    ada(&here);
    let codes = here.recovery_codes("ada").await;
    let (first, second) = (challenge(&server, "ada", MFA).await, challenge(&server, "ada", MFA).await);
    is_json(&mfa(&server, &first, "ada", &codes[0]).await);
    refuses(&mfa(&server, &second, "ada", &codes[0]).await, EUNAUTH_);
    is_json(&mfa(&server, &second, "ada", &codes[1]).await);
}

async fn a_challenge_past_its_time_is_refused(here: Installation) {
    let here = here.with("dialects.wikimedia.challenge_ttl", "1");
    let server = here.serve();
    ada(&here);
    let codes = here.recovery_codes("ada").await;
    let session = challenge(&server, "ada", MFA).await;
    here.outlast(Duration::from_secs(1));
    refuses(&mfa(&server, &session, "ada", &codes[0]).await, EUNAUTH_);
}

async fn what_happens_to_the_account_closes_the_challenge(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    let codes = here.recovery_codes("ada").await;
    let session = challenge(&server, "ada", MFA).await;
    set(&here, "ada", &["--state", "locked"]);
    refuses(&mfa(&server, &session, "ada", &codes[0]).await, EUNAUTH_);
    set(&here, "ada", &["--state", "active"]);
    refuses(&change(&server, &tokens.access, PASSWORD, ANOTHER).await, crate::door::EBADCRED);
    let session = challenge(&server, "ada", MFA).await;
    let change = ["account", "set", "--company", "default", "ada", "--password-stdin"];
    here.json_with(&change, ANOTHER);
    refuses(&mfa(&server, &session, "ada", &codes[0]).await, EUNAUTH_);
}

async fn the_factor_comes_before_the_new_password(here: Installation) {
    let server = here.serve();
    temporary(&here, "tim");
    let codes = here.recovery_codes("tim").await;
    let session = challenge(&server, "tim", MFA).await;
    let answer = mfa(&server, &session, "tim", &codes[0]).await;
    let next = text(&is_json(&answer), "session");
    assert_eq!(answer.body, format!(r#"{{"challenge_name":"NEW_PASSWORD_REQUIRED","session":"{next}"}}"#));
    let tokens = Tokens::of(&is_json(&new_password(&server, &next, "tim", ANOTHER).await));
    is_done(&change(&server, &tokens.access, ANOTHER, PASSWORD).await);
}

async fn a_missing_field_is_unprocessable(here: Installation) {
    let server = here.serve();
    let whole = json!({ "session": "a", "username": "ada", "code": "123456" });
    for field in ["session", "username", "code"] {
        for value in [json!(null), json!(""), json!(123_456)] {
            let mut body = whole.clone();
            body[field] = value;
            refuses(&server.post("/v1/mfa-required", &body).await, E422);
        }
    }
}
