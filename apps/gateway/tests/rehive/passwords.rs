//! `password/change`, `password/reset` and its confirmation (contract §3.5, §7.17–7.19, §8, §10).

use serde_json::{Value, json};

use crate::owners::{
    EMAIL, Elsewhere, NEW, PASSWORD, ada, assert_alike, assert_done, blamed, busy, datum, delivered,
    doors_open, is_live, login, outlive, post_as, sent, set_state, settle, try_login, wait_asked,
};
use crate::support::http::{Answer, Exchange};
use crate::support::process::Server;
use crate::support::{Installation, on_both};

on_both! {
    a_changed_password_ends_sessions_as_the_client_says
    the_deprecated_pair_still_changes_a_password
    what_is_wrong_with_a_change_is_blamed_on_the_field_that_was_used
    guessing_the_old_password_is_throttled
    a_reset_link_carries_what_the_contract_says
    links_open_the_company_s_own_pages
    asking_for_a_reset_answers_the_same_whoever_is_named
    asking_for_a_reset_is_counted_by_name_on_every_node
    a_token_sets_a_password_once_and_ends_sessions_at_every_door
    bad_used_and_expired_tokens_are_told_apart
    of_many_confirmations_with_one_token_one_wins
    a_deactivated_account_may_reset_and_stays_shut
    a_confirmation_may_spare_sessions
}

const CHANGE: &str = "/3/auth/password/change/";
const RESET: &str = "/3/auth/password/reset/";
const CONFIRM: &str = "/3/auth/password/reset/confirm/";
const LINK: (&str, &str, &str) = ("mail", "user.password.reset", EMAIL);

async fn ask(server: &Server, user: &str) -> Answer {
    server.post(RESET, &json!({ "user": user, "company": "default" })).await
}

/// What the newest of `count` reset links holds, ready to be confirmed.
async fn link(here: &Installation, server: &Server, count: usize) -> Value {
    assert_done(&ask(server, "ada").await);
    let messages = sent(here, LINK.0, LINK.1, LINK.2, count);
    let data = &messages.last().unwrap()["data"];
    json!({ "uid": data["uid"], "token": data["token"], "new_password": NEW })
}

fn with(body: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut body = body.clone();
    body[name] = value.into();
    body
}

async fn a_changed_password_ends_sessions_as_the_client_says(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    let (mut old, mut new) = (PASSWORD, NEW);
    for (option, survives) in
        [(Some("none"), true), (None, false), (Some("temporary"), false), (Some("all"), false)]
    {
        let (calling, other) = (login(&server, "ada", old).await, login(&server, "ada", old).await);
        let mut body = json!({ "old_password": old, "new_password": new });
        if let Some(option) = option {
            body["clear_session_option"] = option.into();
        }
        assert_done(&post_as(&server, &calling, CHANGE, &body).await);
        assert_eq!(is_live(&server, &calling).await, survives, "{option:?}");
        assert_eq!(is_live(&server, &other).await, survives, "{option:?}");
        blamed(&try_login(&server, "ada", old).await, &["non_field_errors"]);
        login(&server, "ada", new).await;
        (old, new) = (new, old);
    }
    sent(&here, "mail", "notice.password_changed", EMAIL, 4);
}

async fn the_deprecated_pair_still_changes_a_password(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    let token = login(&server, "ada", PASSWORD).await;
    let body = json!({ "old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW });
    assert_done(&post_as(&server, &token, CHANGE, &body).await);
    let token = login(&server, "ada", NEW).await;
    let both = json!({
        "old_password": NEW, "new_password": PASSWORD, "new_password1": "x", "new_password2": "y"
    });
    assert_done(&post_as(&server, &token, CHANGE, &both).await);
    login(&server, "ada", PASSWORD).await;
}

async fn what_is_wrong_with_a_change_is_blamed_on_the_field_that_was_used(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    let token = login(&server, "ada", PASSWORD).await;
    let body = json!({ "old_password": PASSWORD });
    for (body, fields) in [
        (json!({}), &["old_password", "new_password"][..]),
        (body.clone(), &["new_password"]),
        (with(&body, "new_password", "short"), &["new_password"]),
        (with(&body, "new_password", "x".repeat(129)), &["new_password"]),
        (with(&body, "new_password1", NEW), &["new_password2"]),
        (with(&body, "new_password2", NEW), &["new_password1"]),
        (with(&with(&body, "new_password1", NEW), "new_password2", PASSWORD), &["new_password2"]),
        (with(&with(&body, "new_password1", "short"), "new_password2", "short"), &["new_password2"]),
        (json!({ "old_password": "wrong", "new_password": NEW }), &["old_password"]),
        (json!({ "old_password": "wrong", "new_password": "short" }), &["old_password"]),
        (with(&with(&body, "new_password", NEW), "clear_session_option", "some"), &["clear_session_option"]),
    ] {
        blamed(&post_as(&server, &token, CHANGE, &body).await, fields);
    }
    assert_eq!(server.post(CHANGE, &with(&body, "new_password", NEW)).await.status, 401);
    assert!(is_live(&server, &token).await);
}

async fn guessing_the_old_password_is_throttled(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    let token = login(&server, "ada", PASSWORD).await;
    let guess = json!({ "old_password": "wrong", "new_password": NEW });
    let mut refused = post_as(&server, &token, CHANGE, &guess).await;
    for _ in 0..20 {
        if refused.status == 429 {
            break;
        }
        blamed(&refused, &["old_password"]);
        refused = post_as(&server, &token, CHANGE, &guess).await;
    }
    assert!((1..=3_600).contains(&wait_asked(&refused)));
    let right = json!({ "old_password": PASSWORD, "new_password": NEW });
    wait_asked(&post_as(&server, &token, CHANGE, &right).await);
}

async fn a_reset_link_carries_what_the_contract_says(here: Installation) {
    let here = busy(here);
    let here = here.with("server.public_url", "https://id.example").with("throttle.enabled", "false");
    let server = here.serve();
    let account = ada(&here);
    for (number, force) in [(1, json!(null)), (2, json!(true)), (3, json!("true")), (4, json!(false))] {
        let body = json!({ "user": EMAIL.to_uppercase(), "company": "DEFAULT", "force": force });
        let spoofed = server.request("POST", RESET).header("Host", "evil.example").json(&body);
        assert_done(&spoofed.answer().await);
        let messages = sent(&here, LINK.0, LINK.1, LINK.2, number);
        let data = &messages[number - 1]["data"];
        let (uid, token) = (data["uid"].as_str().unwrap(), data["token"].as_str().unwrap());
        let url = format!(
            "https://id.example/password/reset/confirm/?uid={uid}&token={token}&email=ada%2Bx%40example.com&company=default"
        );
        let forced = force == json!(true) || force == json!("true");
        let expected =
            json!({ "user": account["id"], "uid": uid, "token": token, "force": forced, "url": url });
        assert_eq!(*data, expected);
        assert!(!uid.contains('/') && !token.contains('/') && messages[0]["text"].is_string());
    }
    let unclear = json!({ "user": "ada", "company": "default", "force": "perhaps" });
    blamed(&server.post(RESET, &unclear).await, &["force"]);
    blamed(&server.post(RESET, &json!({})).await, &["user", "company"]);
}

async fn links_open_the_company_s_own_pages(here: Installation) {
    let here = busy(here);
    let urls =
        ["password_set_url=https://app.example/welcome", "password_reset_url=https://app.example/new?a=b"];
    here.json(&[&["company", "set", "default"], &urls[..]].concat());
    let server = here.serve();
    ada(&here);
    assert_done(&ask(&server, "ada").await);
    assert!(datum(&here, LINK, 1, "url").starts_with("https://app.example/new?a=b&uid="));
    let create = ["account", "create", "--company", "default"];
    here.json(&[&create[..], &["--username", "amy", "--email", "amy@example.com"]].concat());
    assert_done(&ask(&server, "amy").await);
    let mail = here.message("mail", "user.password.set", "amy@example.com");
    assert!(mail["data"]["url"].as_str().unwrap().starts_with("https://app.example/welcome?uid="));
    let body = json!({ "uid": mail["data"]["uid"], "token": mail["data"]["token"], "new_password": NEW });
    assert_done(&server.post(CONFIRM, &body).await);
    login(&server, "amy", NEW).await;
}

async fn asking_for_a_reset_answers_the_same_whoever_is_named(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    here.account(&["--username", "ben", "--email", "ben@example.com", "--state", "banned"], PASSWORD);
    here.account(&["--username", "bare"], PASSWORD);
    let known = ask(&server, "ada").await;
    assert_done(&known);
    for user in ["ben", "bare", "nobody", "no@example.com", "+27820000000", "a b"] {
        assert_alike(&known, &ask(&server, user).await);
    }
    for company in ["nowhere", "no such company!"] {
        let body = json!({ "user": "ada", "company": company });
        assert_alike(&known, &server.post(RESET, &body).await);
    }
    settle(&here);
    assert_eq!(delivered(&here), 1);
}

async fn asking_for_a_reset_is_counted_by_name_on_every_node(here: Installation) {
    let here = busy(here);
    let (server, node) = (here.serve(), here.serve());
    ada(&here);
    for [user, spelling] in [[EMAIL, "ADA+X@example.com"], ["+27820000000", "+27 (82) 000-0000"]] {
        for number in 0..4 {
            let user = if number % 2 == 0 { user } else { spelling };
            assert_done(&ask(&server, user).await);
        }
        for (node, user) in [(&server, spelling), (&node, user)] {
            assert!((1..=60).contains(&wait_asked(&ask(node, user).await)));
        }
    }
    assert_done(&ask(&server, "ada").await);
    settle(&here);
    assert_eq!(delivered(&here), 4, "the account was sent enough, under whatever name");
}

async fn a_token_sets_a_password_once_and_ends_sessions_at_every_door(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    let (token, elsewhere) = (login(&server, "ada", PASSWORD).await, Elsewhere::sign_in(&server).await);
    assert_eq!(elsewhere.are_live(&server).await, [true, true]);
    let body = link(&here, &server, 1).await;
    for (weak, field) in [
        (with(&body, "new_password", "short"), "new_password"),
        (json!({ "uid": body["uid"], "token": body["token"], "new_password1": NEW }), "new_password2"),
        (json!({ "uid": body["uid"], "token": body["token"] }), "new_password"),
        (with(&body, "clear_session_option", "some"), "clear_session_option"),
    ] {
        blamed(&server.post(CONFIRM, &weak).await, &[field]);
    }
    assert!(is_live(&server, &token).await, "what was refused changed nothing");
    let answer = server.post(CONFIRM, &body).await;
    assert_done(&answer);
    assert!(answer.header("Set-Cookie").is_none(), "no session is opened");
    assert!(!is_live(&server, &token).await);
    assert_eq!(elsewhere.are_live(&server).await, [false, false]);
    assert_eq!(doors_open(&server, NEW).await, [true; 3]);
    assert_eq!(doors_open(&server, PASSWORD).await, [false; 3]);
    sent(&here, "mail", "notice.password_changed", EMAIL, 1);
    blamed(&server.post(CONFIRM, &body).await, &["token"]);
}

async fn bad_used_and_expired_tokens_are_told_apart(here: Installation) {
    let here = busy(here);
    let mut here = here.with("throttle.enabled", "false");
    let server = here.serve();
    ada(&here);
    let bob = here.account(&["--username", "bob"], PASSWORD);
    let first = link(&here, &server, 1).await;
    for uid in ["nonsense", "0191d3f0-0000-7000-8000-000000000001"] {
        blamed(&server.post(CONFIRM, &with(&first, "uid", uid)).await, &["uid"]);
    }
    let unknown = blamed(&server.post(CONFIRM, &with(&first, "token", "nonsense")).await, &["token"]);
    let foreign = blamed(&server.post(CONFIRM, &with(&first, "uid", bob["id"].clone())).await, &["token"]);
    assert_eq!(unknown, foreign);
    blamed(&server.post(CONFIRM, &json!({ "new_password": NEW })).await, &["uid", "token"]);

    let second = link(&here, &server, 2).await;
    let replaced = blamed(&server.post(CONFIRM, &first).await, &["token"]);
    let token = login(&server, "ada", PASSWORD).await;
    let change = json!({ "old_password": PASSWORD, "new_password": NEW });
    assert_done(&post_as(&server, &token, CHANGE, &change).await);
    let void = blamed(&server.post(CONFIRM, &second).await, &["token"]);

    here.set("dialects.rehive.reset_token_ttl", "2");
    let hasty = here.serve();
    let third = link(&here, &hasty, 3).await;
    outlive(&here, 2);
    let expired = blamed(&hasty.post(CONFIRM, &third).await, &["token"]);
    assert_eq!(replaced, void);
    assert!(unknown != replaced && unknown != expired && replaced != expired);
    login(&server, "ada", NEW).await;
}

async fn of_many_confirmations_with_one_token_one_wins(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    let body = link(&here, &server, 1).await;
    let bodies: Vec<Value> =
        (0..8).map(|number| with(&body, "new_password", format!("{NEW}-{number}"))).collect();
    let answers = futures_util::future::join_all(bodies.iter().map(|body| server.post(CONFIRM, body))).await;
    let winners: Vec<usize> = (0..8).filter(|number| answers[*number].status == 200).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        blamed(answer, &["token"]);
    }
    login(&server, "ada", &format!("{NEW}-{}", winners[0])).await;
}

async fn a_deactivated_account_may_reset_and_stays_shut(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    set_state(&here, "ada", "deactivated");
    let body = link(&here, &server, 1).await;
    assert_done(&server.post(CONFIRM, &body).await);
    assert_eq!(doors_open(&server, NEW).await, [false; 3]);
    set_state(&here, "ada", "active");
    assert_eq!(doors_open(&server, NEW).await, [true; 3]);
}

async fn a_confirmation_may_spare_sessions(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    let token = login(&server, "ada", PASSWORD).await;
    let body = with(&link(&here, &server, 1).await, "clear_session_option", "none");
    assert_done(&server.post(CONFIRM, &body).await);
    assert!(is_live(&server, &token).await);
    let body = with(&link(&here, &server, 2).await, "clear_session_option", "all");
    assert_done(&server.post(CONFIRM, &body).await);
    assert!(!is_live(&server, &token).await);
}
