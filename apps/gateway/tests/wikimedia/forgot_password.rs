//! `POST /v1/forgot-password` (contract §3.4, decision D1).

use crate::door::{
    E422, EINT401, ENOUSER, MISMATCH, PASSWORD, ada, codes, confirm, forgot, is_done, refuses, set, temporary,
};
use crate::support::{Installation, on_both};
use serde_json::json;

on_both! {
    mails_a_code_of_six_digits
    says_the_same_whoever_is_named
    says_who_gets_none_if_the_server_discloses_accounts
    a_later_code_replaces_an_earlier_one
    five_requests_an_hour_are_enough
}

/// Accounts that may not reset their password, and what a server that discloses accounts says.
fn nobodies(here: &Installation) -> [(&'static str, crate::door::No); 8] {
    here.account(&["--username", "bob", "--email", "bob@example.com"], PASSWORD);
    here.account(&["--username", "noaddress"], PASSWORD);
    temporary(here, "tim");
    for state in ["pending", "locked"] {
        let address = format!("{state}@example.com");
        let flags = ["--username", state, "--email", &address, "--email-verified", "--state", state];
        here.account(&flags, PASSWORD);
    }
    [
        ("nobody", EINT401),
        ("nobody@example.com", ENOUSER),
        ("Ada", EINT401),
        ("bob", EINT401),
        ("noaddress", EINT401),
        ("tim", EINT401),
        ("pending", EINT401),
        ("locked", EINT401),
    ]
}

async fn mails_a_code_of_six_digits(here: Installation) {
    let server = here.serve();
    ada(&here);
    for name in ["ada", "ada@example.com"] {
        is_done(&forgot(&server, name).await);
    }
    let sent = codes(&here, "ada@example.com", 2);
    assert!(sent.iter().all(|code| code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit())));
    let message = here.message("mail", "password.code", "ada@example.com");
    assert!(message["text"].as_str().unwrap().contains(&sent[0]), "{message}");
}

async fn says_the_same_whoever_is_named(here: Installation) {
    let server = here.serve();
    ada(&here);
    for (name, _) in nobodies(&here) {
        is_done(&forgot(&server, name).await);
    }
    is_done(&forgot(&server, "ada").await);
    codes(&here, "ada@example.com", 1);
    let sent = here.messages("mail");
    assert!(sent.iter().all(|message| message["to"] == "ada@example.com"), "{sent:?}");
    for body in [json!({}), json!({ "username": "" }), json!({ "username": "x".repeat(256) })] {
        refuses(&server.post("/v1/forgot-password", &body).await, E422);
    }
}

async fn says_who_gets_none_if_the_server_discloses_accounts(here: Installation) {
    let here = here.with("security.disclose_accounts", "true");
    let server = here.serve();
    ada(&here);
    for (name, no) in nobodies(&here) {
        refuses(&forgot(&server, name).await, no);
    }
    is_done(&forgot(&server, "ada").await);
    set(&here, "ada", &["--state", "banned"]);
    refuses(&forgot(&server, "ada").await, EINT401);
}

async fn a_later_code_replaces_an_earlier_one(here: Installation) {
    let server = here.serve();
    ada(&here);
    is_done(&forgot(&server, "ada").await);
    let first = codes(&here, "ada@example.com", 1).remove(0);
    is_done(&forgot(&server, "ada").await);
    let second = codes(&here, "ada@example.com", 2).remove(1);
    if first != second {
        refuses(&confirm(&server, "ada", "Another-Horse-8-Staple", &first).await, MISMATCH);
    }
    is_done(&confirm(&server, "ada", "Another-Horse-8-Staple", &second).await);
}

async fn five_requests_an_hour_are_enough(here: Installation) {
    let server = here.serve();
    ada(&here);
    for name in ["ada", "ada@example.com", "ada", "ada", "ada"] {
        is_done(&forgot(&server, name).await);
    }
    assert_eq!(codes(&here, "ada@example.com", 5).len(), 5);
    is_done(&forgot(&server, "ada").await);
    drop(server);
    let here = here.with("security.disclose_accounts", "true");
    let server = here.serve();
    refuses(&forgot(&server, "ada").await, EINT401);
    here.account(&["--username", "eve", "--email", "eve@example.com", "--email-verified"], PASSWORD);
    is_done(&forgot(&server, "eve").await);
    codes(&here, "eve@example.com", 1);
    assert_eq!(codes(&here, "ada@example.com", 5).len(), 5);
}
