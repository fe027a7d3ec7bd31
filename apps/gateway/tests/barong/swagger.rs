//! What there is below `resource/`, as Swagger 2.0 (contract §8.11).

use serde_json::{Value, json};

use crate::door::{Door, entity, refused_in_words};
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    the_resource_operations_are_described_to_everybody
    a_group_is_described_alone
    proxies_let_everybody_read_it
    every_reference_leads_somewhere
}

const DOCUMENT: &str = "/resource/swagger_doc";

fn document(answer: &Answer) -> Value {
    let document = entity(answer, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(document["swagger"], "2.0");
    document
}

fn paths(document: &Value) -> Vec<&str> {
    document["paths"].as_object().unwrap().keys().map(String::as_str).collect()
}

async fn the_resource_operations_are_described_to_everybody(here: Installation) {
    let door = Door::open(here);
    let document = document(&door.get(DOCUMENT).await);
    let host = door.server.base().strip_prefix("http://").unwrap();
    assert_eq!((&document["host"], &document["basePath"]), (&json!(host), &json!("/api/v2/auth")));
    assert_eq!(document["produces"], json!(["application/json"]));
    assert_eq!(document["securityDefinitions"]["BearerToken"]["in"], "header");
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    let tags: Vec<&Value> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    assert!(tags.contains(&&json!("otp")) && tags.contains(&&json!("service_accounts")), "{tags:?}");
    let issue = &document["paths"]["/resource/service_accounts/api_keys"]["post"];
    let names: Vec<&Value> = issue["parameters"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    for name in ["service_account_uid", "algorithm", "totp_code", "scope"] {
        assert!(names.contains(&&json!(name)), "{names:?}");
    }
    assert!(issue["parameters"].as_array().unwrap().iter().all(|one| one["in"] == "formData"));
    let key = "#/definitions/API_V2_Entities_APIKey";
    assert_eq!(issue["responses"]["201"]["schema"]["$ref"], key);
    assert!(document["definitions"]["API_V2_Entities_APIKey"]["properties"]["kid"].is_object());
    assert!(paths(&document).iter().all(|path| path.starts_with("/resource/")));
    for path in [format!("{DOCUMENT}/"), format!("{DOCUMENT}.json"), format!("{DOCUMENT}?locale=en")] {
        assert_eq!(self::document(&door.get(&path).await), document);
    }
}

async fn a_group_is_described_alone(here: Installation) {
    let door = Door::open(here.with("dialects.barong.prefix", "/api/v2/barong"));
    let get = |path: &str| door.server.request("GET", &format!("/api/v2/barong{path}")).answer();
    let otp = document(&get(&format!("{DOCUMENT}/otp")).await);
    assert_eq!(otp["basePath"], "/api/v2/barong");
    let expected =
        ["disable", "enable", "generate_qrcode", "verify"].map(|act| format!("/resource/otp/{act}"));
    assert_eq!(paths(&otp), expected);
    for group in ["api_keys", "service_accounts", "swagger_doc"] {
        let alone = document(&get(&format!("{DOCUMENT}/{group}.json")).await);
        let (exact, below) = (format!("/resource/{group}"), format!("/resource/{group}/"));
        assert!(paths(&alone).iter().all(|path| *path == exact || path.starts_with(&below)), "{group}");
    }
    for unknown in ["nothing", "resource", "ot"] {
        let answer = get(&format!("{DOCUMENT}/{unknown}")).await;
        refused_in_words(&answer, 400, "named resource not exist");
    }
}

async fn proxies_let_everybody_read_it(here: Installation) {
    let door = Door::open(here);
    for path in ["/api/v2/auth/resource/swagger_doc", "/api/v2/barong/resource/swagger_doc/otp"] {
        let answer = door.get(path).await;
        assert_eq!((answer.status, answer.header("authorization")), (200, None), "{path}");
    }
    let answer = door.request("GET", DOCUMENT).header("authorization", "Bearer forged").answer().await;
    document(&answer);
}

async fn every_reference_leads_somewhere(here: Installation) {
    let door = Door::open(here);
    let document = document(&door.get(DOCUMENT).await);
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some_and(Value::is_object), "{reference}");
        assert!(pointer.starts_with("/definitions/API_V2_Entities_"), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str);
            references.extend(own.map(str::to_owned));
            members.values().for_each(|member| collect(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
