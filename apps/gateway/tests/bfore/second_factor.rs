//! An account with a second factor, at a door whose contract knows none (docs/dialects/bfore.md).

use serde_json::json;

use crate::door::{Answer, Door, PASSWORD};
use crate::support::{Installation, on_both};

async fn login(door: &Door, password: &str, otp: &str) -> Answer {
    door.post("/user/login", "", json!({ "username": "ada", "password": password, "otp": otp })).await
}

on_both! {
    a_password_alone_opens_nothing_and_a_code_with_it_everything
    the_code_is_read_whatever_the_case_of_its_name_and_ignored_without_a_factor
    guessing_codes_has_a_budget_of_its_own
    the_factor_comes_before_the_news_that_the_password_expired
    what_was_opened_before_goes_on
}

async fn a_password_alone_opens_nothing_and_a_code_with_it_everything(here: Installation) {
    let door = Door::of(here);
    let codes = door.house.recovery_codes("ada").await;
    door.login("ada", PASSWORD).await.refuses(401, "Second factor required");
    door.login("ada", "wrong").await.refuses(401, "Incorrect credentials");
    let signed_in = login(&door, PASSWORD, &codes[0]).await;
    assert!(door.honours(&signed_in.token()).await);
    login(&door, PASSWORD, &codes[0]).await.refuses(401, "Incorrect credentials");
    let form = format!("username=ada&password={PASSWORD}&otp={}", codes[1]);
    let signed_in = door.post_raw("/user/login", "", "application/x-www-form-urlencoded", form).await;
    assert!(door.honours(&signed_in.token()).await);
}

async fn the_code_is_read_whatever_the_case_of_its_name_and_ignored_without_a_factor(here: Installation) {
    let door = Door::of(here);
    assert_eq!(login(&door, PASSWORD, "000000").await.status, 200);
    let codes = door.house.recovery_codes("ada").await;
    let body = json!({ "USERNAME": "ada", "Password": PASSWORD, "OTP": codes[0] });
    assert_eq!(door.post("/user/login", "", body).await.status, 200);
    for nothing in [json!(null), json!("")] {
        let body = json!({ "username": "ada", "password": PASSWORD, "otp": nothing });
        door.post("/user/login", "", body).await.refuses(401, "Second factor required");
    }
    let number = json!({ "username": "ada", "password": PASSWORD, "otp": 123_456 });
    door.post("/user/login", "", number).await.refuses(400, "Username and password are required");
}

async fn guessing_codes_has_a_budget_of_its_own(here: Installation) {
    let door = Door::of(here.with("throttle.second_factor_guesses", "3"));
    let codes = door.house.recovery_codes("ada").await;
    for _ in 0..3 {
        login(&door, PASSWORD, "000000").await.refuses(401, "Incorrect credentials");
    }
    let refused = login(&door, PASSWORD, &codes[0]).await;
    refused.refuses(429, "Too many requests");
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    login(&door, "wrong", &codes[0]).await.refuses(401, "Incorrect credentials");
}

async fn the_factor_comes_before_the_news_that_the_password_expired(here: Installation) {
    let door = Door::of(here);
    let codes = door.house.recovery_codes("ada").await;
    door.set(&["--password-expires-at", "2020-01-01T00:00:00Z"]);
    door.login("ada", PASSWORD).await.refuses(401, "Second factor required");
    login(&door, PASSWORD, &codes[0]).await.refuses(403, "Password expired");
}

async fn what_was_opened_before_goes_on(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let key = door.key(&jwt, "production").await;
    door.house.recovery_codes("ada").await;
    assert!(door.honours(&jwt).await);
    assert_eq!(door.get("/user/renew", &jwt).await.status, 200);
    assert_eq!(door.with_key(&key).await.status, 200);
}
