use portcullis_kernel::{AccountState, CompanySlug, LabelRules};
use portcullis_mfa::{FactorRules, NewFactor};

use crate::house::House;

/// A house whose company is the one that labels decide about, or another one.
async fn house(ruled: bool) -> House {
    let mut house = House::new().await;
    let company = if ruled { house.company.slug.clone() } else { CompanySlug::parse("else").unwrap() };
    let rules = FactorRules {
        labels: Some(LabelRules { company, standing: std::sync::Arc::default() }),
        ..FactorRules::default()
    };
    house.follow(rules);
    house
}

async fn labels(house: &House) -> Vec<String> {
    let account = house.world.account(&house.ada).await;
    account.labels.iter().map(|label| format!("{}:{}", label.key, label.value)).collect()
}

#[tokio::test]
async fn an_account_is_labelled_while_it_has_a_second_factor() {
    let house = house(true).await;
    let app = house.app().await;
    assert_eq!(labels(&house).await, ["otp:enabled"]);
    house.recovery_codes().await;
    house.factors.remove(house.removal(app)).await.unwrap();
    assert_eq!(labels(&house).await, ["otp:enabled"], "recovery codes are left");
}

#[tokio::test]
async fn the_label_goes_with_the_last_factor_and_the_account_stays_as_it_was() {
    let house = house(true).await;
    let app = house.app().await;
    house.factors.remove(house.removal(app)).await.unwrap();
    assert!(labels(&house).await.is_empty());
    assert_eq!(house.world.account(&house.ada).await.state, AccountState::Active);
}

#[tokio::test]
async fn an_authenticator_that_is_not_verified_and_accounts_of_other_companies_get_none() {
    let mine = house(true).await;
    mine.enrolled(NewFactor::Totp).await;
    assert!(labels(&mine).await.is_empty());
    let other = house(false).await;
    other.app().await;
    assert!(labels(&other).await.is_empty());
}
