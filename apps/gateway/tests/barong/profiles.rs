//! KYC profiles (contract §8.10, §9.5).

use serde_json::{Value, json};

use crate::caller::{Caller, has};
use crate::door::{Door, entity, refused};
use crate::support::{Installation, on_both};

on_both! {
    nobody_has_a_profile_at_first
    a_profile_is_drafted_and_finished
    a_profile_may_be_finished_at_once
    one_profile_is_open_at_a_time
    every_wrong_field_is_named
    profiles_are_whole_where_nothing_is_masked
}

fn full() -> Value {
    json!({
        "first_name": "Ada", "last_name": "Lovelace", "dob": "1984-05-17", "address": "12/3 High Street, #4",
        "postcode": "SW1A 1AA", "city": "Aix-en-Provence", "country": "FR", "metadata": "{\"nationality\":\"FR\"}",
    })
}

async fn label(ada: &Caller<'_>) -> Value {
    entity(&ada.get("/labels/profile").await, 200)["value"].clone()
}

async fn nobody_has_a_profile_at_first(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    assert_eq!(entity(&ada.get("/profiles/me").await, 200), json!([]));
    let answer = ada.send("PUT", "/profiles", &full()).await;
    refused(&answer, 404, &["resource.profile.doesnt_exist_or_not_editable"]);
}

async fn a_profile_is_drafted_and_finished(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let draft = json!({ "first_name": "Ada", "last_name": "Byron", "confirm": false });
    let profile = entity(&ada.send("POST", "/profiles", &draft).await, 201);
    let expected = json!({
        "first_name": "Ada", "last_name": "B****", "dob": null, "address": null, "postcode": null, "city": null,
        "country": null, "state": "drafted", "metadata": null,
    });
    has(&profile, &expected);
    assert_eq!(profile.as_object().unwrap().len(), 11, "{profile}");
    assert_eq!(label(&ada).await, "drafted");
    let finished =
        json!({ "last_name": "Lovelace", "dob": "1984-05-17", "country": "FRA", "confirm": "true" });
    let profile = entity(&ada.send("PUT", "/profiles", &finished).await, 200);
    let expected = json!({
        "first_name": "Ada", "last_name": "L*******", "dob": "1984-05-**", "country": "FRA", "state": "submitted",
    });
    has(&profile, &expected);
    assert_eq!(entity(&ada.get("/profiles/me").await, 200), json!([profile]));
    assert_eq!(label(&ada).await, "submitted");
    let answer = ada.send("PUT", "/profiles", &full()).await;
    refused(&answer, 404, &["resource.profile.doesnt_exist_or_not_editable"]);
}

async fn a_profile_may_be_finished_at_once(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let mut whole = full();
    whole["confirm"] = json!(true);
    let profile = entity(&ada.send("POST", "/profiles", &whole).await, 201);
    let expected = json!({
        "state": "submitted", "address": "12/3 High Street, #4", "postcode": "SW1A 1AA",
        "city": "Aix-en-Provence", "country": "FR", "metadata": "{\"nationality\":\"FR\"}",
    });
    has(&profile, &expected);
    assert_eq!(label(&ada).await, "submitted");
}

async fn one_profile_is_open_at_a_time(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let profile = full();
    let post = || ada.send("POST", "/profiles", &profile);
    let (one, two) = tokio::join!(post(), post());
    let (done, late) = if one.status == 201 { (one, two) } else { (two, one) };
    assert_eq!(done.status, 201, "{done:?}");
    refused(&late, 422, &["state.exists"]);
    let finished = ada.send("PUT", "/profiles", &json!({ "confirm": true })).await;
    assert_eq!(entity(&finished, 200)["state"], "submitted");
    refused(&ada.send("POST", "/profiles", &full()).await, 422, &["state.exists"]);
    assert_eq!(entity(&ada.get("/profiles/me").await, 200).as_array().unwrap().len(), 1);
}

async fn every_wrong_field_is_named(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    for (body, keys) in [
        (json!({ "first_name": "R2<D2>" }), vec!["first_name.invalid"]),
        (json!({ "last_name": "x".repeat(256) }), vec!["last_name.too_long"]),
        (json!({ "dob": "2184-05-17" }), vec!["dob.invalid"]),
        (json!({ "dob": "yesterday" }), vec!["dob.invalid"]),
        (json!({ "metadata": "{bad}" }), vec!["metadata.invalid_format"]),
        (json!({ "country": "Atlantis" }), vec!["country.must have alpha2 or alpha3 format"]),
        (
            json!({ "country": "XX", "first_name": "<", "postcode": "!" }),
            vec!["first_name.invalid", "postcode.invalid", "country.must have alpha2 or alpha3 format"],
        ),
        (json!({ "confirm": "maybe" }), vec!["invalid"]),
        (json!({ "metadata": { "a": 1 } }), vec!["invalid"]),
    ] {
        refused(&ada.send("POST", "/profiles", &body).await, 422, &keys);
    }
    assert_eq!(ada.send("POST", "/profiles", &full()).await.status, 201);
    let answer = ada.send("PUT", "/profiles", &json!({ "dob": "1984-02-30" })).await;
    refused(&answer, 422, &["dob.invalid"]);
}

async fn profiles_are_whole_where_nothing_is_masked(here: Installation) {
    let door = Door::open(here.with("dialects.barong.api_data_masking_enabled", "false"));
    let ada = door.caller().await;
    let profile = entity(&ada.send("POST", "/profiles", &full()).await, 201);
    has(&profile, &full());
    assert_eq!(entity(&ada.get("/profiles/me").await, 200), json!([profile]));
    assert_eq!(entity(&ada.get("/users/me").await, 200)["profiles"], json!([profile]));
}
