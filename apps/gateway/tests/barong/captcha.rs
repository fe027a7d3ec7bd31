//! Captchas, against a local verifier (contract §4, §7.6).

use serde_json::{Value, json};

use crate::door::{Door, EMAIL, PASSWORD, entity, refused};
use crate::outside::Outside;
use crate::support::{Installation, on_both};

on_both! {
    recaptcha_stands_in_front_of_protected_operations
    a_verifier_that_is_away_lets_nobody_through
    geetest_checks_its_own_half_and_asks_for_the_other
    geetest_draws_challenges
    unprotected_operations_ask_for_nothing
}

/// MD5 of `key`, `geetest` and the challenge `asked`.
const ASKED_MD5: &str = "09c0f8d14a17b07fe3c8b51dcc276c11";
/// MD5 of `code`.
const CODE_MD5: &str = "c13367945d5d4c91047b3b50234aa7ab";
/// MD5 of `drawn` and `key`.
const DRAWN_MD5: &str = "590722797a3a70c77ece905d56c0be97";

fn recaptcha(here: Installation, verifier: &str) -> Installation {
    here.with("dialects.barong.captcha", "recaptcha")
        .with("dialects.barong.recaptcha_site_key", "site")
        .with("dialects.barong.recaptcha_secret_key", "s3cret")
        .with("dialects.barong.recaptcha_verify_url", verifier)
}

fn geetest(here: Installation, service: &str) -> Installation {
    here.with("dialects.barong.captcha", "geetest")
        .with("dialects.barong.geetest_id", "captcha-id")
        .with("dialects.barong.geetest_key", "key")
        .with("dialects.barong.geetest_api_url", service)
}

/// The operations a captcha protects, each with what it needs beside the captcha, and the status it then answers.
fn protected() -> [(&'static str, Value, u16); 4] {
    [
        ("/identity/users", json!({ "email": "bob@example.com", "password": PASSWORD }), 201),
        ("/identity/sessions", Door::credentials(), 201),
        ("/identity/users/password/generate_code", json!({ "email": EMAIL }), 201),
        ("/identity/users/email/generate_code", json!({ "email": EMAIL }), 201),
    ]
}

fn with(mut body: Value, answer: Value) -> Value {
    body["captcha_response"] = answer;
    body
}

async fn recaptcha_stands_in_front_of_protected_operations(here: Installation) {
    let verifier = Outside::playing(|_, body| {
        let human = body == "secret=s3cret&response=human";
        Some(json!({ "success": human }).to_string())
    });
    let door = Door::open(recaptcha(here, &verifier.url));
    for (path, body, status) in protected() {
        for blank in [Value::Null, json!(""), json!(" ")] {
            refused(&door.post(path, &with(body.clone(), blank)).await, 400, &["identity.captcha.required"]);
        }
        refused(&door.post(path, &body).await, 400, &["identity.captcha.required"]);
        let machine = door.post(path, &with(body.clone(), json!("machine"))).await;
        refused(&machine, 422, &["identity.captcha.verification_failed"]);
        // Parameters come first.
        let broken = door.post(path, &json!({ "captcha_response": "machine" })).await;
        assert_eq!(broken.status, 400, "{path}");
        assert_eq!(door.post(path, &with(body, json!("human"))).await.status, status, "{path}");
    }
    assert!(verifier.bodies().contains(&"secret=s3cret&response=machine".to_owned()));
}

async fn a_verifier_that_is_away_lets_nobody_through(here: Installation) {
    let door = Door::open(recaptcha(here, "http://127.0.0.1:9"));
    let answer = door.post("/identity/sessions", &with(Door::credentials(), json!("human"))).await;
    refused(&answer, 422, &["identity.captcha.verification_failed"]);
    let silent = Outside::playing(|_, _| None);
    let door = Door::open(recaptcha(door.here.another(), &silent.url));
    let answer = door.post("/identity/sessions", &with(Door::credentials(), json!("human"))).await;
    refused(&answer, 422, &["identity.captcha.verification_failed"]);
}

async fn geetest_checks_its_own_half_and_asks_for_the_other(here: Installation) {
    let service = Outside::playing(|path, body| {
        assert_eq!(path, "/validate.php");
        let known = body.contains("seccode=code");
        Some(if known { CODE_MD5.to_owned() } else { "false".to_owned() })
    });
    let door = Door::open(geetest(here, &service.url));
    let answered = |validate: &str, seccode: &str| {
        let members = json!({
            "geetest_challenge": "asked", "geetest_validate": validate, "geetest_seccode": seccode,
        });
        with(Door::credentials(), members)
    };
    let path = "/identity/sessions";
    for (answer, status, key) in [
        (Door::credentials(), 400, "identity.captcha.required"),
        (
            with(Door::credentials(), json!({ "geetest_challenge": "asked" })),
            400,
            "identity.captcha.mandatory_fields",
        ),
        (with(Door::credentials(), json!("text")), 400, "identity.captcha.mandatory_fields"),
        (answered("0".repeat(32).as_str(), "code"), 422, "identity.captcha.verification_failed"),
        (answered(ASKED_MD5, "other"), 422, "identity.captcha.verification_failed"),
    ] {
        refused(&door.post(path, &answer).await, status, &[key]);
    }
    assert_eq!(door.post(path, &answered(ASKED_MD5, "code")).await.status, 201);
    // The same in a form, with brackets.
    let form = [
        ("email", EMAIL),
        ("password", PASSWORD),
        ("captcha_response[geetest_challenge]", "asked"),
        ("captcha_response[geetest_validate]", ASKED_MD5),
        ("captcha_response[geetest_seccode]", "code"),
    ];
    assert_eq!(door.post_form(path, &form).await.status, 201);
}

async fn geetest_draws_challenges(here: Installation) {
    let path = "/identity/users/register_geetest";
    let service =
        Outside::playing(|path, _| (path == "/register.php?gt=captcha-id").then(|| "drawn".to_owned()));
    let door = Door::open(geetest(here, &service.url));
    let challenge = entity(&door.get(path).await, 200);
    assert_eq!(challenge, json!({ "gt": "captcha-id", "challenge": DRAWN_MD5 }));
    let door = Door::open(geetest(door.here.another(), "http://127.0.0.1:9"));
    let away = door.get(path).await;
    assert_eq!((away.status, away.body.as_str()), (200, ""));
    let door = Door::open(door.here.another());
    assert_eq!(door.get(path).await.status, 200);
}

async fn unprotected_operations_ask_for_nothing(here: Installation) {
    let here = here.with("dialects.barong.captcha_protected_endpoints", "user_create");
    let door = Door::open(recaptcha(here, "http://127.0.0.1:9"));
    assert_eq!(door.post("/identity/sessions", &Door::credentials()).await.status, 201);
    let bob = json!({ "email": "bob@example.com", "password": PASSWORD });
    refused(&door.post("/identity/users", &bob).await, 400, &["identity.captcha.required"]);
}
