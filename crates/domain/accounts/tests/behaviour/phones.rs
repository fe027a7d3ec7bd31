use std::time::Duration;

use portcullis_accounts::{Account, AccountRules, ClaimPhone, PhoneError, PhonePolicy, ProvePhone};
use portcullis_conformance::build;
use portcullis_kernel::{CompanySlug, Event, LabelRules, Mobile, Quota, Recipient};

use crate::stage::{Stage, datum};

const NUMBER: &str = "+33612340471";

async fn stage(phones: PhonePolicy) -> (Stage, Account) {
    let company = CompanySlug::parse("acme").unwrap();
    let labels = Some(LabelRules { company, standing: std::sync::Arc::default() });
    let stage = Stage::with(AccountRules { labels, phones, ..AccountRules::default() }).await;
    let ada = stage.add(stage.ada()).await;
    (stage, ada)
}

async fn by_sms() -> (Stage, Account) {
    stage(PhonePolicy::Sms { lifetime: Duration::from_secs(600) }).await
}

fn claim(stage: &Stage, account: &Account, number: &str) -> ClaimPhone {
    ClaimPhone {
        account: account.clone(),
        company: stage.company.clone(),
        number: number.to_owned(),
        quotas: vec![Quota { limit: 3, period: Duration::from_secs(60) }],
        client: build::client(),
    }
}

fn proof(account: &Account, number: &str, code: &str) -> ProvePhone {
    ProvePhone {
        account: account.clone(),
        number: number.to_owned(),
        code: code.to_owned(),
        client: build::client(),
    }
}

fn wrong(code: &str) -> String {
    let digit = if code.starts_with('0') { '1' } else { '0' };
    format!("{digit}{}", &code[1..])
}

#[tokio::test]
async fn a_phone_is_proved_by_the_code_it_was_sent() {
    let (stage, ada) = by_sms().await;
    stage.accounts.add_phone(claim(&stage, &ada, "33 6 12 34 04 71")).await.unwrap();
    let sms = stage.last_message();
    let code = datum(&sms, "code");
    assert_eq!(sms.event, Event::PhoneVerify);
    assert_eq!(sms.recipient, Recipient::Sms(Mobile::parse(NUMBER).unwrap()));
    assert!(code.len() == 5 && sms.text.contains(&code));
    let missed = stage.accounts.prove_phone(proof(&ada, NUMBER, &wrong(&code))).await;
    assert!(matches!(missed, Err(PhoneError::WrongCode)));
    stage.accounts.prove_phone(proof(&ada, NUMBER, &code)).await.unwrap();
    let phones = stage.accounts.dossier(ada.id).await.unwrap().phones;
    assert!(phones.len() == 1 && phones[0].validated_at.is_some());
    let labels = stage.world.account(&ada).await.labels;
    assert_eq!((labels[0].key.as_str(), labels[0].value.as_str()), ("phone", "verified"));
}

#[tokio::test]
async fn a_verified_number_is_nobody_s_to_claim_again() {
    let (stage, ada) = by_sms().await;
    stage.accounts.add_phone(claim(&stage, &ada, NUMBER)).await.unwrap();
    let code = datum(&stage.last_message(), "code");
    stage.accounts.prove_phone(proof(&ada, NUMBER, &code)).await.unwrap();
    let bob = stage
        .add(portcullis_accounts::NewAccount {
            username: None,
            mobile: None,
            email: Some(crate::stage::email("bob@example.com")),
            ..stage.ada()
        })
        .await;
    for account in [&ada, &bob] {
        let again = stage.accounts.add_phone(claim(&stage, account, NUMBER)).await;
        assert!(matches!(again, Err(PhoneError::Verified)));
        let again = stage.accounts.resend_phone_code(claim(&stage, account, NUMBER)).await;
        assert!(matches!(again, Err(PhoneError::Verified)));
    }
}

#[tokio::test]
async fn a_later_code_replaces_the_earlier() {
    let (stage, ada) = by_sms().await;
    stage.accounts.add_phone(claim(&stage, &ada, NUMBER)).await.unwrap();
    assert!(matches!(stage.accounts.add_phone(claim(&stage, &ada, NUMBER)).await, Err(PhoneError::Exists)));
    let first = datum(&stage.last_message(), "code");
    stage.world.clock.advance(Duration::from_secs(1));
    stage.accounts.resend_phone_code(claim(&stage, &ada, NUMBER)).await.unwrap();
    let second = datum(&stage.last_message(), "code");
    assert_ne!(first, second);
    let stale = stage.accounts.prove_phone(proof(&ada, NUMBER, &first)).await;
    assert!(matches!(stale, Err(PhoneError::WrongCode)));
    stage.accounts.prove_phone(proof(&ada, NUMBER, &second)).await.unwrap();
}

#[tokio::test]
async fn strange_numbers_and_phones_that_were_not_added_are_refused() {
    let (stage, ada) = by_sms().await;
    for number in ["", "1234", "+8001234567", "phone", "+33 6 12 34 04 71 00 00 00"] {
        let refused = stage.accounts.add_phone(claim(&stage, &ada, number)).await;
        assert!(matches!(refused, Err(PhoneError::InvalidNumber)), "{number}");
    }
    let missing = stage.accounts.resend_phone_code(claim(&stage, &ada, NUMBER)).await;
    assert!(matches!(missing, Err(PhoneError::NotFound)));
    let missing = stage.accounts.prove_phone(proof(&ada, NUMBER, "12345")).await;
    assert!(matches!(missing, Err(PhoneError::NotFound)));
}

#[tokio::test]
async fn messages_and_guesses_are_counted() {
    let (stage, ada) = by_sms().await;
    stage.accounts.add_phone(claim(&stage, &ada, NUMBER)).await.unwrap();
    for _ in 0..2 {
        stage.accounts.resend_phone_code(claim(&stage, &ada, NUMBER)).await.unwrap();
    }
    let refused = stage.accounts.resend_phone_code(claim(&stage, &ada, NUMBER)).await;
    assert!(matches!(refused, Err(PhoneError::Throttled { .. })));
    let code = datum(&stage.last_message(), "code");
    for _ in 0..5 {
        let missed = stage.accounts.prove_phone(proof(&ada, NUMBER, &wrong(&code))).await;
        assert!(matches!(missed, Err(PhoneError::WrongCode)));
    }
    let spent = stage.accounts.prove_phone(proof(&ada, NUMBER, &code)).await;
    assert!(matches!(spent, Err(PhoneError::WrongCode | PhoneError::Throttled { .. })));
}

#[tokio::test]
async fn where_nobody_cares_no_code_is_sent_and_any_is_right() {
    let (stage, ada) = stage(PhonePolicy::Mock).await;
    stage.accounts.add_phone(claim(&stage, &ada, NUMBER)).await.unwrap();
    assert!(stage.store.messages().is_empty());
    stage.accounts.prove_phone(proof(&ada, NUMBER, "whatever")).await.unwrap();
    assert_eq!(stage.world.account(&ada).await.labels.len(), 1);
}
