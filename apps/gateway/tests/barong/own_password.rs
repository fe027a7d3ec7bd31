//! Changing one's password (contract §8.9, §10.1).

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::door::{Door, EMAIL, PASSWORD, entity, refused};
use crate::support::http::Answer;
use crate::support::{Installation, on_both};

on_both! {
    absent_and_blank_passwords_are_named
    the_checks_come_in_order
    a_changed_password_leaves_sessions_alone
    a_weak_password_is_named_after_the_old_one_is_proved
    wrong_passwords_are_counted
}

const NEW: &str = "Xwqe213PZCXwe";
const WRONG: [&str; 1] = ["resource.password.prev_pass_not_correct"];

fn body(old: &str, new: &str, again: &str) -> Value {
    json!({ "old_password": old, "new_password": new, "confirm_password": again })
}

async fn change(ada: &Caller<'_>, old: &str, new: &str) -> Answer {
    ada.send("PUT", "/users/password", &body(old, new, new)).await
}

async fn absent_and_blank_passwords_are_named(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let all = [
        "resource.user.missing_old_password",
        "resource.user.empty_old_password",
        "resource.user.missing_new_password",
        "resource.user.empty_new_password",
        "resource.user.missing_confirm_password",
        "resource.user.empty_confirm_password",
    ];
    refused(&ada.send("PUT", "/users/password", &json!({})).await, 400, &all);
    let blank = ada.send("PUT", "/users/password", &body(" ", "", "\t")).await;
    refused(&blank, 400, &[all[1], all[3], all[5]]);
}

async fn the_checks_come_in_order(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let differ = ada.send("PUT", "/users/password", &body("wrong", NEW, "other")).await;
    refused(&differ, 422, &["resource.password.doesnt_match"]);
    for (old, new) in [("wrong", "wrong"), ("wrong", NEW), ("wrong", "weak"), (&"x".repeat(300), NEW)] {
        refused(&change(&ada, old, new).await, 400, &WRONG);
    }
    refused(&change(&ada, PASSWORD, PASSWORD).await, 400, &["resource.password.no_change_provided"]);
    assert_eq!(entity(&change(&ada, PASSWORD, NEW).await, 201), 201);
    refused(&change(&ada, PASSWORD, "Kal31ewwqXrew").await, 400, &WRONG);
}

async fn a_changed_password_leaves_sessions_alone(here: Installation) {
    let door = Door::open(here);
    let (ada, elsewhere) = (door.caller().await, door.caller().await);
    assert_eq!(change(&ada, PASSWORD, NEW).await.status, 201);
    for session in [&ada, &elsewhere] {
        assert_eq!(session.get("/users/me").await.status, 200);
    }
    let old = door.post("/identity/sessions", &Door::credentials()).await;
    refused(&old, 401, &["identity.session.invalid_params"]);
    let new = door.post("/identity/sessions", &json!({ "email": EMAIL, "password": NEW })).await;
    assert_eq!(new.status, 201);
    assert_eq!(door.here.message("mail", "notice.password_changed", EMAIL)["to"], EMAIL);
}

async fn a_weak_password_is_named_after_the_old_one_is_proved(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    for (new, key) in [
        ("password", "password.requirements"),
        ("Password1", "password.weak"),
        (&"Kal31ewwqXrew".repeat(6)[..75], "password.too_long"),
        (&"Kal31ewwqXrew".repeat(30), "password.too_long"),
    ] {
        refused(&change(&ada, "wrong", new).await, 400, &WRONG);
        refused(&change(&ada, PASSWORD, new).await, 422, &[key]);
    }
    assert_eq!(door.post("/identity/sessions", &Door::credentials()).await.status, 201);
}

async fn wrong_passwords_are_counted(here: Installation) {
    let door = Door::throttled(here);
    let ada = door.caller().await;
    for _ in 0..6 {
        refused(&change(&ada, "wrong", NEW).await, 400, &WRONG);
    }
    for new in [NEW, PASSWORD] {
        let answer = change(&ada, PASSWORD, new).await;
        refused(&answer, 429, &["resource.user.too_many_attempts"]);
        assert!(answer.header("retry-after").is_some());
    }
}
