//! Checking codes.

use std::time::Duration;

use portcullis_mfa::{FactorRules, FactorVerdict};
use tokio::task::JoinSet;

use crate::house::{House, STEP, sms};

#[tokio::test]
async fn a_right_code_is_accepted_once() {
    let house = House::new().await;
    house.app().await;
    let code = house.code();
    assert_eq!(house.check(&format!(" {code} ")).await, FactorVerdict::Accepted);
    assert_eq!(house.last_audit(), ("factor.checked", "succeeded", None));
    assert_eq!(house.check(&code).await, FactorVerdict::AlreadyUsed);
    assert_eq!(house.last_audit(), ("factor.checked", "failed", Some("code used before")));
}

#[tokio::test]
async fn the_audit_trail_tells_codes_at_a_sign_in_from_others() {
    let house = House::new().await;
    house.app().await;
    let at_sign_in = async |code: &str| house.factors.check_at_sign_in(house.checking(code)).await.unwrap();
    assert_eq!(at_sign_in("x").await, FactorVerdict::Wrong);
    assert_eq!(house.last_audit(), ("factor.checked", "failed", Some("wrong code at a sign-in")));
    let code = house.code();
    assert_eq!(at_sign_in(&code).await, FactorVerdict::Accepted);
    assert_eq!(at_sign_in(&code).await, FactorVerdict::AlreadyUsed);
    assert_eq!(house.last_audit(), ("factor.checked", "failed", Some("code used before a sign-in")));
}

#[tokio::test]
async fn a_code_older_than_the_last_accepted_one_is_spent() {
    let house = House::new().await;
    house.app().await;
    let older = house.code();
    house.world.clock.advance(STEP);
    assert_eq!(house.check(&house.code()).await, FactorVerdict::Accepted);
    assert_eq!(house.check(&older).await, FactorVerdict::AlreadyUsed);
}

#[tokio::test]
async fn recovery_codes_work_wherever_a_code_is_taken_each_once() {
    let house = House::new().await;
    house.app().await;
    let codes = house.recovery_codes().await;
    assert_eq!(codes.len(), 9);
    for code in &codes {
        assert_eq!(house.check(&code.to_uppercase()).await, FactorVerdict::Accepted);
        assert_eq!(house.check(code).await, FactorVerdict::AlreadyUsed);
    }
    assert_eq!(house.check(&house.code()).await, FactorVerdict::Accepted);
}

#[tokio::test]
async fn a_right_code_used_many_times_at_once_passes_once() {
    let house = House::new().await;
    house.app().await;
    let mut checks = JoinSet::new();
    for _ in 0..20 {
        let (factors, command) = (house.factors.clone(), house.checking(&house.code()));
        checks.spawn(async move { factors.check(command).await.unwrap() });
    }
    let verdicts = checks.join_all().await;
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == FactorVerdict::Accepted).count(), 1);
    let spent =
        |verdict: &FactorVerdict| matches!(verdict, FactorVerdict::Accepted | FactorVerdict::AlreadyUsed);
    assert!(verdicts.iter().all(spent));
}

#[tokio::test]
async fn five_wrong_codes_shut_out_the_right_one_for_ten_minutes() {
    let house = House::new().await;
    house.app().await;
    for _ in 0..5 {
        assert_eq!(house.check("000000").await, FactorVerdict::Wrong);
    }
    let retry_after = Duration::from_secs(600);
    assert_eq!(house.check("000000").await, FactorVerdict::Exhausted { retry_after });
    assert_eq!(house.check(&house.code()).await, FactorVerdict::Exhausted { retry_after });
    house.world.clock.advance(retry_after);
    assert_eq!(house.check(&house.code()).await, FactorVerdict::Accepted);
}

#[tokio::test]
async fn parallel_guesses_do_not_outrun_the_budget() {
    let house = House::new().await;
    house.app().await;
    let mut guesses = JoinSet::new();
    for guess in 0..50 {
        let (factors, command) = (house.factors.clone(), house.checking(&format!("x{guess:05}")));
        guesses.spawn(async move { factors.check(command).await.unwrap() });
    }
    let verdicts = guesses.join_all().await;
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == FactorVerdict::Wrong).count(), 5);
}

#[tokio::test]
async fn a_right_code_forgets_wrong_ones_and_a_repeated_one_costs_nothing() {
    let house = House::new().await;
    house.app().await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(house.check("000000").await, FactorVerdict::Wrong);
        }
        let code = house.code();
        assert_eq!(house.check(&code).await, FactorVerdict::Accepted);
        for _ in 0..6 {
            assert_eq!(house.check(&code).await, FactorVerdict::AlreadyUsed);
        }
        house.world.clock.advance(STEP);
    }
}

#[tokio::test]
async fn guesses_are_not_counted_where_the_operator_says_so() {
    let house = House::with(FactorRules { guesses: None, ..FactorRules::default() }).await;
    house.app().await;
    for _ in 0..20 {
        assert_eq!(house.check("000000").await, FactorVerdict::Wrong);
    }
    assert_eq!(house.check(&house.code()).await, FactorVerdict::Accepted);
}

#[tokio::test]
async fn an_unverified_factor_does_not_answer_for_a_verified_one() {
    let house = House::new().await;
    house.app().await;
    house.enrolled(sms()).await;
    assert_eq!(house.check(&house.sent_code()).await, FactorVerdict::Wrong);
}

#[tokio::test]
async fn an_outage_is_not_a_wrong_code() {
    let house = House::new().await;
    house.app().await;
    house.store.set_unavailable(true);
    assert!(house.factors.check(house.checking(&house.code())).await.is_err());
}
