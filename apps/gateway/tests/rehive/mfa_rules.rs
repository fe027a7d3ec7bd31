//! Contract §6.1, §6.3, §6.4: what a company asks for beyond the second factors that its users chose.

use serde_json::{Value, json};

use crate::door::{Door, done, refused, succeeded};
use crate::factors::{AUTHENTICATORS, App, DELIVER, barred, codes};
use crate::support::http::{Answer, Exchange as _};
use crate::support::{Installation, on_both};

on_both! {
    who_has_no_factor_must_set_one_up
    who_has_a_factor_of_another_kind_answers_it_and_sets_one_up
    a_code_alone_sets_the_only_draft_up
    one_verified_factor_opens_every_session_that_waits_for_it
    a_protected_request_needs_a_factor_each_time
    an_answer_admits_the_same_request_only
    of_two_uses_of_one_answer_one_is_admitted
    a_request_is_not_protected_where_there_is_no_factor
    a_challenge_nobody_can_answer_is_dropped_with_its_factor
    rules_that_mean_nothing_are_refused
}

const TOKENS: &str = "/3/auth/tokens/";

fn set(door: &Door, setting: &str) {
    door.here.json(&["company", "set", "default", setting]);
}

/// Waits until the running server follows the company's rules as they are now.
async fn logged_in_with_a_challenge(door: &Door, kind: &str) -> (String, Value) {
    loop {
        let granted = door.login().await;
        let challenges = granted.data["challenges"].as_array().unwrap().clone();
        if let Some(challenge) = challenges.into_iter().find(|challenge| challenge["type"] == kind) {
            return (granted.token, challenge);
        }
    }
}

async fn who_has_no_factor_must_set_one_up(here: Installation) {
    let door = Door::open(here);
    set(&door, "mfa_setup_types=totp,static");
    let (token, challenge) = logged_in_with_a_challenge(&door, "setup").await;
    assert_eq!(challenge["durability"], "permanent");
    assert_eq!(challenge["authenticator_types"], json!(["totp", "static"]));
    let phone = door.enrol(&token, &json!({ "type": "sms" })).await;
    done(&door.post(DELIVER, &token, &json!({ "authenticator": phone.id })).await);
    done(&door.verify(&token, &json!({ "authenticator": phone.id, "token": door.sent(2) })).await);
    for (method, path) in [
        ("GET", "/3/auth/".to_owned()),
        ("GET", "/3/auth/tokens/".to_owned()),
        ("DELETE", format!("{AUTHENTICATORS}{}/", phone.id)),
    ] {
        assert_eq!(barred(&door.send(method, &path, &token, None).await), std::slice::from_ref(&challenge));
    }
    let app = App::of(&door.enrol(&token, &json!({ "type": "totp" })).await);
    assert_eq!(succeeded(&door.get(AUTHENTICATORS, &token).await, 200)["count"], 2);
    succeeded(&door.get(&format!("{AUTHENTICATORS}{}/", app.id), &token).await, 200);
    done(&door.verify(&token, &json!({ "authenticator": app.id, "token": app.code(0) })).await);
    assert!(door.honours(&token).await);
}

async fn who_has_a_factor_of_another_kind_answers_it_and_sets_one_up(here: Installation) {
    let door = Door::open(here);
    let codes = door.codes(&door.login().await.token).await;
    set(&door, "mfa_setup_types=totp");
    let (token, setup) = logged_in_with_a_challenge(&door, "setup").await;
    let open = barred(&door.get(AUTHENTICATORS, &token).await);
    assert_eq!(open.len(), 2);
    let authentication = open.iter().find(|challenge| challenge["type"] == "authentication").unwrap();
    refused(&door.verify(&token, &json!({ "token": codes[0] })).await, 400, &["non_field_errors"]);
    done(&door.verify(&token, &json!({ "challenge": authentication["id"], "token": codes[0] })).await);
    assert_eq!(barred(&door.get("/3/auth/", &token).await), std::slice::from_ref(&setup));
    let app = App::of(&door.enrol(&token, &json!({ "type": "totp" })).await);
    done(&door.verify(&token, &json!({ "challenge": setup["id"], "token": app.code(0) })).await);
    assert!(door.honours(&token).await);
}

async fn a_code_alone_sets_the_only_draft_up(here: Installation) {
    let door = Door::open(here);
    set(&door, "mfa_setup_types=static");
    let (token, _) = logged_in_with_a_challenge(&door, "setup").await;
    let list = door.enrol(&token, &json!({ "type": "static" })).await;
    refused(&door.verify(&token, &json!({ "token": "aaaaaaaa" })).await, 400, &["token"]);
    done(&door.verify(&token, &json!({ "token": codes(&list)[0] })).await);
    assert!(door.honours(&token).await);
}

async fn one_verified_factor_opens_every_session_that_waits_for_it(here: Installation) {
    let door = Door::open(here);
    set(&door, "mfa_setup_types=totp");
    let (token, _) = logged_in_with_a_challenge(&door, "setup").await;
    let (other, _) = logged_in_with_a_challenge(&door, "setup").await;
    door.app(&token).await;
    assert!(door.honours(&token).await && door.honours(&other).await);
    set(&door, "mfa_setup_types=");
}

/// Deletes every token but one, which the company protects.
async fn protected(door: &Door, token: &str, answered: Option<&Value>, more: &str) -> Answer {
    let path = format!("{TOKENS}?token_key__exclude={}{more}", &token[..8]);
    let request = door.server.request("DELETE", &path).header("authorization", format!("Token {token}"));
    match answered {
        Some(challenge) => {
            request.header("verified-challenge", challenge["id"].as_str().unwrap()).answer().await
        }
        None => request.answer().await,
    }
}

/// Ada with recovery codes, at a company that protects the deletion of tokens.
async fn protecting(here: Installation) -> (Door, String, Vec<String>) {
    let door = Door::open(here);
    set(&door, "mfa_authorization_paths=DELETE /3/auth/tokens/");
    let token = door.login().await.token;
    let codes = door.codes(&token).await;
    while protected(&door, &token, None, "").await.status == 200 {}
    (door, token, codes)
}

async fn a_protected_request_needs_a_factor_each_time(here: Installation) {
    let (door, token, codes) = protecting(here).await;
    let first = barred(&protected(&door, &token, None, "").await).remove(0);
    assert_eq!(
        (&first["type"], &first["durability"], &first["authenticator_types"]),
        (&json!("authorization"), &json!("ephemeral"), &json!(["static"]))
    );
    assert!(door.honours(&token).await, "it bars nothing else");
    let second = barred(&protected(&door, &token, Some(&first), "").await).remove(0);
    let answer = |challenge: &Value, code: &str| json!({ "challenge": challenge["id"], "token": code });
    refused(&door.verify(&token, &answer(&first, &codes[0])).await, 404, &["challenge"]);
    done(&door.verify(&token, &answer(&second, &codes[0])).await);
    let other = door.login_with(&codes[1]).await;
    done(&protected(&door, &token, Some(&second), "").await);
    refused(&door.get("/3/auth/", &other.token).await, 401, &[]);
    barred(&protected(&door, &token, Some(&second), "").await);
}

async fn an_answer_admits_the_same_request_only(here: Installation) {
    let (door, token, codes) = protecting(here).await;
    let challenge = barred(&protected(&door, &token, None, "").await).remove(0);
    done(&door.verify(&token, &json!({ "challenge": challenge["id"], "token": codes[0] })).await);
    barred(&protected(&door, &token, Some(&challenge), "&created__gt=0").await);
    let body = json!({ "a": 1 });
    let path = format!("{TOKENS}?token_key__exclude={}", &token[..8]);
    let request = door.server.request("DELETE", &path).header("authorization", format!("Token {token}"));
    let request = request.header("verified-challenge", challenge["id"].as_str().unwrap());
    barred(&request.json(&body).answer().await);
    let another = door.login_with(&codes[1]).await.token;
    barred(&protected(&door, &another, Some(&challenge), "").await);
    done(&protected(&door, &token, Some(&challenge), "").await);
}

async fn of_two_uses_of_one_answer_one_is_admitted(here: Installation) {
    let (door, token, codes) = protecting(here).await;
    let challenge = barred(&protected(&door, &token, None, "").await).remove(0);
    done(&door.verify(&token, &json!({ "challenge": challenge["id"], "token": codes[0] })).await);
    let (one, other) = tokio::join!(
        protected(&door, &token, Some(&challenge), ""),
        protected(&door, &token, Some(&challenge), "")
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
}

async fn a_request_is_not_protected_where_there_is_no_factor(here: Installation) {
    let (door, _, _) = protecting(here).await;
    let stranger = door.stranger().await.token;
    done(&protected(&door, &stranger, None, "").await);
}

async fn a_challenge_nobody_can_answer_is_dropped_with_its_factor(here: Installation) {
    let (door, token, codes) = protecting(here).await;
    let challenge = barred(&protected(&door, &token, None, "").await).remove(0);
    let list = succeeded(&door.get(AUTHENTICATORS, &token).await, 200)["results"][0]["id"].clone();
    done(&door.delete(&format!("{AUTHENTICATORS}{}/", list.as_str().unwrap()), &token).await);
    let body = json!({ "challenge": challenge["id"], "token": codes[0] });
    refused(&door.verify(&token, &body).await, 404, &["challenge"]);
    done(&protected(&door, &token, None, "").await);
}

async fn rules_that_mean_nothing_are_refused(here: Installation) {
    for setting in ["mfa_setup_types=push", "mfa_authorization_paths=auth/tokens"] {
        let ran = here.run(&["company", "set", "default", setting]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.stderr.contains("expected comma-separated"), "{ran:?}");
    }
    let settings = here.json(&["company", "show", "default"])["settings"].clone();
    assert_eq!(settings["mfa_setup_types"], "");
}
