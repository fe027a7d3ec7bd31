//! Forgotten passwords (contract §7.4, §7.5).

use serde_json::{Value, json};

use crate::door::{Door, EMAIL, PASSWORD, refused};
use crate::support::http::Exchange as _;
use crate::support::{Installation, on_both};

on_both! {
    a_token_sets_a_new_password_once_and_ends_every_session
    asking_for_a_token_tells_nothing_unless_accounts_are_disclosed
    only_the_latest_token_is_good
    every_row_of_parameters_is_named
    refusals_come_in_their_order
    a_weak_password_leaves_the_token_usable
    the_user_of_a_token_may_be_gone
    parallel_resets_have_one_winner
}

const ASK: &str = "/identity/users/password/generate_code";
const CONFIRM: &str = "/identity/users/password/confirm_code";
const NEW: &str = "Xwqe213PZCXwe";

/// Asks for Ada, and answers the newest token from her mails.
async fn token(door: &Door) -> String {
    let before = door.here.messages("mail").len();
    let answer = door.post_form(ASK, &[("email", EMAIL)]).await;
    assert_eq!((answer.status, answer.body.as_str()), (201, "201"));
    let mails = door.here.wait_for(|| Some(door.here.messages("mail")).filter(|mails| mails.len() > before));
    mails.last().unwrap()["data"]["token"].as_str().unwrap().to_owned()
}

fn change(token: &str, password: &str) -> Value {
    json!({ "reset_password_token": token, "password": password, "confirm_password": password })
}

async fn a_token_sets_a_new_password_once_and_ends_every_session(here: Installation) {
    let door = Door::open(here);
    let granted = door.login().await;
    let token = token(&door).await;
    let url = door.here.message("mail", "password.reset", EMAIL)["data"]["url"].clone();
    let url = url.as_str().unwrap();
    assert!(url.starts_with("https://openware.com/accounts/password_reset?reset_token="), "{url}");
    assert!(url.ends_with("&lang=en"), "{url}");
    let answer = door.post(CONFIRM, &change(&token, NEW)).await;
    assert_eq!((answer.status, answer.body.as_str()), (201, "201"), "{answer:?}");
    assert!(answer.header("set-cookie").is_none());
    let gone = door.request("DELETE", "/identity/sessions").header("cookie", granted.cookie).answer().await;
    refused(&gone, 404, &["identity.session.not_found"]);
    let old = door.post("/identity/sessions", &Door::credentials()).await;
    refused(&old, 401, &["identity.session.invalid_params"]);
    let new = door.post("/identity/sessions", &json!({ "email": EMAIL, "password": NEW })).await;
    assert_eq!(new.status, 201);
    refused(&door.post(CONFIRM, &change(&token, NEW)).await, 422, &["identity.user.utilized_token"]);
}

async fn asking_for_a_token_tells_nothing_unless_accounts_are_disclosed(here: Installation) {
    let door = Door::open(here);
    for email in ["nobody@example.com", "no address"] {
        let answer = door.post(ASK, &json!({ "email": email })).await;
        assert_eq!((answer.status, answer.body.as_str()), (201, "201"));
    }
    let door = Door::open(door.here.another().with("security.disclose_accounts", "true"));
    let answer = door.post(ASK, &json!({ "email": "nobody@example.com" })).await;
    refused(&answer, 404, &["identity.password.user_doesnt_exist"]);
    assert_eq!(door.post(ASK, &json!({ "email": "ADA@example.com" })).await.status, 201);
}

async fn only_the_latest_token_is_good(here: Installation) {
    let door = Door::open(here);
    let (first, second) = (token(&door).await, token(&door).await);
    refused(&door.post(CONFIRM, &change(&first, NEW)).await, 422, &["identity.user.utilized_token"]);
    assert_eq!(door.post(CONFIRM, &change(&second, NEW)).await.status, 201);
}

async fn every_row_of_parameters_is_named(here: Installation) {
    let door = Door::open(here);
    let email = ["identity.user.missing_email", "identity.user.empty_email"];
    refused(&door.post(ASK, &json!({})).await, 400, &email);
    refused(&door.post(ASK, &json!({ "email": " " })).await, 400, &email[1..]);
    let absent = [
        "identity.user.missing_pass_token",
        "identity.user.empty_reset_password_token",
        "identity.user.missing_password",
        "identity.user.empty_password",
        "identity.user.missing_confirm_password",
        "identity.user.empty_confirm_password",
    ];
    refused(&door.post(CONFIRM, &json!({})).await, 400, &absent);
    let blank = json!({ "reset_password_token": "", "password": " ", "confirm_password": null });
    refused(&door.post(CONFIRM, &blank).await, 400, &[absent[1], absent[3], absent[5]]);
}

async fn refusals_come_in_their_order(here: Installation) {
    let door = Door::open(here);
    let body = json!({ "reset_password_token": "garbage", "password": "a", "confirm_password": "b" });
    refused(&door.post(CONFIRM, &body).await, 422, &["identity.user.passwords_doesnt_match"]);
    let answer = door.post(CONFIRM, &change("garbage", "a")).await;
    refused(&answer, 422, &["jwt.decode_and_verify.segments"]);
}

async fn a_weak_password_leaves_the_token_usable(here: Installation) {
    let door = Door::open(here);
    let token = token(&door).await;
    for (password, key) in [
        ("password", "password.requirements"),
        ("Password1", "password.weak"),
        (&"Kal31ewwqXrew".repeat(6), "password.too_long"),
        (&"Kal31ewwqXrew".repeat(30), "password.too_long"),
    ] {
        refused(&door.post(CONFIRM, &change(&token, password)).await, 422, &[key]);
    }
    // The old one will do.
    assert_eq!(door.post(CONFIRM, &change(&token, PASSWORD)).await.status, 201);
}

async fn the_user_of_a_token_may_be_gone(here: Installation) {
    let door = Door::open(here);
    let token = token(&door).await;
    door.here.json(&["account", "set", "--company", "default", EMAIL, "--state", "deleted"]);
    refused(&door.post(CONFIRM, &change(&token, NEW)).await, 404, &["record.not_found"]);
}

async fn parallel_resets_have_one_winner(here: Installation) {
    let door = Door::open(here);
    let body = change(&token(&door).await, NEW);
    let (one, two) = tokio::join!(door.post(CONFIRM, &body), door.post(CONFIRM, &body));
    let (won, lost) = if one.status == 201 { (one, two) } else { (two, one) };
    assert_eq!(won.status, 201, "{won:?}");
    refused(&lost, 422, &["identity.user.utilized_token"]);
}
