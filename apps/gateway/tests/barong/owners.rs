//! Who may ask for what is theirs (contract §5.4): on every operation about users, before anything else.

use serde_json::json;

use crate::door::{Door, PASSWORD, entity, refused, refused_in_words};
use crate::signed_keys::{now, service_account, signed};
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    nobody_else_is_told_what_is_wrong_with_a_request
    a_jwt_opens_what_a_cookie_opens
    a_service_account_owns_nothing
    a_cookie_lives_on_with_its_session
    other_methods_are_unknown_paths
    users_do_not_see_each_other
}

const OPERATIONS: [(&str, &str); 18] = [
    ("GET", "/users/me"),
    ("PUT", "/users/me"),
    ("DELETE", "/users/me"),
    ("PUT", "/users/password"),
    ("GET", "/users/activity/all"),
    ("GET", "/labels"),
    ("POST", "/labels"),
    ("GET", "/labels/email"),
    ("PATCH", "/labels/email"),
    ("DELETE", "/labels/email"),
    ("GET", "/phones"),
    ("POST", "/phones"),
    ("POST", "/phones/send_code"),
    ("POST", "/phones/verify"),
    ("GET", "/profiles/me"),
    ("POST", "/profiles"),
    ("PUT", "/profiles"),
    ("POST", "/data_storage"),
];

/// A body that nobody can read.
async fn garbled(door: &Door, (method, path): (&str, &str), headers: &[(&str, &str)]) -> Answer {
    let request =
        door.request(method, &format!("/resource{path}")).header("content-type", "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body("{").answer().await
}

async fn nobody_else_is_told_what_is_wrong_with_a_request(here: Installation) {
    let door = Door::open(here);
    let grant = door.login().await;
    for operation in OPERATIONS {
        let refusal = if operation.0 == "GET" { "authz.invalid_session" } else { "authz.missing_csrf_token" };
        refused(&garbled(&door, operation, &[]).await, 401, &[refusal]);
        for bearer in ["Bearer x", "Bearer", "Basic eA==", "Bearer a.b.c"] {
            let answer = garbled(&door, operation, &[("authorization", bearer)]).await;
            refused(&answer, 401, &["jwt.decode_and_verify"]);
        }
        let own = [("cookie", grant.cookie.as_str()), ("x-csrf-token", &grant.csrf)];
        let answer = garbled(&door, operation, &own).await;
        if ["POST", "PUT", "PATCH"].contains(&operation.0) || operation == ("DELETE", "/users/me") {
            refused(&answer, 400, &["server.invalid_body"]);
        }
    }
}

async fn a_jwt_opens_what_a_cookie_opens(here: Installation) {
    let door = Door::open(here);
    let grant = door.login().await;
    let passed = door.asks("GET", "/api/v2/auth/resource/users/me", &grant).await;
    let bearer = passed.header("authorization").unwrap_or_else(|| panic!("{passed:?}"));
    let with = |method: &str, path: &str| {
        door.request(method, &format!("/resource{path}")).header("authorization", bearer)
    };
    assert_eq!(entity(&with("GET", "/users/me").answer().await, 200)["uid"], door.ada["uid"]);
    let label = json!({ "key": "lang", "value": "eng" });
    assert_eq!(with("POST", "/labels").json(&label).answer().await.status, 201, "no CSRF token is needed");
    let out = door.request("DELETE", "/identity/sessions").header("cookie", grant.cookie).answer().await;
    assert_eq!(out.status, 204);
    refused(&with("GET", "/users/me").answer().await, 401, &["jwt.decode_and_verify"]);
}

async fn a_service_account_owns_nothing(here: Installation) {
    let door = Door::open(here);
    let uid = service_account(&door);
    let (kid, secret) = door.here.signed_key(crate::door::EMAIL, Some(&uid)).await;
    for path in ["/labels", "/data_storage"] {
        let path = format!("/resource{path}");
        let answer = signed(&door, &path, (&kid, &secret), &now().to_string()).await;
        refused(&answer, 404, &["record.not_found"]);
    }
}

async fn a_cookie_lives_on_with_its_session(here: Installation) {
    let door = Door::open(here);
    let grant = door.login().await;
    let cookie = grant.cookie.clone();
    let ada = door.as_holder_of(grant);
    for (path, status) in [("/users/me", 200), ("/labels/nothing", 404)] {
        let answer = ada.get(path).await;
        assert_eq!(answer.status, status);
        let kept = answer.header("set-cookie").unwrap_or_else(|| panic!("{answer:?}"));
        assert!(kept.starts_with(&cookie) && kept.contains("Expires="), "{kept}");
    }
    let stranger =
        door.request("GET", "/resource/users/me").header("cookie", "_barong_session=x").answer().await;
    assert_eq!((stranger.status, stranger.header("set-cookie")), (401, None));
}

async fn other_methods_are_unknown_paths(here: Installation) {
    let door = Door::open(here);
    for (method, path) in [
        ("POST", "/users/me"),
        ("GET", "/users/password"),
        ("POST", "/users/activity/all"),
        ("GET", "/users/activity"),
        ("PUT", "/labels/email"),
        ("DELETE", "/phones"),
        ("GET", "/phones/verify"),
        ("GET", "/profiles"),
        ("PATCH", "/profiles/me"),
        ("GET", "/data_storage"),
    ] {
        let answer = door.request(method, &format!("/resource{path}")).answer().await;
        refused_in_words(&answer, 404, "Route is not found");
    }
}

async fn users_do_not_see_each_other(here: Installation) {
    let door = Door::open(here);
    let ada = door.caller().await;
    let bob = json!({ "email": "bob@example.com", "password": PASSWORD });
    let bob = door.as_holder_of(crate::door::grant(&door.post("/identity/users", &bob).await, 201));
    let label = json!({ "key": "lang", "value": "eng" });
    assert_eq!(ada.send("POST", "/labels", &label).await.status, 201);
    assert_eq!(ada.send("POST", "/profiles", &json!({ "first_name": "Ada" })).await.status, 201);
    assert_eq!(ada.send("POST", "/phones", &json!({ "phone_number": "33612340471" })).await.status, 201);
    for list in ["/labels", "/profiles/me", "/phones"] {
        assert_eq!(entity(&bob.get(list).await, 200), json!([]), "{list}");
    }
    for method in ["GET", "PATCH", "DELETE"] {
        let answer = bob.send(method, "/labels/lang", &json!({ "value": "fra" })).await;
        refused(&answer, 404, &["record.not_found"]);
    }
    let send = bob.send("POST", "/phones/send_code", &json!({ "phone_number": "33612340471" })).await;
    refused(&send, 404, &["resource.phone.doesnt_exist"]);
}
