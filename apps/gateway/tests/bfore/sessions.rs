//! `/user/renew`, `/user/token`, `/user/logout`, `/test/*` (contract §3).

use reqwest::Method;
use serde_json::json;

use crate::door::{Door, send};
use crate::support::{Installation, on_both};

on_both! {
    anybody_is_greeted_and_who_signed_in_by_name
    who_has_no_username_is_greeted_by_the_name_they_were_told
    renewal_answers_another_token_and_leaves_the_old_one
    a_token_of_chosen_lifetime_takes_the_place_of_the_presented_one
    lifetimes_out_of_bounds_are_refused_and_end_nothing
    logout_ends_the_presented_token_and_no_other
    a_renewed_token_survives_the_logout_of_the_one_it_came_from
}

async fn anybody_is_greeted_and_who_signed_in_by_name(here: Installation) {
    let door = Door::of(here);
    let anonymous = send(door.ask(Method::GET, "/test/unsecure")).await;
    assert_eq!((anonymous.status, anonymous.body), (200, json!({ "message": "Hi anonymous" })));
    let jwt = door.jwt().await;
    let greeted = door.get("/test/secure", &jwt).await;
    assert_eq!((greeted.status, greeted.body), (200, json!({ "message": "Hi Ada" })));
}

async fn who_has_no_username_is_greeted_by_the_name_they_were_told(here: Installation) {
    let door = Door::of(here);
    door.house.account(&["--email", "bob@example.com"], crate::door::PASSWORD);
    let login = door.login("bob@example.com", crate::door::PASSWORD).await;
    let jwt = login.token();
    let expected = format!("Hi {}", login.text("Username"));
    assert_eq!(door.get("/test/secure", &jwt).await.text("message"), expected);
    let key = door.key(&jwt, "production").await;
    assert_eq!(door.with_key(&key).await.text("message"), expected);
}

async fn renewal_answers_another_token_and_leaves_the_old_one(here: Installation) {
    let door = Door::of(here);
    let old = door.jwt().await;
    let renewed = door.get("/user/renew", &old).await;
    let new = renewed.token();
    assert_ne!(new, old);
    assert_eq!(renewed.body["access_token"], renewed.body["Token"]);
    assert_eq!((&renewed.body["Username"], &renewed.body["expires_in"]), (&json!("Ada"), &json!(3600)));
    assert!(door.honours(&old).await && door.honours(&new).await);
    door.get("/user/renew", "junk").await.refuses(401, "Unauthorized");
}

async fn a_token_of_chosen_lifetime_takes_the_place_of_the_presented_one(here: Installation) {
    let door = Door::of(here);
    for (query, seconds) in
        [("", 3_600), ("?m=1", 60), ("?m=525600", 31_536_000), ("?d=1", 86_400), ("?d=365", 31_536_000)]
    {
        let old = door.jwt().await;
        let answer = door.get(&format!("/user/token{query}"), &old).await;
        assert_eq!((answer.status, &answer.body["expires_in"]), (200, &json!(seconds)), "{query}");
        assert!(door.honours(&answer.token()).await);
        door.get("/test/secure", &old).await.refuses(401, "Unauthorized");
    }
    door.get("/user/token", "junk").await.refuses(401, "Unauthorized");
}

async fn lifetimes_out_of_bounds_are_refused_and_end_nothing(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let bad = [
        "m=0",
        "m=-1",
        "m=525601",
        "m=1.5",
        "m=",
        "m=ten",
        "m=%2B1x",
        "m=99999999999999999999",
        "d=0",
        "d=366",
        "m=1&d=1",
        "m=1&m=2",
        "m=%00",
        "m=%ff",
        "m=%zz",
    ];
    for query in bad {
        let answer = door.get(&format!("/user/token?{query}"), &jwt).await;
        answer.refuses(400, "Give m (1 to 525600 minutes) or d (1 to 365 days), as a whole number");
    }
    assert!(door.honours(&jwt).await);
}

async fn logout_ends_the_presented_token_and_no_other(here: Installation) {
    let door = Door::of(here);
    let (mine, other) = (door.jwt().await, door.jwt().await);
    let answer = door.get("/user/logout", &mine).await;
    assert_eq!((answer.status, answer.body), (200, json!({ "message": "User logged out" })));
    for path in ["/test/secure", "/user/renew", "/user/token", "/user/logout", "/authheader/list"] {
        door.get(path, &mine).await.refuses(401, "Unauthorized");
    }
    assert!(door.honours(&other).await);
}

async fn a_renewed_token_survives_the_logout_of_the_one_it_came_from(here: Installation) {
    let door = Door::of(here);
    let old = door.jwt().await;
    let new = door.get("/user/renew", &old).await.token();
    assert_eq!(door.get("/user/logout", &old).await.status, 200);
    assert!(door.honours(&new).await);
}
