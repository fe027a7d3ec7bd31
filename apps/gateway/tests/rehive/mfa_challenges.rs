//! Contract §6.2, §6.3, §7.13, §7.14: the challenge of a login.

use serde_json::{Value, json};

use crate::door::{Door, done, refused, succeeded};
use crate::factors::{AUTHENTICATORS, DELIVER, barred};
use crate::support::{Installation, on_both};

on_both! {
    a_challenged_token_becomes_good_with_the_code
    a_challenged_token_opens_nothing_else
    a_wrong_code_leaves_the_challenge_open
    a_code_is_good_once
    a_completed_challenge_and_another_token_s_are_not_found
    wrong_codes_are_limited_for_the_account
    of_two_right_codes_at_once_one_answers
    a_number_is_sent_its_code_at_login
    codes_are_delivered_again_and_only_the_newest_is_good
    a_delivery_is_refused_for_what_is_wrong
    deliveries_are_throttled
    old_clients_name_neither_challenge_nor_authenticator
    an_authenticator_can_be_named_beside_the_challenge
    a_challenge_that_is_not_answered_in_time_ends_the_session
    a_created_token_is_challenged_on_its_own
    a_refresh_answers_no_challenge
    a_logout_is_always_possible
}

fn body(challenge: &Value, code: &str) -> Value {
    json!({ "challenge": challenge["id"], "token": code })
}

async fn a_challenged_token_becomes_good_with_the_code(here: Installation) {
    let door = Door::open(here);
    let first = door.login().await.token;
    let app = door.app(&first).await;
    let (granted, challenge) = door.challenged().await;
    assert_eq!(granted.data["user"], json!({ "id": door.ada }), "no personal data before the second factor");
    assert_eq!(
        challenge,
        json!({
            "id": challenge["id"], "type": "authentication", "durability": "permanent",
            "authenticator_types": ["totp"], "created": challenge["created"],
        })
    );
    assert!(challenge["created"].as_i64() >= granted.data["created"].as_i64());
    assert_eq!(barred(&door.get("/3/auth/", &granted.token).await), std::slice::from_ref(&challenge));
    done(&door.verify(&granted.token, &body(&challenge, &app.code(1))).await);
    assert!(door.honours(&granted.token).await);
    assert!(door.honours(&first).await);
}

async fn a_challenged_token_opens_nothing_else(here: Installation) {
    let door = Door::open(here);
    let first = door.login().await.token;
    let app = door.app(&first).await;
    let (granted, challenge) = door.challenged().await;
    let one = format!("{AUTHENTICATORS}{}/", app.id);
    for (method, path) in [
        ("GET", "/3/auth/"),
        ("GET", "/3/user/"),
        ("GET", AUTHENTICATORS),
        ("POST", AUTHENTICATORS),
        ("GET", &one),
        ("DELETE", &one),
        ("GET", "/3/auth/tokens/"),
        ("POST", "/3/auth/tokens/"),
        ("DELETE", "/3/auth/tokens/"),
        ("GET", "/3/auth/tokens/ffffffff/"),
        ("PATCH", "/3/auth/tokens/ffffffff/"),
        ("DELETE", "/3/auth/tokens/ffffffff/"),
        ("POST", "/3/auth/mobile/verify/"),
        ("POST", "/3/auth/password/change/"),
    ] {
        let answer = door.send(method, path, &granted.token, None).await;
        assert_eq!(barred(&answer), std::slice::from_ref(&challenge), "{method} {path}");
    }
    let enrolment = json!({ "authenticator": app.id, "token": app.code(1) });
    assert_eq!(barred(&door.verify(&granted.token, &enrolment).await), [challenge]);
    assert!(door.honours(&first).await, "nothing was done");
}

async fn a_wrong_code_leaves_the_challenge_open(here: Installation) {
    let door = Door::open(here);
    let app = door.app(&door.login().await.token).await;
    let (granted, challenge) = door.challenged().await;
    for code in ["000000", "wrong", &app.code(0)] {
        refused(&door.verify(&granted.token, &body(&challenge, code)).await, 400, &["token"]);
    }
    refused(&door.verify(&granted.token, &json!({ "challenge": challenge["id"] })).await, 400, &["token"]);
    barred(&door.get("/3/auth/", &granted.token).await);
    done(&door.verify(&granted.token, &body(&challenge, &app.code(1))).await);
}

async fn a_code_is_good_once(here: Installation) {
    let door = Door::open(here);
    let codes = door.codes(&door.login().await.token).await;
    let (first, one) = door.challenged().await;
    let (second, other) = door.challenged().await;
    done(&door.verify(&first.token, &body(&one, &codes[0].to_uppercase())).await);
    refused(&door.verify(&second.token, &body(&other, &codes[0])).await, 400, &["token"]);
    done(&door.verify(&second.token, &body(&other, &codes[1])).await);
}

async fn a_completed_challenge_and_another_token_s_are_not_found(here: Installation) {
    let door = Door::open(here);
    let codes = door.codes(&door.login().await.token).await;
    let (first, one) = door.challenged().await;
    let (second, other) = door.challenged().await;
    refused(&door.verify(&second.token, &body(&one, &codes[0])).await, 404, &["challenge"]);
    done(&door.verify(&first.token, &body(&one, &codes[0])).await);
    refused(&door.verify(&first.token, &body(&one, &codes[1])).await, 404, &["challenge"]);
    refused(
        &door.verify(&first.token, &json!({ "challenge": "x", "token": "1" })).await,
        404,
        &["challenge"],
    );
    done(&door.verify(&second.token, &body(&other, &codes[1])).await);
}

async fn wrong_codes_are_limited_for_the_account(here: Installation) {
    let door = Door::throttled(here);
    let codes = door.codes(&door.login().await.token).await;
    let (first, one) = door.challenged().await;
    let (second, other) = door.challenged().await;
    for (token, challenge) in
        [(&first, &one), (&second, &other), (&first, &one), (&second, &other), (&first, &one)]
    {
        refused(&door.verify(&token.token, &body(challenge, "wrong")).await, 400, &["token"]);
    }
    let answer = door.verify(&second.token, &body(&other, &codes[0])).await;
    refused(&answer, 429, &[]);
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((500..=600).contains(&wait), "{wait}");
}

async fn of_two_right_codes_at_once_one_answers(here: Installation) {
    let door = Door::open(here);
    let codes = door.codes(&door.login().await.token).await;
    let (granted, challenge) = door.challenged().await;
    let answers = [body(&challenge, &codes[0]), body(&challenge, &codes[1])];
    let (one, other) =
        tokio::join!(door.verify(&granted.token, &answers[0]), door.verify(&granted.token, &answers[1]));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
    let unspent = if one.status == 200 { &codes[1] } else { &codes[0] };
    door.login_with(unspent).await;
}

async fn a_number_is_sent_its_code_at_login(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    door.phone(&token).await;
    let app = door.app(&token).await;
    let (granted, challenge) = door.challenged().await;
    assert_eq!(challenge["authenticator_types"], json!(["totp", "sms"]));
    done(&door.verify(&granted.token, &body(&challenge, &door.sent(2))).await);
    let (granted, challenge) = door.challenged().await;
    done(&door.verify(&granted.token, &body(&challenge, &app.code(1))).await);
}

async fn codes_are_delivered_again_and_only_the_newest_is_good(here: Installation) {
    let door = Door::open(here);
    door.phone(&door.login().await.token).await;
    let (granted, challenge) = door.challenged().await;
    let older = door.sent(2);
    done(&door.post(DELIVER, &granted.token, &json!({ "challenge": challenge["id"] })).await);
    let newer = door.sent(3);
    if older != newer {
        refused(&door.verify(&granted.token, &body(&challenge, &older)).await, 400, &["token"]);
    }
    done(&door.post(DELIVER, &granted.token, &json!({})).await);
    done(&door.verify(&granted.token, &body(&challenge, &door.sent(4))).await);
}

async fn a_delivery_is_refused_for_what_is_wrong(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let app = door.app(&token).await;
    let draft = door.enrol(&token, &json!({ "type": "sms" })).await;
    let unknown = "0193b2f0-0000-7000-8000-000000000000";
    refused(&door.post(DELIVER, &token, &json!({})).await, 400, &["non_field_errors"]);
    refused(&door.post(DELIVER, &token, &json!({ "authenticator": app.id })).await, 400, &["authenticator"]);
    refused(&door.post(DELIVER, &token, &json!({ "authenticator": unknown })).await, 404, &["authenticator"]);
    refused(&door.post(DELIVER, &token, &json!({ "challenge": unknown })).await, 404, &["challenge"]);
    done(&door.post(DELIVER, &token, &json!({ "authenticator": draft.id })).await);
    done(&door.verify(&token, &json!({ "authenticator": draft.id, "token": door.sent(2) })).await);
    done(&door.delete(&format!("{AUTHENTICATORS}{}/", draft.id), &token).await);

    let (granted, challenge) = door.challenged().await;
    let only_app = json!({ "challenge": challenge["id"] });
    refused(&door.post(DELIVER, &granted.token, &only_app).await, 400, &["challenge"]);
    refused(&door.server.post(DELIVER, &only_app).await, 401, &[]);
    refused(&door.post(DELIVER, &token, &only_app).await, 404, &["challenge"]);
}

async fn deliveries_are_throttled(here: Installation) {
    let door = Door::throttled(here.with("throttle.second_factor_sends_per_minute", "3"));
    let token = door.login().await.token;
    let phone = door.phone(&token).await;
    let body = json!({ "authenticator": phone });
    for _ in 0..2 {
        done(&door.post(DELIVER, &token, &body).await);
    }
    let answer = door.post(DELIVER, &token, &body).await;
    refused(&answer, 429, &[]);
    assert!(answer.header("retry-after").unwrap().parse::<u64>().is_ok());
    let (granted, _) = door.challenged().await;
    assert_eq!(granted.token.len(), 64, "a login goes on without its code");
    door.sent(3);
    assert_eq!(door.here.messages("sms").len(), 3);
}

async fn old_clients_name_neither_challenge_nor_authenticator(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let codes = door.codes(&token).await;
    let (granted, _) = door.challenged().await;
    done(&door.verify(&granted.token, &json!({ "token": codes[0] })).await);
    refused(&door.verify(&granted.token, &json!({ "token": codes[1] })).await, 400, &["non_field_errors"]);
}

async fn an_authenticator_can_be_named_beside_the_challenge(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let (app, codes) = (door.app(&token).await, door.codes(&token).await);
    let draft = door.enrol(&token, &json!({ "type": "sms" })).await;
    let (granted, challenge) = door.challenged().await;
    let named = |authenticator: &str, code: &str| json!({ "challenge": challenge["id"], "authenticator": authenticator, "token": code });
    let verify = async |body: Value| door.verify(&granted.token, &body).await;
    refused(&verify(named(&app.id, &codes[0])).await, 400, &["token"]);
    refused(&verify(named(&draft.id, &door.sent(1))).await, 400, &["authenticator"]);
    refused(&verify(named("unknown", &codes[0])).await, 404, &["authenticator"]);
    done(&verify(named(&app.id, &app.code(1))).await);
}

async fn a_challenge_that_is_not_answered_in_time_ends_the_session(here: Installation) {
    let door = Door::open(here.with("dialects.rehive.challenge_ttl", "2"));
    let first = door.login().await.token;
    let codes = door.codes(&first).await;
    let (granted, challenge) = door.challenged().await;
    while door.get("/3/auth/", &granted.token).await.status == 403 {}
    refused(&door.get("/3/auth/", &granted.token).await, 401, &[]);
    refused(&door.verify(&granted.token, &body(&challenge, &codes[0])).await, 401, &[]);
    refused(&door.post("/3/auth/logout/", &granted.token, &json!({})).await, 401, &[]);
    let refresh = crate::refresh::refresh(&door, &granted.refresh, &json!({})).await;
    refused(&refresh, 401, &[]);
    let listed = succeeded(&door.get("/3/auth/tokens/", &first).await, 200);
    assert_eq!(listed.as_array().unwrap().len(), 1, "it is removed");
    door.challenged().await;
}

async fn a_created_token_is_challenged_on_its_own(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let codes = door.codes(&token).await;
    let body_of = json!({ "password": crate::door::PASSWORD });
    let created = succeeded(&door.post("/3/auth/tokens/", &token, &body_of).await, 201);
    let (new, challenge) = (created["token"].as_str().unwrap(), &created["challenges"][0]);
    barred(&door.get("/3/auth/", new).await);
    assert!(door.honours(&token).await);
    refused(&door.verify(&token, &body(challenge, &codes[0])).await, 404, &["challenge"]);
    done(&door.verify(new, &body(challenge, &codes[0])).await);
    assert!(door.honours(new).await);
}

async fn a_refresh_answers_no_challenge(here: Installation) {
    let door = Door::open(here);
    let codes = door.codes(&door.login().await.token).await;
    let (granted, challenge) = door.challenged().await;
    succeeded(&crate::refresh::refresh(&door, &granted.refresh, &json!({})).await, 200);
    barred(&door.get("/3/auth/", &granted.token).await);
    done(&door.verify(&granted.token, &body(&challenge, &codes[0])).await);
    assert!(door.honours(&granted.token).await);
}

async fn a_logout_is_always_possible(here: Installation) {
    let door = Door::open(here);
    door.codes(&door.login().await.token).await;
    let (granted, _) = door.challenged().await;
    done(&door.post("/3/auth/logout/", &granted.token, &json!({ "clear_session_option": "none" })).await);
    refused(&door.get("/3/auth/", &granted.token).await, 401, &[]);
}
