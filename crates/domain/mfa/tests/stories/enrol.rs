//! Enrolling and removing.

use std::collections::BTreeSet;

use portcullis_conformance::build;
use portcullis_kernel::Event;
use portcullis_mfa::{EnrolFactor, Factor, FactorKind, FactorVerdict, NewFactor, RemoveFactorError};

use crate::house::{House, sms};

#[tokio::test]
async fn an_enrolled_factor_counts_for_nothing_until_it_is_verified() {
    let house = House::new().await;
    house.enrolled(NewFactor::Totp).await;
    assert!(!house.factors.is_enrolled(house.ada.id).await.unwrap());
    assert_eq!(house.check(&house.code()).await, FactorVerdict::NotEnrolled);
    assert_eq!(house.last_audit(), ("factor.enrolled", "succeeded", None));
}

#[tokio::test]
async fn an_app_gets_a_link_and_the_others_get_none() {
    let house = House::new().await;
    let app = house.enrolled(NewFactor::Totp).await;
    assert_eq!(app.link.unwrap().reveal(), "otpauth://totp/Acme:ada@example.com?secret=SECRET");
    assert!(house.enrolled(sms()).await.link.is_none());
    assert!(house.enrolled(NewFactor::Static).await.link.is_none());
}

#[tokio::test]
async fn factors_bear_the_name_their_owner_gave_or_a_stock_one() {
    let house = House::new().await;
    for (kind, name) in
        [(NewFactor::Totp, "Default TOTP"), (sms(), "Default SMS"), (NewFactor::Static, "Default Static")]
    {
        assert_eq!(house.enrolled(kind).await.authenticator.name, name);
    }
    let named = EnrolFactor { name: Some("My phone".to_owned()), ..house.order(NewFactor::Totp) };
    assert_eq!(house.factors.enrol(named).await.unwrap().authenticator.name, "My phone");
}

#[tokio::test]
async fn recovery_codes_are_ten_of_eight_lower_case_base32_characters() {
    let house = House::new().await;
    let Factor::Static { codes } = house.enrolled(NewFactor::Static).await.authenticator.factor else {
        panic!("not recovery codes");
    };
    let different: BTreeSet<_> = codes.iter().map(|entry| entry.code.reveal()).collect();
    assert_eq!(different.len(), 10);
    let base32 = |c: char| c.is_ascii_lowercase() || ('2'..='7').contains(&c);
    assert!(different.iter().all(|code| code.len() == 8 && code.chars().all(base32)));
    assert!(codes.iter().all(|entry| entry.used_at.is_none()));
}

#[tokio::test]
async fn enrolling_again_replaces_what_was_never_verified() {
    let house = House::new().await;
    let kept = house.app().await;
    let dropped = house.enrolled(NewFactor::Totp).await.authenticator.id;
    house.enrolled(NewFactor::Static).await;
    let newest = house.enrolled(NewFactor::Totp).await.authenticator.id;
    let listed = house.factors.list(house.ada.id).await.unwrap();
    let apps: Vec<_> = listed
        .iter()
        .filter(|authenticator| authenticator.factor.kind() == FactorKind::Totp)
        .map(|authenticator| authenticator.id)
        .collect();
    assert!(apps.contains(&kept) && apps.contains(&newest) && !apps.contains(&dropped));
    assert_eq!(listed.len(), 3);
}

#[tokio::test]
async fn a_removed_factor_counts_no_longer_and_its_owner_is_told() {
    let house = House::new().await;
    let app = house.app().await;
    house.factors.remove(house.removal(app)).await.unwrap();
    assert!(!house.factors.is_enrolled(house.ada.id).await.unwrap());
    assert_eq!(house.sent(Event::NoticeFactorRemoved), 1);
    assert_eq!(house.last_audit(), ("factor.removed", "succeeded", None));
    let again = house.factors.remove(house.removal(app)).await;
    assert!(matches!(again, Err(RemoveFactorError::NotFound)));
}

#[tokio::test]
async fn removing_what_never_counted_is_no_news() {
    let house = House::new().await;
    let draft = house.enrolled(NewFactor::Totp).await.authenticator.id;
    house.factors.remove(house.removal(draft)).await.unwrap();
    assert_eq!(house.sent(Event::NoticeFactorRemoved), 0);
}

#[tokio::test]
async fn nobody_removes_somebody_elses_factor() {
    let house = House::new().await;
    let stranger = build::totp(&house.world.new_account().await);
    house.world.enrol(&stranger).await;
    let answer = house.factors.remove(house.removal(stranger.id)).await;
    assert!(matches!(answer, Err(RemoveFactorError::NotFound)));
    assert_eq!(house.factors.list(stranger.account).await.unwrap().len(), 1);
}
