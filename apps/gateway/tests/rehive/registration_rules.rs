//! Contract §4, §6.1, §7.20: what a company decides about those who register, and what a form leaves blank.

use serde_json::{Value, json};

use crate::door::{refused, succeeded, with};
use crate::factors::{AUTHENTICATORS, barred};
use crate::registration::{PASSWORD, ada, calm, open};
use crate::support::http::Exchange as _;
use crate::support::{Installation, on_both};

on_both! {
    blank_counts_as_absent_in_every_field_that_may_be
    a_company_without_a_default_group_asks_for_one
    a_company_may_ask_for_a_factor_from_the_start
    of_many_registrations_nothing_is_left_of_those_that_failed
}

const PATH: &str = "/3/auth/register/";

const OPTIONAL: [&str; 22] = [
    "first_name",
    "middle_name",
    "last_name",
    "username",
    "mobile",
    "id_number",
    "birth_date",
    "language",
    "gender",
    "title",
    "marital_status",
    "nationality",
    "residency",
    "timezone",
    "password1",
    "password2",
    "terms_and_conditions",
    "privacy_policy",
    "session_duration",
    "groups",
    "legal_term_versions",
    "auth_method",
];

async fn blank_counts_as_absent_in_every_field_that_may_be(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let mut blanks = ada();
    for name in OPTIONAL {
        blanks[name] = json!("");
    }
    let data = succeeded(&server.post(PATH, &blanks).await, 201);
    let plain = with(ada(), &json!({ "email": "eve@example.com" }));
    let other = succeeded(&server.post(PATH, &plain).await, 201);
    let told_apart = ["id", "email", "created", "updated", "last_login"];
    let rest = |data: &Value| {
        let mut user = data["user"].as_object().unwrap().clone();
        user.retain(|name, _| !told_apart.contains(&name.as_str()));
        user
    };
    assert_eq!(rest(&data), rest(&other));
    let mut fields = vec![("company", "acme"), ("email", "form@example.com"), ("password", PASSWORD)];
    fields.extend(OPTIONAL.map(|name| (name, "")));
    succeeded(&server.form(PATH, &fields).await, 201);
    let reset = json!({ "user": "ada@example.com", "company": "acme", "force": "" });
    succeeded(&server.post("/3/auth/password/reset/", &reset).await, 200);
    let mut company = json!({ "id": "shop" });
    for name in [
        "name",
        "description",
        "website",
        "support_website",
        "documentation_website",
        "support_email",
        "contact_email",
        "system_email",
        "country",
        "logo",
        "icon",
        "public",
        "metadata",
        "mode",
        "links",
        "legal_name",
    ] {
        company[name] = json!("");
    }
    let founder = with(ada(), &json!({ "company": company, "terms_and_conditions": true }));
    succeeded(&server.post("/3/auth/company/register/", &founder).await, 201);
}

async fn a_company_without_a_default_group_asks_for_one(here: Installation) {
    let here = calm(here);
    here.json(&["group", "create", "--company", "default", "pilots", "--public"]);
    let server = here.serve();
    let body = |more: &Value| {
        let eve = json!({ "company": "default", "username": "eve", "password": "Correct-Horse-9-Battery" });
        with(eve, more)
    };
    for groups in [json!(null), json!([]), json!([null]), json!("")] {
        let answer = server.post(PATH, &body(&json!({ "groups": groups }))).await;
        refused(&answer, 400, &["groups"]);
    }
    let data = succeeded(&server.post(PATH, &body(&json!({ "groups": ["pilots"] }))).await, 201);
    assert_eq!(data["user"]["groups"][0]["name"], "pilots");
}

async fn a_company_may_ask_for_a_factor_from_the_start(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    here.json(&["company", "set", "acme", "mfa_setup_types=totp"]);
    let challenged = here.serve();
    let data = succeeded(&challenged.post(PATH, &ada()).await, 201);
    assert_eq!(data["challenges"][0]["type"], "setup");
    assert_eq!(data["user"]["email"], "ada@example.com", "a registration shows the account all the same");
    let header = format!("Token {}", data["token"].as_str().unwrap());
    let ask = |method: &str, path: &str| server.request(method, path).header("authorization", &header);
    assert_eq!(barred(&ask("GET", "/3/auth/").answer().await), *data["challenges"].as_array().unwrap());
    succeeded(&ask("POST", AUTHENTICATORS).json(&json!({ "type": "totp" })).answer().await, 201);
}

async fn of_many_registrations_nothing_is_left_of_those_that_failed(here: Installation) {
    let here = calm(here);
    let server = open(&here);
    let term = here.json(&["legal-term", "create", "--company", "acme", "Terms", "1"]);
    let attempts = (0..8).map(|number| {
        let body = with(
            ada(),
            &json!({
                "email": format!("ada{number}@example.com"), "mobile": "+27821234567",
                "legal_term_versions": [term["id"]],
            }),
        );
        server.request("POST", PATH).json(&body).answer()
    });
    let answers = futures_util::future::join_all(attempts).await;
    let made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(made.len(), 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        refused(answer, 400, &["mobile"]);
    }
    let winner = succeeded(made[0], 201)["user"]["email"].as_str().unwrap().to_owned();
    here.message("mail", "user.email.verify", &winner);
    let accounts = here.json(&["account", "list", "--company", "acme"]);
    assert_eq!(accounts.as_array().unwrap().len(), 1, "{accounts}");
    for number in 0..8 {
        let email = format!("ada{number}@example.com");
        let login = json!({ "user": email, "company": "acme", "password": PASSWORD });
        let status = server.post("/3/auth/login/", &login).await.status;
        assert_eq!(status == 200, email == winner, "{email}");
    }
    assert_eq!(here.messages("mail").len(), 1, "nobody else is written to");
    assert_eq!(here.messages("sms").len(), 1);
}
