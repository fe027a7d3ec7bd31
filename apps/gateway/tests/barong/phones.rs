//! Phones (contract §8.10, §9.4).

use serde_json::{Value, json};

use crate::caller::{Caller, has};
use crate::door::{Door, PASSWORD, entity, grant, refused};
use crate::support::http::Answer;
use crate::support::{Installation, on_both};

on_both! {
    a_number_is_claimed_and_sent_a_code
    what_is_wrong_with_a_number_is_named_in_order
    without_sms_any_code_is_right
    a_number_is_proved_by_the_code_that_was_sent
    another_code_makes_earlier_ones_void
    a_number_is_proved_by_one_user
    codes_are_not_sent_without_end
    wrong_codes_are_counted
    numbers_are_whole_where_nothing_is_masked
}

const NUMBER: &str = "33612340471";
const SENT: &str = "Code was sent successfully via sms";

fn by_sms(here: Installation) -> Door {
    Door::open(here.with("dialects.barong.phone_verification", "sms"))
}

async fn claim(user: &Caller<'_>, path: &str, number: &str) -> Answer {
    user.send("POST", path, &json!({ "phone_number": number })).await
}

async fn verify(user: &Caller<'_>, number: &str, code: &str) -> Answer {
    let body = json!({ "phone_number": number, "verification_code": code });
    user.send("POST", "/phones/verify", &body).await
}

/// The codes that were sent to a number, oldest first.
fn codes(door: &Door, number: &str, count: usize) -> Vec<String> {
    let to = format!("+{number}");
    door.here.wait_for(|| {
        let mut sent = door.here.messages("sms");
        sent.retain(|message| message["to"] == *to && message["event"] == "phone.verify");
        let code = |message: &Value| message["data"]["code"].as_str().unwrap().to_owned();
        (sent.len() == count).then(|| sent.iter().map(code).collect())
    })
}

/// A code that is none of these.
fn other_than(code: &str) -> &'static str {
    if code == "00000" { "00001" } else { "00000" }
}

async fn a_number_is_claimed_and_sent_a_code(here: Installation) {
    let door = by_sms(here);
    let ada = door.caller().await;
    assert_eq!(entity(&ada.get("/phones").await, 200), json!([]));
    for (number, channel) in [(NUMBER, json!(null)), ("+12025550123", json!("call"))] {
        let body = json!({ "phone_number": number, "channel": channel });
        assert_eq!(entity(&ada.send("POST", "/phones", &body).await, 201), json!({ "message": SENT }));
    }
    let phones = entity(&ada.get("/phones").await, 200);
    let expected = json!([
        { "country": "FR", "number": "33*****0471", "validated_at": null },
        { "country": "US", "number": "1******0123", "validated_at": null },
    ]);
    assert_eq!(phones, expected);
    let code = codes(&door, NUMBER, 1).remove(0);
    assert!(code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
}

async fn what_is_wrong_with_a_number_is_named_in_order(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let number = ["resource.phone.missing_phone_number", "resource.phone.empty_phone_number"];
    let code = ["resource.phone.missing_verification_code", "resource.phone.empty_verification_code"];
    for path in ["/phones", "/phones/send_code"] {
        refused(&ada.send("POST", path, &json!({})).await, 400, &number);
        refused(&claim(&ada, path, " ").await, 400, &number[1..]);
        for channel in ["fax", ""] {
            let body = json!({ "phone_number": "x", "channel": channel });
            refused(&ada.send("POST", path, &body).await, 422, &["resource.phone.invalid_channel"]);
        }
        for nowhere in ["x", "12", "8001234567", "2101234567"] {
            refused(&claim(&ada, path, nowhere).await, 400, &["resource.phone.invalid_num"]);
        }
    }
    refused(&ada.send("POST", "/phones/verify", &json!({})).await, 400, &[number, code].concat());
    refused(&verify(&ada, "", " ").await, 400, &[number[1], code[1]]);
    refused(&verify(&ada, "12", "12345").await, 400, &["resource.phone.invalid_num"]);
    let unknown = ["resource.phone.doesnt_exist"];
    refused(&claim(&ada, "/phones/send_code", NUMBER).await, 404, &unknown);
    refused(&verify(&ada, NUMBER, "12345").await, 404, &unknown);
    assert_eq!(claim(&ada, "/phones", NUMBER).await.status, 201);
    refused(&claim(&ada, "/phones", &format!("+{NUMBER}")).await, 400, &["resource.phone.exists"]);
    assert_eq!(entity(&claim(&ada, "/phones/send_code", NUMBER).await, 201), json!({ "message": SENT }));
}

async fn without_sms_any_code_is_right(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    assert_eq!(claim(&ada, "/phones", NUMBER).await.status, 201);
    let user = entity(&verify(&ada, NUMBER, "whatever").await, 201);
    assert!(user.get("csrf_token").is_none());
    assert_eq!(user["level"], 2);
    let label = user["labels"].as_array().unwrap().iter().find(|label| label["key"] == "phone");
    has(label.unwrap(), &json!({ "value": "verified", "scope": "private" }));
    let validated = user["phones"][0]["validated_at"].as_str().unwrap();
    assert!(
        validated.len() == 24 && validated.ends_with('Z') && validated.as_bytes()[19] == b'.',
        "{validated}"
    );
    assert!(door.here.messages("sms").is_empty());
}

async fn a_number_is_proved_by_the_code_that_was_sent(here: Installation) {
    let door = by_sms(here);
    let ada = door.caller().await;
    assert_eq!(claim(&ada, "/phones", NUMBER).await.status, 201);
    let code = codes(&door, NUMBER, 1).remove(0);
    let invalid = ["resource.phone.verification_invalid"];
    for wrong in [other_than(&code), "x"] {
        refused(&verify(&ada, NUMBER, wrong).await, 404, &invalid);
    }
    assert_eq!(entity(&verify(&ada, NUMBER, &code).await, 201)["level"], 2);
    let known = ["resource.phone.number_exist"];
    refused(&verify(&ada, NUMBER, &code).await, 400, &known);
    for path in ["/phones", "/phones/send_code"] {
        refused(&claim(&ada, path, NUMBER).await, 400, &known);
    }
}

async fn another_code_makes_earlier_ones_void(here: Installation) {
    let door = by_sms(here);
    let ada = door.caller().await;
    assert_eq!(claim(&ada, "/phones", NUMBER).await.status, 201);
    assert_eq!(claim(&ada, "/phones/send_code", NUMBER).await.status, 201);
    let both = codes(&door, NUMBER, 2);
    // Once in a hundred thousand times they are the same.
    if both[0] != both[1] {
        refused(&verify(&ada, NUMBER, &both[0]).await, 404, &["resource.phone.verification_invalid"]);
    }
    assert_eq!(verify(&ada, NUMBER, &both[1]).await.status, 201);
}

async fn a_number_is_proved_by_one_user(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let bob = json!({ "email": "bob@example.com", "password": PASSWORD });
    let bob = door.as_holder_of(grant(&door.post("/identity/users", &bob).await, 201));
    for user in [&ada, &bob] {
        assert_eq!(claim(user, "/phones", NUMBER).await.status, 201);
    }
    let (one, two) = tokio::join!(verify(&ada, NUMBER, "11111"), verify(&bob, NUMBER, "22222"));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert!(matches!(statuses, [201, 400 | 404]), "{one:?} {two:?}");
    for user in [&ada, &bob] {
        refused(&verify(user, NUMBER, "33333").await, 400, &["resource.phone.number_exist"]);
    }
}

async fn codes_are_not_sent_without_end(here: Installation) {
    let door = Door::throttled(here.with("throttle.messages_per_minute", "2"));
    let ada = door.caller().await;
    for (path, number) in [("/phones", NUMBER), ("/phones/send_code", NUMBER)] {
        assert_eq!(claim(&ada, path, number).await.status, 201);
    }
    for (path, number) in [("/phones", "12025550123"), ("/phones/send_code", NUMBER)] {
        let answer = claim(&ada, path, number).await;
        refused(&answer, 429, &["resource.phone.too_many_attempts"]);
        assert!(answer.header("retry-after").is_some());
    }
}

async fn wrong_codes_are_counted(here: Installation) {
    let door = Door::throttled(here.with("dialects.barong.phone_verification", "sms"));
    let ada = door.caller().await;
    assert_eq!(claim(&ada, "/phones", NUMBER).await.status, 201);
    let code = codes(&door, NUMBER, 1).remove(0);
    for _ in 0..5 {
        let answer = verify(&ada, NUMBER, other_than(&code)).await;
        refused(&answer, 404, &["resource.phone.verification_invalid"]);
    }
    assert_ne!(verify(&ada, NUMBER, &code).await.status, 201);
}

async fn numbers_are_whole_where_nothing_is_masked(here: Installation) {
    let door = Door::open(here.with("dialects.barong.api_data_masking_enabled", "false"));
    let ada = door.caller().await;
    assert_eq!(claim(&ada, "/phones", NUMBER).await.status, 201);
    assert_eq!(entity(&ada.get("/phones").await, 200)[0]["number"], NUMBER);
    assert_eq!(entity(&ada.get("/users/me").await, 200)["phones"][0]["number"], NUMBER);
}
