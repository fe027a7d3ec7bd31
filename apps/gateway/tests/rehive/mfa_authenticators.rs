//! Contract §5.4, §7.9–7.12: authenticators.

use serde_json::{Value, json};

use crate::door::{Door, done, refused, succeeded};
use crate::factors::{AUTHENTICATORS, App, codes};
use crate::support::{Installation, on_both};

on_both! {
    an_app_is_shown_in_full_once_and_masked_ever_after
    a_number_is_sent_a_code_and_masked_but_for_four_digits
    recovery_codes_are_ten_and_show_which_are_spent
    an_authenticator_is_refused_for_what_is_wrong
    administrators_may_not_rely_on_sms
    a_new_one_replaces_what_was_never_verified
    lists_are_narrowed_by_filters
    pages_lead_to_one_another
    an_authenticator_is_removed_whatever_its_state
    nobody_sees_the_authenticators_of_another_account
    the_first_factor_does_not_challenge_the_running_session
    enrolments_are_throttled
}

fn path(id: &str) -> String {
    format!("{AUTHENTICATORS}{id}/")
}

async fn list(door: &Door, token: &str, query: &str) -> Value {
    succeeded(&door.get(&format!("{AUTHENTICATORS}{query}"), token).await, 200)
}

async fn an_app_is_shown_in_full_once_and_masked_ever_after(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let body = json!({ "type": "totp", "details": { "name": "My app" } });
    let shown = succeeded(&door.post(AUTHENTICATORS, &token, &body).await, 201);
    let (details, id) = (&shown["details"], shown["id"].as_str().unwrap());
    let key = details["key"].as_str().unwrap();
    assert!(
        key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte))
    );
    let link = url::Url::parse(details["otpauth_url"].as_str().unwrap()).unwrap();
    assert_eq!((link.scheme(), link.host_str()), ("otpauth", Some("totp")));
    let query: std::collections::HashMap<_, _> = link.query_pairs().into_owned().collect();
    assert_eq!((query["secret"].as_str(), query["digits"].as_str()), (key, "6"));
    assert_eq!(query["issuer"], details["issuer"].as_str().unwrap());
    assert_eq!((&details["name"], &details["algorithm"]), (&json!("My app"), &json!("SHA1")));
    assert_eq!((&details["account"], &shown["verified"]), (&json!("ada@example.com"), &json!(false)));
    assert_eq!(shown["type"], "totp");
    assert!(shown["created"].is_i64() && shown["updated"].is_i64());

    let masked = succeeded(&door.get(&path(id), &token).await, 200);
    let expected = crate::door::with(details.clone(), &json!({ "key": "*****", "otpauth_url": "*****" }));
    assert_eq!(masked["details"], expected);
    assert_eq!(list(&door, &token, "").await["results"], json!([masked]));

    let nameless = door.stranger().await.token;
    let app = door.enrol(&nameless, &json!({ "type": "totp" })).await;
    assert_eq!((&app.details["account"], &app.details["name"]), (&json!("bob"), &json!("Default TOTP")));
}

async fn a_number_is_sent_a_code_and_masked_but_for_four_digits(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let own = door.enrol(&token, &json!({ "type": "sms", "details": {} })).await;
    assert_eq!(own.details, json!({ "name": "Default SMS", "mobile": "+27821234567" }));
    let message = door.here.message("sms", "mfa.sms.verify", "+27821234567");
    let code = door.sent(1);
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(message["data"], json!({ "user": door.ada, "mobile": "+27821234567", "token": code }));
    let masked = succeeded(&door.get(&path(&own.id), &token).await, 200);
    assert_eq!(masked["details"]["mobile"], "*****4567");
    done(&door.verify(&token, &json!({ "authenticator": own.id, "token": code })).await);
    refused(&door.verify(&token, &json!({ "authenticator": own.id, "token": code })).await, 400, &["token"]);

    let other = door.enrol(&token, &json!({ "type": "sms", "mobile": "+49 (151) 2345-6789" })).await;
    assert_eq!(other.details["mobile"], "+4915123456789");
    door.here.message("sms", "mfa.sms.verify", "+4915123456789");
}

async fn recovery_codes_are_ten_and_show_which_are_spent(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let enrolled = door.enrol(&token, &json!({ "type": "static" })).await;
    let mut codes = codes(&enrolled);
    let base32 = |byte: u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte);
    assert!(codes.iter().all(|code| code.len() == 8 && code.bytes().all(base32)));
    assert_eq!(enrolled.details["name"], "Default Static");
    done(&door.verify(&token, &json!({ "authenticator": enrolled.id, "token": codes[3] })).await);
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 10);
    let masked = succeeded(&door.get(&path(&enrolled.id), &token).await, 200);
    let available: Vec<_> =
        (0..10).map(|position| json!({ "token": "*****", "available": position != 3 })).collect();
    assert_eq!((&masked["details"]["tokens"], &masked["verified"]), (&json!(available), &json!(true)));
}

async fn an_authenticator_is_refused_for_what_is_wrong(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    for (body, field) in [
        (json!({}), "type"),
        (json!({ "type": "" }), "type"),
        (json!({ "type": "push" }), "type"),
        (json!({ "type": ["totp"] }), "type"),
        (json!({ "type": "totp", "details": [] }), "details"),
        (json!({ "type": "sms", "mobile": "12" }), "mobile"),
    ] {
        refused(&door.post(AUTHENTICATORS, &token, &body).await, 400, &[field]);
    }
    let numberless = door.stranger().await.token;
    refused(&door.post(AUTHENTICATORS, &numberless, &json!({ "type": "sms" })).await, 400, &["mobile"]);
    refused(&door.server.post(AUTHENTICATORS, &json!({ "type": "totp" })).await, 401, &[]);
    assert_eq!(list(&door, &token, "").await["count"], 0);
}

async fn administrators_may_not_rely_on_sms(here: Installation) {
    let admins = ["group", "create", "--company", "default", "bosses", "--section", "admin"];
    let door = Door::open(here);
    door.here.json(&admins);
    door.here.account(
        &["--username", "eve", "--mobile", "+27829999999", "--group", "bosses"],
        crate::door::PASSWORD,
    );
    let body = json!({ "user": "eve", "company": "default", "password": crate::door::PASSWORD });
    let granted = succeeded(&door.server.post("/3/auth/login/", &body).await, 200);
    let token = granted["token"].as_str().unwrap();
    refused(&door.post(AUTHENTICATORS, token, &json!({ "type": "sms" })).await, 400, &["type"]);
    door.enrol(token, &json!({ "type": "totp" })).await;
    assert!(door.here.messages("sms").is_empty());
}

async fn a_new_one_replaces_what_was_never_verified(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let verified = door.app(&token).await;
    let dropped = door.enrol(&token, &json!({ "type": "totp" })).await;
    let list_of_codes = door.enrol(&token, &json!({ "type": "static" })).await;
    let newest = door.enrol(&token, &json!({ "type": "totp" })).await;
    refused(&door.get(&path(&dropped.id), &token).await, 404, &[]);
    let ids: Vec<Value> = list(&door, &token, "").await["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|authenticator| authenticator["id"].clone())
        .collect();
    assert_eq!(ids, [json!(verified.id), json!(list_of_codes.id), json!(newest.id)], "oldest first");
}

async fn lists_are_narrowed_by_filters(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let app = door.app(&token).await;
    door.enrol(&token, &json!({ "type": "static" })).await;
    for (query, count) in [
        ("?type=totp".to_owned(), 1),
        ("?type=sms".to_owned(), 0),
        ("?type=push".to_owned(), 0),
        ("?verified=true".to_owned(), 1),
        ("?verified=0".to_owned(), 1),
        ("?verified=FALSE&type=totp".to_owned(), 0),
        (format!("?id={}", app.id), 1),
        (format!("?id={}&verified=false", app.id), 0),
        ("?id=nothing".to_owned(), 0),
        ("?unknown=1".to_owned(), 2),
    ] {
        let page = list(&door, &token, &query).await;
        assert_eq!(page["count"], count, "{query}");
        assert_eq!(page["results"].as_array().unwrap().len(), count, "{query}");
        assert!(page["next"].is_null() && page["previous"].is_null());
    }
    refused(&door.get(&format!("{AUTHENTICATORS}?verified=maybe"), &token).await, 400, &["verified"]);
}

async fn pages_lead_to_one_another(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let app = door.app(&token).await;
    let static_one = door.enrol(&token, &json!({ "type": "static" })).await;
    let phone = door.enrol(&token, &json!({ "type": "sms" })).await;
    let (mut url, mut seen) = (format!("{AUTHENTICATORS}?page_size=1"), Vec::new());
    loop {
        let page = succeeded(&door.get(&url, &token).await, 200);
        assert_eq!(page["count"], 3);
        seen.push(page["results"][0]["id"].as_str().unwrap().to_owned());
        let Some(next) = page["next"].as_str() else { break };
        let rest = next.strip_prefix(door.server.base()).unwrap_or_else(|| panic!("{next}"));
        let (path, query) = rest.split_once('?').unwrap();
        assert_eq!(path, AUTHENTICATORS);
        assert!(!query.contains('/'), "{query}");
        url = rest.to_owned();
    }
    assert_eq!(seen, [app.id, static_one.id, phone.id]);
    let last = succeeded(&door.get(&url, &token).await, 200);
    assert!(last["previous"].as_str().unwrap().contains("page=2"));
    for page in ["0", "4", "x", "-1", "4294967297", "111111111111111111111111"] {
        refused(&door.get(&format!("{AUTHENTICATORS}?page_size=1&page={page}"), &token).await, 404, &[]);
    }
    for size in ["0", "x", "-1", "100000", "111111111111111111111111"] {
        assert_eq!(
            list(&door, &token, &format!("?page_size={size}")).await["results"].as_array().unwrap().len(),
            3
        );
    }
}

async fn an_authenticator_is_removed_whatever_its_state(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let (app, draft) = (door.app(&token).await, door.enrol(&token, &json!({ "type": "static" })).await);
    for id in [&app.id, &draft.id] {
        done(&door.delete(&path(id), &token).await);
        refused(&door.delete(&path(id), &token).await, 404, &[]);
        refused(&door.get(&path(id), &token).await, 404, &[]);
    }
    assert_eq!(door.login().await.data["challenges"], json!([]));
    door.here.message("mail", "notice.factor_removed", "ada@example.com");
}

async fn nobody_sees_the_authenticators_of_another_account(here: Installation) {
    let door = Door::open(here);
    let app = door.app(&door.login().await.token).await;
    let stranger = door.stranger().await.token;
    for path in [path(&app.id), path("unknown"), path(&door.ada)] {
        refused(&door.get(&path, &stranger).await, 404, &[]);
        refused(&door.delete(&path, &stranger).await, 404, &[]);
    }
    assert_eq!(list(&door, &stranger, "").await["count"], 0);
    let body = json!({ "authenticator": app.id, "token": app.code(1) });
    refused(&door.verify(&stranger, &body).await, 404, &["authenticator"]);
}

async fn the_first_factor_does_not_challenge_the_running_session(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let app = App::of(&door.enrol(&token, &json!({ "type": "totp" })).await);
    assert_eq!(door.login().await.data["challenges"], json!([]), "an unverified one counts for nothing");
    done(&door.verify(&token, &json!({ "authenticator": app.id, "token": app.code(0) })).await);
    assert!(door.honours(&token).await);
    door.here.message("mail", "notice.factor_added", "ada@example.com");
}

async fn enrolments_are_throttled(here: Installation) {
    let door = Door::throttled(here.with("throttle.second_factor_enrolments_per_minute", "2"));
    let token = door.login().await.token;
    for _ in 0..2 {
        door.enrol(&token, &json!({ "type": "totp" })).await;
    }
    let answer = door.post(AUTHENTICATORS, &token, &json!({ "type": "totp" })).await;
    let message = refused(&answer, 429, &[]);
    assert!(message.starts_with("Request was throttled."), "{message}");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
}
