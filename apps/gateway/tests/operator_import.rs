//! `portcullis account import`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "in tests a panic is the verdict")]

mod support;

use serde_json::{Value, json};
use support::http::Exchange as _;
use support::keys::signed;
use support::{Installation, Ran, on_both, totp};

const PASSWORD: &str = "correct horse ß 電池";
/// Of that password, by bcrypt.
const BCRYPT: &str = "$2b$04$WoSA1TfwOF4DHKd.nHofJ.vfESTmfqR.cuVrD5vOoKR7ze/XHK9Qe";
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

on_both! {
    accounts_come_with_their_names_labels_and_passwords
    a_second_factor_is_asked_for_from_the_first_sign_in
    each_line_that_is_refused_is_told_and_stops_no_other
    a_user_of_barong_goes_on_with_password_codes_and_keys
}

fn import(here: &Installation, lines: &[Value]) -> Ran {
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    let file = here.folder().join("accounts.jsonl");
    std::fs::write(&file, lines.join("\n")).unwrap();
    here.run(&["account", "import", "--company", "default", file.to_str().unwrap(), "--json"])
}

async fn login(base: &str, body: Value) -> (u16, Value) {
    let answer = reqwest::Client::new().post(format!("{base}/user/login")).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn accounts_come_with_their_names_labels_and_passwords(here: Installation) {
    let ada = json!({
        "uid": "ID0123ABCDEF", "username": "ada", "email": "Ada@example.com", "email_verified": true,
        "mobile": "+27821234567", "password_hash": BCRYPT, "role": "trader", "profile": { "first_name": "Ada" },
        "labels": [{ "key": "document", "value": "verified" }, { "key": "team", "value": "blue", "scope": "public" }],
    });
    let done = import(&here, &[ada, json!({ "email": "bob@example.com", "state": "pending" })]);
    assert_eq!(
        (done.code, done.stdout.trim()),
        (Some(0), r#"{"imported":2,"refused":[]}"#),
        "{}",
        done.stderr
    );
    let ada = here.json(&["account", "show", "--company", "default", "ada"]);
    assert_eq!(
        (&ada["uid"], &ada["role"], &ada["state"], &ada["email_verified"], &ada["mobile_verified"]),
        (&json!("ID0123ABCDEF"), &json!("trader"), &json!("active"), &json!(true), &json!(false))
    );
    let keys: Vec<_> = ada["labels"].as_array().unwrap().iter().map(|label| label["key"].clone()).collect();
    assert!(keys.contains(&json!("document")) && keys.contains(&json!("team")), "{keys:?}");
    let server = here.serve();
    for _ in 0..2 {
        let (status, user) = login(server.base(), json!({ "username": "ada", "password": PASSWORD })).await;
        assert_eq!(status, 200, "{user}: with the old hash, then with the one that took its place");
    }
    assert_eq!(login(server.base(), json!({ "username": "ada", "password": "correct horse" })).await.0, 401);
}

async fn a_second_factor_is_asked_for_from_the_first_sign_in(here: Installation) {
    let spaced = "gezd gnbv gy3t qojq gezd gnbv gy3t qojq";
    let done = import(&here, &[json!({ "username": "ada", "password_hash": BCRYPT, "totp_secret": spaced })]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let server = here.serve();
    let mut body = json!({ "username": "ada", "password": PASSWORD });
    let (status, answer) = login(server.base(), body.clone()).await;
    assert_eq!((status, &answer["message"]), (401, &json!("Second factor required")));
    body["otp"] = totp::code(SECRET, totp::step()).into();
    assert_eq!(login(server.base(), body).await.0, 200);
}

async fn each_line_that_is_refused_is_told_and_stops_no_other(here: Installation) {
    here.account(&["--username", "ada"], "Correct-Horse-9-Battery");
    let done = import(
        &here,
        &[
            json!({ "username": "ADA" }),
            json!({ "username": "bob", "password_hash": "md5:d41d8cd98f00b204e9800998ecf8427e" }),
            json!({ "username": "bob", "totp_secret": "not base32!" }),
            json!({ "username": "bob", "groups": ["nobody"] }),
            json!({ "username": "bob", "labels": [{ "key": "x", "value": "verified" }] }),
            json!({ "username": "bob", "pasword": "typo" }),
            json!({ "username": "bob", "uid": "no" }),
            json!({ "first_name": "Bob" }),
            json!({ "username": "bob", "api_keys": [{ "kid": "k", "secret": "s" }] }),
            json!({ "username": "bob", "totp_secret": SECRET, "api_keys": [{ "kid": "", "secret": "s" }] }),
            json!({ "username": "carol" }),
        ],
    );
    assert_eq!(done.code, Some(1));
    let told: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(told["imported"], 1);
    let lines: Vec<u64> =
        told["refused"].as_array().unwrap().iter().map(|no| no["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    let reason = |at: usize| told["refused"][at]["reason"].as_str().unwrap();
    assert_eq!(reason(0), "the username is taken");
    assert_eq!(reason(1), "the password hash cannot be read");
    assert!(reason(5).contains("unknown field `pasword`"), "{}", reason(5));
    assert_eq!(reason(8), "only active accounts with a second factor hold API keys");
    assert!(done.stderr.contains("10 accounts were not imported"), "{}", done.stderr);
    let names = here.json(&["account", "list", "--company", "default"]);
    let names: Vec<_> = names.as_array().unwrap().iter().map(|account| account["username"].clone()).collect();
    assert_eq!(names, [json!("ada"), json!("carol")]);
    let missing = here.run(&["account", "import", "--company", "default", "/nowhere.jsonl"]);
    assert!(
        missing.code == Some(1) && missing.stderr.contains("cannot read /nowhere.jsonl"),
        "{}",
        missing.stderr
    );
}

async fn a_user_of_barong_goes_on_with_password_codes_and_keys(here: Installation) {
    let (kid, secret) = ("61d025b8573501c2", "2d0b4979c7fe6986daa8e21d1dc0644f");
    let user = json!({
        "uid": "ID0123ABCDEF", "email": "ada@example.com", "email_verified": true, "password_hash": BCRYPT,
        "totp_secret": SECRET, "state": "active", "role": "member",
        "labels": [{ "key": "email", "value": "verified", "scope": "private" }],
        "api_keys": [{ "kid": kid, "secret": secret, "scopes": ["trade"], "state": "active" }],
    });
    let done = import(&here, &[user]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let again =
        json!({ "username": "eve", "totp_secret": SECRET, "api_keys": [{ "kid": kid, "secret": "x" }] });
    let taken = import(&here, &[again]);
    assert!(
        taken.code == Some(1) && taken.stderr.contains("an API key with this handle exists"),
        "{}",
        taken.stderr
    );

    let server = here.serve();
    let sessions = "/api/v2/auth/identity/sessions";
    let mut login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let refused = server.post(sessions, &login).await;
    assert_eq!(refused.json(), json!({ "errors": ["identity.session.missing_otp"] }));
    login["otp_code"] = totp::code(SECRET, totp::step()).into();
    let user = server.post(sessions, &login).await;
    assert_eq!((user.status, &user.json()["uid"]), (201, &json!("ID0123ABCDEF")), "{user:?}");

    let asked = server.request("GET", "/api/v2/auth/api/v2/auth/resource/users/me");
    let admitted = signed(asked, kid, secret).answer().await;
    assert_eq!((admitted.status, admitted.body.as_str()), (200, ""), "{admitted:?}");
}
