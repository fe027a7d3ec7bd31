//! Contract §7.24–7.28, §9: the caller's tokens.

use serde_json::{Value, json};

use crate::door::{Door, Grant, PASSWORD, done, grant, refused, succeeded};
use crate::support::{Installation, on_both};

on_both! {
    a_token_is_created_with_the_password_and_permanent_unless_told_otherwise
    creating_a_token_refuses_what_is_wrong
    tokens_are_listed_newest_first_without_their_secrets
    a_list_is_narrowed_by_its_filters
    a_filter_that_cannot_be_read_is_refused
    one_token_is_shown_labelled_and_deleted
    nobody_sees_the_tokens_of_another_account
    deleting_honours_the_filters
    sessions_of_other_doors_are_listed_and_revoked
}

const TOKENS: &str = "/3/auth/tokens/";

fn key(granted: &Grant) -> &str {
    &granted.token[..8]
}

async fn create(door: &Door, calling: &Grant, more: Value) -> Grant {
    let body = crate::door::with(json!({ "password": PASSWORD }), &more);
    grant(succeeded(&door.post(TOKENS, &calling.token, &body).await, 201))
}

/// A token that was made in a later millisecond than another one.
async fn later_than(door: &Door, earlier: &Grant, make: impl AsyncFn() -> Grant) -> Grant {
    loop {
        let made = make().await;
        if made.data["created"].as_i64() > earlier.data["created"].as_i64() {
            return made;
        }
        done(&door.delete(&format!("{TOKENS}{}/", key(&made)), &made.token).await);
    }
}

/// The keys that a query lists.
async fn keys(door: &Door, token: &str, query: &str) -> Vec<String> {
    let list = succeeded(&door.get(&format!("{TOKENS}{query}"), token).await, 200);
    list.as_array().unwrap().iter().map(|token| token["token_key"].as_str().unwrap().to_owned()).collect()
}

async fn a_token_is_created_with_the_password_and_permanent_unless_told_otherwise(here: Installation) {
    let door = Door::open(here);
    let calling = door.login().await;
    for (more, lasts) in [
        (json!({}), None),
        (json!({ "duration": null }), None),
        (json!({ "duration": 0 }), None),
        (json!({ "duration": "900" }), Some(900_000)),
        (json!({ "duration": 36_000_000 }), Some(2_678_400_000_i64)),
    ] {
        let created = create(&door, &calling, more.clone()).await;
        let (start, end) = (created.data["created"].as_i64().unwrap(), created.data["expires"].as_i64());
        assert_eq!(end.map(|end| end - start), lasts, "{more}");
        assert_eq!(created.data["refresh_token"].is_null(), lasts.is_none(), "{more}");
        assert_eq!(
            (&created.data["user"]["id"], &created.data["user"]["username"]),
            (&json!(door.ada), &json!("ada"))
        );
        assert_eq!(created.data["challenges"], json!([]));
        assert!(door.honours(&created.token).await);
    }
    assert!(door.honours(&calling.token).await);
}

async fn creating_a_token_refuses_what_is_wrong(here: Installation) {
    let door = Door::open(here);
    let calling = door.login().await;
    for (body, field) in [
        (json!({}), "password"),
        (json!({ "password": "wrong" }), "password"),
        (json!({ "password": "x".repeat(129) }), "password"),
        (json!({ "password": PASSWORD, "duration": -1 }), "duration"),
        (json!({ "password": PASSWORD, "auth_method": "none" }), "auth_method"),
        (json!({ "password": PASSWORD, "label": "x".repeat(101) }), "label"),
    ] {
        refused(&door.post(TOKENS, &calling.token, &body).await, 400, &[field]);
    }
    refused(&door.server.post(TOKENS, &json!({ "password": PASSWORD })).await, 401, &[]);
    assert_eq!(keys(&door, &calling.token, "").await.len(), 1);
}

async fn tokens_are_listed_newest_first_without_their_secrets(here: Installation) {
    let door = Door::open(here);
    let calling = door.login().await;
    let labelled = create(&door, &calling, json!({ "label": "Türsteher" })).await;
    let passing = door.login_for(&json!({ "session_duration": 1 })).await;
    while door.honours(&passing.token).await {}
    let list = succeeded(&door.get(TOKENS, &calling.token).await, 200);
    let (newest, oldest) = (&labelled, &calling);
    let object = |granted: &Grant, label: Value| json!({ "token_key": key(granted), "expires": granted.data["expires"], "created": granted.data["created"], "label": label });
    assert_eq!(list, json!([object(newest, json!("Türsteher")), object(oldest, json!(null))]));
}

async fn a_list_is_narrowed_by_its_filters(here: Installation) {
    let door = Door::open(here);
    let first = door.login().await;
    let second = later_than(&door, &first, async || create(&door, &first, json!({})).await).await;
    let third = later_than(&door, &second, async || door.login().await).await;
    let (one, two, three) = (key(&first), key(&second), key(&third));
    let created = second.data["created"].as_i64().unwrap();
    let cases = [
        ("?expires__isnull=true".to_owned(), vec![two]),
        ("?expires__isnull=False".to_owned(), vec![three, one]),
        (format!("?token_key={two}"), vec![two]),
        (format!("?token_key__exclude={two}"), vec![three, one]),
        (format!("?token_key__in={one},{two},ffffffff"), vec![two, one]),
        (format!("?token_key__in={one},{two}&expires__isnull=1"), vec![two]),
        (format!("?created={created}"), vec![two]),
        (format!("?created__gt={created}"), vec![three]),
        (format!("?created__gte={created}"), vec![three, two]),
        (format!("?created__lt={created}"), vec![one]),
        (format!("?created__lte={created}"), vec![two, one]),
        ("?created__gte=2020-01-01T00:00:00Z&created__lt=2020-01-02".to_owned(), vec![]),
        ("?token_key=no%20such%20key&colour=red".to_owned(), vec![]),
        ("?token_key=&created__gt=".to_owned(), vec![three, two, one]),
    ];
    for (query, expected) in cases {
        assert_eq!(keys(&door, &first.token, &query).await, expected, "{query}");
    }
}

async fn a_filter_that_cannot_be_read_is_refused(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    for (query, fields) in [
        ("created=yesterday", vec!["created"]),
        ("created__gt=1.5&created__lte=x", vec!["created__gt", "created__lte"]),
        ("expires__isnull=perhaps", vec!["expires__isnull"]),
        ("token_key=%00", vec!["token_key"]),
    ] {
        for method in ["GET", "DELETE"] {
            refused(&door.send(method, &format!("{TOKENS}?{query}"), &token, None).await, 400, &fields);
        }
    }
    assert!(door.honours(&token).await);
}

async fn one_token_is_shown_labelled_and_deleted(here: Installation) {
    let door = Door::open(here);
    let (calling, other) = (door.login().await, door.login().await);
    let path = format!("{TOKENS}{}/", key(&other));
    let ask = async |method: &str, body: Value| door.send(method, &path, &calling.token, Some(&body)).await;
    let shown = succeeded(&door.get(&path, &calling.token).await, 200);
    assert_eq!((&shown["token_key"], &shown["label"]), (&json!(key(&other)), &json!(null)));
    for (method, body, label) in [
        ("PATCH", json!({ "label": "phone" }), json!("phone")),
        ("PATCH", json!({}), json!("phone")),
        ("PUT", json!({ "label": "tablet" }), json!("tablet")),
        ("PATCH", json!({ "label": null }), json!(null)),
    ] {
        assert_eq!(succeeded(&ask(method, body).await, 200)["label"], label);
        assert_eq!(succeeded(&door.get(&path, &calling.token).await, 200)["label"], label);
    }
    refused(&ask("PATCH", json!({ "label": "x".repeat(101) })).await, 400, &["label"]);
    refused(&ask("PATCH", json!({ "label": [] })).await, 400, &["label"]);
    done(&door.delete(&path, &calling.token).await);
    assert!(!door.honours(&other.token).await);
    for method in ["GET", "PATCH", "DELETE"] {
        refused(&ask(method, json!({ "label": "x" })).await, 404, &[]);
    }
    done(&door.delete(&format!("{TOKENS}{}", key(&calling)), &calling.token).await);
    assert!(!door.honours(&calling.token).await);
}

async fn nobody_sees_the_tokens_of_another_account(here: Installation) {
    let door = Door::open(here);
    door.here.account(&["--username", "eve"], PASSWORD);
    let (ada, eve) = (door.login().await, door.login_for(&json!({ "user": "eve" })).await);
    let path = format!("{TOKENS}{}/", key(&ada));
    for method in ["GET", "PATCH", "PUT", "DELETE"] {
        refused(&door.send(method, &path, &eve.token, Some(&json!({ "label": "mine" }))).await, 404, &[]);
    }
    assert_eq!(keys(&door, &eve.token, &format!("?token_key={}", key(&ada))).await, Vec::<String>::new());
    done(&door.delete(&format!("{TOKENS}?token_key={}", key(&ada)), &eve.token).await);
    assert!(door.honours(&ada.token).await);
}

async fn deleting_honours_the_filters(here: Installation) {
    let door = Door::open(here);
    let calling = door.login().await;
    let (permanent, other) = (create(&door, &calling, json!({})).await, door.login().await);
    done(
        &door
            .delete(
                &format!("{TOKENS}?expires__isnull=false&token_key__exclude={}", key(&calling)),
                &calling.token,
            )
            .await,
    );
    for (granted, lives) in [(&calling, true), (&permanent, true), (&other, false)] {
        assert_eq!(door.honours(&granted.token).await, lives);
    }
    done(&door.delete(TOKENS, &calling.token).await);
    for granted in [&calling, &permanent] {
        assert!(!door.honours(&granted.token).await);
    }
}

async fn sessions_of_other_doors_are_listed_and_revoked(here: Installation) {
    let door = Door::open(here);
    let login = json!({ "username": "ada", "password": PASSWORD });
    let elsewhere = door.server.post("/user/login", &login).await.json();
    let jwt = elsewhere["Token"].as_str().unwrap();
    let greet = async || {
        use crate::support::http::Exchange as _;
        door.server.request("GET", "/test/secure").header("authorization", jwt).answer().await.status
    };
    assert_eq!(greet().await, 200);
    let calling = door.login().await;
    let listed = keys(&door, &calling.token, "").await;
    assert_eq!(listed.len(), 2);
    let foreign = listed.iter().find(|listed| *listed != key(&calling)).unwrap();
    done(&door.delete(&format!("{TOKENS}{foreign}/"), &calling.token).await);
    assert_eq!(greet().await, 401);
}
