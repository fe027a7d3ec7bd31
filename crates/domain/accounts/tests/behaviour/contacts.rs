use std::time::Duration;

use portcullis_accounts::{
    Account, AccountRules, ContactAddress, ContactProof, ContactRequested, NewAccount,
    RequestContactVerification, RequestContactVerificationError, VerifyContact, VerifyContactError,
};
use portcullis_conformance::build;
use portcullis_kernel::{AccountId, AccountState, AuditAction, Event, Mobile, Outcome, Quota, Recipient};

use crate::stage::{Stage, datum, email};

async fn stage() -> (Stage, Account) {
    let rules = AccountRules { public_url: "https://id.example".to_owned(), ..AccountRules::default() };
    let stage = Stage::with(rules).await;
    let ada = stage.add(stage.ada()).await;
    (stage, ada)
}

fn by_mail(address: &str) -> ContactAddress {
    ContactAddress::Email(email(address))
}

fn by_sms() -> ContactAddress {
    ContactAddress::Mobile(Mobile::parse("+27821234567").unwrap())
}

async fn ask(
    stage: &Stage,
    address: ContactAddress,
) -> Result<ContactRequested, RequestContactVerificationError> {
    let quotas = vec![Quota { limit: 4, period: Duration::from_secs(60) }];
    let (company, client) = (Some(stage.company.clone()), build::client());
    let company_typed = "acme".to_owned();
    let request = RequestContactVerification { company, company_typed, address, quotas, client };
    stage.accounts.request_contact_verification(request).await
}

async fn prove(stage: &Stage, proof: ContactProof) -> Result<AccountId, VerifyContactError> {
    stage.accounts.verify_contact(VerifyContact { proof, client: build::client() }).await
}

fn code_of(account: &Account, code: &str) -> ContactProof {
    ContactProof::MobileCode { account: account.id, code: code.to_owned() }
}

#[tokio::test]
async fn a_mailed_key_proves_the_address_and_may_be_opened_twice() {
    let (stage, ada) = stage().await;
    assert_eq!(ask(&stage, by_mail("ADA@example.com")).await.unwrap(), ContactRequested::Sent);
    let mail = stage.last_message();
    let key = datum(&mail, "key");
    assert_eq!(
        (mail.event, &mail.recipient),
        (Event::EmailVerify, &Recipient::Mail(email("ada@example.com")))
    );
    assert_eq!(datum(&mail, "user"), ada.id.to_string());
    let url = format!("https://id.example/email/verify/?key={key}&email=ada%40example.com&company=acme");
    assert_eq!(datum(&mail, "url"), url);
    assert!(mail.text.contains(&url) && mail.text.contains("3 days"));

    for _ in 0..2 {
        assert_eq!(prove(&stage, ContactProof::EmailKey(key.clone())).await.unwrap(), ada.id);
    }
    assert!(stage.world.account(&ada).await.email.unwrap().verified_at.is_some());
    stage.world.clock.advance(Duration::from_secs(3 * 86_400));
    let late = prove(&stage, ContactProof::EmailKey(key)).await;
    assert!(matches!(late, Err(VerifyContactError::Expired)));
}

#[tokio::test]
async fn a_code_by_sms_proves_the_number_once() {
    let (stage, ada) = stage().await;
    ask(&stage, by_sms()).await.unwrap();
    let sms = stage.last_message();
    let code = datum(&sms, "key");
    assert_eq!((sms.event, code.len()), (Event::MobileVerify, 5));
    assert!(matches!(prove(&stage, code_of(&ada, "0")).await, Err(VerifyContactError::Wrong)));
    prove(&stage, code_of(&ada, &code)).await.unwrap();
    assert!(stage.world.account(&ada).await.mobile.unwrap().verified_at.is_some());
    assert!(matches!(prove(&stage, code_of(&ada, &code)).await, Err(VerifyContactError::Expired)));
}

#[tokio::test]
async fn five_wrong_codes_spend_a_code_and_a_new_one_helps_when_the_account_has_room_again() {
    let (stage, ada) = stage().await;
    ask(&stage, by_sms()).await.unwrap();
    let code = datum(&stage.last_message(), "key");
    for _ in 0..5 {
        assert!(matches!(prove(&stage, code_of(&ada, "0")).await, Err(VerifyContactError::Wrong)));
        let event = stage.last_event();
        assert_eq!((event.action, event.outcome), (AuditAction::ContactVerified, Outcome::Failed));
    }
    assert!(matches!(prove(&stage, code_of(&ada, &code)).await, Err(VerifyContactError::Expired)));
    stage.world.clock.advance(Duration::from_secs(1));
    ask(&stage, by_sms()).await.unwrap();
    let early = prove(&stage, code_of(&ada, &datum(&stage.last_message(), "key"))).await;
    match early {
        Err(VerifyContactError::Throttled { retry_after }) => {
            assert_eq!(retry_after, Duration::from_secs(599));
        }
        other => panic!("expected a throttle, got {other:?}"),
    }
    stage.world.clock.advance(Duration::from_secs(599));
    prove(&stage, code_of(&ada, &datum(&stage.last_message(), "key"))).await.unwrap();
}

#[tokio::test]
async fn a_code_survives_five_guesses_even_without_a_throttle() {
    let rules = AccountRules { contact_guesses: None, ..AccountRules::default() };
    let stage = Stage::with(rules).await;
    let ada = stage.add(stage.ada()).await;
    for _ in 0..2 {
        ask(&stage, by_sms()).await.unwrap();
        for _ in 0..5 {
            assert!(matches!(prove(&stage, code_of(&ada, "0")).await, Err(VerifyContactError::Wrong)));
        }
        let spent = prove(&stage, code_of(&ada, &datum(&stage.last_message(), "key"))).await;
        assert!(matches!(spent, Err(VerifyContactError::Expired)));
        stage.world.clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn an_account_that_is_refused_verifies_nothing_and_is_sent_nothing() {
    for state in AccountState::ALL {
        let (stage, ada) = stage().await;
        ask(&stage, by_mail("ada@example.com")).await.unwrap();
        let key = datum(&stage.last_message(), "key");
        let changed = Account { state, ..ada.clone() };
        stage.world.accounts.amend(build::amended(&changed)).await.unwrap();
        let proved = prove(&stage, ContactProof::EmailKey(key)).await;
        let asked = ask(&stage, by_sms()).await.unwrap();
        assert_eq!(proved.is_ok(), state.admits(true), "{state}");
        assert_eq!(asked == ContactRequested::Sent, state.admits(true), "{state}");
    }
}

#[tokio::test]
async fn a_later_message_voids_an_earlier_one() {
    let (stage, _) = stage().await;
    ask(&stage, by_mail("ada@example.com")).await.unwrap();
    let first = datum(&stage.last_message(), "key");
    ask(&stage, by_mail("ada@example.com")).await.unwrap();
    let replaced = prove(&stage, ContactProof::EmailKey(first)).await;
    assert!(matches!(replaced, Err(VerifyContactError::Expired)));
}

#[tokio::test]
async fn nothing_is_sent_to_strangers_or_twice_proved_contacts_and_both_are_counted() {
    let (stage, _) = stage().await;
    let proved = NewAccount { email: Some(email("bob@example.com")), email_verified: true, ..stage.nobody() };
    stage.add(proved).await;
    let before = stage.store.messages().len();
    for address in ["bob@example.com", "nobody@example.com"] {
        for _ in 0..4 {
            let answer = ask(&stage, by_mail(address)).await.unwrap();
            assert_eq!(answer, ContactRequested::NothingToVerify, "{address}");
        }
        let refused = ask(&stage, by_mail(address)).await;
        assert!(matches!(refused, Err(RequestContactVerificationError::Throttled { .. })), "{address}");
    }
    assert_eq!(stage.store.messages().len(), before);
}

#[tokio::test]
async fn refuses_unknown_keys_and_codes_of_nobody() {
    let (stage, ada) = stage().await;
    let unknown = prove(&stage, ContactProof::EmailKey("x".to_owned())).await;
    assert!(matches!(unknown, Err(VerifyContactError::Wrong)));
    assert!(matches!(prove(&stage, code_of(&ada, "12345")).await, Err(VerifyContactError::Wrong)));
}
