//! Schema, keys and messages from the command line.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests and what they share")]

mod support;

use serde_json::{Value, json};
use support::{Backend, Installation, on_both};

const PASSWORD: &str = "Correct-Horse-9-Battery";

on_both! {
    migrations_are_named_before_they_are_applied
    a_rotated_signing_key_signs_what_comes_next_and_the_old_one_still_verifies
    a_rotated_master_key_seals_everything_anew_beside_a_running_server
    a_lost_master_key_is_refused_and_never_replaced
    a_master_key_from_the_settings_is_the_operators_to_rotate
    messages_are_listed_shown_and_tried_again
}

async fn login(base: &str) -> Option<String> {
    let body = json!({ "username": "ada", "password": PASSWORD });
    let answer = reqwest::Client::new().post(format!("{base}/user/login")).json(&body).send().await.unwrap();
    let body: Value = answer.json().await.unwrap();
    body["Token"].as_str().map(str::to_owned)
}

async fn is_honoured(base: &str, token: &str) -> bool {
    let answer = reqwest::Client::new().get(format!("{base}/test/secure")).bearer_auth(token).send().await;
    answer.unwrap().status() == 200
}

fn kids(keys: &Value) -> Vec<&str> {
    keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect()
}

async fn migrations_are_named_before_they_are_applied(here: Installation) {
    let here = here.another_untouched();
    let pending = here.json(&["migrate", "--dry-run"])["pending"].clone();
    assert!(pending.as_array().unwrap().len() >= 4, "{pending}");
    assert!(!here.data().exists(), "a dry run makes nothing");
    assert_eq!(here.json(&["migrate"])["applied"], pending);
    assert_eq!(here.json(&["migrate", "--dry-run"]), json!({ "pending": [] }));
    assert_eq!(here.json(&["migrate"]), json!({ "applied": [] }));
}

#[test]
fn the_doctor_finds_what_is_wrong_and_changes_nothing() {
    let here = Installation::untouched(Backend::Sqlite);
    assert_eq!(here.json(&["doctor"])["ok"], true);
    assert!(!here.data().exists());
    here.json(&["company", "list"]);
    assert_eq!(here.json(&["doctor"])["ok"], true);
    std::fs::write(here.data().join("master.key"), "nonsense\n").unwrap();
    let ran = here.run(&["doctor", "--json"]);
    assert_eq!(ran.code, Some(1));
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    let bad: Vec<&str> = found["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| check["check"].as_str().unwrap())
        .collect();
    assert_eq!(bad, ["master key", "signing keys"]);
}

#[test]
fn an_unreachable_database_is_a_refusal() {
    let here = Installation::on_sqlite().with("database.url", "postgres://nobody:hunter2@127.0.0.1:1/none");
    for arguments in [&["account", "list", "--company", "default"][..], &["doctor"], &["migrate"]] {
        let ran = here.run(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}");
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
}

async fn a_rotated_signing_key_signs_what_comes_next_and_the_old_one_still_verifies(here: Installation) {
    here.account(&["--username", "ada"], PASSWORD);
    let server = here.serve();
    let before = login(server.base()).await.unwrap();
    let old = here.json(&["signing-key", "list"]);
    let new = here.json(&["signing-key", "rotate", "--overlap", "0s"]);
    assert_eq!((kids(&old).len(), kids(&new).len()), (2, 2));
    let published = || {
        let keys = here.json(&["signing-key", "list"]);
        (kids(&keys).len() == 4).then_some(())
    };
    here.wait_for(published);
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let mut after = login(server.base()).await.unwrap();
    while !kids(&new).contains(&kid(&after).as_str()) {
        after = login(server.base()).await.unwrap();
    }
    assert!(kids(&old).contains(&kid(&before).as_str()));
    assert!(is_honoured(server.base(), &before).await && is_honoured(server.base(), &after).await);
}

async fn a_rotated_master_key_seals_everything_anew_beside_a_running_server(here: Installation) {
    here.account(&["--username", "ada"], PASSWORD);
    let server = here.serve();
    let token = login(server.base()).await.unwrap();
    let file = here.data().join("master.key");
    let before = std::fs::read_to_string(&file).unwrap();
    let rotated = here.json(&["master-key", "rotate"]);
    assert_eq!(rotated["resealed"], 2, "the two signing keys");
    let after = std::fs::read_to_string(&file).unwrap();
    assert_eq!(after.lines().count(), 1);
    assert_ne!(after, before);
    assert!(is_honoured(server.base(), &token).await);
    assert!(login(server.base()).await.is_some());
    assert_eq!(server.stop(), Some(0));
    let again = here.serve();
    assert!(login(again.base()).await.is_some());
    let trail = here.json(&["audit", "list"]);
    let actions: Vec<&str> =
        trail.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions[..3], ["session.sign_in", "session.sign_in", "master_key.rotated"], "newest first");
}

#[test]
fn an_interrupted_rotation_is_finished_by_the_next() {
    let here = Installation::on_sqlite();
    drop(here.serve());
    let file = here.data().join("master.key");
    let old = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{}\n{old}", "ab".repeat(32))).unwrap();
    let ran = here.run(&["master-key", "rotate", "--json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("finishing an interrupted rotation"), "{}", ran.stderr);
    let rotated: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(rotated["resealed"], 4, "twice two signing keys");
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 1);
    assert_eq!(here.json(&["doctor"])["ok"], true);
}

async fn a_master_key_from_the_settings_is_the_operators_to_rotate(here: Installation) {
    let (old, new) = ("ab".repeat(32), "cd".repeat(32));
    let mut here = here.another_untouched().with("secrets.master_key", &old);
    drop(here.serve());
    assert!(!here.data().join("master.key").exists());
    let refused = here.run(&["master-key", "rotate"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("secrets.old_master_keys"), "{}", refused.stderr);
    here.set("secrets.master_key", &new);
    let locked_out = here.run(&["signing-key", "list"]);
    assert_eq!(locked_out.code, Some(1));
    assert!(locked_out.stderr.contains("is this the right master key?"), "{}", locked_out.stderr);
    here.set("secrets.old_master_keys", &old);
    assert_eq!(here.json(&["master-key", "rotate"])["resealed"], 2);
    here.set("secrets.old_master_keys", "");
    assert_eq!(here.json(&["signing-key", "list"]).as_array().unwrap().len(), 2);
}

async fn a_lost_master_key_is_refused_and_never_replaced(here: Installation) {
    drop(here.serve());
    let file = here.data().join("master.key");
    std::fs::remove_file(&file).unwrap();
    for arguments in [&["serve"][..], &["account", "list", "--company", "default"]] {
        let ran = here.run(arguments);
        assert_eq!(ran.code, Some(1));
        assert!(
            ran.stderr.contains("master.key is missing, but the database holds values"),
            "{}",
            ran.stderr
        );
        assert!(!file.exists());
    }
}

async fn messages_are_listed_shown_and_tried_again(here: Installation) {
    here.account(&["--username", "ada", "--email", "ada@example.com", "--email-verified"], PASSWORD);
    let server = here.serve();
    let body = json!({ "username": "ada" });
    let asked =
        reqwest::Client::new().post(server.url("/v1/forgot-password")).json(&body).send().await.unwrap();
    assert_eq!(asked.status(), 204);
    let message = here.message("mail", "password.code", "ada@example.com");
    let code = message["data"]["code"].as_str().unwrap();
    let sent = || {
        let rows = here.json(&["mail", "list", "--status", "sent"]);
        rows.as_array().unwrap().first().cloned()
    };
    let row = here.wait_for(sent);
    assert_eq!((&row["event"], &row["to"]), (&json!("password.code"), &json!("ada@example.com")));
    let shown = here.json(&["mail", "show", row["id"].as_str().unwrap()]);
    assert_eq!(shown["data"]["code"], code);
    assert_eq!(here.json(&["mail", "list", "--status", "dead"]), json!([]));
    assert_eq!(here.json(&["mail", "retry"]), json!({ "retried": 0 }));
    assert_eq!(here.run(&["mail", "retry", row["id"].as_str().unwrap()]).code, Some(1));
    assert!(!server.log().contains(code), "no secret is logged");
}
