//! Tokens that are no good, and how they are called (contract §11).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::door::{Door, EMAIL, PASSWORD, refused};
use crate::support::{Installation, on_both};

on_both! {
    what_is_no_token_is_named
    a_token_serves_its_own_purpose_only
    a_late_token_is_refused
}

const CONFIRM: &str = "/identity/users/email/confirm_code";
const RESET: &str = "/identity/users/password/confirm_code";

async fn confirm(door: &Door, token: &str, word: &str) {
    let answer = door.post(CONFIRM, &json!({ "token": token })).await;
    refused(&answer, 422, &[&format!("jwt.decode_and_verify.{word}")]);
}

async fn reset(door: &Door, token: &str, word: &str) {
    let new = "Xwqe213PZCXwe";
    let body = json!({ "reset_password_token": token, "password": new, "confirm_password": new });
    refused(&door.post(RESET, &body).await, 422, &[&format!("jwt.decode_and_verify.{word}")]);
}

/// A token that confirms Bob, and one that resets Ada.
async fn tokens(door: &Door) -> (String, String) {
    let bob = json!({ "email": "bob@example.com", "password": PASSWORD });
    assert_eq!(door.post("/identity/users", &bob).await.status, 201);
    let ask = door.post("/identity/users/password/generate_code", &json!({ "email": EMAIL })).await;
    assert_eq!(ask.status, 201);
    (door.mailed("account.confirm", "bob@example.com"), door.mailed("password.reset", EMAIL))
}

async fn what_is_no_token_is_named(here: Installation) {
    let door = Door::open(here);
    let (token, _) = tokens(&door).await;
    let parts: Vec<&str> = token.split('.').collect();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let hmac = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#);
    let swapped = |text: &str| {
        if text.starts_with('A') { text.replacen('A', "B", 1) } else { format!("A{}", &text[1..]) }
    };
    for (bad, word) in [
        ("garbage".to_owned(), "segments"),
        ("a.b".to_owned(), "segments"),
        (format!("{token}.x"), "segments"),
        ("a.b.c".to_owned(), "encoding"),
        (format!("{}.{}.!", parts[0], parts[1]), "encoding"),
        (format!("{}.{}.{}", parts[0], parts[1], swapped(parts[2])), "raised"),
        (format!("{none}.{}.", parts[1]), "algorithm"),
        (format!("{hmac}.{}.{}", parts[1], parts[2]), "algorithm"),
    ] {
        confirm(&door, &bad, word).await;
        reset(&door, &bad, word).await;
    }
}

async fn a_token_serves_its_own_purpose_only(here: Installation) {
    let door = Door::open(here);
    let (of_bob, of_ada) = tokens(&door).await;
    confirm(&door, &of_ada, "reset").await;
    reset(&door, &of_bob, "confirmation").await;
}

async fn a_late_token_is_refused(here: Installation) {
    let door = Door::open(
        here.with("dialects.barong.jwt_expire_time", "1").with("dialects.barong.jwt_reuse_seconds", "0"),
    );
    let (of_bob, of_ada) = tokens(&door).await;
    door.here.outlast(Duration::from_secs(2));
    confirm(&door, &of_bob, "expired").await;
    reset(&door, &of_ada, "expired").await;
}
