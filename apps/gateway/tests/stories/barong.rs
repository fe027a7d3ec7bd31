//! What people do at the `barong` door counts at every other.

use serde_json::{Value, json};

use crate::doors::{At, DOORS, Door, Held, No};
use crate::support::keys::signed;
use crate::support::{Installation, on_both, totp};
use crate::town::{PASSWORD, Town};

on_both! {
    who_signs_up_at_barong_signs_in_at_every_door
    a_factor_switched_on_at_barong_is_demanded_at_every_door
    who_leaves_at_barong_is_refused_everywhere_at_once_keys_included
}

const STRONG: &str = "Tecohvi0-Iequ4gei";

fn door(name: &str) -> &'static dyn Door {
    *DOORS.iter().find(|door| door.name() == name).unwrap()
}

/// An operation below the prefix, with the cookie of a session if there is one: its status and what it answered.
async fn call(at: &At<'_>, held: Option<&Held>, method: &str, path: &str, body: Value) -> (u16, Value) {
    let url = format!("{}/api/v2/auth{path}", at.base);
    let mut request = at.http.request(method.parse().unwrap(), url).json(&body);
    for (header, member) in [("Cookie", "cookie"), ("X-CSRF-Token", "csrf_token")] {
        if let Some(value) = held.and_then(|held| held.member(member)) {
            request = request.header(header, value);
        }
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
}

async fn who_signs_up_at_barong_signs_in_at_every_door(house: Installation) {
    let server = house.serve();
    let town = Town { house, server };
    let at = town.at();
    let email = "lovelace@example.com";
    let form = json!({ "email": email, "password": STRONG, "username": "lovelace" });
    let (status, user) = call(&at, None, "POST", "/identity/users", form).await;
    assert_eq!((status, &user["state"]), (201, &json!("pending")), "{user}");
    for door in DOORS.iter().filter(|door| door.name() != "barong") {
        let no = door.sign_in(&at, "lovelace", STRONG, None).await.unwrap_err();
        assert_eq!(no, No::Credentials, "{} admits no unconfirmed account", door.name());
    }
    let mail = town.house.message("mail", "account.confirm", email);
    let body = json!({ "token": mail["data"]["token"] });
    assert_eq!(call(&at, None, "POST", "/identity/users/email/confirm_code", body).await.0, 201);
    for door in DOORS {
        let held = door.sign_in(&at, "lovelace", STRONG, None).await;
        assert!(door.honours(&at, &held.unwrap()).await, "{}", door.name());
    }
}

async fn a_factor_switched_on_at_barong_is_demanded_at_every_door(here: Installation) {
    let town = Town::of(here);
    let at = town.at();
    let held = door("barong").sign_in(&at, "ada", PASSWORD, None).await.unwrap();
    let (status, made) = call(&at, Some(&held), "POST", "/resource/otp/generate_qrcode", json!({})).await;
    assert_eq!(status, 201, "{made}");
    let link = made["data"]["url"].as_str().unwrap().to_owned();
    let secret = link.split_once("secret=").unwrap().1.split('&').next().unwrap().to_owned();
    let step = totp::step();
    let body = json!({ "code": totp::code(&secret, step) });
    assert_eq!(call(&at, Some(&held), "POST", "/resource/otp/enable", body).await.0, 201);
    for door in DOORS {
        let no = door.sign_in(&at, "ada", PASSWORD, None).await.unwrap_err();
        assert_eq!(no, No::Factor, "{}", door.name());
    }
    let code = totp::code(&secret, step + 1);
    assert!(door("rehive").sign_in(&at, "ada", PASSWORD, Some(&code)).await.is_ok());
}

async fn who_leaves_at_barong_is_refused_everywhere_at_once_keys_included(here: Installation) {
    let town = Town::of(here);
    let at = town.at();
    let sessions = town.signed_in_everywhere().await;
    let held = |name: &str| &sessions.iter().find(|(door, _)| door.name() == name).unwrap().1;
    let key = at.key(held("bfore")).await;
    let codes = town.house.recovery_codes("ada").await;
    let signed = town.house.signed_key("ada", None).await;
    assert!(at.honours_key(&key).await && honours_signature(&at, &signed).await);

    let body = json!({ "password": PASSWORD, "otp_code": codes[0] });
    let (status, answer) = call(&at, Some(held("barong")), "DELETE", "/resource/users/me", body).await;
    assert_eq!(status, 200, "{answer}");

    assert!(!at.honours_key(&key).await && !honours_signature(&at, &signed).await);
    for (door, held) in &sessions {
        assert!(!door.honours(&at, held).await, "{}", door.name());
        let no = door.sign_in(&at, "ada", PASSWORD, None).await.unwrap_err();
        assert_eq!(no, No::Credentials, "{}", door.name());
    }
}

/// Whether a proxy would let a request pass that the key signed.
async fn honours_signature(at: &At<'_>, (kid, secret): &(String, String)) -> bool {
    let request = at.http.get(format!("{}/api/v2/auth/api/v2/auth/resource/users/me", at.base));
    match signed(request, kid, secret).send().await.unwrap().status().as_u16() {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}
