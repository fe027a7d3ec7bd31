//! Codes by SMS.

use std::time::Duration;

use portcullis_conformance::build;
use portcullis_kernel::{AuthenticatorId, Datum, Event, Recipient};
use portcullis_mfa::{DeliverError, EnrolError, FactorRules, FactorVerdict, NewFactor, VerifyFactorError};

use crate::house::{House, sms};

/// A verified number.
async fn phone(house: &House) -> AuthenticatorId {
    let id = house.enrolled(sms()).await.authenticator.id;
    house.verify(id, &house.sent_code()).await.unwrap();
    id
}

#[tokio::test]
async fn enrolling_a_number_sends_a_code_that_verifies_it() {
    let house = House::new().await;
    let id = house.enrolled(sms()).await.authenticator.id;
    let message = house.store.messages().pop().unwrap();
    assert_eq!(message.event, Event::FactorCode);
    assert!(matches!(&message.recipient, Recipient::Sms(mobile) if mobile.as_str() == "+27821234567"));
    assert_eq!(message.data["user"], Datum::Text(house.ada.id.to_string()));
    assert_eq!(message.data["mobile"], Datum::Text("+27821234567".to_owned()));
    let code = house.sent_code();
    assert!(code.len() == 6 && message.text.contains(&code));
    house.verify(id, &code).await.unwrap();
    assert!(matches!(house.verify(id, &code).await, Err(VerifyFactorError::AlreadyUsed)));
}

#[tokio::test]
async fn only_the_newest_code_is_good_and_only_for_five_minutes() {
    let house = House::new().await;
    let id = phone(&house).await;
    house.factors.deliver(house.delivery(id)).await.unwrap();
    let older = house.sent_code();
    house.world.clock.advance(Duration::from_secs(1));
    house.factors.deliver(house.delivery(id)).await.unwrap();
    assert_eq!(house.check(&older).await, FactorVerdict::Wrong);
    assert_eq!(house.check(&house.sent_code()).await, FactorVerdict::Accepted);

    house.world.clock.advance(Duration::from_secs(1));
    house.factors.deliver(house.delivery(id)).await.unwrap();
    house.world.clock.advance(Duration::from_secs(300));
    assert_eq!(house.check(&house.sent_code()).await, FactorVerdict::Wrong);
}

#[tokio::test]
async fn sends_at_most_six_codes_a_minute() {
    let house = House::new().await;
    let id = phone(&house).await;
    for _ in 0..5 {
        house.factors.deliver(house.delivery(id)).await.unwrap();
    }
    let refused = house.factors.deliver(house.delivery(id)).await;
    assert!(matches!(refused, Err(DeliverError::Throttled { retry_after }) if retry_after.as_secs() == 60));
    assert!(matches!(house.factors.enrol(house.order(sms())).await, Err(EnrolError::Throttled { .. })));
    assert_eq!(house.sent(Event::FactorCode), 6);
    assert_eq!(house.factors.list(house.ada.id).await.unwrap().len(), 1, "nothing is left behind");
    house.world.clock.advance(Duration::from_secs(60));
    house.factors.deliver(house.delivery(id)).await.unwrap();
}

#[tokio::test]
async fn only_numbers_of_the_account_take_delivery() {
    let house = House::new().await;
    let app = house.enrolled(NewFactor::Totp).await.authenticator.id;
    let refused = house.factors.deliver(house.delivery(app)).await;
    assert!(matches!(refused, Err(DeliverError::NoDelivery)));
    let stranger = build::sms(&house.world.new_account().await);
    house.world.enrol(&stranger).await;
    for id in [stranger.id, build::id()] {
        let refused = house.factors.deliver(house.delivery(id)).await;
        assert!(matches!(refused, Err(DeliverError::NotFound)));
    }
    assert_eq!(house.sent(Event::FactorCode), 0);
}

#[tokio::test]
async fn five_wrong_guesses_void_a_sent_code_whatever_the_budget_says() {
    let house = House::with(FactorRules { guesses: None, ..FactorRules::default() }).await;
    let id = phone(&house).await;
    house.world.clock.advance(Duration::from_secs(1));
    house.factors.deliver(house.delivery(id)).await.unwrap();
    for _ in 0..5 {
        assert_eq!(house.check("wrong").await, FactorVerdict::Wrong);
    }
    assert_eq!(house.check(&house.sent_code()).await, FactorVerdict::Wrong);
}
