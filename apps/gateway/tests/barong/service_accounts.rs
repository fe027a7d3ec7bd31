//! Service accounts and their API keys, as their owner sees them (contract §8.1–8.5, §6).

use serde_json::{Value, json};

use crate::door::{EMAIL, PASSWORD, entity, is_hex, refused, refused_in_words};
use crate::key_owner::KeyOwner;
use crate::signed_keys::{now, service_account, signed};
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    service_accounts_are_listed_to_their_owner
    a_service_account_takes_over_the_state_of_its_owner
    a_key_is_issued_to_a_service_account
    what_is_wrong_with_an_order_is_said_in_order
    keys_are_listed
    a_key_is_changed_and_deleted
    a_change_is_refused_for_its_parameters_its_code_and_its_key
    a_service_account_owns_nothing
}

const SERVICES: &str = "/service_accounts";
const KEYS: &str = "/service_accounts/api_keys";
const LABELS: &str = "/api/v2/auth/resource/labels";

async fn issue(ada: &KeyOwner, service: &str) -> Value {
    let order = json!({
        "service_account_uid": service, "algorithm": "HS256", "totp_code": ada.code(), "scope": "trade",
    });
    entity(&ada.call("POST", KEYS, &order).await, 201)
}

fn of(key: &Value) -> String {
    format!("{KEYS}/{}", key["kid"].as_str().unwrap())
}

async fn signs(ada: &KeyOwner, key: &Value) -> Answer {
    let pair = (key["kid"].as_str().unwrap(), key["secret"].as_str().unwrap());
    signed(&ada.door, LABELS, pair, &now().to_string()).await
}

/// A service account of somebody else.
fn of_eve(ada: &KeyOwner) -> String {
    let here = &ada.door.here;
    here.account(&["--email", "eve@example.com", "--email-verified"], PASSWORD);
    let create = ["service-account", "create", "--company", "default", "--owner", "eve@example.com"];
    here.json(&create)["uid"].as_str().unwrap().to_owned()
}

async fn service_accounts_are_listed_to_their_owner(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    assert_eq!(entity(&ada.get(SERVICES).await, 200), json!([]));
    of_eve(&ada);
    let (first, second) = (service_account(&ada.door), service_account(&ada.door));
    let listed = entity(&ada.get(SERVICES).await, 200);
    let rows = listed.as_array().unwrap();
    let uids: Vec<&Value> = rows.iter().map(|row| &row["uid"]).collect();
    assert_eq!(uids, [&first, &second], "oldest first, and none of Eve's");
    let row = &rows[0];
    let at = row["created_at"].as_str().unwrap();
    assert!(at.len() == 24 && at.ends_with('Z') && at.as_bytes()[19] == b'.', "{at}");
    let owner = u64::from_str_radix(&ada.door.ada["uid"].as_str().unwrap()[2..], 16).unwrap();
    assert_eq!(
        *row,
        json!({
            "id": u64::from_str_radix(&first[2..], 16).unwrap(), "uid": first, "owner_id": owner,
            "email": format!("ada+{first}@example.com"), "role": "sa_maker", "level": 1, "state": "active",
            "created_at": at, "updated_at": row["updated_at"],
        })
    );
}

async fn a_service_account_takes_over_the_state_of_its_owner(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let service = service_account(&ada.door);
    let key = issue(&ada, &service).await;
    assert_eq!(signs(&ada, &key).await.status, 200);
    let standing = async || {
        let rows = entity(&ada.get(SERVICES).await, 200);
        (rows[0]["state"].clone(), rows[0]["level"].clone())
    };
    ada.set_ada(&["--label", "phone=verified"]);
    assert_eq!(standing().await, (json!("active"), json!(2)));
    ada.set_ada(&["--remove-label", "email"]);
    assert_eq!(standing().await.0, json!("pending"));
    refused(&signs(&ada, &key).await, 401, &["authz.apikey_not_active"]);
    let order = json!({ "service_account_uid": service, "algorithm": "HS256", "totp_code": ada.code() });
    refused(&ada.call("POST", KEYS, &order).await, 422, &["key_holder_account.invalid"]);
    let change = json!({ "service_account_uid": service, "totp_code": ada.code(), "state": "active" });
    refused(&ada.call("PUT", &of(&key), &change).await, 422, &["state.invalid"]);
    ada.set_ada(&["--label", "email=verified"]);
    assert_eq!(standing().await, (json!("active"), json!(2)));
    refused(&signs(&ada, &key).await, 401, &["authz.apikey_not_active"]);
    let change = json!({ "service_account_uid": service, "totp_code": ada.code(), "state": "active" });
    entity(&ada.call("PUT", &of(&key), &change).await, 200);
    assert_eq!(signs(&ada, &key).await.status, 200, "keys come back when somebody says so");
    ada.set_ada(&["--label", "lock=by_admin"]);
    let listed = ada.door.here.json(&["service-account", "list"]);
    assert_eq!(listed[0]["state"], "locked");
    refused(&signs(&ada, &key).await, 401, &["authz.apikey_not_active"]);
}

async fn a_key_is_issued_to_a_service_account(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let service = service_account(&ada.door);
    let key = issue(&ada, &service).await;
    assert!(is_hex(key["kid"].as_str().unwrap(), 16) && is_hex(key["secret"].as_str().unwrap(), 32), "{key}");
    assert_eq!((&key["scope"], &key["state"]), (&json!(["trade"]), &json!("active")));
    assert_eq!(signs(&ada, &key).await.status, 200);
    assert_eq!(entity(&ada.get("/api_keys").await, 200), json!([]), "it is not Ada's own");
}

async fn what_is_wrong_with_an_order_is_said_in_order(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    let (service, other) = (service_account(&ada.door), of_eve(&ada));
    let absent = [
        "resource.serviceaccount.missing_service_account_uid",
        "resource.serviceaccount.missing_algorithm",
        "resource.serviceaccount.empty_algorithm",
        "resource.service_accounts.missing_totp",
        "resource.serviceaccount.empty_totp_code",
    ];
    refused(&ada.request("POST", KEYS).answer().await, 400, &absent);
    let order = |service: &str, algorithm: &str, code: &str| json!({ "service_account_uid": service, "algorithm": algorithm, "totp_code": code });
    let blank = json!({ "service_account_uid": "", "algorithm": " ", "totp_code": "", "scope": "" });
    let empty =
        ["algorithm", "totp_code", "scope"].map(|name| format!("resource.serviceaccount.empty_{name}"));
    refused(&ada.call("POST", KEYS, &blank).await, 400, &empty.each_ref().map(String::as_str));
    for nobody in ["", "SI0123456789", other.as_str()] {
        let answer = ada.call("POST", KEYS, &order(nobody, "RSA", "wrong")).await;
        refused(&answer, 404, &["resource.service_account.doesnt_exist"]);
    }
    let off = ada.call("POST", KEYS, &order(&service, "RSA", "wrong")).await;
    refused(&off, 400, &["resource.service_accounts.2fa_disabled"]);
    let codes = ada.door.here.recovery_codes(EMAIL).await;
    let wrong = ada.call("POST", KEYS, &order(&service, "RSA", "wrong")).await;
    refused(&wrong, 422, &["resource.service_accounts.invalid_totp"]);
    let algorithm = ada.call("POST", KEYS, &order(&service, "RSA", &codes[0])).await;
    refused(&algorithm, 422, &["kid.blank", "algorithm.inclusion"]);
    let replayed = ada.call("POST", KEYS, &order(&service, "HS256", &codes[0])).await;
    refused(&replayed, 422, &["totp.error"]);
    let near = ada.call("POST", KEYS, &order(&service, "HS384", &codes[1])).await;
    refused(&near, 422, &["algorithm.inclusion"]);
}

async fn keys_are_listed(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let (service, other) = (service_account(&ada.door), of_eve(&ada));
    let page = async |query: &str| ada.get(&format!("{KEYS}?{query}")).await;
    refused(&page("").await, 400, &["resource.serviceaccount.missing_service_account_uid"]);
    for nobody in ["", "SI0123456789", other.as_str()] {
        let answer = page(&format!("service_account_uid={nobody}")).await;
        refused(&answer, 404, &["resource.service_account.doesnt_exist"]);
    }
    let own = |rest: &str| format!("service_account_uid={service}{rest}");
    let bad = page(&own("&ordering=up&order_by=x")).await;
    let faults =
        ["resource.service_accounts.invalid_ordering", "resource.service_accounts.invalid_attribute"];
    refused(&bad, 422, &faults);
    refused(&page(&own("&page=0")).await, 422, &["non_positive_page"]);
    let (first, second) = (issue(&ada, &service).await, issue(&ada, &service).await);
    let listed = page(&own("")).await;
    assert_eq!((listed.header("total"), listed.header("page")), (Some("2"), Some("1")));
    let kids = |answer: &Answer| -> Vec<Value> {
        let list = entity(answer, 200);
        assert!(list.as_array().unwrap().iter().all(|key| key.get("secret").is_none()), "{list}");
        list.as_array().unwrap().iter().map(|key| key["kid"].clone()).collect()
    };
    assert_eq!(kids(&listed), [first["kid"].clone(), second["kid"].clone()]);
    let last = page(&own("&ordering=desc&limit=1")).await;
    assert_eq!(kids(&last), [second["kid"].clone()]);
    assert!(last.header("link").unwrap().contains("rel=\"next\""));
}

async fn a_key_is_changed_and_deleted(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let service = service_account(&ada.door);
    let key = issue(&ada, &service).await;
    let change = async |mut change: Value| {
        change["service_account_uid"] = json!(service);
        change["totp_code"] = json!(ada.code());
        entity(&ada.call("PUT", &of(&key), &change).await, 200)
    };
    let off = change(json!({ "state": "inactive" })).await;
    assert_eq!(
        (&off["state"], &off["scope"], off.get("secret")),
        (&json!("inactive"), &json!(["trade"]), None)
    );
    refused(&signs(&ada, &key).await, 401, &["authz.apikey_not_active"]);
    let on = change(json!({ "state": "active", "scope": "read" })).await;
    assert_eq!((&on["state"], &on["scope"]), (&json!("active"), &json!(["read"])));
    assert_eq!(signs(&ada, &key).await.status, 200);
    let path = format!("{}?service_account_uid={service}&totp_code={}", of(&key), ada.code());
    let gone = ada.request("DELETE", &path).answer().await;
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    refused(&signs(&ada, &key).await, 401, &["authz.unexistent_apikey"]);
    let other = issue(&ada, &service).await;
    let body = json!({ "service_account_uid": service, "totp_code": ada.code() });
    assert_eq!(ada.call("DELETE", &of(&other), &body).await.status, 204);
}

async fn a_change_is_refused_for_its_parameters_its_code_and_its_key(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let (service, other) = (service_account(&ada.door), of_eve(&ada));
    let (foreign, _) = ada.door.here.signed_key("eve@example.com", Some(&other)).await;
    let key = issue(&ada, &service).await;
    let absent = [
        "resource.serviceaccount.missing_service_account_uid",
        "resource.serviceaccount.missing_totp_code",
        "resource.serviceaccount.empty_totp_code",
    ];
    for method in ["PUT", "DELETE"] {
        refused(&ada.request(method, &of(&key)).answer().await, 400, &absent);
        let body = |service: &str, code: &str| json!({ "service_account_uid": service, "totp_code": code });
        for nobody in ["", "SI0123456789", other.as_str()] {
            let answer = ada.call(method, &of(&key), &body(nobody, "wrong")).await;
            refused(&answer, 404, &["resource.service_account.doesnt_exist"]);
        }
        let wrong = ada.call(method, &of(&key), &body(&service, "wrong")).await;
        refused(&wrong, 422, &["resource.service_accounts.invalid_totp"]);
        let used = ada.code();
        let unknown = ada.call(method, &format!("{KEYS}/{foreign}"), &body(&service, &used)).await;
        refused(&unknown, 404, &["record.not_found"]);
        refused(&ada.call(method, &of(&key), &body(&service, &used)).await, 422, &["totp.error"]);
    }
    let blank = json!({ "service_account_uid": service, "totp_code": "", "scope": "", "state": " " });
    let empty = ["totp_code", "scope", "state"].map(|name| format!("resource.serviceaccount.empty_{name}"));
    refused(&ada.call("PUT", &of(&key), &blank).await, 400, &empty.each_ref().map(String::as_str));
    let patch = ada.call("PATCH", &of(&key), &json!({})).await;
    refused_in_words(&patch, 404, "Route is not found");
    entity(&ada.call("POST", "/otp/disable", &json!({ "code": ada.code() })).await, 200);
    for method in ["PUT", "DELETE"] {
        let body = json!({ "service_account_uid": service, "totp_code": "wrong" });
        let answer = ada.call(method, &of(&key), &body).await;
        refused(&answer, 400, &["resource.service_accounts.2fa_disabled"]);
    }
}

async fn a_service_account_owns_nothing(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let service = service_account(&ada.door);
    let key = issue(&ada, &service).await;
    let jwt = signs(&ada, &key).await.header("authorization").unwrap().to_owned();
    for (method, path) in [
        ("GET", "/api_keys"),
        ("POST", "/api_keys"),
        ("GET", SERVICES),
        ("GET", KEYS),
        ("POST", "/otp/generate_qrcode"),
        ("POST", "/otp/verify"),
    ] {
        let request = ada.door.request(method, &format!("/resource{path}")).header("authorization", &jwt);
        refused(&request.answer().await, 404, &["record.not_found"]);
    }
}
