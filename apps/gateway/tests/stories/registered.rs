//! Who registers at the `rehive` door has one account at all doors, and what they do there counts at all of them.

use serde_json::{Value, json};

use crate::doors::{At, DOORS, Held, No};
use crate::support::{Installation, on_both};
use crate::town::{OTHER, PASSWORD, Town};

on_both! {
    who_registers_at_rehive_signs_in_at_every_door
    who_is_disabled_by_their_own_key_at_rehive_is_refused_at_every_door
    a_factor_enrolled_at_rehive_is_demanded_at_every_door
    a_password_reset_at_rehive_counts_at_every_door
    a_session_of_any_door_is_listed_and_ended_at_rehive
}

async fn registered(at: &At<'_>) -> Value {
    let body = json!({
        "company": "default", "username": "ada", "email": "ada@example.com", "password": PASSWORD,
        "first_name": "Ada",
    });
    let (status, answer) = at.post("/3/auth/register/", body).await;
    assert_eq!(status, 201, "{answer}");
    answer["data"].clone()
}

/// A session at the rehive door.
async fn token(at: &At<'_>, password: &str) -> String {
    let rehive = DOORS.iter().find(|door| door.name() == "rehive").unwrap();
    rehive.sign_in(at, "ada", password, None).await.unwrap().member("token").unwrap().to_owned()
}

fn sent(town: &Town, event: &str, name: &str) -> String {
    let mail = town.house.message("mail", event, "ada@example.com");
    mail["data"][name].as_str().unwrap().to_owned()
}

async fn who_registers_at_rehive_signs_in_at_every_door(house: Installation) {
    let server = house.serve();
    let town = Town { house, server };
    let at = town.at();
    let first = registered(&at).await;
    for (door, held) in town.signed_in_everywhere().await {
        assert!(door.honours(&at, &held).await, "{}", door.name());
    }
    assert_eq!(town.live(), DOORS.len() + 1, "and the session of the registration");
    let shown = town.account("show", &[]);
    assert_eq!((&shown["id"], &shown["state"]), (&first["user"]["id"], &json!("active")));
}

async fn who_is_disabled_by_their_own_key_at_rehive_is_refused_at_every_door(here: Installation) {
    for (path, event) in [
        ("/3/auth/deactivate/", "user.deactivate.verify"),
        ("/3/auth/request-delete/", "user.request_delete.verify"),
    ] {
        let town = Town::of(here.another());
        let at = town.at();
        let sessions = town.signed_in_everywhere().await;
        let (_, bfore) = sessions.iter().find(|(door, _)| door.name() == "bfore").unwrap();
        let key = at.key(bfore).await;
        let asked = at.post(path, json!({ "user": "ada", "company": "default" })).await;
        assert_eq!(asked.0, 200);
        let body = json!({ "key": sent(&town, event, "key") });
        assert!(at.honours_key(&key).await, "asking changes nothing");
        assert_eq!(at.post(&format!("{path}verify/"), body).await.0, 200);
        assert!(!at.honours_key(&key).await);
        for (door, held) in &sessions {
            assert!(!door.honours(&at, held).await, "{path} {}", door.name());
            let no = door.sign_in(&at, "ada", PASSWORD, None).await.unwrap_err();
            assert_eq!(no, No::Credentials, "{path} {}", door.name());
        }
        assert_eq!(town.live(), 0);
    }
}

async fn a_factor_enrolled_at_rehive_is_demanded_at_every_door(here: Installation) {
    let town = Town::of(here);
    let at = town.at();
    let token = token(&at, PASSWORD).await;
    let (status, made) = at.post_as(&token, "/3/auth/mfa/authenticators/", json!({ "type": "static" })).await;
    assert_eq!(status, 201);
    let codes = made["data"]["details"]["tokens"].as_array().unwrap();
    let mut codes = codes.iter().map(|code| code["token"].as_str().unwrap().to_owned());
    for door in DOORS {
        assert!(
            door.sign_in(&at, "ada", PASSWORD, None).await.is_ok(),
            "an unverified one counts for nothing"
        );
    }
    let verify = json!({ "authenticator": made["data"]["id"], "token": codes.next().unwrap() });
    assert_eq!(at.post_as(&token, "/3/auth/mfa/verify/", verify).await.0, 200);
    for door in DOORS {
        let no = door.sign_in(&at, "ada", PASSWORD, None).await.unwrap_err();
        assert_eq!(no, No::Factor, "{}", door.name());
        let held = door.sign_in(&at, "ada", PASSWORD, Some(&codes.next().unwrap())).await.unwrap();
        assert!(door.honours(&at, &held).await, "{}", door.name());
    }
}

async fn a_password_reset_at_rehive_counts_at_every_door(here: Installation) {
    let town = Town::of(here);
    let at = town.at();
    let sessions = town.signed_in_everywhere().await;
    let asked = at.post("/3/auth/password/reset/", json!({ "user": "ada", "company": "default" })).await;
    assert_eq!(asked.0, 200);
    let (uid, token) =
        (sent(&town, "user.password.reset", "uid"), sent(&town, "user.password.reset", "token"));
    let body = json!({ "uid": uid, "token": token, "new_password": OTHER });
    assert_eq!(at.post("/3/auth/password/reset/confirm/", body).await.0, 200);
    for (door, held) in &sessions {
        assert!(!door.honours(&at, held).await, "{}", door.name());
        assert_eq!(door.sign_in(&at, "ada", PASSWORD, None).await.unwrap_err(), No::Credentials);
        assert!(door.sign_in(&at, "ada", OTHER, None).await.is_ok(), "{}", door.name());
    }
}

async fn a_session_of_any_door_is_listed_and_ended_at_rehive(here: Installation) {
    let town = Town::of(here);
    let at = town.at();
    let sessions: Vec<(_, Held)> = town.signed_in_everywhere().await;
    let token = token(&at, PASSWORD).await;
    assert_eq!(town.live(), DOORS.len() + 1);
    let url = format!("{}/3/auth/tokens/?token_key__exclude={}", at.base, &token[..8]);
    let request = |method: reqwest::Method| {
        at.http.request(method, &url).header("Authorization", format!("Token {token}")).send()
    };
    let listed: Value = request(reqwest::Method::GET).await.unwrap().json().await.unwrap();
    assert_eq!(listed["data"].as_array().unwrap().len(), DOORS.len());
    assert_eq!(request(reqwest::Method::DELETE).await.unwrap().status(), 200);
    for (door, held) in &sessions {
        assert!(!door.honours(&at, held).await, "{}", door.name());
    }
    assert_eq!(town.live(), 1);
}
