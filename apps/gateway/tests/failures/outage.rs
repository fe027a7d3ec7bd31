//! PostgreSQL goes away and comes back.

use std::net::ToSocketAddrs;

use reqwest::Client;
use serde_json::{Value, json};

use crate::relay::Relay;
use crate::support::process::Server;
use crate::support::{Backend, Installation};
use crate::writers::{PASSWORD, Writers, jwt, with_key};

/// A house whose way to PostgreSQL is a relay, with the account `ada`.
fn house() -> (Installation, Relay) {
    let house = Installation::on(Backend::Postgres);
    let mut url = url::Url::parse(&house.database_url()).unwrap();
    let server =
        (url.host_str().unwrap(), url.port().unwrap_or(5432)).to_socket_addrs().unwrap().next().unwrap();
    let relay = Relay::to(server);
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(relay.port())).unwrap();
    let house = house.with("database.url", url.as_str()).with("dialects.bfore.max_auth_headers", "100000");
    house.account(&["--username", "ada", "--email", "ada@example.com", "--email-verified"], PASSWORD);
    (house, relay)
}

async fn get(url: String) -> (u16, Value) {
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn post(server: &Server, path: &str, body: &Value) -> (u16, Option<String>, Value) {
    let answer = Client::new().post(server.url(path)).json(body).send().await.unwrap();
    let retry_after = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    (answer.status().as_u16(), retry_after, answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_a_503_in_every_envelope_and_comes_back_without_a_restart() {
    let (house, relay) = house();
    let server = house.serve();
    let token = jwt(server.base()).await;
    let credentials = json!({ "username": "ada", "password": PASSWORD });
    relay.cut();
    let (status, facts) = get(server.url("/readyz")).await;
    assert_eq!((status, &facts["status"], &facts["database"]), (503, &json!("unavailable"), &json!(false)));
    assert_eq!(get(server.url("/healthz")).await.0, 200, "the process lives");
    let secure = Client::new().get(server.url("/test/secure")).header("Authorization", &token);
    let secure = secure.send().await.unwrap();
    assert_eq!((secure.status().as_u16(), secure.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    let again = Some("1".to_owned());
    let gone = json!({ "message": "Service is unavailable" });
    assert_eq!(post(&server, "/user/login", &credentials).await, (503, again.clone(), gone.clone()));
    let change = json!({ "username": "ada", "old": PASSWORD, "new": "Aa1-Aa1-x", "confirm": "Aa1-Aa1-x" });
    assert_eq!(post(&server, "/user/password", &change).await, (503, again.clone(), gone));
    let (status, wait, body) = post(&server, "/v1/login", &credentials).await;
    assert_eq!((status, wait, &body["status"]), (503, again.clone(), &json!(503)), "{body}");
    let login = json!({ "user": "ada", "company": "default", "password": PASSWORD });
    let register = json!({ "username": "eve", "company": "default", "password": PASSWORD });
    let company = json!({
        "email": "eve@example.com", "company": "eve", "password": PASSWORD, "terms_and_conditions": true,
    });
    for (path, sent) in [
        ("login", &login),
        ("register", &register),
        ("company/register", &company),
        ("password/reset", &login),
    ] {
        let (status, wait, body) = post(&server, &format!("/3/auth/{path}/"), sent).await;
        assert_eq!((status, wait, &body["status"]), (503, again.clone(), &json!("error")), "{path}: {body}");
        assert!(body["message"].is_string() && body.get("data").is_none(), "{path}: {body}");
    }
    let me =
        Client::new().get(server.url("/3/auth/")).header("Authorization", "Token 00").send().await.unwrap();
    assert_eq!(me.status(), 503, "nobody can tell whether the token is good");
    let refused = house.run(&["account", "list", "--company", "default"]);
    assert_eq!(refused.code, Some(1));
    relay.mend();
    let ready = || {
        let output =
            std::process::Command::new("curl").args(["-s", &server.url("/readyz")]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains("\"ready\"").then_some(())
    };
    house.wait_for(ready);
    assert_eq!(post(&server, "/user/login", &credentials).await.0, 200);
    assert_eq!(post(&server, "/3/auth/login/", &login).await.0, 200);
    assert_eq!(post(&server, "/3/auth/register/", &register).await.0, 201);
    let secure = Client::new().get(server.url("/test/secure")).header("Authorization", &token).send().await;
    assert_eq!(secure.unwrap().status(), 200, "what was opened before is honoured again");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_is_lost_in_an_outage() {
    let (house, relay) = house();
    let server = house.serve();
    let writers = Writers::start(server.base(), &jwt(server.base()).await);
    for round in 1..=3 {
        house.wait_for(|| (writers.acknowledged() >= 15 * round).then_some(()));
        relay.cut();
        let before = writers.refused();
        house.wait_for(|| (writers.refused() > before).then_some(()));
        relay.mend();
    }
    let before = writers.acknowledged();
    house.wait_for(|| (writers.acknowledged() > before).then_some(()));
    let kept = writers.stop().await;
    for key in &kept {
        assert_eq!(
            with_key(server.base(), key).await,
            200,
            "one of {} acknowledged keys is gone",
            kept.len()
        );
    }
}
