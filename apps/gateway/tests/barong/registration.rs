//! Signing up (contract §7.1).

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::door::{Door, EMAIL, PASSWORD, entity, grant, refused};
use crate::support::http::Answer;
use crate::support::{Installation, on_both};

on_both! {
    a_sign_up_opens_a_session_and_sends_a_token
    missing_and_blank_parameters_are_named
    everything_wrong_is_named_at_once
    usernames_are_short_plain_and_unique
    referrals_name_users
    data_is_json
    parallel_sign_ups_with_one_address_give_one_user
    the_first_account_becomes_superadmin_only_if_told_so
    of_many_who_sign_up_first_one_becomes_superadmin
    registrations_from_one_address_are_counted
}

const USERS: &str = "/identity/users";
const BOB: &str = "bob@example.com";

fn bob(more: &Value) -> Value {
    let mut body = json!({ "email": BOB, "password": PASSWORD });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn sign_up(door: &Door, more: &Value) -> Answer {
    door.post(USERS, &bob(more)).await
}

async fn a_sign_up_opens_a_session_and_sends_a_token(here: Installation) {
    let door = Door::open(here);
    let answer = sign_up(&door, &json!({ "username": "Bobby7" })).await;
    let granted = grant(&answer, 201);
    let user = granted.user;
    let expected = json!({
        "email": BOB, "role": "member", "level": 0, "otp": false, "state": "pending", "referral_uid": null,
        "data": null, "username": "bobby7", "labels": [], "phones": [], "profiles": [], "data_storages": [],
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&user[member], value, "{member}");
    }
    let uid = user["uid"].as_str().unwrap();
    assert!(uid.starts_with("ID") && uid.len() == 12, "{uid}");
    let mail = door.here.message("mail", "account.confirm", BOB);
    let token = mail["data"]["token"].as_str().unwrap();
    assert_eq!(token.split('.').count(), 3, "{token}");
    let url = mail["data"]["url"].as_str().unwrap();
    assert!(url.starts_with("https://openware.com/accounts/confirmation?confirmation_token="), "{url}");
    assert!(url.ends_with("&lang=en"), "{url}");
    // A pending user may sign in.
    let again = door.post("/identity/sessions", &bob(&json!({}))).await;
    assert_eq!(entity(&again, 201)["state"], "pending");
}

async fn missing_and_blank_parameters_are_named(here: Installation) {
    let door = Door::open(here);
    let (missing, empty) = (
        ["identity.user.missing_email", "identity.user.empty_email"],
        ["identity.user.missing_password", "identity.user.empty_password"],
    );
    refused(&door.post(USERS, &json!({})).await, 400, &[missing, empty].concat());
    refused(
        &door.post(USERS, &json!({ "email": " ", "password": null })).await,
        400,
        &["identity.user.empty_email", "identity.user.empty_password"],
    );
    refused(&door.post(USERS, &json!({ "email": BOB })).await, 400, &empty);
    refused(
        &door.post(USERS, &json!({ "email": { "a": 1 }, "password": PASSWORD })).await,
        422,
        &["invalid"],
    );
}

async fn everything_wrong_is_named_at_once(here: Installation) {
    let door = Door::open(here);
    for (body, keys) in [
        (json!({ "email": "valid", "password": "Password1" }), vec!["email.invalid", "password.weak"]),
        (json!({ "email": EMAIL, "password": "password" }), vec!["email.taken", "password.requirements"]),
        (json!({ "email": "ADA@example.COM", "password": PASSWORD }), vec!["email.taken"]),
        (json!({ "email": BOB, "password": "x" }), vec!["password.requirements"]),
        (json!({ "email": BOB, "password": "Kal31ewwqXrew".repeat(6) }), vec!["password.too_long"]),
        (json!({ "email": BOB, "password": "Kal31ewwqXrew".repeat(30) }), vec!["password.too_long"]),
        (
            json!({ "email": "a..b@x.com", "password": "Password1", "username": "a_b", "data": "{" }),
            vec![
                "email.invalid",
                "password.weak",
                "username.too_short",
                "username.invalid",
                "data.invalid_format",
            ],
        ),
    ] {
        refused(&door.post(USERS, &body).await, 422, &keys);
    }
    assert!(door.here.messages("mail").is_empty());
}

async fn usernames_are_short_plain_and_unique(here: Installation) {
    let door = Door::open(here);
    for (name, keys) in [
        ("", vec!["username.too_short", "username.invalid"]),
        ("abc", vec!["username.too_short"]),
        ("abcdefghijklm", vec!["username.too_long"]),
        ("a.b-c", vec!["username.invalid"]),
    ] {
        refused(&sign_up(&door, &json!({ "username": name })).await, 422, &keys);
    }
    assert_eq!(sign_up(&door, &json!({ "username": "Bobby" })).await.status, 201);
    let carol = json!({ "email": "carol@example.com", "password": PASSWORD, "username": "bOBBY" });
    refused(&door.post(USERS, &carol).await, 422, &["username.taken"]);
    let carol = json!({ "email": "carol@example.com", "password": PASSWORD, "username": null });
    assert_eq!(entity(&door.post(USERS, &carol).await, 201)["username"], Value::Null);
}

async fn referrals_name_users(here: Installation) {
    let door = Door::open(here);
    let format = "identity.user.invalid_referral_format";
    for refid in ["", "id0123456789", "XX0123456789"] {
        refused(&sign_up(&door, &json!({ "refid": refid })).await, 422, &[format]);
    }
    let unknown = "identity.user.referral_doesnt_exist";
    for refid in ["ID0123456789", "ID", "ID\u{0}", "IDé"] {
        let body = json!({ "refid": refid, "password": "Password1" });
        refused(&sign_up(&door, &body).await, 422, &[unknown]);
    }
    let user = entity(&sign_up(&door, &json!({ "refid": door.ada["uid"] })).await, 201);
    assert_eq!(user["referral_uid"], door.ada["uid"]);
}

async fn data_is_json(here: Installation) {
    let door = Door::open(here);
    for (data, keys) in [
        ("", vec!["data.invalid_format"]),
        ("{\"a\":", vec!["data.invalid_format"]),
        (&format!("\"{}\"", "x".repeat(1023)), vec!["data.too_long"]),
    ] {
        refused(&sign_up(&door, &json!({ "data": data })).await, 422, &keys);
    }
    refused(&sign_up(&door, &json!({ "data": { "a": 1 } })).await, 422, &["invalid"]);
    let data = "{\"language\": \"\\u0000é\"}";
    assert_eq!(entity(&sign_up(&door, &json!({ "data": data })).await, 201)["data"], data);
}

async fn parallel_sign_ups_with_one_address_give_one_user(here: Installation) {
    let door = Door::open(here);
    let body = json!({ "email": BOB, "password": PASSWORD });
    let (one, two, three) =
        tokio::join!(door.post(USERS, &body), door.post(USERS, &body), door.post(USERS, &body));
    let mut answers = [one, two, three];
    answers.sort_by_key(|answer| answer.status);
    assert_eq!(answers[0].status, 201);
    for late in &answers[1..] {
        refused(late, 422, &["email.taken"]);
    }
}

async fn the_first_account_becomes_superadmin_only_if_told_so(here: Installation) {
    let server = here.serve();
    let ordinary = sign_up(&Door { here, server, ada: json!({}) }, &json!({})).await;
    assert_eq!(entity(&ordinary, 201)["role"], "member");
    let here = Installation::on_sqlite().with("dialects.barong.first_registration_superadmin", "true");
    let server = here.serve();
    let door = Door { here, server, ada: json!({}) };
    let first = entity(&sign_up(&door, &json!({})).await, 201);
    assert_eq!((&first["role"], &first["state"]), (&json!("superadmin"), &json!("active")));
    assert_eq!((&first["level"], &first["labels"][0]["key"]), (&json!(1), &json!("email")));
    let carol = json!({ "email": "carol@example.com", "password": PASSWORD });
    assert_eq!(entity(&door.post(USERS, &carol).await, 201)["role"], "member");
    assert_eq!(door.here.message("mail", "account.confirm", "carol@example.com")["to"], "carol@example.com");
    assert!(door.here.messages("mail").iter().all(|mail| mail["to"] != BOB));
}

async fn of_many_who_sign_up_first_one_becomes_superadmin(here: Installation) {
    let here = here.with("dialects.barong.first_registration_superadmin", "true");
    let here = here.with("throttle.enabled", "false");
    let server = here.serve();
    let door = Door { here, server, ada: json!({}) };
    let names: Vec<String> = (0..4).map(|number| format!("user{number}@example.com")).collect();
    let bodies = names.iter().map(|name| json!({ "email": name, "password": PASSWORD }));
    let answers = join_all(bodies.map(|body| {
        let door = &door;
        async move { door.post(USERS, &body).await }
    }));
    let mut roles: Vec<Value> =
        answers.await.iter().map(|answer| entity(answer, 201)["role"].clone()).collect();
    roles.sort_by_key(ToString::to_string);
    assert_eq!(roles, ["member", "member", "member", "superadmin"]);
    let confirmations = || door.here.messages("mail").len();
    door.here.wait_for(|| (confirmations() == 3).then_some(()));
}

async fn registrations_from_one_address_are_counted(here: Installation) {
    let door = Door::throttled(here.with("throttle.registrations_per_minute", "2"));
    for name in ["bob", "carol"] {
        let body = json!({ "email": format!("{name}@example.com"), "password": PASSWORD });
        assert_eq!(door.post(USERS, &body).await.status, 201);
    }
    let answer = door.post(USERS, &json!({ "email": "dan@example.com", "password": PASSWORD })).await;
    refused(&answer, 429, &["identity.user.too_many_attempts"]);
    assert!(answer.header("retry-after").is_some());
}
