use portcullis_kernel::{Event, Quota};
use portcullis_mfa::{FactorRules, NewFactor, ProveError, SwitchOnError};

use crate::house::{House, STEP};

#[tokio::test]
async fn an_app_is_prepared_as_a_link_and_as_its_picture() {
    let house = House::new().await;
    let app = house.prepare_app().await.unwrap();
    assert_eq!(app.link.reveal(), "otpauth://totp/Barong:ada@example.com?secret=SECRET");
    assert_eq!(app.picture.reveal(), format!("picture of {}", app.link.reveal()));
    assert!(!house.factors.is_enrolled(house.ada.id).await.unwrap());
}

#[tokio::test]
async fn the_app_that_was_prepared_last_is_switched_on_by_its_code() {
    let house = House::new().await;
    let nothing = house.factors.switch_on(house.switching(&house.code())).await;
    assert!(matches!(nothing, Err(SwitchOnError::WrongCode)), "nothing was prepared");
    for _ in 0..2 {
        house.prepare_app().await.unwrap();
    }
    let wrong = house.factors.switch_on(house.switching("wrong")).await;
    assert!(matches!(wrong, Err(SwitchOnError::WrongCode)));
    house.factors.switch_on(house.switching(&house.code())).await.unwrap();
    assert!(house.factors.is_enrolled(house.ada.id).await.unwrap());
    assert_eq!(house.factors.list(house.ada.id).await.unwrap().len(), 1);
    assert_eq!(house.sent(Event::NoticeFactorAdded), 1);
}

#[tokio::test]
async fn what_is_on_cannot_be_prepared_or_switched_on_again() {
    let house = House::new().await;
    house.recovery_codes().await;
    assert!(matches!(house.prepare_app().await, Err(SwitchOnError::AlreadyOn)), "any kind counts");
    let again = house.factors.switch_on(house.switching(&house.code())).await;
    assert!(matches!(again, Err(SwitchOnError::AlreadyOn)));
}

#[tokio::test]
async fn the_code_that_switched_on_is_spent() {
    let house = House::new().await;
    house.prepare_app().await.unwrap();
    house.factors.switch_on(house.switching(&house.code())).await.unwrap();
    let off = house.factors.switch_off(house.switching(&house.code())).await;
    assert!(matches!(off, Err(ProveError::AlreadyUsed)));
    house.world.clock.advance(STEP);
    house.factors.switch_off(house.switching(&house.code())).await.unwrap();
}

#[tokio::test]
async fn switching_off_removes_every_authenticator() {
    let house = House::new().await;
    house.app().await;
    house.recovery_codes().await;
    house.enrolled(NewFactor::Totp).await;
    let wrong = house.factors.switch_off(house.switching("wrong")).await;
    assert!(matches!(wrong, Err(ProveError::WrongCode)));
    house.factors.switch_off(house.switching(&house.code())).await.unwrap();
    assert!(house.factors.list(house.ada.id).await.unwrap().is_empty());
    assert_eq!(house.sent(Event::NoticeFactorRemoved), 2, "one for each that counted");
    let again = house.factors.switch_off(house.switching(&house.code())).await;
    assert!(matches!(again, Err(ProveError::NotEnrolled)));
}

#[tokio::test]
async fn too_many_wrong_codes_and_apps_are_refused() {
    let one = Quota { limit: 1, period: std::time::Duration::from_secs(60) };
    let rules = FactorRules { guesses: Some(one), enrolments: vec![one], ..FactorRules::default() };
    let house = House::with(rules).await;
    house.prepare_app().await.unwrap();
    assert!(matches!(house.prepare_app().await, Err(SwitchOnError::Throttled { .. })));
    assert!(house.factors.switch_on(house.switching("wrong")).await.is_err());
    let right = house.factors.switch_on(house.switching(&house.code())).await;
    assert!(matches!(right, Err(SwitchOnError::Throttled { .. })));
}
