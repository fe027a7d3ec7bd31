//! What an operator changes is in force in a running server within a second.

use std::time::{Duration, Instant};

use crate::doors::DOORS;
use crate::support::{Installation, on_both};
use crate::town::{OTHER, PASSWORD, Town};

/// Generous: the promise is a second from the end of the command, and the machine may be busy.
const SOON: Duration = Duration::from_secs(3);

on_both! {
    an_account_made_beside_a_running_server_signs_in_at_once
    a_company_setting_is_in_force_soon
    a_new_signing_key_is_published_soon
}

async fn an_account_made_beside_a_running_server_signs_in_at_once(house: Installation) {
    let server = house.serve();
    let town = Town { house, server };
    for door in DOORS {
        assert!(door.sign_in(&town.at(), "eve", PASSWORD, None).await.is_err());
    }
    town.house.account(&["--username", "eve", "--email", "eve@example.com", "--email-verified"], PASSWORD);
    for door in DOORS {
        assert!(door.sign_in(&town.at(), "eve", PASSWORD, None).await.is_ok(), "{}", door.name());
    }
}

async fn a_company_setting_is_in_force_soon(here: Installation) {
    let town = Town::of(here);
    let at = town.at();
    let sessions = town.signed_in_everywhere().await;
    let (bfore, held) = sessions.iter().find(|(door, _)| door.name() == "bfore").unwrap();
    let change =
        |new: &str| serde_json::json!({ "username": "ada", "old": PASSWORD, "new": new, "confirm": new });
    let weak = "correct-horse-battery-staple";
    assert_eq!(at.post("/user/password", change(weak)).await.0, 400, "the company's policy is barong's");
    town.house.json(&["company", "set", "default", "password_policy=standard"]);
    let set = Instant::now();
    while at.post("/user/password", change(weak)).await.0 != 200 {
        assert!(set.elapsed() < SOON, "not in force yet");
    }
    assert!(!bfore.honours(&at, held).await);
    assert!(bfore.sign_in(&at, "ada", OTHER, None).await.is_err());
}

async fn a_new_signing_key_is_published_soon(here: Installation) {
    let town = Town::of(here);
    let made = town.house.json(&["signing-key", "rotate", "--overlap", "1h"]);
    let set = Instant::now();
    let url = town.server.url("/.well-known/jwks.json");
    loop {
        let published = reqwest::get(&url).await.unwrap().text().await.unwrap();
        if made.as_array().unwrap().iter().all(|key| published.contains(key["kid"].as_str().unwrap())) {
            break;
        }
        assert!(set.elapsed() < SOON, "not published yet");
    }
    for (door, held) in town.signed_in_everywhere().await {
        assert!(door.honours(&town.at(), &held).await, "{}", door.name());
    }
}
