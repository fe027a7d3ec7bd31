//! Labels (contract §8.10).

use serde_json::{Value, json};

use crate::caller::{Caller, has};
use crate::door::{Door, entity, refused};
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    labels_are_listed_by_age
    one_label_is_shown_by_its_key
    a_label_is_added_in_lower_case_and_public
    keys_and_values_have_a_shape
    a_key_is_taken_within_its_scope
    a_value_is_changed
    a_label_is_removed
}

async fn add(ada: &Caller<'_>, key: &str, value: &str) -> Answer {
    ada.send("POST", "/labels", &json!({ "key": key, "value": value })).await
}

async fn labels_are_listed_by_age(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    for key in ["zebra", "apple"] {
        assert_eq!(add(&ada, key, "yes").await.status, 201);
    }
    let listed = |answer: &Answer| -> Vec<Value> {
        entity(answer, 200).as_array().unwrap().iter().map(|label| label["key"].clone()).collect()
    };
    assert_eq!(listed(&ada.get("/labels").await), ["email", "zebra", "apple"]);
    assert_eq!(listed(&ada.get("/labels?ordering=asc").await), ["email", "zebra", "apple"]);
    assert_eq!(listed(&ada.get("/labels?ordering=desc").await), ["apple", "zebra", "email"]);
    for other in ["up", "", "ASC"] {
        refused(&ada.get(&format!("/labels?ordering={other}")).await, 422, &["value"]);
    }
}

async fn one_label_is_shown_by_its_key(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let label = entity(&ada.get("/labels/email").await, 200);
    has(&label, &json!({ "key": "email", "value": "verified", "scope": "private" }));
    assert_eq!(label.as_object().unwrap().len(), 5, "{label}");
    assert!(label["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(entity(&ada.get("/labels/email.json").await, 200), label);
    for other in ["phone", "%20", "e"] {
        refused(&ada.get(&format!("/labels/{other}")).await, 404, &["record.not_found"]);
    }
}

async fn a_label_is_added_in_lower_case_and_public(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let all = [
        "resource.label.missing_key",
        "resource.label.empty_key",
        "resource.label.missing_value",
        "resource.label.empty_value",
    ];
    refused(&ada.send("POST", "/labels", &json!({})).await, 400, &all);
    refused(&add(&ada, " ", "").await, 400, &[all[1], all[3]]);
    let body = json!({ "key": "Lang_1-a", "value": "EN-gb", "scope": "private" });
    let label = entity(&ada.send("POST", "/labels", &body).await, 201);
    has(&label, &json!({ "key": "lang_1-a", "value": "en-gb", "scope": "public" }));
    assert_eq!(entity(&ada.get("/labels/LANG_1-A").await, 200), label);
    assert_eq!(entity(&ada.get("/users/me").await, 200)["labels"][1], label);
}

async fn keys_and_values_have_a_shape(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    for (key, value, keys) in [
        ("ab", "yes", vec!["key.too_short"]),
        ("key", "x", vec!["value.too_short"]),
        (&"k".repeat(256), "yes", vec!["key.too_long"]),
        ("key", &"v".repeat(256), vec!["value.too_long"]),
        ("a b c", "yes", vec!["key.invalid"]),
        ("key", "schön", vec!["value.invalid"]),
        ("é", "?", vec!["key.too_short", "key.invalid", "value.too_short", "value.invalid"]),
    ] {
        refused(&add(&ada, key, value).await, 422, &keys);
    }
    assert_eq!(add(&ada, &"k".repeat(255), &"v".repeat(255)).await.status, 201);
}

async fn a_key_is_taken_within_its_scope(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    assert_eq!(add(&ada, "lang", "eng").await.status, 201);
    refused(&add(&ada, "LANG", "fra").await, 422, &["key.taken"]);
    assert_eq!(entity(&add(&ada, "email", "hidden").await, 201)["scope"], "public");
    assert_eq!(entity(&ada.get("/users/me").await, 200)["level"], 1, "a public label is no proof");
}

async fn a_value_is_changed(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let label = entity(&add(&ada, "lang", "eng").await, 201);
    let change = async |key: &str, value: Value| ada.send("PATCH", &format!("/labels/{key}"), &value).await;
    let (missing, empty) = ("resource.label.missing_value", "resource.label.empty_value");
    refused(&change("nothing", json!({})).await, 400, &[missing, empty]);
    refused(&change("lang", json!({ "value": " " })).await, 400, &[empty]);
    refused(&change("nothing", json!({ "value": "fra" })).await, 404, &["record.not_found"]);
    refused(&change("email", json!({ "value": "fra" })).await, 400, &["resource.labels.private"]);
    refused(&change("lang", json!({ "value": "x" })).await, 422, &["value.too_short"]);
    assert_eq!(entity(&ada.get("/labels/lang").await, 200), label);
    let changed = entity(&change("lang", json!({ "value": "FRA", "key": "other" })).await, 200);
    has(&changed, &json!({ "key": "lang", "value": "fra", "scope": "public" }));
    assert_eq!(changed["created_at"], label["created_at"]);
    assert_eq!(entity(&ada.get("/labels/lang").await, 200), changed);
}

async fn a_label_is_removed(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    assert_eq!(add(&ada, "lang", "eng").await.status, 201);
    let remove = async |key: &str| ada.request("DELETE", &format!("/labels/{key}")).answer().await;
    refused(&remove("nothing").await, 404, &["record.not_found"]);
    refused(&remove("email").await, 400, &["resource.labels.private"]);
    let removed = remove("lang").await;
    assert_eq!((removed.status, removed.body.as_str()), (204, ""));
    refused(&remove("lang").await, 404, &["record.not_found"]);
    refused(&ada.get("/labels/lang").await, 404, &["record.not_found"]);
    assert_eq!(entity(&ada.get("/users/me").await, 200)["state"], "active");
}
