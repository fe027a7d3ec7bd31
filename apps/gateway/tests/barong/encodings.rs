//! Parameters in every form they may come in (contract §2).

use serde_json::{Value, json};

use crate::door::{Door, entity, refused, refused_in_words};
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    parameters_come_in_any_form
    the_body_beats_the_query
    scalars_are_text_and_others_are_not_objects
    broken_bodies_are_named
}

const SCORE: &str = "/identity/password/validate";
const PASSWORD: &str = "eeC2BiCucxWEQ";

fn scored(answer: &Answer) -> Value {
    entity(answer, 201)["entropy"].clone()
}

async fn parameters_come_in_any_form(here: Installation) {
    let door = Door::open(here);
    let request = || door.request("POST", SCORE);
    let query = format!("{SCORE}?password={PASSWORD}");
    let parts =
        format!("--x\r\ncontent-disposition: form-data; name=\"password\"\r\n\r\n{PASSWORD}\r\n--x--\r\n");
    let untyped = request().body(json!({ "password": PASSWORD }).to_string()).answer().await;
    for answer in [
        request().json(&json!({ "password": PASSWORD, "unknown": [1] })).answer().await,
        request().form(&[("password", PASSWORD)]).answer().await,
        request().header("content-type", "multipart/form-data; boundary=x").body(parts).answer().await,
        door.request("POST", &query).answer().await,
        untyped,
    ] {
        assert_eq!(scored(&answer), json!(21.1875));
    }
}

async fn the_body_beats_the_query(here: Installation) {
    let door = Door::open(here);
    let answer = door.post(&format!("{SCORE}?password=weak"), &json!({ "password": PASSWORD })).await;
    assert_eq!(scored(&answer), json!(21.1875));
}

async fn scalars_are_text_and_others_are_not_objects(here: Installation) {
    let door = Door::open(here);
    let number = scored(&door.post(SCORE, &json!({ "password": 12_345_678 })).await);
    assert_eq!(number, scored(&door.post(SCORE, &json!({ "password": "12345678" })).await));
    for body in [json!([{ "password": PASSWORD }]), json!("password"), json!(7), json!(null)] {
        refused(&door.post(SCORE, &body).await, 422, &["identity.general.missing_password"]);
    }
}

async fn broken_bodies_are_named(here: Installation) {
    let door = Door::open(here);
    let send = |kind: &str, body: &'static [u8]| {
        door.request("POST", SCORE).header("content-type", kind).body(body).answer()
    };
    for body in [&b"{"[..], b"{\"password\":\"\xff\"}", b"{} {}"] {
        refused(&send("application/json", body).await, 400, &["server.invalid_body"]);
    }
    refused(&send("multipart/form-data", b"x").await, 400, &["server.invalid_body"]);
    let text = send("text/plain; charset=utf-8", b"password=x").await;
    refused_in_words(&text, 415, "The provided content-type 'text/plain' is not supported.");
    let empty = send("text/plain", b"").await;
    refused(&empty, 422, &["identity.general.missing_password"]);
}
