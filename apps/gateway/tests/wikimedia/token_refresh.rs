//! `POST /v1/token-refresh` (contract §3.2).

use std::time::Duration;

use crate::door::{
    ELIMIT, EUNAUTH_, PASSWORD, ada, claims, is_done, is_json, login, refresh, refuses, revoke, set, text,
};
use crate::support::{Installation, on_both};

on_both! {
    gives_new_tokens_and_keeps_the_refresh_token
    refuses_what_is_not_a_live_refresh_token_of_that_username
    refuses_the_token_of_an_account_that_is_kept_out
    refuses_a_token_past_its_time
    a_token_pays_for_so_many_refreshes_and_no_more
    refreshes_at_once_are_all_granted_and_never_outrun_the_cap
    an_account_without_a_username_goes_by_its_id_or_address
    ninety_refreshes_are_the_default
}

async fn gives_new_tokens_and_keeps_the_refresh_token(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    let mut seen = vec![tokens.access.clone()];
    for _ in 0..3 {
        let answer = refresh(&server, "ada", &tokens.refresh).await;
        let body = is_json(&answer);
        let (id, access) = (text(&body, "id_token"), text(&body, "access_token"));
        let expected = format!(r#"{{"id_token":"{id}","access_token":"{access}","expires_in":86400}}"#);
        assert_eq!(answer.body, expected);
        assert!(!seen.contains(&access));
        let (first, later) = (claims(&tokens.access), claims(&access));
        for same in ["sub", "auth_time", "origin_jti", "event_id", "username"] {
            assert_eq!(first[same], later[same], "{same}");
        }
        seen.push(access);
    }
}

async fn refuses_what_is_not_a_live_refresh_token_of_that_username(here: Installation) {
    let server = here.serve();
    ada(&here);
    here.account(&["--username", "bob"], PASSWORD);
    let tokens = login(&server, "ada", PASSWORD).await;
    let shorter = &tokens.refresh[1..];
    for (username, token) in [
        ("bob", tokens.refresh.as_str()),
        ("Ada", &tokens.refresh),
        ("ada@example.com", &tokens.refresh),
        ("nobody", &tokens.refresh),
        ("ada", &tokens.access),
        ("ada", &tokens.id),
        ("ada", shorter),
        ("ada", "garbage"),
        ("ada", " "),
        ("ada", "\u{0}"),
    ] {
        refuses(&refresh(&server, username, token).await, EUNAUTH_);
    }
    is_json(&refresh(&server, "ada", &tokens.refresh).await);
    is_done(&revoke(&server, &tokens.refresh).await);
    refuses(&refresh(&server, "ada", &tokens.refresh).await, EUNAUTH_);
}

async fn refuses_the_token_of_an_account_that_is_kept_out(here: Installation) {
    let server = here.serve();
    ada(&here);
    for state in ["pending", "locked", "banned", "deactivated"] {
        let tokens = login(&server, "ada", PASSWORD).await;
        set(&here, "ada", &["--state", state]);
        refuses(&refresh(&server, "ada", &tokens.refresh).await, EUNAUTH_);
        set(&here, "ada", &["--state", "active"]);
    }
    let tokens = login(&server, "ada", PASSWORD).await;
    here.json(&["account", "delete", "--company", "default", "ada"]);
    refuses(&refresh(&server, "ada", &tokens.refresh).await, EUNAUTH_);
}

async fn refuses_a_token_past_its_time(here: Installation) {
    let here = here.with("dialects.wikimedia.refresh_ttl", "1");
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    here.outlast(Duration::from_secs(1));
    refuses(&refresh(&server, "ada", &tokens.refresh).await, EUNAUTH_);
}

async fn a_token_pays_for_so_many_refreshes_and_no_more(here: Installation) {
    let here = here.with("dialects.wikimedia.refresh_cap", "2");
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    refuses(&refresh(&server, "bob", &tokens.refresh).await, EUNAUTH_);
    for _ in 0..2 {
        is_json(&refresh(&server, "ada", &tokens.refresh).await);
    }
    for _ in 0..2 {
        refuses(&refresh(&server, "ada", &tokens.refresh).await, ELIMIT);
    }
    let other = login(&server, "ada", PASSWORD).await;
    is_json(&refresh(&server, "ada", &other.refresh).await);
    is_done(&revoke(&server, &tokens.refresh).await);
    refuses(&refresh(&server, "ada", &tokens.refresh).await, EUNAUTH_);
}

async fn refreshes_at_once_are_all_granted_and_never_outrun_the_cap(here: Installation) {
    let here = here.with("dialects.wikimedia.refresh_cap", "8");
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    let attempts = (0..12).map(|_| refresh(&server, "ada", &tokens.refresh));
    let answers = futures_util::future::join_all(attempts).await;
    let granted = answers.iter().filter(|answer| answer.status == 200).count();
    let capped = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((granted, capped), (8, 4), "{answers:?}");
}

async fn an_account_without_a_username_goes_by_its_id_or_address(here: Installation) {
    let server = here.serve();
    let eve = here.account(&["--email", "eve@example.com", "--email-verified"], PASSWORD);
    let tokens = login(&server, "eve@example.com", PASSWORD).await;
    assert_eq!(claims(&tokens.access)["username"], eve["id"]);
    for name in [eve["id"].as_str().unwrap(), "eve@example.com"] {
        is_json(&refresh(&server, name, &tokens.refresh).await);
    }
    refuses(&refresh(&server, "eve", &tokens.refresh).await, EUNAUTH_);
}

async fn ninety_refreshes_are_the_default(here: Installation) {
    let settings = here.json(&["config"])["dialects"]["wikimedia"].clone();
    for (key, value) in [
        ("access_ttl", 86_400),
        ("id_ttl", 86_400),
        ("refresh_ttl", 7_776_000),
        ("refresh_cap", 90),
        ("code_ttl", 3_600),
        ("challenge_ttl", 180),
        ("temporary_password_ttl", 604_800),
    ] {
        assert_eq!(settings[key], value, "{key}");
    }
    assert_eq!((&settings["algorithm"], &settings["client_id"]), (&"RS256".into(), &"portcullis".into()));
    assert_eq!(settings["keep_tokens_on_password_change"], false);
}
