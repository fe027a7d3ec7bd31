//! Wrong passwords and wrong codes have budgets; the door says no in its usual words (contract §6, decision D18).

use serde_json::json;

use crate::door::{
    ANOTHER, EBADCRED, EINT500, EUNAUTH_, PASSWORD, ada, change, login, mfa, refuses, try_login,
};
use crate::support::http::{Answer, Exchange};
use crate::support::process::Server;
use crate::support::{Installation, on_both};

on_both! {
    six_wrong_passwords_lock_the_account_under_each_of_its_names
    a_client_that_signed_in_before_has_a_budget_of_its_own
    a_name_of_nobody_locks_like_any_other
    a_name_spelt_otherwise_spends_from_the_same_budget
    too_many_wrong_passwords_at_a_change_are_an_internal_error
    five_wrong_factors_lock_the_second_factor_only
    parallel_guesses_do_not_outrun_the_budget
}

async fn login_from(server: &Server, client: &str, password: &str) -> Answer {
    let body = json!({ "username": "ada", "password": password });
    server.request("POST", "/v1/login").header("user-agent", client).json(&body).answer().await
}

async fn six_wrong_passwords_lock_the_account_under_each_of_its_names(here: Installation) {
    let server = here.serve();
    ada(&here);
    for name in ["ada", "ada@example.com", "ada", "ada@example.com", "ada"] {
        refuses(&try_login(&server, name, ANOTHER).await, EBADCRED);
    }
    login(&server, "ada", PASSWORD).await;
    let stranger = |password| login_from(&server, "stranger", password);
    for _ in 0..6 {
        refuses(&stranger(ANOTHER).await, EBADCRED);
    }
    refuses(&stranger(PASSWORD).await, EBADCRED);
    let body = json!({ "username": "ada@example.com", "password": PASSWORD });
    let by_address = server.request("POST", "/v1/login").header("user-agent", "another").json(&body);
    refuses(&by_address.answer().await, EBADCRED);
}

async fn a_client_that_signed_in_before_has_a_budget_of_its_own(here: Installation) {
    let server = here.serve();
    ada(&here);
    assert_eq!(login_from(&server, "known", PASSWORD).await.status, 200);
    for _ in 0..7 {
        refuses(&login_from(&server, "stranger", ANOTHER).await, EBADCRED);
    }
    refuses(&login_from(&server, "stranger", PASSWORD).await, EBADCRED);
    assert_eq!(login_from(&server, "known", PASSWORD).await.status, 200);
    for _ in 0..6 {
        refuses(&login_from(&server, "known", ANOTHER).await, EBADCRED);
    }
    refuses(&login_from(&server, "known", PASSWORD).await, EBADCRED);
}

async fn a_name_of_nobody_locks_like_any_other(here: Installation) {
    let server = here.serve();
    for name in ["nobody", "Nobody", "nobody", "nobody", "nobody", "nobody", "nobody", "NOBODY"] {
        refuses(&try_login(&server, name, PASSWORD).await, EBADCRED);
    }
    here.account(&["--username", "nobody"], PASSWORD);
    login(&server, "nobody", PASSWORD).await;
}

async fn a_name_spelt_otherwise_spends_from_the_same_budget(here: Installation) {
    let server = here.serve();
    ada(&here);
    for name in ["Ada", "ADA", "Ada", " ada", "adA", "aDa"] {
        refuses(&try_login(&server, name, PASSWORD).await, EBADCRED);
    }
    refuses(&try_login(&server, "ada", PASSWORD).await, EBADCRED);
}

async fn too_many_wrong_passwords_at_a_change_are_an_internal_error(here: Installation) {
    let server = here.serve();
    ada(&here);
    let tokens = login(&server, "ada", PASSWORD).await;
    for _ in 0..6 {
        refuses(&change(&server, &tokens.access, "not-the-password", ANOTHER).await, EBADCRED);
    }
    refuses(&change(&server, &tokens.access, "not-the-password", ANOTHER).await, EINT500);
    refuses(&change(&server, &tokens.access, PASSWORD, ANOTHER).await, EINT500);
}

async fn five_wrong_factors_lock_the_second_factor_only(here: Installation) {
    let server = here.serve();
    ada(&here);
    let recovery = here.recovery_codes("ada").await;
    let session = crate::door::challenge(&server, "ada", "SOFTWARE_TOKEN_MFA").await;
    for _ in 0..5 {
        refuses(&mfa(&server, &session, "ada", "000000").await, EUNAUTH_);
    }
    refuses(&mfa(&server, &session, "ada", &recovery[0]).await, EUNAUTH_);
    crate::door::challenge(&server, "ada", "SOFTWARE_TOKEN_MFA").await;
}

async fn parallel_guesses_do_not_outrun_the_budget(here: Installation) {
    let here = here.with("throttle.sign_in_per_minute", "3");
    let server = here.serve();
    ada(&here);
    let guesses = (0..12).map(|_| login_from(&server, "stranger", ANOTHER));
    for answer in futures_util::future::join_all(guesses).await {
        refuses(&answer, EBADCRED);
    }
    refuses(&login_from(&server, "stranger", PASSWORD).await, EBADCRED);
    let trail = here.json(&["audit", "list", "--account", "ada"]);
    let counted =
        trail.as_array().unwrap().iter().filter(|event| event["detail"] == "wrong password").count();
    assert_eq!(counted, 3, "{trail}");
}
