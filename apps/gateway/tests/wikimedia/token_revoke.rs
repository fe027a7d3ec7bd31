//! `POST /v1/token-revoke` (contract §3.3).

use crate::door::{
    ANOTHER, EBADCRED, EUNAUTH, EUNAUTH_, PASSWORD, ada, change, is_done, is_json, login, refresh, refuses,
    revoke, text,
};
use crate::support::{Installation, on_both};

on_both! {
    ends_the_refresh_token_and_every_access_token_that_came_from_it
    leaves_other_sessions_alone
    refuses_what_is_not_a_refresh_token
    a_session_ended_elsewhere_is_over_here
}

async fn ends_the_refresh_token_and_every_access_token_that_came_from_it(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    let refreshed = text(&is_json(&refresh(&server, "ada", &tokens.refresh).await), "access_token");
    is_done(&revoke(&server, &tokens.refresh).await);
    is_done(&revoke(&server, &tokens.refresh).await);
    refuses(&refresh(&server, "ada", &tokens.refresh).await, EUNAUTH_);
    for access in [tokens.access, refreshed] {
        refuses(&change(&server, &access, PASSWORD, ANOTHER).await, EBADCRED);
    }
    login(&server, "ada", PASSWORD).await;
}

async fn leaves_other_sessions_alone(here: Installation) {
    let server = here.serve();
    ada(&here);
    let (first, second) = (login(&server, "ada", PASSWORD).await, login(&server, "ada", PASSWORD).await);
    is_done(&revoke(&server, &first.refresh).await);
    is_json(&refresh(&server, "ada", &second.refresh).await);
    let sessions = here.json(&["account", "sessions", "--company", "default", "ada"]);
    assert_eq!(sessions.as_array().unwrap().len(), 1);
    assert_eq!(sessions[0]["door"], "wikimedia");
    is_done(&change(&server, &second.access, PASSWORD, ANOTHER).await);
}

async fn refuses_what_is_not_a_refresh_token(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    for token in [tokens.access.as_str(), &tokens.id, &tokens.refresh[1..], "garbage", " ", "\u{0}", "é"] {
        refuses(&revoke(&server, token).await, EUNAUTH);
    }
    is_json(&refresh(&server, "ada", &tokens.refresh).await);
}

async fn a_session_ended_elsewhere_is_over_here(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    here.json(&["account", "sign-out", "--company", "default", "ada"]);
    refuses(&refresh(&server, "ada", &tokens.refresh).await, EUNAUTH_);
    refuses(&change(&server, &tokens.access, PASSWORD, ANOTHER).await, EBADCRED);
    is_done(&revoke(&server, &tokens.refresh).await);
}
