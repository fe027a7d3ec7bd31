//! Paths, methods and browsers (contract §2.5).

use crate::door::{E404, E422, PASSWORD, ada, refuses};
use crate::support::http::Exchange as _;
use crate::support::{Installation, on_both};
use serde_json::json;

on_both! {
    unknown_paths_and_wrong_methods_do_not_exist
    one_slash_too_many_is_a_redirect
    any_foreign_origin_may_call
    a_door_that_is_closed_is_not_there
}

const PATHS: [&str; 8] = [
    "/v1/login",
    "/v1/token-refresh",
    "/v1/token-revoke",
    "/v1/mfa-required",
    "/v1/forgot-password",
    "/v1/forgot-password-confirm",
    "/v1/change-password",
    "/v1/new-password-required",
];

async fn unknown_paths_and_wrong_methods_do_not_exist(here: Installation) {
    let server = here.serve();
    for path in ["/v1", "/v1/", "/v1/nothing", "/v1/Login", "/v1/login/x", "/v1//login", "/v1/login//"] {
        refuses(&server.post(path, &json!({})).await, E404);
    }
    for path in PATHS {
        for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            refuses(&server.request(method, path).answer().await, E404);
        }
        let head = server.request("HEAD", path).answer().await;
        assert_eq!((head.status, head.body.as_str()), (404, ""));
        refuses(&server.request("GET", &format!("{path}/")).answer().await, E404);
    }
}

async fn one_slash_too_many_is_a_redirect(here: Installation) {
    let server = here.serve();
    for path in PATHS {
        let answer = server.post(&format!("{path}/"), &json!({})).await;
        assert_eq!((answer.status, answer.body.as_str()), (307, ""));
        assert_eq!(answer.header("location"), Some(path));
    }
    let answer = server.post("/v1/login/?username=ada", &json!({})).await;
    assert_eq!(answer.header("location"), Some("/v1/login?username=ada"));
}

async fn any_foreign_origin_may_call(here: Installation) {
    let server = here.serve();
    ada(&here);
    let from = |method: &str, path: &str, origin: &str| server.request(method, path).header("origin", origin);
    for path in ["/v1/login", "/v1/nothing", "/v1/login/"] {
        let preflight = from("OPTIONS", path, "https://app.example.com").answer().await;
        assert_eq!((preflight.status, preflight.body.as_str()), (204, ""));
        let names =
            ["access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers"];
        let values = names.map(|name| preflight.header(name).unwrap());
        assert_eq!(values, ["*", "GET,POST,OPTIONS,HEAD", "*"]);
        assert_eq!(preflight.header("access-control-max-age"), None);
        assert_eq!(preflight.header("access-control-allow-credentials"), None);
    }
    let body = json!({ "username": "ada", "password": PASSWORD });
    let allowed = async |origin: &str, body: &serde_json::Value| {
        let answer = from("POST", "/v1/login", origin).json(body).answer().await;
        (answer.status, answer.header("access-control-allow-origin").map(str::to_owned))
    };
    assert_eq!(allowed("https://app.example.com", &body).await, (200, Some("*".to_owned())));
    assert_eq!(allowed("null", &json!({})).await, (422, Some("*".to_owned())));
    assert_eq!(allowed(server.base(), &body).await, (200, None));
    let refused = from("POST", "/v1/login", "https://app.example.com").json(&json!({})).answer().await;
    refuses(&refused, E422);
    let forwarded = from("POST", "/v1/login", "https://app.example.com")
        .header("x-forwarded-host", "app.example.com")
        .json(&body);
    assert_eq!(forwarded.answer().await.header("access-control-allow-origin"), Some("*"));
}

async fn a_door_that_is_closed_is_not_there(here: Installation) {
    let server = here.with("dialects.wikimedia.enabled", "false").serve();
    let answer = server.post("/v1/login", &json!({ "username": "ada", "password": PASSWORD })).await;
    assert_eq!(answer.status, 404);
}
