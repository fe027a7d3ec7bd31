//! How long each field may be (contract §2.2): in code points, and before any credential is looked at.

use serde_json::{Value, json};

use crate::door::{E422, EBADCRED, EUNAUTH, EUNAUTH_, MISMATCH, No, is_done, refuses};
use crate::support::{Installation, on_both};

on_both! {
    every_field_has_its_length
    what_is_too_long_is_refused_before_anything_is_done
}

/// Operation, its fields, and its answer to fields that are good and mean nothing.
fn operations() -> [(&'static str, Value, Option<No>); 8] {
    let password = "Another-Horse-8";
    [
        ("login", json!({ "username": "x", "password": "x" }), Some(EBADCRED)),
        ("token-refresh", json!({ "username": "x", "refresh_token": "x" }), Some(EUNAUTH_)),
        ("token-revoke", json!({ "refresh_token": "x" }), Some(EUNAUTH)),
        ("forgot-password", json!({ "username": "x" }), None),
        (
            "forgot-password-confirm",
            json!({ "username": "x", "password": password, "confirmation_code": "x" }),
            Some(MISMATCH),
        ),
        (
            "change-password",
            json!({ "access_token": "x", "previous_password": password, "proposed_password": password }),
            Some(EBADCRED),
        ),
        (
            "new-password-required",
            json!({ "session": "x", "username": "x", "new_password": password }),
            Some(EUNAUTH_),
        ),
        ("mfa-required", json!({ "session": "x", "username": "x", "code": "x" }), Some(EUNAUTH_)),
    ]
}

fn bounds(operation: &str, field: &str) -> (usize, Option<usize>) {
    match (operation, field) {
        (_, "refresh_token" | "access_token" | "session") => (1, None),
        (_, "confirmation_code") => (1, Some(2_048)),
        (_, "previous_password" | "proposed_password") => (6, Some(256)),
        (_, "new_password") => (6, Some(255)),
        (_, "username" | "password" | "code") => (1, Some(255)),
        other => panic!("{other:?}"),
    }
}

async fn every_field_has_its_length(here: Installation) {
    let here = here.with("throttle.enabled", "false");
    let server = here.serve();
    for (operation, whole, no) in operations() {
        let path = format!("/v1/{operation}");
        for field in whole.as_object().unwrap().keys() {
            let (least, most) = bounds(operation, field);
            let answer = async |length: usize| {
                let mut body = whole.clone();
                body[field] = json!("ß".repeat(length));
                server.post(&path, &body).await
            };
            for length in [Some(least), most, most.is_none().then_some(10_000)].into_iter().flatten() {
                let is_shape = operation == "forgot-password-confirm" && field == "password" && length == 1;
                let answer = answer(length).await;
                match no {
                    _ if is_shape => assert!(answer.body.contains("InvalidParameterException"), "{answer:?}"),
                    Some(no) => refuses(&answer, no),
                    None => is_done(&answer),
                }
            }
            for length in
                [Some(least - 1), most.map(|most| most + 1), most.map(|_| 100_000)].into_iter().flatten()
            {
                refuses(&answer(length).await, E422);
            }
        }
    }
}

async fn what_is_too_long_is_refused_before_anything_is_done(here: Installation) {
    let server = here.serve();
    let body = json!({ "username": "ada", "password": "x".repeat(256) });
    for _ in 0..3 {
        refuses(&server.post("/v1/login", &body).await, E422);
    }
    let metrics = server.get("/metrics").await.body;
    assert!(!metrics.contains("wikimedia.login"), "no use case ran, so nothing was hashed: {metrics}");
}
