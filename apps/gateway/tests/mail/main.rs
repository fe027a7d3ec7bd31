//! Mail through a real SMTP server.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests and what they share")]

#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::port::ClosedPort;
use support::process::Server;
use support::smtpd::Smtpd;
use support::{Installation, on_both};

const PASSWORD: &str = "j8BDWYrQwDF5u4Yu";
const NEW: &str = "Tr0ub4dor-and-3-horses";

fn house(here: Installation, smtp_url: &str) -> Installation {
    let house = here
        .with("mail.transport", "smtp")
        .with("mail.smtp_url", smtp_url)
        .with("mail.from", "Portcullis <noreply@example.com>");
    house.account(&["--username", "ada", "--email", "ada@example.com", "--email-verified"], PASSWORD);
    house
}

async fn post(server: &Server, path: &str, body: Value) -> u16 {
    reqwest::Client::new().post(server.url(path)).json(&body).send().await.unwrap().status().as_u16()
}

async fn ask_for_code(server: &Server) {
    assert_eq!(post(server, "/v1/forgot-password", json!({ "username": "ada" })).await, 204);
}

fn first_letter(house: &Installation, smtpd: &Smtpd) -> Value {
    house.wait_for(|| smtpd.letters().into_iter().next())
}

/// The code is the one word of digits in the text.
fn code(letter: &Value) -> String {
    let text = letter["text"].as_str().unwrap();
    let is_code = |word: &&str| word.len() >= 6 && word.chars().all(|c| c.is_ascii_digit());
    text.split_whitespace().find(is_code).unwrap_or_else(|| panic!("no code in {text}")).to_owned()
}

on_both! {
    a_letter_arrives_whole_and_its_code_works
    mail_waits_for_a_server_that_is_away_and_goes_out_when_it_returns
}

async fn a_letter_arrives_whole_and_its_code_works(here: Installation) {
    let smtpd = Smtpd::open();
    let house = house(here, &format!("smtp://127.0.0.1:{}", smtpd.port()));
    let server = house.serve();
    ask_for_code(&server).await;
    let letter = first_letter(&house, &smtpd);
    assert_eq!(
        (&letter["from"], &letter["to"]),
        (&json!("noreply@example.com"), &json!(["ada@example.com"]))
    );
    let headers = &letter["headers"];
    assert_eq!(headers["From"], "Portcullis <noreply@example.com>");
    assert_eq!(headers["To"], "ada@example.com");
    assert!(!headers["Subject"].as_str().unwrap().is_empty());
    assert!(headers["Date"].is_string() && headers["Content-Type"].as_str().unwrap().contains("utf-8"));
    assert_eq!(headers["Auto-Submitted"], "auto-generated");
    let confirm = json!({ "username": "ada", "password": NEW, "confirmation_code": code(&letter) });
    assert_eq!(post(&server, "/v1/forgot-password-confirm", confirm).await, 204);
    assert_eq!(post(&server, "/user/login", json!({ "username": "ada", "password": NEW })).await, 200);
    house.wait_for(|| (smtpd.letters().len() == 2).then_some(()));
    let sent = house.json(&["mail", "list", "--status", "sent"]);
    let id = sent[1]["id"].as_str().unwrap();
    assert_eq!(headers["Message-ID"], format!("<{id}@example.com>"));
}

async fn mail_waits_for_a_server_that_is_away_and_goes_out_when_it_returns(here: Installation) {
    let closed = ClosedPort::new();
    let house = house(here, &format!("smtp://127.0.0.1:{}", closed.number()));
    let server = house.serve();
    ask_for_code(&server).await;
    let waiting = house.wait_for(|| {
        let listed = house.json(&["mail", "list", "--status", "waiting"]);
        (listed[0]["attempts"].as_u64() >= Some(1) && listed[0]["error"].is_string())
            .then(|| listed[0].clone())
    });
    assert_eq!(waiting["event"], "password.code");
    assert_eq!(house.run(&["doctor"]).code, Some(1), "the doctor says so");
    let smtpd = Smtpd::on_port(closed.number());
    let letter = first_letter(&house, &smtpd);
    let confirm = json!({ "username": "ada", "password": NEW, "confirmation_code": code(&letter) });
    assert_eq!(post(&server, "/v1/forgot-password-confirm", confirm).await, 204);
    assert_eq!(house.json(&["mail", "list", "--status", "dead"]), json!([]));
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let ran = Command::new("openssl").current_dir(folder).args(arguments).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// An authority of one's own, and a certificate of it for 127.0.0.1.
fn authority(folder: &Path) {
    let subject = "subjectAltName=IP:127.0.0.1";
    let new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let ca =
        ["req", "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority", "-days", "2"];
    openssl(folder, &[&ca[..], &new_key].concat());
    let leaf =
        ["req", "-x509", "-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "key.pem", "-out", "cert.pem"];
    let leaf = [&leaf[..], &["-subj", "/CN=relay", "-addext", subject, "-days", "2"]].concat();
    openssl(folder, &[&leaf[..], &["-addext", "basicConstraints=critical,CA:FALSE"], &new_key].concat());
}

#[tokio::test]
async fn a_relay_with_starttls_is_trusted_by_its_authority_and_by_nothing_less() {
    let folder = tempfile::tempdir().unwrap();
    authority(folder.path());
    let smtpd = Smtpd::with_tls(&folder.path().join("cert.pem"), &folder.path().join("key.pem"));
    let house = house(
        Installation::on_sqlite(),
        &format!("smtp://relay-user:p%40ss@127.0.0.1:{}?tls=required", smtpd.port()),
    );
    let server = house.serve();
    ask_for_code(&server).await;
    house.wait_for(|| {
        let listed = house.json(&["mail", "list", "--status", "waiting"]);
        listed[0]["error"].as_str().is_some_and(|error| error.contains("certificate")).then_some(())
    });
    assert_eq!(smtpd.letters(), Vec::<Value>::new());
    assert_eq!(server.stop(), Some(0));
    let house = house.with_environment("SSL_CERT_FILE", folder.path().join("ca.pem"));
    let _server = house.serve();
    house.json(&["mail", "retry"]);
    let letter = first_letter(&house, &smtpd);
    assert_eq!((&letter["tls"], &letter["signed_in"]), (&json!(true), &json!(true)));
    assert_eq!(letter["to"], json!(["ada@example.com"]));
}
