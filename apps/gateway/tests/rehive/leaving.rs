//! `deactivate`, `request-delete` and their verifications (contract §3.6, §7.3–7.4, §7.21–7.22, §8, §10).

use serde_json::{Value, json};

use crate::owners::{
    EMAIL, Elsewhere, PASSWORD, ada, assert_alike, assert_done, blamed, busy, datum, delivered, doors_open,
    is_live, login, outlive, set_state, settle, show, try_login, wait_asked,
};
use crate::support::http::{Answer, Exchange};
use crate::support::process::Server;
use crate::support::{Installation, on_both};

on_both! {
    a_deactivated_account_is_shut_at_every_door_at_once
    a_deletion_is_noted_and_left_to_an_operator
    keys_are_good_once_for_one_thing_and_one_time
    of_many_who_use_one_key_one_wins
    asking_to_leave_answers_the_same_whoever_is_named
    asking_to_leave_is_counted_by_name_on_every_node
    links_open_the_company_s_own_pages
}

struct Way {
    path: &'static str,
    event: &'static str,
    page: &'static str,
    setting: &'static str,
}

const DEACTIVATE: Way = Way {
    path: "/3/auth/deactivate/",
    event: "user.deactivate.verify",
    page: "/deactivate/verify",
    setting: "deactivate_verification_url",
};
const DELETE: Way = Way {
    path: "/3/auth/request-delete/",
    event: "user.request_delete.verify",
    page: "/request-delete/verify",
    setting: "request_delete_verification_url",
};

impl Way {
    async fn ask(&self, server: &Server, user: &str, company: &str) -> Answer {
        server.post(self.path, &json!({ "user": user, "company": company })).await
    }

    /// The key from the newest of `count` mails to Ada.
    async fn key(&self, here: &Installation, server: &Server, count: usize) -> String {
        assert_done(&self.ask(server, "ada", "default").await);
        datum(here, ("mail", self.event, EMAIL), count, "key")
    }

    async fn verify(&self, server: &Server, key: &str) -> Answer {
        server.post(&format!("{}verify/", self.path), &json!({ "key": key })).await
    }
}

async fn a_deactivated_account_is_shut_at_every_door_at_once(here: Installation) {
    let here = busy(here);
    let here = here.with("server.public_url", "https://id.example");
    let server = here.serve();
    let account = ada(&here);
    let (token, elsewhere) = (login(&server, "ada", PASSWORD).await, Elsewhere::sign_in(&server).await);
    assert_eq!(elsewhere.are_live(&server).await, [true, true]);
    let key = DEACTIVATE.key(&here, &server, 1).await;
    let mail = here.message("mail", DEACTIVATE.event, EMAIL);
    let url = format!("https://id.example/deactivate/verify?key={key}&company=default");
    assert_eq!(mail["data"], json!({ "user": account["id"], "key": key, "url": url }));
    assert!(mail["text"].as_str().unwrap().contains(&url));
    assert!(is_live(&server, &token).await, "asking changes nothing");

    assert_done(&DEACTIVATE.verify(&server, &key).await);
    let header = format!("Token {token}");
    let refused = server.request("GET", "/3/auth/").header("Authorization", header).answer().await;
    assert_eq!((refused.status, refused.header("WWW-Authenticate")), (401, Some("Token")));
    assert_eq!(elsewhere.are_live(&server).await, [false, false]);
    assert_alike(&try_login(&server, "ada", PASSWORD).await, &try_login(&server, "nobody", PASSWORD).await);
    assert_eq!(doors_open(&server, PASSWORD).await, [false; 3]);
    let shown = show(&here, "ada");
    assert_eq!((&shown["state"], &shown["retention"]), (&json!("deactivated"), &json!("retaining")));
    let sessions = here.json(&["account", "sessions", "--company", "default", "ada"]);
    assert_eq!(sessions, json!([]));
    blamed(&DEACTIVATE.verify(&server, &key).await, &["key"]);
    let trail = here.json(&["audit", "list", "--account", "ada"]);
    let done = |action: &str| trail.as_array().unwrap().iter().any(|event| event["action"] == action);
    assert!(done("account.leave_requested") && done("account.deactivated"));

    set_state(&here, "ada", "active");
    assert_eq!(doors_open(&server, PASSWORD).await, [true; 3]);
    assert!(!is_live(&server, &token).await, "old sessions do not come back");
}

async fn a_deletion_is_noted_and_left_to_an_operator(here: Installation) {
    let here = busy(here);
    let here = here.with("server.public_url", "https://id.example");
    let server = here.serve();
    let account = ada(&here);
    let token = login(&server, "ada", PASSWORD).await;
    assert_eq!(show(&here, "ada")["retention"], "retaining");
    let key = DELETE.key(&here, &server, 1).await;
    let mail = here.message("mail", DELETE.event, EMAIL);
    let url = format!("https://id.example/request-delete/verify?key={key}&company=default");
    assert_eq!(mail["data"], json!({ "user": account["id"], "key": key, "url": url }));

    assert_done(&DELETE.verify(&server, &key).await);
    let shown = show(&here, "ada");
    assert_eq!((&shown["state"], &shown["retention"]), (&json!("deactivated"), &json!("delete_requested")));
    assert!(!is_live(&server, &token).await);
    assert_eq!(doors_open(&server, PASSWORD).await, [false; 3]);
    blamed(&DELETE.verify(&server, &key).await, &["key"]);
    set_state(&here, "ada", "active");
    assert_eq!(show(&here, "ada")["retention"], "retaining", "who is let in again stays");
    here.json(&["account", "delete", "--company", "default", "ada"]);
    assert_eq!(show(&here, "ada")["retention"], "deleted");
}

async fn keys_are_good_once_for_one_thing_and_one_time(here: Installation) {
    let here = busy(here);
    let mut here = here.with("throttle.enabled", "false");
    let server = here.serve();
    ada(&here);
    let keys = [&DEACTIVATE, &DELETE];
    for way in keys {
        blamed(&way.verify(&server, "nonsense").await, &["key"]);
        let path = format!("{}verify", way.path);
        blamed(&server.post(&path, &json!({})).await, &["key"]);
        blamed(&server.post(way.path, &json!({})).await, &["user", "company"]);
    }
    let (first, second) = (DEACTIVATE.key(&here, &server, 1).await, DEACTIVATE.key(&here, &server, 2).await);
    blamed(&DEACTIVATE.verify(&server, &first).await, &["key"]);
    blamed(&DELETE.verify(&server, &second).await, &["key"]);
    let deletion = DELETE.key(&here, &server, 1).await;
    blamed(&DEACTIVATE.verify(&server, &deletion).await, &["key"]);

    here.set("dialects.rehive.deactivate_key_ttl", "1");
    here.set("dialects.rehive.delete_key_ttl", "1");
    let hasty = here.serve();
    let (third, late) = (DEACTIVATE.key(&here, &hasty, 3).await, DELETE.key(&here, &hasty, 2).await);
    outlive(&here, 1);
    blamed(&DEACTIVATE.verify(&hasty, &third).await, &["key"]);
    blamed(&DELETE.verify(&hasty, &late).await, &["key"]);
    assert_eq!(show(&here, "ada")["state"], "active");

    let (banned, deletion) = (DEACTIVATE.key(&here, &server, 4).await, DELETE.key(&here, &server, 3).await);
    set_state(&here, "ada", "banned");
    blamed(&DEACTIVATE.verify(&server, &banned).await, &["key"]);
    blamed(&DELETE.verify(&server, &deletion).await, &["key"]);
    assert_eq!(show(&here, "ada")["state"], "banned");
}

async fn of_many_who_use_one_key_one_wins(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    let key = DELETE.key(&here, &server, 1).await;
    let answers = futures_util::future::join_all((0..8).map(|_| DELETE.verify(&server, &key))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        blamed(answer, &["key"]);
    }
}

async fn asking_to_leave_answers_the_same_whoever_is_named(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    here.account(&["--username", "ben", "--email", "ben@example.com", "--state", "banned"], PASSWORD);
    here.account(&["--username", "bare"], PASSWORD);
    for way in [&DEACTIVATE, &DELETE] {
        let known = way.ask(&server, EMAIL, "default").await;
        assert_done(&known);
        for user in ["ben", "bare", "nobody", "+27820000000"] {
            assert_alike(&known, &way.ask(&server, user, "default").await);
        }
        for company in ["nowhere", "no such company!"] {
            assert_alike(&known, &way.ask(&server, EMAIL, company).await);
        }
    }
    settle(&here);
    assert_eq!(delivered(&here), 2);
}

async fn asking_to_leave_is_counted_by_name_on_every_node(here: Installation) {
    let here = busy(here);
    let (server, node) = (here.serve(), here.serve());
    ada(&here);
    for way in [&DEACTIVATE, &DELETE] {
        for user in [EMAIL, "nobody"] {
            for _ in 0..4 {
                assert_done(&way.ask(&server, user, "default").await);
            }
            for node in [&server, &node] {
                let refused = way.ask(node, &user.to_uppercase(), "Default").await;
                assert!((1..=60).contains(&wait_asked(&refused)));
            }
        }
        assert_done(&way.ask(&server, "ada", "default").await);
    }
    settle(&here);
    assert_eq!(delivered(&here), 8, "the account was sent enough, under whatever name");
}

async fn links_open_the_company_s_own_pages(here: Installation) {
    let here = busy(here);
    for way in [&DEACTIVATE, &DELETE] {
        let setting = format!("{}=https://app.example{}?lang=en", way.setting, way.page);
        here.json(&["company", "set", "default", &setting]);
    }
    let server = here.serve();
    ada(&here);
    for way in [&DEACTIVATE, &DELETE] {
        let key = way.key(&here, &server, 1).await;
        let mail: Value = here.message("mail", way.event, EMAIL);
        let url = format!("https://app.example{}?lang=en&key={key}&company=default", way.page);
        assert_eq!(mail["data"]["url"], url.as_str());
    }
}
