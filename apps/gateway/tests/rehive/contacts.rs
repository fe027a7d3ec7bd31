//! `email/verify`, `mobile/verify` and their resends (contract §7.5–7.6, §7.15–7.16, §8, §10).

use serde_json::json;

use crate::owners::{
    EMAIL, MOBILE, PASSWORD, ada, assert_alike, assert_done, blamed, busy, datum, delivered, login, outlive,
    post_as, set_state, settle, show, wait_asked,
};
use crate::support::http::Exchange;
use crate::support::{Installation, on_both};

on_both! {
    a_mailed_key_verifies_the_address_as_often_as_its_link_is_opened
    wrong_replaced_and_expired_keys_are_refused
    a_code_verifies_the_caller_s_number_once
    of_many_who_present_one_code_one_wins
    replaced_and_expired_codes_are_refused
    five_wrong_codes_spend_a_code
    resending_answers_the_same_whoever_is_named
    malformed_contacts_are_refused
    resending_is_counted_by_contact_on_every_node
}

const KEY: (&str, &str, &str) = ("mail", "user.email.verify", EMAIL);
const CODE: (&str, &str, &str) = ("sms", "user.mobile.verify", MOBILE);

fn by_mail() -> serde_json::Value {
    json!({ "email": EMAIL.to_uppercase(), "company": "DEFAULT" })
}

fn by_sms() -> serde_json::Value {
    json!({ "mobile": "+27 (82) 123-4567", "company": "default" })
}

async fn a_mailed_key_verifies_the_address_as_often_as_its_link_is_opened(here: Installation) {
    let here = busy(here);
    let here = here.with("server.public_url", "https://id.example");
    let (server, account) = (here.serve(), ada(&here));
    let spoofed = server.request("POST", "/3/auth/email/verify/resend").header("Host", "evil.example");
    assert_done(&spoofed.json(&by_mail()).answer().await);
    let mail = here.message(KEY.0, KEY.1, KEY.2);
    let key = mail["data"]["key"].as_str().unwrap();
    let url =
        format!("https://id.example/email/verify/?key={key}&email=ada%2Bx%40example.com&company=default");
    let expected = json!({ "user": account["id"], "email": EMAIL, "key": key, "url": url });
    assert_eq!((&mail["data"], &mail["company"]), (&expected, &json!("default")));
    assert!(mail["text"].as_str().unwrap().contains(&url) && key.len() < 200);
    assert_eq!(show(&here, "ada")["email_verified"], false);
    for _ in 0..2 {
        assert_done(&server.post("/3/auth/email/verify/", &json!({ "key": key })).await);
        assert_eq!(show(&here, "ada")["email_verified"], true);
    }
    assert_done(&server.post("/3/auth/email/verify/resend/", &by_mail()).await);
    settle(&here);
    assert_eq!(delivered(&here), 1, "a verified address gets no key");
}

async fn wrong_replaced_and_expired_keys_are_refused(here: Installation) {
    let here = busy(here);
    let here = here.with("dialects.rehive.email_key_ttl", "2").with("throttle.enabled", "false");
    let server = here.serve();
    ada(&here);
    let verify = async |key: &str| server.post("/3/auth/email/verify/", &json!({ "key": key })).await;
    blamed(&verify("nonsense").await, &["key"]);
    blamed(&verify("").await, &["key"]);
    blamed(&server.post("/3/auth/email/verify/", &json!({})).await, &["key"]);
    let mut keys = Vec::new();
    for count in 1..=2 {
        assert_done(&server.post("/3/auth/email/verify/resend/", &by_mail()).await);
        keys.push(datum(&here, KEY, count, "key"));
    }
    blamed(&verify(&keys[0]).await, &["key"]);
    outlive(&here, 2);
    blamed(&verify(&keys[1]).await, &["key"]);
    assert_eq!(show(&here, "ada")["email_verified"], false);

    assert_done(&server.post("/3/auth/email/verify/resend/", &by_mail()).await);
    let key = datum(&here, KEY, 3, "key");
    set_state(&here, "ada", "banned");
    blamed(&verify(&key).await, &["key"]);
    assert_eq!(show(&here, "ada")["email_verified"], false);
}

async fn a_code_verifies_the_caller_s_number_once(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    let account = ada(&here);
    here.account(&["--username", "bob", "--mobile", "+27829999999"], PASSWORD);
    let (token, other) = (login(&server, "ada", PASSWORD).await, login(&server, "bob", PASSWORD).await);
    assert_done(&server.post("/3/auth/mobile/verify/resend/", &by_sms()).await);
    let sms = here.message(CODE.0, CODE.1, CODE.2);
    let otp = sms["data"]["key"].as_str().unwrap();
    assert!(otp.len() == 5 && otp.bytes().all(|digit| digit.is_ascii_digit()), "{otp}");
    assert_eq!(sms["data"], json!({ "user": account["id"], "mobile": MOBILE, "key": otp }));
    assert!(sms["text"].as_str().unwrap().contains(otp));

    let (path, body) = ("/3/auth/mobile/verify/", json!({ "otp": otp }));
    assert_eq!(server.post(path, &body).await.status, 401);
    blamed(&post_as(&server, &other, path, &body).await, &["otp"]);
    blamed(&post_as(&server, &token, path, &json!({ "otp": "1".repeat(25) })).await, &["otp"]);
    blamed(&post_as(&server, &token, path, &json!({})).await, &["otp"]);
    assert_eq!(show(&here, "ada")["mobile_verified"], false);
    assert_done(&post_as(&server, &token, path, &body).await);
    assert_eq!(show(&here, "ada")["mobile_verified"], true);
    blamed(&post_as(&server, &token, path, &body).await, &["otp"]);
}

async fn of_many_who_present_one_code_one_wins(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    let token = login(&server, "ada", PASSWORD).await;
    assert_done(&server.post("/3/auth/mobile/verify/resend/", &by_sms()).await);
    let body = json!({ "otp": datum(&here, CODE, 1, "key") });
    let attempts = (0..8).map(|_| post_as(&server, &token, "/3/auth/mobile/verify/", &body));
    let answers = futures_util::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        blamed(answer, &["otp"]);
    }
    assert_eq!(show(&here, "ada")["mobile_verified"], true);
}

async fn replaced_and_expired_codes_are_refused(here: Installation) {
    let here = busy(here);
    let here = here.with("dialects.rehive.mobile_otp_ttl", "3").with("throttle.enabled", "false");
    let server = here.serve();
    ada(&here);
    let token = login(&server, "ada", PASSWORD).await;
    let verify =
        async |otp: &str| post_as(&server, &token, "/3/auth/mobile/verify/", &json!({ "otp": otp })).await;
    // A resent code is the same one in a hundred thousand: then there is nothing to tell apart.
    let mut codes = Vec::new();
    for count in 1..=2 {
        assert_done(&server.post("/3/auth/mobile/verify/resend/", &by_sms()).await);
        codes.push(datum(&here, CODE, count, "key"));
    }
    if codes[0] != codes[1] {
        blamed(&verify(&codes[0]).await, &["otp"]);
    }
    outlive(&here, 3);
    blamed(&verify(&codes[1]).await, &["otp"]);
    assert_eq!(show(&here, "ada")["mobile_verified"], false);
}

async fn five_wrong_codes_spend_a_code(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    let token = login(&server, "ada", PASSWORD).await;
    let verify =
        async |otp: &str| post_as(&server, &token, "/3/auth/mobile/verify/", &json!({ "otp": otp })).await;
    assert_done(&server.post("/3/auth/mobile/verify/resend/", &by_sms()).await);
    let otp = datum(&here, CODE, 1, "key");
    for _ in 0..5 {
        blamed(&verify("wrong").await, &["otp"]);
    }
    blamed(&verify(&otp).await, &["otp"]);
    assert_done(&server.post("/3/auth/mobile/verify/resend/", &by_sms()).await);
    let another = datum(&here, CODE, 2, "key");
    assert!((1..=600).contains(&wait_asked(&verify(&another).await)), "a new code is no new budget");
    assert_eq!(show(&here, "ada")["mobile_verified"], false);
    let trail = here.json(&["audit", "list", "--account", "ada"]);
    let wrong = trail.as_array().unwrap().iter().filter(|event| event["detail"] == "wrong code");
    assert_eq!(wrong.count(), 5);
}

async fn resending_answers_the_same_whoever_is_named(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    ada(&here);
    let flags = ["--email-verified", "--mobile", "+27820000001", "--mobile-verified"];
    here.account(&[&["--username", "vera", "--email", "vera@example.com"], &flags[..]].concat(), PASSWORD);
    here.account(&["--username", "ben", "--email", "ben@example.com", "--state", "banned"], PASSWORD);
    for (path, field, sent, others) in [
        (
            "/3/auth/email/verify/resend/",
            "email",
            EMAIL,
            ["vera@example.com", "ben@example.com", "no@example.com"],
        ),
        ("/3/auth/mobile/verify/resend/", "mobile", MOBILE, ["+27820000001", "+27820000002", "+27820000003"]),
    ] {
        let ask = async |contact: &str, company: &str| {
            server.post(path, &json!({ field: contact, "company": company })).await
        };
        let first = ask(sent, "default").await;
        assert_done(&first);
        for other in others {
            assert_alike(&first, &ask(other, "default").await);
        }
        for company in ["nowhere", "no such company!"] {
            assert_alike(&first, &ask(sent, company).await);
        }
    }
    settle(&here);
    assert_eq!(delivered(&here), 2, "one message for each contact that can be verified");
}

async fn malformed_contacts_are_refused(here: Installation) {
    let here = busy(here);
    let server = here.serve();
    for (path, field) in
        [("/3/auth/email/verify/resend/", "email"), ("/3/auth/mobile/verify/resend", "mobile")]
    {
        for contact in ["ada", "0821234567", "a@b@c"] {
            let body = json!({ field: contact, "company": "default" });
            blamed(&server.post(path, &body).await, &[field]);
        }
        blamed(&server.post(path, &json!({})).await, &[field, "company"]);
        blamed(&server.post(path, &json!({ field: " ", "company": null })).await, &[field, "company"]);
    }
}

async fn resending_is_counted_by_contact_on_every_node(here: Installation) {
    let here = busy(here);
    let (server, node) = (here.serve(), here.serve());
    ada(&here);
    for (path, known, unknown) in [
        (
            "/3/auth/email/verify/resend/",
            by_mail(),
            json!({ "email": "no@example.com", "company": "default" }),
        ),
        (
            "/3/auth/mobile/verify/resend/",
            by_sms(),
            json!({ "mobile": "+27820000000", "company": "nowhere" }),
        ),
    ] {
        for body in [known, unknown] {
            for _ in 0..4 {
                assert_done(&server.post(path, &body).await);
            }
            for node in [&server, &node] {
                assert!((1..=60).contains(&wait_asked(&node.post(path, &body).await)));
            }
        }
    }
    settle(&here);
    assert_eq!(delivered(&here), 8);
}
