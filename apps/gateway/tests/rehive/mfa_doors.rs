//! One account, other doors (decisions D14, D17): what is enrolled here is demanded there.

use serde_json::json;

use crate::door::{Door, PASSWORD, done};
use crate::factors::AUTHENTICATORS;
use crate::support::http::Answer;
use crate::support::{Installation, on_both};

on_both! {
    bfore_demands_the_factor_with_the_password
    wikimedia_demands_the_factor_after_the_password
    wrong_codes_count_at_every_door
    a_challenged_session_is_worth_nothing_at_another_door
    a_removed_factor_is_demanded_nowhere
}

async fn bfore(door: &Door, otp: Option<&str>) -> Answer {
    let mut body = json!({ "username": "ada", "password": PASSWORD });
    if let Some(otp) = otp {
        body["otp"] = json!(otp);
    }
    door.server.post("/user/login", &body).await
}

async fn wikimedia(door: &Door) -> Answer {
    door.server.post("/v1/login", &json!({ "username": "ada", "password": PASSWORD })).await
}

async fn bfore_demands_the_factor_with_the_password(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let app = door.app(&token).await;
    let answer = bfore(&door, None).await;
    assert_eq!((answer.status, answer.json()["message"].as_str()), (401, Some("Second factor required")));
    assert_eq!(bfore(&door, Some("000000")).await.status, 401);
    assert_eq!(bfore(&door, Some(&app.code(0))).await.status, 401, "it was spent here");
    assert_eq!(bfore(&door, Some(&app.code(1))).await.status, 200);
}

async fn wikimedia_demands_the_factor_after_the_password(here: Installation) {
    let door = Door::open(here);
    let codes = door.codes(&door.login().await.token).await;
    let halted = wikimedia(&door).await.json();
    assert_eq!(halted["challenge_name"], "SOFTWARE_TOKEN_MFA");
    let mut body = json!({ "username": "ada", "session": halted["session"], "code": "wrong" });
    assert_eq!(door.server.post("/v1/mfa-required", &body).await.status, 401);
    body["code"] = json!(codes[0]);
    let opened = door.server.post("/v1/mfa-required", &body).await;
    assert!(opened.status == 200 && opened.json()["access_token"].is_string(), "{opened:?}");
    let (granted, challenge) = door.challenged().await;
    let spent = json!({ "challenge": challenge["id"], "token": codes[0] });
    assert_eq!(door.verify(&granted.token, &spent).await.status, 400, "it was spent there");
}

async fn wrong_codes_count_at_every_door(here: Installation) {
    let door = Door::throttled(here.with("throttle.second_factor_guesses", "3"));
    let codes = door.codes(&door.login().await.token).await;
    let (granted, challenge) = door.challenged().await;
    let wrong = json!({ "challenge": challenge["id"], "token": "wrong" });
    for _ in 0..2 {
        assert_eq!(door.verify(&granted.token, &wrong).await.status, 400);
    }
    assert_eq!(bfore(&door, Some("wrong")).await.status, 401);
    let right = json!({ "challenge": challenge["id"], "token": codes[0] });
    assert_eq!(door.verify(&granted.token, &right).await.status, 429);
    assert_eq!(bfore(&door, Some(&codes[0])).await.status, 429);
}

async fn a_challenged_session_is_worth_nothing_at_another_door(here: Installation) {
    let door = Door::open(here);
    door.codes(&door.login().await.token).await;
    let (granted, _) = door.challenged().await;
    let body = json!({ "username": "ada", "refresh_token": granted.refresh });
    let answer = door.server.post("/v1/token-refresh", &body).await;
    assert_eq!(answer.status, 401, "a refresh token of this door makes no JWT there: {answer:?}");
    for header in ["authorization", "x-authorization"] {
        let request =
            door.server.request("GET", "/test/secure").header(header, format!("Bearer {}", granted.token));
        assert_eq!(crate::support::http::Exchange::answer(request).await.status, 401);
    }
}

async fn a_removed_factor_is_demanded_nowhere(here: Installation) {
    let door = Door::open(here);
    let token = door.login().await.token;
    let app = door.app(&token).await;
    done(&door.delete(&format!("{AUTHENTICATORS}{}/", app.id), &token).await);
    assert_eq!(bfore(&door, None).await.status, 200);
    assert!(wikimedia(&door).await.json()["access_token"].is_string());
}
