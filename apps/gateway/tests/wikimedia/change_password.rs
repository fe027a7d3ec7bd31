//! `POST /v1/change-password` (contract §3.6, decisions D10 and D14).

use std::time::Duration;

use crate::door::{
    ANOTHER, E422, EBADCRED, EINT500, EUNAUTH_, PASSWORD, ada, change, is_done, is_json, login, refresh,
    refuses, revoke, set, try_login,
};
use crate::support::{Installation, on_both};
use serde_json::json;

on_both! {
    replaces_the_password_and_ends_the_other_sessions
    leaves_the_other_sessions_alone_if_the_operator_says_so
    refuses_a_wrong_password_and_a_weak_one_in_the_same_words
    the_same_password_again_is_accepted
    takes_nothing_but_a_live_access_token_of_this_door
    an_access_token_past_its_time_is_refused
    accounts_that_are_kept_out_change_nothing
    a_token_that_is_not_even_one_is_an_internal_error
    no_authorization_header_is_read
    a_missing_field_is_unprocessable
}

async fn replaces_the_password_and_ends_the_other_sessions(here: Installation) {
    let server = here.serve();
    ada(&here);
    let (own, other) = (login(&server, "ada", PASSWORD).await, login(&server, "ada", PASSWORD).await);
    is_done(&change(&server, &own.access, PASSWORD, ANOTHER).await);
    refuses(&try_login(&server, "ada", PASSWORD).await, EBADCRED);
    login(&server, "ada", ANOTHER).await;
    is_json(&refresh(&server, "ada", &own.refresh).await);
    refuses(&refresh(&server, "ada", &other.refresh).await, EUNAUTH_);
    refuses(&change(&server, &other.access, ANOTHER, PASSWORD).await, EBADCRED);
    is_done(&change(&server, &own.access, ANOTHER, PASSWORD).await);
    here.message("mail", "notice.password_changed", "ada@example.com");
}

async fn leaves_the_other_sessions_alone_if_the_operator_says_so(here: Installation) {
    let here = here.with("dialects.wikimedia.keep_tokens_on_password_change", "true");
    let server = here.serve();
    ada(&here);
    let (own, other) = (login(&server, "ada", PASSWORD).await, login(&server, "ada", PASSWORD).await);
    is_done(&change(&server, &own.access, PASSWORD, ANOTHER).await);
    is_json(&refresh(&server, "ada", &other.refresh).await);
    is_done(&change(&server, &other.access, ANOTHER, PASSWORD).await);
}

async fn refuses_a_wrong_password_and_a_weak_one_in_the_same_words(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    for (previous, proposed) in [
        ("not-the-password", ANOTHER),
        (PASSWORD, "another-horse-8-staple"),
        (PASSWORD, "Aa1-xyz"),
        (PASSWORD, "Password1"),
    ] {
        refuses(&change(&server, &tokens.access, previous, proposed).await, EBADCRED);
    }
    login(&server, "ada", PASSWORD).await;
}

async fn the_same_password_again_is_accepted(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    is_done(&change(&server, &tokens.access, PASSWORD, PASSWORD).await);
    login(&server, "ada", PASSWORD).await;
}

async fn takes_nothing_but_a_live_access_token_of_this_door(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    let body = json!({ "username": "ada", "password": PASSWORD });
    let bfore = crate::door::text(&server.post("/user/login", &body).await.json(), "Token");
    let (head, rest) = tokens.access.split_once('.').unwrap();
    let (payload, _) = rest.split_once('.').unwrap();
    let unsigned = format!("{head}.{payload}.");
    let none = format!("eyJhbGciOiJub25lIn0.{payload}.");
    for token in [
        tokens.id.as_str(),
        &tokens.refresh,
        &bfore,
        &unsigned,
        &none,
        &tokens.access[..tokens.access.len() - 4],
        "garbage",
        "..",
        "\u{0}",
        "é",
    ] {
        refuses(&change(&server, token, PASSWORD, ANOTHER).await, EBADCRED);
    }
    is_done(&revoke(&server, &tokens.refresh).await);
    refuses(&change(&server, &tokens.access, PASSWORD, ANOTHER).await, EBADCRED);
    login(&server, "ada", PASSWORD).await;
}

async fn an_access_token_past_its_time_is_refused(here: Installation) {
    let here = here.with("dialects.wikimedia.access_ttl", "1").with("throttle.enabled", "false");
    let server = here.serve();
    ada(&here);
    let answer = try_login(&server, "ada", PASSWORD).await.json();
    assert_eq!(answer["expires_in"], 1);
    let token = crate::door::text(&answer, "access_token");
    here.outlast(Duration::from_secs(1));
    refuses(&change(&server, &token, PASSWORD, ANOTHER).await, EBADCRED);
}

async fn accounts_that_are_kept_out_change_nothing(here: Installation) {
    let server = here.serve();
    ada(&here);
    for state in ["pending", "locked", "banned", "deactivated"] {
        let tokens = login(&server, "ada", PASSWORD).await;
        set(&here, "ada", &["--state", state]);
        refuses(&change(&server, &tokens.access, PASSWORD, ANOTHER).await, EBADCRED);
        set(&here, "ada", &["--state", "active"]);
    }
    let tokens = login(&server, "ada", PASSWORD).await;
    here.json(&["account", "delete", "--company", "default", "ada"]);
    refuses(&change(&server, &tokens.access, PASSWORD, ANOTHER).await, EBADCRED);
}

async fn a_token_that_is_not_even_one_is_an_internal_error(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    for token in
        [format!(" {}", tokens.access), format!("{}\n", tokens.access), "a b".to_owned(), " ".to_owned()]
    {
        refuses(&change(&server, &token, PASSWORD, ANOTHER).await, EINT500);
    }
}

async fn no_authorization_header_is_read(here: Installation) {
    use crate::support::http::Exchange as _;

    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    let request = |token: &str| {
        let body =
            json!({ "access_token": token, "previous_password": PASSWORD, "proposed_password": ANOTHER });
        server.request("POST", "/v1/change-password").bearer_auth(&tokens.access).json(&body)
    };
    refuses(&request("").answer().await, E422);
    refuses(&request("garbage").answer().await, EBADCRED);
    is_done(&request(&tokens.access).bearer_auth("garbage").answer().await);
}

async fn a_missing_field_is_unprocessable(here: Installation) {
    let server = here.serve();
    let whole = json!({ "access_token": "a", "previous_password": PASSWORD, "proposed_password": ANOTHER });
    for field in ["access_token", "previous_password", "proposed_password"] {
        for value in [json!(null), json!(""), json!(["x"])] {
            let mut body = whole.clone();
            body[field] = value;
            refuses(&server.post("/v1/change-password", &body).await, E422);
        }
    }
}
