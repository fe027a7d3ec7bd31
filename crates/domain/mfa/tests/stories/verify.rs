//! Verifying what was enrolled.

use portcullis_conformance::build;
use portcullis_kernel::Event;
use portcullis_mfa::{NewFactor, VerifyFactorError};

use crate::house::{House, STEP};

#[tokio::test]
async fn a_right_code_makes_the_factor_count_and_its_owner_is_told_once() {
    let house = House::new().await;
    let id = house.enrolled(NewFactor::Totp).await.authenticator.id;
    house.verify(id, &house.code()).await.unwrap();
    assert!(house.factors.is_enrolled(house.ada.id).await.unwrap());
    assert_eq!(house.last_audit(), ("factor.verified", "succeeded", None));
    house.world.clock.advance(STEP);
    house.verify(id, &house.code()).await.unwrap();
    assert_eq!(house.sent(Event::NoticeFactorAdded), 1);
}

#[tokio::test]
async fn a_wrong_code_and_a_code_of_another_factor_do_not_verify() {
    let house = House::new().await;
    let codes = house.recovery_codes().await;
    let id = house.enrolled(NewFactor::Totp).await.authenticator.id;
    for wrong in ["000000", "", codes[0].as_str()] {
        assert!(matches!(house.verify(id, wrong).await, Err(VerifyFactorError::WrongCode)));
        assert_eq!(house.last_audit(), ("factor.verified", "failed", Some("wrong code")));
    }
    let listed = house.factors.list(house.ada.id).await.unwrap();
    let app = listed.iter().find(|authenticator| authenticator.id == id).unwrap();
    assert_eq!(app.verified_at, None);
}

#[tokio::test]
async fn the_code_that_verified_is_spent() {
    let house = House::new().await;
    let id = house.enrolled(NewFactor::Totp).await.authenticator.id;
    let code = house.code();
    house.verify(id, &code).await.unwrap();
    assert!(matches!(house.verify(id, &code).await, Err(VerifyFactorError::AlreadyUsed)));
}

#[tokio::test]
async fn what_is_unknown_or_anothers_is_not_found() {
    let house = House::new().await;
    let stranger = build::totp(&house.world.new_account().await);
    house.world.enrol(&stranger).await;
    for id in [build::id(), stranger.id] {
        assert!(matches!(house.verify(id, &house.code()).await, Err(VerifyFactorError::NotFound)));
    }
}

#[tokio::test]
async fn guesses_at_an_enrolment_are_counted_too() {
    let house = House::new().await;
    let id = house.enrolled(NewFactor::Totp).await.authenticator.id;
    for _ in 0..5 {
        assert!(matches!(house.verify(id, "000000").await, Err(VerifyFactorError::WrongCode)));
    }
    let answer = house.verify(id, &house.code()).await;
    assert!(matches!(answer, Err(VerifyFactorError::Throttled { .. })));
}
