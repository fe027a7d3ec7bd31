//! `POST /user/password` (contract §3): the way out of `Password expired`.

use serde_json::{Value, json};

use crate::door::{Answer, Door, PASSWORD};
use crate::support::{Installation, on_both};

const NEW: &str = "Tr0ub4dor-and-3-horses";

async fn change(door: &Door, username: &str, old: &str, new: &str) -> Answer {
    let body = json!({ "username": username, "old": old, "new": new, "confirm": new });
    door.post("/user/password", "", body).await
}

on_both! {
    an_expired_password_is_replaced_and_the_new_one_signs_in
    the_expiry_is_set_anew_when_passwords_have_a_lifetime
    a_change_ends_every_session
    a_temporary_password_is_replaced_the_same_way
    wrong_unknown_and_disabled_look_the_same
    a_new_password_obeys_the_policy_and_is_confirmed
    all_four_fields_are_needed
    wrong_old_passwords_spend_from_the_budget_of_logins
}

async fn an_expired_password_is_replaced_and_the_new_one_signs_in(here: Installation) {
    let door = Door::of(here);
    door.set(&["--password-expires-at", "2020-01-01T00:00:00Z"]);
    let changed = change(&door, "ADA", PASSWORD, NEW).await;
    assert_eq!((changed.status, changed.body), (200, json!({ "message": "Success" })));
    let login = door.login("ada", NEW).await;
    assert_eq!(login.text("PasswordExpiration"), "0001-01-01T00:00:00");
    door.login("ada", PASSWORD).await.refuses(401, "Incorrect credentials");
    door.house.message("mail", "notice.password_changed", "ada@example.com");
}

async fn the_expiry_is_set_anew_when_passwords_have_a_lifetime(here: Installation) {
    let door = Door::of(here.with("dialects.bfore.password_ttl", "86400"));
    assert_eq!(change(&door, "ada", PASSWORD, NEW).await.status, 200);
    let login = door.login("ada", NEW).await;
    let (created, expiry) = (login.text("Created"), login.text("PasswordExpiration"));
    assert!(expiry > created && !expiry.starts_with("0001"), "{created} {expiry}");
}

async fn a_change_ends_every_session(here: Installation) {
    let door = Door::of(here);
    let (one, two) = (door.jwt().await, door.jwt().await);
    assert_eq!(change(&door, "ada", PASSWORD, NEW).await.status, 200);
    door.get("/test/secure", &one).await.refuses(401, "Unauthorized");
    door.get("/user/renew", &two).await.refuses(401, "Unauthorized");
}

async fn a_temporary_password_is_replaced_the_same_way(here: Installation) {
    let door = Door::of(here);
    let set = ["account", "set", "--company", "default", "ada", "--password-stdin", "--temporary-password"];
    door.house.json_with(&set, "Temporary-Pass-1");
    door.login("ada", "Temporary-Pass-1").await.refuses(403, "Password expired");
    assert_eq!(change(&door, "ada", "Temporary-Pass-1", NEW).await.status, 200);
    assert_eq!(door.login("ada", NEW).await.status, 200);
}

async fn wrong_unknown_and_disabled_look_the_same(here: Installation) {
    let door = Door::of(here.with("throttle.enabled", "false"));
    change(&door, "ada", "wrong", NEW).await.refuses(401, "Incorrect credentials");
    change(&door, "nobody", PASSWORD, NEW).await.refuses(401, "Incorrect credentials");
    change(&door, "ada", "wrong", "short").await.refuses(401, "Incorrect credentials");
    for state in ["pending", "locked", "banned", "deactivated", "deleted"] {
        door.set(&["--state", state]);
        change(&door, "ada", PASSWORD, NEW).await.refuses(401, "Incorrect credentials");
    }
}

async fn a_new_password_obeys_the_policy_and_is_confirmed(here: Installation) {
    let door = Door::of(here);
    for (new, message) in [
        ("Sh0rt", "New password is too short"),
        ("all-lower-case-1", "New password needs an upper-case letter"),
        ("ALL-UPPER-CASE-1", "New password needs a lower-case letter"),
        ("No-Digits-At-All", "New password needs a digit"),
        (&"Aa1-".repeat(64), "New password is too long"),
        (&"Aa1-".repeat(65), "New password is too long"),
    ] {
        change(&door, "ada", PASSWORD, new).await.refuses(400, message);
    }
    let differ = json!({ "username": "ada", "old": PASSWORD, "new": NEW, "confirm": PASSWORD });
    door.post("/user/password", "", differ).await.refuses(400, "New password and confirmation differ");
    assert_eq!(door.login("ada", PASSWORD).await.status, 200, "nothing changed");
}

async fn all_four_fields_are_needed(here: Installation) {
    let door = Door::of(here);
    let whole = json!({ "username": "ada", "old": PASSWORD, "new": NEW, "confirm": NEW });
    for missing in ["username", "old", "new", "confirm"] {
        for value in [None, Some(json!("")), Some(json!(7)), Some(Value::Null)] {
            let mut body = whole.clone();
            body.as_object_mut().unwrap().remove(missing);
            if let Some(value) = value {
                body[missing] = value;
            }
            let answer = door.post("/user/password", "", body).await;
            answer.refuses(400, "Username, old, new and confirm are required");
        }
    }
}

async fn wrong_old_passwords_spend_from_the_budget_of_logins(here: Installation) {
    let door = Door::of(here.with("throttle.sign_in_per_minute", "3"));
    for _ in 0..3 {
        change(&door, "ada", "wrong", NEW).await.refuses(401, "Incorrect credentials");
    }
    let refused = change(&door, "ada", PASSWORD, NEW).await;
    refused.refuses(429, "Too many requests");
    assert!(refused.headers.contains_key("retry-after"));
    door.login("ada@example.com", PASSWORD).await.refuses(429, "Too many requests");
}
