//! Contract §7.2: registering a company with its owner.

use serde_json::{Value, json};

use crate::door::{grant, refused, succeeded, with};
use crate::registration::{PASSWORD, calm};
use crate::support::http::{Answer, Exchange as _};
use crate::support::process::Server;
use crate::support::{Installation, on_both};

const PATH: &str = "/3/auth/company/register/";

on_both! {
    a_company_comes_with_groups_and_an_owner_who_is_signed_in
    a_bare_id_and_the_deprecated_passwords_will_do
    every_limit_of_a_company_is_kept
    everything_wrong_is_named_at_once_and_nothing_is_half_registered
    parallel_registrations_of_one_id_make_one_company
    a_company_takes_registrations_at_once_and_is_served_at_other_doors
    who_is_disabled_by_a_command_is_refused_at_every_door
}

fn olga() -> Value {
    json!({
        "company": { "id": "shop" }, "email": "olga@example.com", "password": PASSWORD, "terms_and_conditions": true,
    })
}

async fn found(server: &Server, more: &Value) -> Answer {
    server.post(PATH, &with(olga(), more)).await
}

async fn a_company_comes_with_groups_and_an_owner_who_is_signed_in(here: Installation) {
    let here = calm(here);
    let server = here.serve();
    let company = json!({
        "id": "Shop_1", "name": "The Shop", "description": "Sells\nthings", "website": "https://shop.example",
        "support_website": null, "documentation_website": "", "support_email": "help@shop.example",
        "system_email": "system@shop.example", "country": "ZA", "logo": "logo.png", "icon": null, "public": true,
        "metadata": { "plan": ["a", 1, null] }, "mode": "production", "links": ["https://shop.example/terms"],
        "legal_name": "Shop (Pty) Ltd", "colour": "ignored",
    });
    let data = succeeded(&found(&server, &json!({ "company": company, "first_name": "Olga" })).await, 201);
    let owner = &data["user"];
    assert_eq!((&owner["company"], &owner["owner"]), (&json!("shop_1"), &json!(true)));
    assert_eq!(owner["groups"], json!([{ "name": "admin", "label": "Admin", "section": "admin" }]));
    assert_eq!(data["expires"].as_i64().unwrap() - data["created"].as_i64().unwrap(), 36_000_000);
    let token = grant(data.clone()).token;
    let me = server.request("GET", "/3/user").header("authorization", format!("Token {token}"));
    assert_eq!(&succeeded(&me.answer().await, 200), owner);
    let shown = here.json(&["company", "show", "shop_1"]);
    assert_eq!(shown["name"], "The Shop");
    let details = &shown["details"];
    assert_eq!((&details["mode"], &details["country"]), (&json!("production"), &json!("ZA")));
    assert_eq!(details["metadata"], r#"{"plan":["a",1,null]}"#);
    let groups: Vec<(&Value, &Value, &Value)> = shown["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (&group["name"], &group["section"], &group["default"]))
        .collect();
    assert_eq!(
        groups,
        [(&json!("admin"), &json!("admin"), &json!(false)), (&json!("user"), &json!("user"), &json!(true))]
    );
    let mail = here.message("mail", "user.email.verify", "olga@example.com");
    assert_eq!(mail["company"], "shop_1");
}

async fn a_bare_id_and_the_deprecated_passwords_will_do(here: Installation) {
    let here = calm(here);
    let server = here.serve();
    let body = json!({
        "first_name": "Olga", "last_name": "O", "email": "olga@example.com", "company": "shop",
        "password1": PASSWORD, "password2": PASSWORD, "terms_and_conditions": true,
    });
    assert_eq!(succeeded(&server.post(PATH, &body).await, 201)["user"]["owner"], true);
    let fields = [
        ("company", "forms"),
        ("email", "o@example.com"),
        ("password", PASSWORD),
        ("terms_and_conditions", "true"),
    ];
    let form = server.request("POST", PATH).form(&fields).answer().await;
    assert_eq!(succeeded(&form, 201)["user"]["company"], "forms");
}

async fn every_limit_of_a_company_is_kept(here: Installation) {
    let here = calm(here);
    let server = here.serve();
    let long = |length: usize| json!("x".repeat(length));
    let url = |length: usize| json!(format!("https://{}", "x".repeat(length - 8)));
    for (member, value) in [
        ("id", json!("")),
        ("id", json!("a b")),
        ("id", json!("a.b")),
        ("id", long(101)),
        ("id", json!("DEFAULT")),
        ("name", long(101)),
        ("name", json!("a\u{7}b")),
        ("description", long(256)),
        ("website", url(201)),
        ("website", json!("javascript:alert(1)")),
        ("support_website", json!("shop")),
        ("documentation_website", json!(7)),
        ("support_email", json!("help")),
        ("contact_email", json!(format!("{}@x.co", "a".repeat(250)))),
        ("system_email", json!([])),
        ("country", json!("XK")),
        ("public", json!("maybe")),
        ("metadata", json!("text")),
        ("metadata", json!([])),
        ("mode", json!("live")),
        ("links", json!(["a", "b"])),
        ("links", json!([1])),
    ] {
        let mut company = json!({ "id": "shop" });
        company[member] = value.clone();
        let answer = found(&server, &json!({ "company": company })).await;
        assert_eq!(answer.status, 400, "{member}: {value}: {answer:?}");
        refused(&answer, 400, &["company"]);
    }
    for company in [Value::Null, json!([]), json!(true), json!({}), json!("")] {
        refused(&found(&server, &json!({ "company": company })).await, 400, &["company"]);
    }
    let full = json!({
        "id": "x".repeat(100), "name": "x".repeat(100), "description": "x".repeat(255), "website": url(200), "links": [],
        "mode": "test",
    });
    succeeded(&found(&server, &json!({ "company": full })).await, 201);
}

async fn everything_wrong_is_named_at_once_and_nothing_is_half_registered(here: Installation) {
    let here = calm(here);
    let server = here.serve();
    let wrong = json!({
        "company": { "id": "shop", "website": "shop" }, "email": "", "username": "olga", "password": "short",
        "terms_and_conditions": false, "legal_term_versions": [1], "gender": "f",
    });
    let blamed = ["company", "email", "password", "terms_and_conditions", "legal_term_versions", "gender"];
    refused(&found(&server, &wrong).await, 400, &blamed);
    refused(
        &server.post(PATH, &json!({})).await,
        400,
        &["company", "email", "password", "terms_and_conditions"],
    );
    let companies = here.json(&["company", "list"]);
    assert_eq!(companies.as_array().unwrap().len(), 1, "{companies}");
    assert_eq!(here.messages("mail"), Vec::<Value>::new());
}

async fn parallel_registrations_of_one_id_make_one_company(here: Installation) {
    let here = calm(here);
    let server = here.serve();
    let attempts = (0..6).map(|number| {
        let body = with(olga(), &json!({ "email": format!("olga{number}@example.com") }));
        server.request("POST", PATH).json(&body).answer()
    });
    let mut made = 0;
    for answer in futures_util::future::join_all(attempts).await {
        if answer.status == 201 {
            made += 1;
        } else {
            refused(&answer, 400, &["company"]);
        }
    }
    assert_eq!(made, 1);
    let accounts = here.json(&["account", "list", "--company", "shop"]);
    assert_eq!(accounts.as_array().unwrap().len(), 1);
    assert_eq!(here.json(&["company", "show", "shop"])["groups"].as_array().unwrap().len(), 2);
}

async fn a_company_takes_registrations_at_once_and_is_served_at_other_doors(here: Installation) {
    let here = calm(here).with("dialects.bfore.company", "shop").with("dialects.wikimedia.company", "shop");
    let server = here.serve();
    succeeded(&found(&server, &json!({})).await, 201);
    let ada =
        json!({ "company": "shop", "username": "ada", "email": "ada@example.com", "password": PASSWORD });
    let data = succeeded(&server.post("/3/auth/register/", &ada).await, 201);
    assert_eq!(data["user"]["owner"], false);
    assert_eq!(doors(&server, "shop", PASSWORD).await, [200, 200, 200]);
}

async fn who_is_disabled_by_a_command_is_refused_at_every_door(here: Installation) {
    const MIXED: &str = "Correct-Horse-9-Battery";
    let here = calm(here);
    let server = here.serve();
    let ada = json!({ "company": "default", "username": "ada", "password": MIXED });
    let token = grant(succeeded(&server.post("/3/auth/register/", &ada).await, 201)).token;
    assert_eq!(doors(&server, "default", MIXED).await, [200, 200, 200]);
    here.json(&["account", "set", "--company", "default", "ada", "--state", "banned"]);
    let me = server.request("GET", "/3/auth/").header("authorization", format!("Token {token}"));
    refused(&me.answer().await, 401, &[]);
    for status in doors(&server, "default", MIXED).await {
        assert!((400..500).contains(&status), "{status}");
    }
}

/// How the three doors answer Ada's password.
async fn doors(server: &Server, company: &str, password: &str) -> [u16; 3] {
    let rehive = json!({ "user": "ada", "company": company, "password": password });
    let other = json!({ "username": "ada", "password": password });
    [
        server.post("/3/auth/login/", &rehive).await.status,
        server.post("/user/login", &other).await.status,
        server.post("/v1/login", &other).await.status,
    ]
}
