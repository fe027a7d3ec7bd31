//! Too many failures (decision D18): 429 with `Retry-After`.

use serde_json::json;

use crate::door::{Door, PASSWORD, send};
use crate::support::{Installation, on_both};

on_both! {
    the_seventh_guess_within_a_minute_waits_under_whatever_name
    an_unknown_name_locks_like_a_known_one
    a_client_that_signed_in_before_is_not_locked_out_by_strangers
    a_right_password_starts_the_count_anew
    guesses_side_by_side_do_not_outrun_the_limit
}

async fn the_seventh_guess_within_a_minute_waits_under_whatever_name(here: Installation) {
    let door = Door::of(here);
    for name in ["ada", "ADA", "ada@example.com", "Ada", "ada", "ADA@EXAMPLE.COM"] {
        door.login(name, "wrong").await.refuses(401, "Incorrect credentials");
    }
    for password in ["wrong", PASSWORD] {
        let refused = door.login("ada", password).await;
        refused.refuses(429, "Too many requests");
        let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
}

async fn an_unknown_name_locks_like_a_known_one(here: Installation) {
    let door = Door::of(here);
    for _ in 0..6 {
        door.login("nobody", "wrong").await.refuses(401, "Incorrect credentials");
    }
    let refused = door.login("NOBODY ", "wrong").await;
    refused.refuses(429, "Too many requests");
    assert!(refused.headers.contains_key("retry-after"));
}

async fn a_client_that_signed_in_before_is_not_locked_out_by_strangers(here: Installation) {
    let door = Door::of(here);
    let known = || {
        let body = json!({ "username": "ada", "password": PASSWORD });
        door.ask(reqwest::Method::POST, "/user/login").header("User-Agent", "known").json(&body)
    };
    assert_eq!(send(known()).await.status, 200);
    for _ in 0..6 {
        door.login("ada", "wrong").await.refuses(401, "Incorrect credentials");
    }
    door.login("ada", PASSWORD).await.refuses(429, "Too many requests");
    assert_eq!(send(known()).await.status, 200);
}

async fn a_right_password_starts_the_count_anew(here: Installation) {
    let door = Door::of(here.with("throttle.sign_in_per_minute", "2"));
    for _ in 0..3 {
        door.login("ada", "wrong").await.refuses(401, "Incorrect credentials");
        assert_eq!(door.login("ada", PASSWORD).await.status, 200);
    }
}

async fn guesses_side_by_side_do_not_outrun_the_limit(here: Installation) {
    let door = Door::of(here);
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let body = json!({ "username": "ada", "password": "wrong" });
        guesses.spawn(send(door.ask(reqwest::Method::POST, "/user/login").json(&body)));
    }
    let answers = guesses.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 401).count(), 6);
    assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), 14);
}
