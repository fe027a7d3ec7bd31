//! `POST /v1/forgot-password-confirm` (contract §3.5, decisions D1 and D10).

use std::time::Duration;

use crate::door::{
    ANOTHER, ATTEMPTS, E422, EBADCRED, EUNAUTH_, EXPIRED, MISMATCH, No, PASSWORD, ada, codes, confirm,
    forgot, is_done, is_json, login, refresh, refuses, set, temporary, try_login,
};
use crate::support::process::Server;
use crate::support::{Installation, on_both};
use serde_json::json;

on_both! {
    sets_the_password_and_ends_every_session
    leaves_the_tokens_alone_if_the_operator_says_so
    no_answer_tells_an_account_without_a_code_from_none
    a_server_that_discloses_accounts_tells_wrong_from_expired
    a_code_past_its_time_has_expired
    a_password_that_breaks_the_policy_is_named_and_leaves_the_code
    white_space_at_an_end_is_an_invalid_parameter
    five_wrong_codes_are_enough_even_for_the_right_one
    a_missing_field_is_unprocessable
}

async fn code(here: &Installation, server: &Server) -> String {
    is_done(&forgot(server, "ada").await);
    codes(here, "ada@example.com", 1).pop().unwrap()
}

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

async fn sets_the_password_and_ends_every_session(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    let code = code(&here, &server).await;
    is_done(&confirm(&server, "ada@example.com", ANOTHER, &code).await);
    refuses(&refresh(&server, "ada", &tokens.refresh).await, EUNAUTH_);
    refuses(&try_login(&server, "ada", PASSWORD).await, EBADCRED);
    login(&server, "ada", ANOTHER).await;
    refuses(&confirm(&server, "ada", PASSWORD, &code).await, MISMATCH);
    here.message("mail", "notice.password_changed", "ada@example.com");
}

async fn leaves_the_tokens_alone_if_the_operator_says_so(here: Installation) {
    let here = here.with("dialects.wikimedia.keep_tokens_on_password_change", "true");
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    let code = code(&here, &server).await;
    is_done(&confirm(&server, "ada", ANOTHER, &code).await);
    is_json(&refresh(&server, "ada", &tokens.refresh).await);
}

/// Accounts and names without a code that could be used, and what a server that discloses accounts says.
fn without_a_code(here: &Installation) -> [(&'static str, No); 6] {
    here.account(&["--username", "eve", "--email", "eve@example.com", "--email-verified"], PASSWORD);
    here.account(&["--username", "bob", "--email", "bob@example.com"], PASSWORD);
    here.account(&["--username", "banned", "--state", "banned"], PASSWORD);
    temporary(here, "tim");
    [
        ("nobody", MISMATCH),
        ("nobody@example.com", MISMATCH),
        ("banned", MISMATCH),
        ("eve", EXPIRED),
        ("bob", EXPIRED),
        ("tim", EXPIRED),
    ]
}

async fn no_answer_tells_an_account_without_a_code_from_none(here: Installation) {
    let server = here.serve();
    ada(&here);
    let code = code(&here, &server).await;
    refuses(&confirm(&server, "ada", ANOTHER, other_than(&code)).await, MISMATCH);
    for (name, _) in without_a_code(&here) {
        for _ in 0..5 {
            refuses(&confirm(&server, name, ANOTHER, "123456").await, MISMATCH);
        }
        refuses(&confirm(&server, name, ANOTHER, "123456").await, ATTEMPTS);
    }
}

async fn a_server_that_discloses_accounts_tells_wrong_from_expired(here: Installation) {
    let here = here.with("security.disclose_accounts", "true");
    let server = here.serve();
    ada(&here);
    for (name, no) in without_a_code(&here) {
        refuses(&confirm(&server, name, ANOTHER, "123456").await, no);
    }
    refuses(&confirm(&server, "ada", ANOTHER, "123456").await, EXPIRED);
    let code = code(&here, &server).await;
    refuses(&confirm(&server, "ada", ANOTHER, other_than(&code)).await, MISMATCH);
    is_done(&confirm(&server, "ada", ANOTHER, &code).await);
    refuses(&confirm(&server, "ada", ANOTHER, &code).await, EXPIRED);
}

async fn a_code_past_its_time_has_expired(here: Installation) {
    let here = here.with("dialects.wikimedia.code_ttl", "1").with("security.disclose_accounts", "true");
    let server = here.serve();
    ada(&here);
    let code = code(&here, &server).await;
    here.outlast(Duration::from_secs(1));
    refuses(&confirm(&server, "ada", ANOTHER, &code).await, EXPIRED);
}

async fn a_password_that_breaks_the_policy_is_named_and_leaves_the_code(here: Installation) {
    let server = here.serve();
    ada(&here);
    let code = code(&here, &server).await;
    for (password, reason) in [
        ("aB3-xyz", "Password not long enough"),
        ("another-horse-8-staple", "Password must have uppercase characters"),
        ("ANOTHER-HORSE-8-STAPLE", "Password must have lowercase characters"),
        ("Another-Horse-Eight-Staple", "Password must have numeric characters"),
    ] {
        let answer = confirm(&server, "ada", password, &code).await;
        let message = format!("InvalidPasswordException: Password does not conform to policy: {reason}");
        assert_eq!((answer.status, answer.json()["message"].as_str()), (401, Some(message.as_str())));
        assert_eq!(answer.body, format!("{{\"status\":401,\"message\":\"{message}\"}}\n"));
    }
    let weak = confirm(&server, "ada", "Password1", &code).await;
    assert!(weak.json()["message"].as_str().unwrap().starts_with("InvalidPasswordException: "));
    is_done(&confirm(&server, "ada", ANOTHER, &code).await);
}

async fn white_space_at_an_end_is_an_invalid_parameter(here: Installation) {
    let server = here.serve();
    ada(&here);
    let code = code(&here, &server).await;
    for password in [" Another-Horse-8", "Another-Horse-8 ", "Another-Horse-8\t", " ", "a", "\u{a0}Another-8"]
    {
        let answer = confirm(&server, "ada", password, &code).await;
        assert_eq!(answer.status, 401);
        let message = crate::door::text(&answer.json(), "message");
        assert!(message.starts_with("InvalidParameterException: ") && message.contains(r"^[\S]+.*[\S]+$"));
    }
    is_done(&confirm(&server, "ada", "Another Horse 8 Staple", &code).await);
}

async fn five_wrong_codes_are_enough_even_for_the_right_one(here: Installation) {
    let server = here.serve();
    ada(&here);
    let code = code(&here, &server).await;
    for _ in 0..5 {
        refuses(&confirm(&server, "ada", ANOTHER, other_than(&code)).await, MISMATCH);
    }
    refuses(&confirm(&server, "ada", ANOTHER, &code).await, ATTEMPTS);
    refuses(&confirm(&server, "ada@example.com", ANOTHER, &code).await, ATTEMPTS);
    refuses(&confirm(&server, "Ada", ANOTHER, &code).await, ATTEMPTS);
    login(&server, "ada", PASSWORD).await;
    set(&here, "ada", &["--state", "locked"]);
    refuses(&confirm(&server, "ada", ANOTHER, &code).await, ATTEMPTS);
}

async fn a_missing_field_is_unprocessable(here: Installation) {
    let server = here.serve();
    let whole = json!({ "username": "ada", "password": ANOTHER, "confirmation_code": "123456" });
    for field in ["username", "password", "confirmation_code"] {
        for value in [json!(null), json!(""), json!(1)] {
            let mut body = whole.clone();
            body[field] = value;
            refuses(&server.post("/v1/forgot-password-confirm", &body).await, E422);
        }
    }
}
