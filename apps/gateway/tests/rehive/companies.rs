//! Contract §9: what a login page asks about a company.

use serde_json::json;

use crate::door::{Door, refused, succeeded};
use crate::support::{Installation, on_both};

on_both! { anybody_may_ask_what_a_login_page_must_know }

async fn anybody_may_ask_what_a_login_page_must_know(here: Installation) {
    here.json(&["company", "create", "acme", "--name", "Acme & Söhne"]);
    here.json(&["company", "set", "acme", "allow_session_durations=false", "nationalities=ZA,DE"]);
    let door = Door::open(here);
    let company = succeeded(&door.server.get("/3/public/companies/ACME/").await, 200);
    let settings = json!({
        "allow_registrations": true,
        "allow_session_durations": false,
        "default_session_duration": 36_000,
        "require_terms_and_conditions": false,
        "require_privacy_policy": false,
        "nationalities": ["ZA", "DE"],
        "residencies": [],
    });
    assert_eq!(company, json!({ "id": "acme", "name": "Acme & Söhne", "settings": settings }));
    for id in ["nowhere", "a%20b", "%00", &"a".repeat(101)] {
        refused(&door.server.get(&format!("/3/public/companies/{id}/")).await, 404, &[]);
    }
}
