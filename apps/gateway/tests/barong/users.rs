//! Users about themselves: reading, replacing data, leaving (contract §8.9, §9.1).

use serde_json::{Value, json};

use crate::caller::has;
use crate::door::{Door, EMAIL, PASSWORD, entity, refused};
use crate::support::http::Exchange as _;
use crate::support::{Installation, on_both};

on_both! {
    a_user_sees_everything_about_themself
    whatever_shows_a_user_shows_all_of_it
    data_is_replaced_by_json
    leaving_takes_the_password
    leaving_takes_a_code_where_there_is_a_second_factor
    guesses_at_leaving_are_counted
}

const ME: &str = "/users/me";

async fn a_user_sees_everything_about_themself(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    for path in [ME, "/users/me/", "/users/me.json"] {
        let user = entity(&ada.get(path).await, 200);
        let expected = json!({
            "email": EMAIL, "uid": door.ada["uid"], "role": "member", "level": 1, "otp": false, "state": "active",
            "referral_uid": null, "data": null, "username": null, "phones": [], "profiles": [],
            "data_storages": [],
        });
        has(&user, &expected);
        assert!(user.get("csrf_token").is_none(), "{user}");
        assert_eq!(user.as_object().unwrap().len(), 15, "{user}");
        has(&user["labels"][0], &json!({ "key": "email", "value": "verified", "scope": "private" }));
    }
    let head = ada.request("HEAD", ME).answer().await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}

async fn whatever_shows_a_user_shows_all_of_it(here: Installation) {
    let door = Door::open(here.with("dialects.barong.user_storage_titles", "passport"));
    let ada = door.caller().await;
    for (path, body) in [
        ("/phones", json!({ "phone_number": "33612340471" })),
        ("/profiles", json!({ "first_name": "Ada", "last_name": "Lovelace", "dob": "1984-05-17" })),
        ("/data_storage", json!({ "title": "passport", "data": "{}" })),
    ] {
        assert_eq!(ada.send("POST", path, &body).await.status, 201, "{path}");
    }
    let user = entity(&ada.get(ME).await, 200);
    has(&user["phones"][0], &json!({ "country": "FR", "number": "33*****0471", "validated_at": null }));
    has(&user["profiles"][0], &json!({ "last_name": "L*******", "dob": "1984-05-**", "state": "drafted" }));
    has(&user["data_storages"][0], &json!({ "title": "passport", "data": "{}" }));
    let opened = door.login().await.user;
    for list in ["phones", "profiles", "data_storages", "labels"] {
        assert_eq!(opened[list], user[list], "{list}");
    }
    let labels: Vec<&Value> = user["labels"].as_array().unwrap().iter().map(|label| &label["key"]).collect();
    assert_eq!(labels, ["email", "profile", "passport"]);
}

async fn data_is_replaced_by_json(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let (missing, empty) = ("resource.user.missing_data", "resource.user.empty_data");
    refused(&ada.send("PUT", ME, &json!({})).await, 422, &[missing, empty]);
    for blank in [json!(""), json!(" "), Value::Null] {
        refused(&ada.send("PUT", ME, &json!({ "data": blank })).await, 422, &[empty]);
    }
    let long = format!("\"{}\"", "x".repeat(1_023));
    for (data, keys) in [
        (json!("{\"a\":"), ["data.invalid_format"].as_slice()),
        (json!(long), &["data.too_long"]),
        (json!("x".repeat(1_025)), &["data.invalid_format", "data.too_long"]),
        (json!({ "a": 1 }), &["invalid"]),
    ] {
        refused(&ada.send("PUT", ME, &json!({ "data": data })).await, 422, keys);
    }
    for data in ["{\"language\": \"é\"}", "[]"] {
        let user = entity(&ada.send("PUT", ME, &json!({ "data": data })).await, 200);
        has(&user, &json!({ "data": data, "email": EMAIL }));
        assert!(user.get("csrf_token").is_none());
    }
    let form = ada.request("PUT", ME).form(&[("data", "7")]).answer().await;
    assert_eq!(entity(&form, 200)["data"], "7");
    assert_eq!(entity(&ada.get(ME).await, 200)["data"], "7");
}

async fn leaving_takes_the_password(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let (missing, empty) = ("resource.user.missing_password", "resource.user.empty_password");
    let code = "resource.user.empty_otp_code";
    refused(&ada.request("DELETE", ME).answer().await, 422, &[missing, empty]);
    refused(&ada.send("DELETE", ME, &json!({ "otp_code": " " })).await, 422, &[missing, empty, code]);
    refused(&ada.send("DELETE", ME, &json!({ "password": " " })).await, 422, &[empty]);
    let blank = json!({ "password": "wrong", "otp_code": "" });
    refused(&ada.send("DELETE", ME, &blank).await, 422, &[code]);
    for wrong in ["wrong", &"x".repeat(300)] {
        let answer = ada.send("DELETE", ME, &json!({ "password": wrong, "otp_code": "123456" })).await;
        refused(&answer, 422, &["resource.user.invalid_password"]);
    }
    assert_eq!(ada.get(ME).await.status, 200);
    let answer = ada.request("DELETE", &format!("{ME}?password={PASSWORD}")).answer().await;
    assert_eq!(entity(&answer, 200), 200);
    refused(&ada.get(ME).await, 401, &["authz.user_not_active"]);
    let login = door.post("/identity/sessions", &Door::credentials()).await;
    refused(&login, 401, &["identity.session.deleted"]);
    refused(&door.post("/identity/users", &Door::credentials()).await, 422, &["email.taken"]);
    let shown = door.here.json(&["account", "show", "--company", "default", EMAIL]);
    let label = json!({ "key": "delete", "value": "by_user", "scope": "private" });
    let labels = shown["labels"].as_array().unwrap();
    assert!(
        labels.iter().any(|found| found["key"] == label["key"] && found["value"] == label["value"]),
        "{shown}"
    );
}

async fn leaving_takes_a_code_where_there_is_a_second_factor(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let codes = door.here.recovery_codes(EMAIL).await;
    let leave = |password: &str, code: Option<&str>| {
        let mut body = json!({ "password": password });
        if let Some(code) = code {
            body["otp_code"] = json!(code);
        }
        let request = ada.request("DELETE", ME).json(&body);
        async { request.answer().await }
    };
    let invalid = ["resource.user.invalid_password"];
    refused(&leave("wrong", None).await, 422, &invalid);
    refused(&leave("wrong", Some(&codes[0])).await, 422, &invalid);
    refused(&leave(PASSWORD, None).await, 422, &["resource.user.missing_otp_code"]);
    refused(&leave(PASSWORD, Some("000000")).await, 422, &["resource.user.invalid_otp"]);
    let mut login = Door::credentials();
    login["otp_code"] = json!(codes[0]);
    assert_eq!(entity(&door.post("/identity/sessions", &login).await, 201)["otp"], true);
    refused(&leave(PASSWORD, Some(&codes[0])).await, 422, &["totp.error"]);
    assert_eq!(entity(&ada.get(ME).await, 200)["otp"], true);
    assert_eq!(entity(&leave(PASSWORD, Some(&codes[1])).await, 200), 200);
    refused(&ada.get(ME).await, 401, &["authz.user_not_active"]);
}

async fn guesses_at_leaving_are_counted(here: Installation) {
    let door = Door::throttled(here);
    let ada = door.caller().await;
    for _ in 0..6 {
        let answer = ada.send("DELETE", ME, &json!({ "password": "wrong" })).await;
        refused(&answer, 422, &["resource.user.invalid_password"]);
    }
    let answer = ada.send("DELETE", ME, &json!({ "password": PASSWORD })).await;
    refused(&answer, 429, &["resource.user.too_many_attempts"]);
    assert!(answer.header("retry-after").is_some());
    assert_eq!(ada.get(ME).await.status, 200);
}
