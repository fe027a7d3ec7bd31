//! Confirming an account (contract §7.2, §7.3).

use serde_json::json;

use crate::door::{Door, EMAIL, PASSWORD, entity, grant, refused};
use crate::support::http::Exchange as _;
use crate::support::{Installation, on_both};

on_both! {
    a_token_confirms_the_account_and_opens_a_session
    a_company_made_while_the_server_runs_is_served_at_once
    asking_for_a_token_tells_nothing
    an_earlier_token_still_works
    missing_and_blank_parameters_are_named
    a_token_is_used_up_though_the_account_waits_for_more
    parallel_confirmations_have_one_winner
    asking_too_often_is_refused
}

const ASK: &str = "/identity/users/email/generate_code";
const CONFIRM: &str = "/identity/users/email/confirm_code";
const BOB: &str = "bob@example.com";

/// Signs Bob up, and answers the token from his mail.
async fn bob(door: &Door) -> String {
    let answer = door.post("/identity/users", &json!({ "email": BOB, "password": PASSWORD })).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    door.mailed("account.confirm", BOB)
}

async fn a_token_confirms_the_account_and_opens_a_session(here: Installation) {
    let door = Door::open(here);
    let token = bob(&door).await;
    let granted = grant(&door.post_form(CONFIRM, &[("token", &token)]).await, 201);
    assert_eq!((&granted.user["state"], &granted.user["level"]), (&json!("active"), &json!(1)));
    let label = &granted.user["labels"][0];
    assert_eq!(
        (&label["key"], &label["value"], &label["scope"]),
        (&json!("email"), &json!("verified"), &json!("private"))
    );
    let again = door.post(CONFIRM, &json!({ "token": token })).await;
    refused(&again, 422, &["identity.user.active_or_doesnt_exist"]);
}

async fn a_company_made_while_the_server_runs_is_served_at_once(here: Installation) {
    for at_the_rehive_door in [false, true] {
        let door = Door::open(here.another().with("dialects.barong.company", "exchange"));
        if at_the_rehive_door {
            let owner = json!({
                "company": { "id": "exchange" }, "email": "olga@example.com", "password": PASSWORD,
                "terms_and_conditions": true,
            });
            let url = door.server.url("/3/auth/company/register/");
            assert_eq!(reqwest::Client::new().post(url).json(&owner).answer().await.status, 201);
        } else {
            door.here.json(&["company", "create", "exchange"]);
        }
        let token = bob(&door).await;
        let granted = grant(&door.post(CONFIRM, &json!({ "token": token })).await, 201);
        let me = door.request("GET", "/resource/users/me").header("cookie", granted.cookie).answer().await;
        assert_eq!((me.status, &me.json()["email"]), (200, &json!(BOB)), "{me:?}");
    }
}

async fn asking_for_a_token_tells_nothing(here: Installation) {
    let door = Door::open(here);
    bob(&door).await;
    for email in ["nobody@example.com", EMAIL, "no address", BOB, "BOB@example.com"] {
        let answer = door.post(ASK, &json!({ "email": email })).await;
        assert_eq!((answer.status, answer.body.as_str()), (201, "201"), "{email}");
    }
    let sent = || door.here.messages("mail").len();
    door.here.wait_for(|| (sent() == 3).then_some(()));
    assert!(door.here.messages("mail").iter().all(|mail| mail["to"] == BOB));
}

async fn an_earlier_token_still_works(here: Installation) {
    let door = Door::open(here);
    let first = bob(&door).await;
    assert_eq!(door.post(ASK, &json!({ "email": BOB })).await.status, 201);
    assert_eq!(door.post(CONFIRM, &json!({ "token": first })).await.status, 201);
}

async fn missing_and_blank_parameters_are_named(here: Installation) {
    let door = Door::open(here);
    let email = ["identity.user.missing_email", "identity.user.empty_email"];
    refused(&door.post(ASK, &json!({})).await, 400, &email);
    refused(&door.post(ASK, &json!({ "email": "" })).await, 400, &email[1..]);
    let token = ["identity.user.missing_token", "identity.user.empty_token"];
    refused(&door.post(CONFIRM, &json!({})).await, 400, &token);
    refused(&door.post(CONFIRM, &json!({ "token": " " })).await, 400, &token[1..]);
}

async fn a_token_is_used_up_though_the_account_waits_for_more(here: Installation) {
    let door =
        Door::open(here.with("dialects.barong.activation_requirements", "email:verified,phone:verified"));
    let token = bob(&door).await;
    let first = door.post(CONFIRM, &json!({ "token": token })).await;
    assert_eq!(entity(&first, 201)["state"], "pending");
    let again = door.post(CONFIRM, &json!({ "token": token })).await;
    refused(&again, 422, &["identity.user.utilized_token"]);
}

async fn parallel_confirmations_have_one_winner(here: Installation) {
    let door = Door::open(here);
    let body = json!({ "token": bob(&door).await });
    let (one, two) = tokio::join!(door.post(CONFIRM, &body), door.post(CONFIRM, &body));
    let (won, lost) = if one.status == 201 { (one, two) } else { (two, one) };
    assert_eq!(won.status, 201, "{won:?}");
    refused(&lost, 422, &["identity.user.active_or_doesnt_exist"]);
}

async fn asking_too_often_is_refused(here: Installation) {
    let door = Door::throttled(here.with("throttle.messages_per_minute", "2"));
    for _ in 0..2 {
        assert_eq!(door.post(ASK, &json!({ "email": "nobody@example.com" })).await.status, 201);
    }
    let answer = door.post(ASK, &json!({ "email": "nobody@example.com" })).await;
    refused(&answer, 429, &["identity.user.too_many_attempts"]);
}
