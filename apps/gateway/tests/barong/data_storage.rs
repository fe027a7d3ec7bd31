//! Texts that users keep under titles (contract §8.7, §9.6).

use serde_json::{Value, json};

use crate::caller::{Caller, has};
use crate::door::{Door, entity, refused};
use crate::support::http::Answer;
use crate::support::{Installation, on_both};

on_both! {
    absent_and_blank_parameters_are_named
    without_titles_in_the_settings_nothing_is_kept
    data_is_kept_and_labelled
    everything_wrong_with_data_is_named
    one_text_is_kept_under_a_title
}

fn open(here: Installation) -> Door {
    Door::open(here.with("dialects.barong.user_storage_titles", "passport,a b,phone"))
}

async fn keep(ada: &Caller<'_>, title: &str, data: &str) -> Answer {
    ada.send("POST", "/data_storage", &json!({ "title": title, "data": data })).await
}

async fn absent_and_blank_parameters_are_named(here: Installation) {
    let door = open(here);
    let ada = door.caller().await;
    let all = [
        "resource.datastorage.missing_title",
        "resource.datastorage.empty_title",
        "resource.datastorage.missing_data",
        "resource.datastorage.empty_data",
    ];
    refused(&ada.send("POST", "/data_storage", &json!({})).await, 422, &all);
    refused(&keep(&ada, " ", "").await, 422, &[all[1], all[3]]);
}

async fn without_titles_in_the_settings_nothing_is_kept(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    refused(&keep(&ada, "passport", "{}").await, 422, &["title.inclusion"]);
    for title in ["document", "label", "profile", "phone", "user"] {
        refused(&keep(&ada, title, "{}").await, 422, &["title.inclusion", "title.exclusion"]);
    }
}

async fn data_is_kept_and_labelled(here: Installation) {
    let door = open(here);
    let ada = door.caller().await;
    let data = "{\"number\": \"é7\"}";
    assert_eq!(entity(&keep(&ada, "passport", data).await, 201), 201);
    assert_eq!(keep(&ada, "a b", "[]").await.status, 201);
    let user = entity(&ada.get("/users/me").await, 200);
    let kept = user["data_storages"].as_array().unwrap();
    assert_eq!(kept.len(), 2);
    let passport = kept.iter().find(|kept| kept["title"] == "passport").unwrap();
    has(passport, &json!({ "data": data }));
    assert_eq!(passport.as_object().unwrap().len(), 4, "{passport}");
    let labels: Vec<&Value> = user["labels"].as_array().unwrap().iter().map(|label| &label["key"]).collect();
    assert_eq!(labels, ["email", "passport"], "a title with a blank is no key of a label");
    has(&user["labels"][1], &json!({ "value": "recorded", "scope": "private" }));
}

async fn everything_wrong_with_data_is_named(here: Installation) {
    let door = open(here);
    let ada = door.caller().await;
    assert_eq!(keep(&ada, "passport", "{}").await.status, 201);
    for (title, data, keys) in [
        ("a b", "{", vec!["data.invalid_format"]),
        ("a b", &format!("\"{}\"", "x".repeat(5_119)), vec!["data.too_long"]),
        ("passport", "{}", vec!["title.taken"]),
        ("Passport", "{}", vec!["title.taken", "title.inclusion"]),
        ("phone", "{}", vec!["title.exclusion"]),
        (
            "user",
            &"x".repeat(5_121),
            vec!["data.too_long", "data.invalid_format", "title.inclusion", "title.exclusion"],
        ),
    ] {
        refused(&keep(&ada, title, data).await, 422, &keys);
    }
    assert_eq!(keep(&ada, "a b", &format!("\"{}\"", "é".repeat(5_118))).await.status, 201);
}

async fn one_text_is_kept_under_a_title(here: Installation) {
    let door = open(here);
    let ada = door.caller().await;
    let (one, two) = tokio::join!(keep(&ada, "passport", "1"), keep(&ada, "passport", "2"));
    let (done, late) = if one.status == 201 { (one, two) } else { (two, one) };
    assert_eq!(done.status, 201, "{done:?}");
    refused(&late, 422, &["title.taken"]);
}
