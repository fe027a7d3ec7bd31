//! `/authheader/*` (contract §2.2–2.5).

use serde_json::{Value, json};

use crate::door::{Door, PASSWORD};
use crate::support::{Installation, on_both};

const BOUNDARY: &str = "multipart/form-data; boundary=x";

fn part(name: &str, text: &str) -> String {
    format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n--x--\r\n")
}

on_both! {
    a_key_is_answered_in_full_and_listed_in_full
    keys_are_listed_oldest_first_and_to_their_owner_only
    names_have_1_to_255_characters
    a_user_has_as_many_keys_as_the_operator_allows
    a_hundred_keys_are_allowed_and_no_more
    deletion_takes_the_key_in_every_form
    nothing_usable_in_the_body_deletes_nothing
    keys_that_are_not_ones_own_are_not_found
    keys_survive_password_changes_and_logouts
    keys_are_refused_at_once_while_their_owner_is_disabled
    the_owner_is_told_by_mail_and_the_trail_tells_the_operator
}

async fn a_key_is_answered_in_full_and_listed_in_full(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    assert_eq!(door.get("/authheader/list", &jwt).await.body, json!([]));
    let made = door.post("/authheader/add", &jwt, json!({ "name": "production-api-key" })).await;
    assert_eq!(made.status, 200);
    let members: Vec<&String> = made.body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["created", "id", "name", "token"]);
    assert_eq!((made.text("name").as_str(), made.text("id").len()), ("production-api-key", 36));
    let token = made.text("token");
    assert!(
        token.len() >= 43 && token.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)),
        "{token}"
    );
    assert_eq!(made.text("created").len(), 19);
    let listed = door.get("/authheader/list", &jwt).await;
    assert_eq!((listed.status, listed.body), (200, json!([made.body])));
}

async fn keys_are_listed_oldest_first_and_to_their_owner_only(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    for name in ["first", "second", "second", "third"] {
        door.key(&jwt, name).await;
    }
    let listed = door.get("/authheader/list", &jwt).await.body;
    let names: Vec<&str> =
        listed.as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["first", "second", "second", "third"], "a name may be used again");
    door.house.account(&["--username", "bob"], PASSWORD);
    let bob = door.login("bob", PASSWORD).await.token();
    assert_eq!(door.get("/authheader/list", &bob).await.body, json!([]));
}

async fn names_have_1_to_255_characters(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let longest = "ß".repeat(255);
    let made = door.post("/authheader/add", &jwt, json!({ "name": longest })).await;
    assert_eq!((made.status, made.text("name")), (200, longest), "counted in characters");
    let odd = " \u{1f511} O'Neill; \"DROP\" \t\u{202e} ";
    let made = door.post("/authheader/add", &jwt, json!({ "NAME": odd })).await;
    assert_eq!(made.text("name"), odd, "kept as sent");
    let too_long = json!({ "name": "n".repeat(256) });
    door.post("/authheader/add", &jwt, too_long).await.refuses(400, "Name is too long");
    for body in [
        json!({}),
        json!({ "name": "" }),
        json!({ "name": " \t\u{a0}" }),
        json!({ "name": null }),
        json!({ "name": 7 }),
        json!({ "name": ["a"] }),
        json!([]),
        json!("name"),
        json!({ "name": "a\u{0}b" }),
    ] {
        door.post("/authheader/add", &jwt, body).await.refuses(400, "Name is required");
    }
    assert_eq!(door.get("/authheader/list", &jwt).await.body.as_array().unwrap().len(), 2);
}

async fn a_user_has_as_many_keys_as_the_operator_allows(here: Installation) {
    let door = Door::of(here.with("dialects.bfore.max_auth_headers", "2"));
    let jwt = door.jwt().await;
    let key = door.key(&jwt, "one").await;
    door.key(&jwt, "two").await;
    let third = json!({ "name": "three" });
    door.post("/authheader/add", &jwt, third.clone()).await.refuses(400, "Auth header limit reached");
    assert_eq!(door.post("/authheader/delete", &jwt, json!({ "text": key })).await.status, 200);
    assert_eq!(door.post("/authheader/add", &jwt, third).await.status, 200);
}

async fn a_hundred_keys_are_allowed_and_no_more(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    for number in 0..100 {
        door.key(&jwt, &format!("key {number}")).await;
    }
    let one_more = door.post("/authheader/add", &jwt, json!({ "name": "one more" })).await;
    one_more.refuses(400, "Auth header limit reached");
    assert_eq!(door.get("/authheader/list", &jwt).await.body.as_array().unwrap().len(), 100);
}

/// A media type, and how a body of it holds a key.
type Form = (&'static str, fn(&str) -> String);

async fn deletion_takes_the_key_in_every_form(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let forms: [Form; 13] = [
        ("application/json", |key| format!(r#"{{"text":"{key}"}}"#)),
        ("application/json", |key| format!(r#"{{"TEXT":" {key}\n"}}"#)),
        ("application/json", |key| format!(r#"{{"token":"{key}"}}"#)),
        ("application/json", |key| format!(r#""{key}""#)),
        ("application/json; charset=utf-8", |key| format!(r#"{{"text":"{key}"}}"#)),
        ("text/plain", |key| format!("  {key}\r\n")),
        ("text/plain", |key| format!(r#"{{"text":"{key}"}}"#)),
        ("text/plain; charset=utf-8", |key| format!(r#""{key}""#)),
        ("", str::to_owned),
        ("", |key| format!(r#"{{"token":"{key}"}}"#)),
        ("application/x-www-form-urlencoded", |key| format!("text={key}")),
        ("application/x-www-form-urlencoded", |key| format!("a=b&text=+{key}%20&c")),
        (BOUNDARY, |key| part("text", key)),
    ];
    for (media_type, body) in forms {
        let key = door.key(&jwt, "to be deleted").await;
        assert_eq!(door.with_key(&key).await.status, 200);
        let deleted = door.post_raw("/authheader/delete", &jwt, media_type, body(&key)).await;
        assert_eq!((deleted.status, deleted.body), (200, json!({ "message": "Success" })), "{media_type}");
        door.with_key(&key).await.refuses(401, "Unauthorized");
    }
    assert_eq!(door.get("/authheader/list", &jwt).await.body, json!([]));
}

async fn nothing_usable_in_the_body_deletes_nothing(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let key = door.key(&jwt, "production").await;
    let bodies: [(&str, String); 14] = [
        ("application/json", String::new()),
        ("application/json", "{}".to_owned()),
        ("application/json", key.clone()),
        ("application/json", format!(r#"["{key}"]"#)),
        ("application/json", format!(r#"{{"id":"{key}"}}"#)),
        ("application/json", r#"{"text":""}"#.to_owned()),
        ("application/json", r#"{"text":17}"#.to_owned()),
        ("application/json", r#"{"text":null}"#.to_owned()),
        ("text/plain", " \r\n".to_owned()),
        ("", String::new()),
        ("application/x-www-form-urlencoded", format!("token={key}&x")),
        ("application/x-www-form-urlencoded", "text=".to_owned()),
        (BOUNDARY, part("other", &key)),
        (BOUNDARY, format!("--x\r\nbroken {key}")),
    ];
    for (media_type, body) in bodies {
        let answer = door.post_raw("/authheader/delete", &jwt, media_type, body.clone()).await;
        assert_eq!(answer.body, json!({ "message": "Text is required" }), "{media_type} {body}");
        assert_eq!(answer.status, 400);
    }
    assert_eq!(door.with_key(&key).await.status, 200);
}

async fn keys_that_are_not_ones_own_are_not_found(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let key = door.key(&jwt, "production").await;
    door.house.account(&["--username", "bob"], PASSWORD);
    let bob = door.login("bob", PASSWORD).await.token();
    let id = door.get("/authheader/list", &jwt).await.body[0]["id"].clone();
    for (jwt, text) in [
        (&bob, json!(key)),
        (&jwt, json!("unknown")),
        (&jwt, id),
        (&jwt, json!("production")),
        (&jwt, json!("a\u{0}b")),
        (&jwt, json!("k".repeat(100_000))),
        (&jwt, json!(key.to_uppercase() + "x")),
    ] {
        let answer = door.post("/authheader/delete", jwt, json!({ "text": text })).await;
        answer.refuses(404, "Auth header not found");
    }
    assert_eq!(door.post("/authheader/delete", &jwt, json!({ "text": key })).await.status, 200);
    door.post("/authheader/delete", &jwt, json!({ "text": key })).await.refuses(404, "Auth header not found");
}

async fn keys_survive_password_changes_and_logouts(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let key = door.key(&jwt, "production").await;
    door.get("/user/logout", &jwt).await;
    assert_eq!(door.with_key(&key).await.status, 200);
    let new = "Tr0ub4dor-and-3-horses";
    let change = json!({ "username": "ada", "old": PASSWORD, "new": new, "confirm": new });
    assert_eq!(door.post("/user/password", "", change).await.status, 200);
    assert_eq!(door.with_key(&key).await.status, 200);
    door.house.json(&["account", "sign-out", "--company", "default", "ada"]);
    door.set(&["--password-expires-at", "2020-01-01T00:00:00Z"]);
    assert_eq!(door.with_key(&key).await.status, 200);
}

async fn keys_are_refused_at_once_while_their_owner_is_disabled(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let key = door.key(&jwt, "production").await;
    for state in ["pending", "locked", "banned", "deactivated"] {
        door.set(&["--state", state]);
        door.with_key(&key).await.refuses(401, "Unauthorized");
        door.set(&["--state", "active"]);
        assert_eq!(door.with_key(&key).await.status, 200, "{state}");
    }
    door.house.json(&["account", "delete", "--company", "default", "ada"]);
    door.with_key(&key).await.refuses(401, "Unauthorized");
}

async fn the_owner_is_told_by_mail_and_the_trail_tells_the_operator(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let key = door.key(&jwt, "production").await;
    let notice = door.house.message("mail", "notice.new_api_key", "ada@example.com");
    assert!(notice["text"].as_str().unwrap().contains("production"));
    assert!(!notice.to_string().contains(&key));
    door.post("/authheader/delete", &jwt, json!({ "text": key })).await;
    let trail = door.house.json(&["audit", "list", "--account", "ada"]);
    let actions: Vec<&Value> =
        trail.as_array().unwrap().iter().map(|event| &event["action"]).take(2).collect();
    assert_eq!(actions, ["key.deleted", "key.issued"]);
    assert_eq!((&trail[0]["door"], &trail[0]["address"]), (&json!("bfore"), &json!("127.0.0.1")));
    for secret in [&key, &jwt, PASSWORD] {
        assert!(!door.server.log().contains(secret) && !trail.to_string().contains(secret));
    }
}
