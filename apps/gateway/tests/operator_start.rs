//! What an operator may rely on from the first start to the last: one line, files that nobody else can read, settings
//! that are refused in one line, data that survives.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests and what they share")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};
use support::{Backend, Installation, on_both};

const PASSWORD: &str = "Correct-Horse-9-Battery";

on_both! {
    endpoints_outside_the_dialects_answer
    every_answer_has_a_request_id_and_is_not_to_be_stored
    a_dialect_that_is_switched_off_is_not_there
    a_restart_keeps_accounts_sessions_and_keys
    what_was_acknowledged_survives_a_kill
    a_second_server_on_the_same_database_works_beside_the_first
    a_stop_lets_the_last_request_finish
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn get(url: &str) -> (u16, Value) {
    let answer = reqwest::get(url).await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}

async fn login(base: &str, password: &str) -> (u16, Value) {
    let body = json!({ "username": "ada", "password": password });
    let answer = reqwest::Client::new().post(format!("{base}/user/login")).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn the_first_start_needs_nothing_and_keeps_its_files_private() {
    let here = Installation::untouched(Backend::Sqlite);
    let server = here.serve();
    assert!(server.base().starts_with("http://127.0.0.1:"));
    assert_eq!(get(&server.url("/healthz")).await, (200, json!({ "status": "ok" })));
    assert_eq!(get(&server.url("/readyz")).await.0, 200);
    assert_eq!(mode(&here.data()), 0o700);
    assert_eq!(mode(&here.data().join("master.key")), 0o600);
    assert_eq!(mode(&here.data().join("portcullis.db")), 0o600);
    assert_eq!(server.stop(), Some(0));
}

async fn endpoints_outside_the_dialects_answer(here: Installation) {
    let server = here.serve();
    let (status, keys) = get(&server.url("/.well-known/jwks.json")).await;
    assert_eq!((status, keys["keys"].as_array().unwrap().len()), (200, 2));
    assert!(keys["keys"][0]["d"].is_null(), "private halves stay private");
    for dialect in ["wikimedia", "bfore"] {
        let (status, document) = get(&server.url(&format!("/openapi/{dialect}.json"))).await;
        assert_eq!((status, document["openapi"].as_str().unwrap()), (200, "3.1.0"));
    }
    let page = reqwest::get(server.url("/docs")).await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("swagger-ui"));
    let metrics = reqwest::get(server.url("/metrics")).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("portcullis_hash_queue 0"), "{metrics}");
}

async fn every_answer_has_a_request_id_and_is_not_to_be_stored(here: Installation) {
    let server = here.serve();
    let client = reqwest::Client::new();
    let given = client.get(server.url("/healthz")).header("X-Request-Id", "abc-1").send().await.unwrap();
    assert_eq!(given.headers()["x-request-id"], "abc-1");
    assert_eq!(given.headers()["cache-control"], "no-store");
    assert_eq!(given.headers()["x-content-type-options"], "nosniff");
    let forged = client.get(server.url("/healthz")).header("X-Request-Id", "a b{}").send().await.unwrap();
    assert_eq!(forged.headers()["x-request-id"].len(), 36);
}

async fn a_dialect_that_is_switched_off_is_not_there(here: Installation) {
    let here = here.with("dialects.bfore.enabled", "false");
    let server = here.serve();
    assert_eq!(login(server.base(), PASSWORD).await.0, 404);
    assert_eq!(get(&server.url("/openapi/bfore.json")).await.0, 404);
    assert_eq!(get(&server.url("/openapi/wikimedia.json")).await.0, 200);
}

#[test]
fn wrong_settings_stop_the_start_with_one_line() {
    let cases = [
        ("server.lisen", "x", "server.lisen (environment variable PORTCULLIS__SERVER__LISEN): unknown key"),
        ("passwords.iterations", "many", "passwords.iterations (environment variable"),
        (
            "mail.transport",
            "smtp",
            "mail.smtp_url (default): expected a value, because mail.transport is smtp",
        ),
    ];
    for (key, value, expected) in cases {
        let ran = Installation::on_sqlite().with(key, value).run(&["serve"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    }
}

#[test]
fn the_settings_file_is_read_from_the_working_directory_or_by_name() {
    let here = Installation::on_sqlite();
    std::fs::write(here.folder().join("portcullis.toml"), "[dialects.bfore]\ntoken_ttl = 61\n").unwrap();
    std::fs::write(here.folder().join("other.toml"), "[dialects.bfore]\ntoken_ttl = 62\n").unwrap();
    let ttl = |arguments: &[&str]| here.json(arguments)["dialects"]["bfore"]["token_ttl"].clone();
    assert_eq!(ttl(&["config"]), 61);
    assert_eq!(ttl(&["config", "--config", "other.toml"]), 62);
    assert_eq!(ttl(&["config", "--set", "dialects.bfore.token_ttl=63"]), 63);
    assert_eq!(here.run(&["config", "--config", "absent.toml"]).code, Some(2));
    assert!(here.run(&["config"]).stdout.contains("token_ttl = 61"));
}

#[test]
fn a_port_that_is_taken_is_refused() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = Installation::on_sqlite().run(&["serve", "--listen", &address]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains(&format!("cannot listen on {address}")), "{}", ran.stderr);
}

async fn a_restart_keeps_accounts_sessions_and_keys(here: Installation) {
    let here = here.with("tokens.issuer", "portcullis");
    here.account(&["--username", "ada"], PASSWORD);
    let server = here.serve();
    let (status, session) = login(server.base(), PASSWORD).await;
    assert_eq!(status, 200);
    let keys = get(&server.url("/.well-known/jwks.json")).await;
    assert_eq!(server.stop(), Some(0));
    let again = here.serve();
    assert_eq!(get(&again.url("/.well-known/jwks.json")).await, keys);
    let token = session["Token"].as_str().unwrap();
    let secure =
        reqwest::Client::new().get(again.url("/test/secure")).bearer_auth(token).send().await.unwrap();
    assert_eq!(secure.status(), 200);
}

async fn what_was_acknowledged_survives_a_kill(here: Installation) {
    let here = here.with("tokens.issuer", "portcullis");
    here.account(&["--username", "ada"], PASSWORD);
    let server = here.serve();
    let tokens = futures(server.base(), 5).await;
    server.kill();
    let again = here.serve();
    for token in tokens {
        let answer = reqwest::Client::new().get(again.url("/test/secure")).bearer_auth(&token).send().await;
        assert_eq!(answer.unwrap().status(), 200);
    }
    assert_eq!(
        here.json(&["account", "sessions", "--company", "default", "ada"]).as_array().unwrap().len(),
        5
    );
}

/// Signs in `count` times at once.
async fn futures(base: &str, count: usize) -> Vec<String> {
    let mut logins = tokio::task::JoinSet::new();
    for _ in 0..count {
        let base = base.to_owned();
        logins.spawn(async move { login(&base, PASSWORD).await });
    }
    logins.join_all().await.iter().map(|(_, body)| body["Token"].as_str().unwrap().to_owned()).collect()
}

async fn a_second_server_on_the_same_database_works_beside_the_first(here: Installation) {
    let here = here.with("tokens.issuer", "portcullis");
    here.account(&["--username", "ada"], PASSWORD);
    let (first, second) = (here.serve(), here.serve());
    let (_, session) = login(first.base(), PASSWORD).await;
    let token = session["Token"].as_str().unwrap();
    let there =
        reqwest::Client::new().get(second.url("/test/secure")).bearer_auth(token).send().await.unwrap();
    assert_eq!(there.status(), 200);
}

async fn a_stop_lets_the_last_request_finish(here: Installation) {
    let here = here.with("passwords.memory_kib", "262144").with("passwords.iterations", "4");
    here.account(&["--username", "ada"], PASSWORD);
    let mut server = here.serve();
    let base = server.base().to_owned();
    let slow = tokio::spawn(async move { login(&base, PASSWORD).await });
    while !hashes(&server.url("/metrics")).await {
        tokio::task::yield_now().await;
    }
    server.signal("TERM");
    assert_eq!(slow.await.unwrap().0, 200);
    assert_eq!(server.wait(), Some(0));
}

async fn hashes(metrics: &str) -> bool {
    reqwest::get(metrics).await.unwrap().text().await.unwrap().contains("portcullis_hash_running 1")
}
