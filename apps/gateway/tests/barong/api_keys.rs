//! The caller's own API keys (contract §8.6, §3.3, §9.8).

use serde_json::{Value, json};

use crate::door::{Door, EMAIL, entity, is_hex, refused, refused_in_words};
use crate::key_owner::KeyOwner;
use crate::signed_keys::{now, signed};
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    a_key_is_issued_with_a_secret_that_signs
    what_is_wrong_with_an_order_is_said_in_order
    a_scope_is_words_between_commas
    only_active_users_are_issued_keys
    keys_are_listed_without_secrets_and_without_a_second_factor
    lists_have_orders
    lists_have_pages
    a_key_is_switched_off_and_on
    a_change_is_refused_for_its_parameters_its_code_and_its_key
    a_key_is_deleted
    too_many_wrong_codes_are_refused
    nothing_is_said_to_whoever_is_not_signed_in
}

const KEYS: &str = "/api_keys";
const LABELS: &str = "/api/v2/auth/resource/labels";

impl KeyOwner {
    /// Issues a key of Ada's own.
    async fn issue(&self, scope: Option<&str>) -> Value {
        let mut order = json!({ "algorithm": "HS256", "totp_code": self.code() });
        if let Some(scope) = scope {
            order["scope"] = json!(scope);
        }
        entity(&self.call("POST", KEYS, &order).await, 201)
    }

    async fn signs(&self, key: &Value) -> Answer {
        let (kid, secret) = (key["kid"].as_str().unwrap(), key["secret"].as_str().unwrap());
        signed(&self.door, LABELS, (kid, secret), &now().to_string()).await
    }
}

fn of(key: &Value) -> String {
    format!("{KEYS}/{}", key["kid"].as_str().unwrap())
}

/// A key as lists show it.
fn public(key: &Value) -> Value {
    let mut key = key.clone();
    key.as_object_mut().unwrap().remove("secret");
    key
}

async fn a_key_is_issued_with_a_secret_that_signs(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let key = ada.issue(Some("trade,read")).await;
    let (kid, secret) = (key["kid"].as_str().unwrap(), key["secret"].as_str().unwrap());
    assert!(is_hex(kid, 16) && is_hex(secret, 32), "{key}");
    let at = key["created_at"].as_str().unwrap();
    assert!(at.len() == 20 && at.ends_with('Z'), "{at}");
    assert_eq!(
        key,
        json!({
            "kid": kid, "algorithm": "HS256", "scope": ["trade", "read"], "state": "active", "secret": secret,
            "created_at": at, "updated_at": at,
        })
    );
    assert_eq!(ada.signs(&key).await.status, 200);
    let notice = ada.door.here.message("mail", "notice.new_api_key", EMAIL);
    assert!(!notice.to_string().contains(secret));
    assert!(!ada.door.server.log().contains(secret));
}

async fn what_is_wrong_with_an_order_is_said_in_order(here: Installation) {
    let ada = KeyOwner::plain(here).await;
    let absent = [
        "resource.apikey.missing_algorithm",
        "resource.apikey.empty_algorithm",
        "resource.api_key.missing_totp",
        "resource.apikey.empty_totp_code",
    ];
    refused(&ada.request("POST", KEYS).answer().await, 400, &absent);
    let blank = json!({ "algorithm": "", "totp_code": " ", "scope": "" });
    let empty = ["algorithm", "totp_code", "scope"].map(|name| format!("resource.apikey.empty_{name}"));
    refused(&ada.call("POST", KEYS, &blank).await, 400, &empty.each_ref().map(String::as_str));
    let order = json!({ "algorithm": "RSA", "totp_code": "wrong" });
    refused(&ada.call("POST", KEYS, &order).await, 400, &["resource.api_key.2fa_disabled"]);
    let codes = ada.door.here.recovery_codes(EMAIL).await;
    ada.codes.lock().unwrap().extend(codes);
    refused(&ada.call("POST", KEYS, &order).await, 422, &["resource.api_key.invalid_totp"]);
    let used = ada.code();
    let order = |algorithm: &str, code: &str| json!({ "algorithm": algorithm, "totp_code": code });
    let other = ada.call("POST", KEYS, &order("RS256", &used)).await;
    refused(&other, 422, &["kid.blank", "algorithm.inclusion"]);
    refused(&ada.call("POST", KEYS, &order("RS256", &used)).await, 422, &["totp.error"]);
    let near = ada.call("POST", KEYS, &order("HS512", &ada.code())).await;
    refused(&near, 422, &["algorithm.inclusion"]);
    assert_eq!(entity(&ada.get(KEYS).await, 200), json!([]));
}

async fn a_scope_is_words_between_commas(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    for (sent, kept) in [
        (None, json!([])),
        (Some("trade"), json!(["trade"])),
        (Some(" trade, read,"), json!([" trade", " read"])),
    ] {
        assert_eq!(ada.issue(sent).await["scope"], kept);
    }
    let list = json!({ "algorithm": "HS256", "totp_code": ada.code(), "scope": ["trade"] });
    refused(&ada.call("POST", KEYS, &list).await, 422, &["invalid"]);
}

async fn only_active_users_are_issued_keys(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    assert_eq!(ada.set_ada(&["--remove-label", "email"])["state"], "pending");
    let order = json!({ "algorithm": "HS256", "totp_code": ada.code() });
    refused(&ada.call("POST", KEYS, &order).await, 422, &["key_holder_account.invalid"]);
}

async fn keys_are_listed_without_secrets_and_without_a_second_factor(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    assert_eq!(entity(&ada.get(KEYS).await, 200), json!([]));
    let (first, second) = (ada.issue(None).await, ada.issue(Some("trade")).await);
    let listed = entity(&ada.get(KEYS).await, 200);
    assert_eq!(listed, json!([public(&first), public(&second)]), "oldest first");
    let code = json!({ "code": ada.code() });
    entity(&ada.call("POST", "/otp/disable", &code).await, 200);
    assert_eq!(entity(&ada.get(KEYS).await, 200).as_array().unwrap().len(), 2);
}

async fn lists_have_orders(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let mut keys = [ada.issue(None).await, ada.issue(None).await, ada.issue(None).await];
    let change = json!({ "totp_code": ada.code(), "state": "zzz" });
    entity(&ada.call("PATCH", &of(&keys[0]), &change).await, 200);
    let listed = async |query: &str| -> Vec<Value> {
        let list = entity(&ada.get(&format!("{KEYS}?{query}")).await, 200);
        list.as_array().unwrap().iter().map(|key| key["kid"].clone()).collect()
    };
    let kids = |keys: &[Value]| -> Vec<Value> { keys.iter().map(|key| key["kid"].clone()).collect() };
    for column in ["id", "algorithm", "scope", "created_at"] {
        assert_eq!(listed(&format!("order_by={column}")).await, kids(&keys), "{column}");
        let reversed: Vec<Value> = kids(&keys).into_iter().rev().collect();
        let answer = listed(&format!("order_by={column}&ordering=desc")).await;
        assert_eq!(answer.len(), 3);
        if column != "created_at" {
            assert_eq!(answer, reversed, "{column}");
        }
    }
    assert_eq!(listed("order_by=state").await.last(), Some(&keys[0]["kid"]));
    assert_eq!(listed("order_by=state&ordering=desc").await.first(), Some(&keys[0]["kid"]));
    assert_eq!(listed("order_by=updated_at&ordering=asc").await.len(), 3);
    keys.sort_by_key(|key| key["kid"].as_str().unwrap().to_owned());
    assert_eq!(listed("order_by=kid").await, kids(&keys));
    for query in ["ordering=up", "ordering=", "ordering=ASC"] {
        let answer = ada.get(&format!("{KEYS}?{query}")).await;
        refused(&answer, 422, &["resource.api_key.invalid_ordering"]);
    }
    let answer = ada.get(&format!("{KEYS}?ordering=up&order_by=secret")).await;
    refused(&answer, 422, &["resource.api_key.invalid_ordering", "resource.api_key.invalid_attribute"]);
}

async fn lists_have_pages(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let keys = [ada.issue(None).await, ada.issue(None).await, ada.issue(None).await];
    let page = async |query: &str| ada.get(&format!("{KEYS}?{query}")).await;
    let headers = |answer: &Answer| -> Vec<String> {
        let names = ["total", "per-page", "page"];
        names.map(|name| answer.header(name).unwrap().to_owned()).to_vec()
    };
    let link = |query: &str, relation: &str| {
        format!("<{}/api/v2/auth/resource{KEYS}?{query}>; rel=\"{relation}\"", ada.door.server.base())
    };
    let all = page("").await;
    assert_eq!((headers(&all), all.header("link")), (vec!["3".into(), "100".into(), "1".into()], None));
    let first = page("limit=2").await;
    assert_eq!(headers(&first), ["3", "2", "1"]);
    assert_eq!(entity(&first, 200), json!([public(&keys[0]), public(&keys[1])]));
    let links = [link("limit=2&page=2", "last"), link("limit=2&page=2", "next")];
    assert_eq!(first.header("link"), Some(links.join(", ").as_str()));
    let second = page("page=2&limit=2").await;
    assert_eq!(headers(&second), ["3", "2", "2"]);
    assert_eq!(entity(&second, 200), json!([public(&keys[2])]));
    let links = [link("limit=2&page=1", "first"), link("limit=2&page=1", "prev")];
    assert_eq!(second.header("link"), Some(links.join(", ").as_str()));
    let beyond = page("page=9&limit=2").await;
    assert_eq!(
        (headers(&beyond), entity(&beyond, 200)),
        (vec!["3".into(), "2".into(), "9".into()], json!([]))
    );
    assert_eq!(headers(&page("page=&limit=").await), ["3", "100", "1"]);
    for (query, keys) in [
        ("page=abc", &["non_integer_page", "non_positive_page"][..]),
        ("page=0", &["non_positive_page"]),
        ("page=-1&limit=0", &["non_positive_page", "invalid_limit"]),
        ("limit=101", &["invalid_limit"]),
        ("limit=x", &["non_integer_limit", "invalid_limit"]),
    ] {
        refused(&page(query).await, 422, keys);
    }
    let from_a_page = ada.request("GET", KEYS).header("origin", "https://app.example.com").answer().await;
    let exposed = from_a_page.header("access-control-expose-headers").unwrap();
    assert!(["Total", "Per-Page", "Page", "Link"].iter().all(|name| exposed.contains(name)), "{exposed}");
}

async fn a_key_is_switched_off_and_on(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let key = ada.issue(Some("trade")).await;
    let change = async |state: &str| {
        let body = json!({ "totp_code": ada.code(), "state": state, "algorithm": "RS256" });
        entity(&ada.call("PATCH", &of(&key), &body).await, 200)
    };
    let off = change("inactive").await;
    assert_eq!(
        (&off["state"], &off["scope"], &off["algorithm"]),
        (&json!("inactive"), &json!(["trade"]), &json!("HS256"))
    );
    assert_eq!(off.get("secret"), None);
    refused(&ada.signs(&key).await, 401, &["authz.apikey_not_active"]);
    assert_eq!(change("paused").await["state"], "paused", "any word will do");
    refused(&ada.signs(&key).await, 401, &["authz.apikey_not_active"]);
    assert_eq!(change("active").await["state"], "active");
    assert_eq!(ada.signs(&key).await.status, 200);
    let scope = json!({ "totp_code": ada.code(), "scope": "read,write" });
    let scoped = entity(&ada.call("PATCH", &of(&key), &scope).await, 200);
    assert_eq!((&scoped["scope"], &scoped["state"]), (&json!(["read", "write"]), &json!("active")));
    assert_eq!(entity(&ada.get(KEYS).await, 200), json!([scoped]));
}

async fn a_change_is_refused_for_its_parameters_its_code_and_its_key(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let key = ada.issue(None).await;
    let absent = ["resource.apikey.missing_totp_code", "resource.apikey.empty_totp_code"];
    for method in ["PATCH", "DELETE"] {
        refused(&ada.request(method, &of(&key)).answer().await, 400, &absent);
        let wrong = ada.call(method, &of(&key), &json!({ "totp_code": "wrong" })).await;
        refused(&wrong, 422, &["resource.api_key.invalid_totp"]);
        let used = ada.code();
        let unknown = format!("{KEYS}/0123456789abcdef");
        let code = json!({ "totp_code": used });
        refused(&ada.call(method, &unknown, &code).await, 404, &["record.not_found"]);
        refused(&ada.call(method, &of(&key), &code).await, 422, &["totp.error"]);
    }
    let blank = json!({ "totp_code": "", "scope": " ", "state": "" });
    let empty = ["totp_code", "scope", "state"].map(|name| format!("resource.apikey.empty_{name}"));
    refused(&ada.call("PATCH", &of(&key), &blank).await, 400, &empty.each_ref().map(String::as_str));
    let put = ada.call("PUT", &of(&key), &json!({ "totp_code": ada.code() })).await;
    refused_in_words(&put, 404, "Route is not found");
    let eve = "eve@example.com";
    ada.door.here.account(&["--email", eve, "--email-verified"], crate::door::PASSWORD);
    let (kid, _) = ada.door.here.signed_key(eve, None).await;
    for method in ["PATCH", "DELETE"] {
        let answer = ada.call(method, &format!("{KEYS}/{kid}"), &json!({ "totp_code": ada.code() })).await;
        refused(&answer, 404, &["record.not_found"]);
    }
    ada.set_ada(&["--remove-label", "email"]);
    let active = json!({ "totp_code": ada.code(), "state": "active" });
    refused(&ada.call("PATCH", &of(&key), &active).await, 422, &["state.invalid"]);
    entity(&ada.call("POST", "/otp/disable", &json!({ "code": ada.code() })).await, 200);
    for method in ["PATCH", "DELETE"] {
        let answer = ada.call(method, &of(&key), &json!({ "totp_code": "wrong" })).await;
        refused(&answer, 400, &["resource.api_key.2fa_disabled"]);
    }
}

async fn a_key_is_deleted(here: Installation) {
    let ada = KeyOwner::with_codes(here).await;
    let (first, second) = (ada.issue(None).await, ada.issue(None).await);
    let by_query = ada.request("DELETE", &format!("{}?totp_code={}", of(&first), ada.code())).answer().await;
    assert_eq!((by_query.status, by_query.body.as_str()), (204, ""));
    refused(&ada.signs(&first).await, 401, &["authz.unexistent_apikey"]);
    let by_body =
        ada.call("DELETE", &format!("{}.json", of(&second)), &json!({ "totp_code": ada.code() })).await;
    assert_eq!((by_body.status, by_body.body.as_str()), (204, ""));
    assert_eq!(entity(&ada.get(KEYS).await, 200), json!([]));
    let again = ada.call("DELETE", &of(&first), &json!({ "totp_code": ada.code() })).await;
    refused(&again, 404, &["record.not_found"]);
}

async fn too_many_wrong_codes_are_refused(here: Installation) {
    let ada = KeyOwner::of(Door::throttled(here)).await;
    let codes = ada.door.here.recovery_codes(EMAIL).await;
    let order = |code: &str| json!({ "algorithm": "HS256", "totp_code": code });
    for _ in 0..5 {
        refused(&ada.call("POST", KEYS, &order("wrong")).await, 422, &["resource.api_key.invalid_totp"]);
    }
    let answer = ada.call("POST", KEYS, &order(&codes[0])).await;
    refused(&answer, 429, &["resource.api_key.too_many_attempts"]);
    assert!(answer.header("retry-after").is_some());
}

async fn nothing_is_said_to_whoever_is_not_signed_in(here: Installation) {
    let door = Door::open(here);
    for path in
        ["/resource/api_keys?page=x", "/resource/service_accounts", "/resource/service_accounts/api_keys"]
    {
        refused(&door.get(path).await, 401, &["authz.invalid_session"]);
        let forged = door.request("GET", path).header("authorization", "Bearer x").answer().await;
        refused(&forged, 401, &["jwt.decode_and_verify"]);
    }
    for (method, path) in [("POST", ""), ("PATCH", "/x"), ("DELETE", "/x")] {
        let answer = door.request(method, &format!("/resource/api_keys{path}")).answer().await;
        refused(&answer, 401, &["authz.missing_csrf_token"]);
    }
}
