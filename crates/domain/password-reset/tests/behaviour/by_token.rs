use portcullis_accounts::Account;
use portcullis_conformance::build;
use portcullis_kernel::{AccountId, AccountState, Event, Recipient, SessionSweep};
use portcullis_password_reset::{
    CompleteByToken, CompleteByTokenError, Ineligible, RequestResetError, RequestToken, Requested,
};

use crate::stage::{HOUR, NEW, Stage, datum, email, password, username};

fn ask(stage: &Stage, typed: &str, event: Event) -> RequestToken {
    RequestToken {
        company: Some(stage.company.id),
        company_typed: stage.company.slug.as_str().to_owned(),
        typed: typed.to_owned(),
        lifetime: HOUR,
        event,
        base_url: None,
        first_base_url: None,
        carried: None,
        force: true,
        client: build::client(),
    }
}

async fn token_for(stage: &Stage, account: &Account) -> String {
    let command = ask(stage, username(account), Event::PasswordResetToken);
    assert_eq!(stage.resets.request_token(command).await.unwrap(), Requested::Sent);
    datum(&stage.last_message(), "token")
}

async fn complete(stage: &Stage, token: &str, new: &str) -> Result<AccountId, CompleteByTokenError> {
    complete_as(stage, None, token, new).await
}

async fn complete_as(
    stage: &Stage,
    uid: Option<&str>,
    token: &str,
    new: &str,
) -> Result<AccountId, CompleteByTokenError> {
    let command = CompleteByToken {
        uid: uid.map(str::to_owned),
        token: token.to_owned(),
        password: password(new),
        sweep: SessionSweep::ALL,
        client: build::client(),
    };
    stage.resets.complete_by_token(command).await
}

#[tokio::test]
async fn a_token_sets_a_new_password_once() {
    let (stage, ada) = Stage::with_ada().await;
    let session = stage.world.new_session(&ada).await;
    let token = token_for(&stage, &ada).await;
    assert!(matches!(complete(&stage, &token, "x").await, Err(CompleteByTokenError::Weak(_))));
    assert_eq!(complete(&stage, &token, NEW).await.unwrap(), ada.id);
    assert!(stage.has_new_password(&ada).await);
    assert!(stage.world.session(&session).await.ended_at.is_some());
    assert!(matches!(complete(&stage, &token, NEW).await, Err(CompleteByTokenError::Used)));
}

#[tokio::test]
async fn refuses_unknown_late_and_replaced_tokens() {
    let (stage, ada) = Stage::with_ada().await;
    assert!(matches!(complete(&stage, "x", NEW).await, Err(CompleteByTokenError::Unknown)));
    let first = token_for(&stage, &ada).await;
    let second = token_for(&stage, &ada).await;
    assert!(matches!(complete(&stage, &first, NEW).await, Err(CompleteByTokenError::Used)));
    stage.world.clock.advance(HOUR);
    assert!(matches!(complete(&stage, &second, NEW).await, Err(CompleteByTokenError::Expired)));
}

#[tokio::test]
async fn links_carry_what_their_event_promises() {
    let (stage, ada) = Stage::with_ada().await;
    let token = token_for(&stage, &ada).await;
    let mail = stage.last_message();
    assert_eq!(mail.data.keys().collect::<Vec<_>>(), ["token", "url"]);
    let url = format!("https://id.example/password/reset/confirm/?reset_token={token}&lang=en");
    assert_eq!(datum(&mail, "url"), url);
    assert!(mail.text.contains(&url));

    let command = RequestToken {
        base_url: Some("https://app.example/reset?lang=en".to_owned()),
        ..ask(&stage, email(&ada), Event::PasswordResetLink)
    };
    stage.resets.request_token(command).await.unwrap();
    let mail = stage.last_message();
    assert_eq!(mail.event, Event::PasswordResetLink);
    assert_eq!(mail.data.keys().collect::<Vec<_>>(), ["force", "token", "uid", "url", "user"]);
    assert_eq!(datum(&mail, "force"), "true");
    assert!(datum(&mail, "url").starts_with("https://app.example/reset?lang=en&uid="));
}

#[tokio::test]
async fn an_account_without_a_password_is_invited_to_set_its_first() {
    let stage = Stage::new().await;
    let account = Account { password: None, ..stage.ada() };
    stage.world.add_account(&account).await;
    let command = ask(&stage, username(&account), Event::PasswordResetLink);
    stage.resets.request_token(command).await.unwrap();
    assert_eq!(stage.last_message().event, Event::PasswordSetLink);
}

#[tokio::test]
async fn accounts_at_rest_may_reset_and_refused_ones_may_not() {
    for (state, refused) in [
        (AccountState::Active, false),
        (AccountState::Pending, false),
        (AccountState::Deactivated, false),
        (AccountState::Locked, true),
        (AccountState::Banned, true),
        (AccountState::Deleted, true),
    ] {
        let (stage, ada) = Stage::with_ada().await;
        let token = token_for(&stage, &ada).await;
        let changed = Account { state, ..ada.clone() };
        stage.world.accounts.amend(build::amended(&changed)).await.unwrap();
        if refused {
            let late = complete(&stage, &token, NEW).await;
            assert!(matches!(late, Err(CompleteByTokenError::Unknown)), "{state}");
            let command = ask(&stage, username(&ada), Event::PasswordResetToken);
            let answer = stage.resets.request_token(command).await.unwrap();
            assert_eq!(answer, Requested::NobodyEligible(Ineligible::Disabled), "{state}");
        } else {
            assert!(complete(&stage, &token, NEW).await.is_ok(), "{state}");
        }
    }
}

#[tokio::test]
async fn a_link_that_names_its_account_is_refused_for_any_other() {
    let (stage, ada) = Stage::with_ada().await;
    let bob = stage.world.new_colleague(&ada).await.id.to_string();
    let token = token_for(&stage, &ada).await;
    let nobody = "0191d3f0-0000-7000-8000-000000000001";
    for uid in ["", "x", nobody] {
        let refused = complete_as(&stage, Some(uid), &token, NEW).await;
        assert!(matches!(refused, Err(CompleteByTokenError::UnknownUid)), "{uid}");
    }
    let ada = ada.id.to_string();
    for (uid, token) in [(bob.as_str(), token.as_str()), (ada.as_str(), "x")] {
        let refused = complete_as(&stage, Some(uid), token, NEW).await;
        assert!(matches!(refused, Err(CompleteByTokenError::Unknown)), "{uid}");
    }
    complete_as(&stage, Some(&ada), &token, NEW).await.unwrap();
}

#[tokio::test]
async fn an_account_that_has_a_mobile_only_gets_its_link_by_sms() {
    let stage = Stage::new().await;
    let account = Account { email: None, ..stage.ada() };
    stage.world.add_account(&account).await;
    let command = ask(&stage, username(&account), Event::PasswordResetLink);
    assert_eq!(stage.resets.request_token(command).await.unwrap(), Requested::Sent);
    let sms = stage.last_message();
    assert_eq!(sms.recipient, Recipient::Sms(account.mobile.unwrap().value));
    assert!(!datum(&sms, "url").contains("email=") && sms.text.contains(&datum(&sms, "url")));
}

#[tokio::test]
async fn a_first_password_has_a_page_of_its_own() {
    let stage = Stage::new().await;
    let account = Account { password: None, ..stage.ada() };
    stage.world.add_account(&account).await;
    for (first, expected) in
        [(Some("https://x.example/set"), "https://x.example/set?"), (None, "https://x.example/reset?")]
    {
        let command = RequestToken {
            base_url: Some("https://x.example/reset".to_owned()),
            first_base_url: first.map(str::to_owned),
            ..ask(&stage, username(&account), Event::PasswordResetLink)
        };
        stage.resets.request_token(command).await.unwrap();
        assert!(datum(&stage.last_message(), "url").starts_with(expected));
    }
}

#[tokio::test]
async fn requests_are_counted_by_name_whoever_answers_to_it() {
    let (stage, ada) = Stage::with_ada().await;
    let mobile = ada.mobile.as_ref().unwrap().value.as_str();
    let spaced = format!("{} {}", &mobile[..3], &mobile[3..]);
    let loud = username(&ada).to_uppercase();
    let nowhere = RequestToken { company: None, ..ask(&stage, "ada", Event::PasswordResetLink) };
    for (names, company) in [
        ([username(&ada), loud.as_str()], Some(stage.company.id)),
        (["+27829999999", "+27 (82) 999-9999"], Some(stage.company.id)),
        (["ada@nowhere.example", "ADA@nowhere.example"], None),
    ] {
        let ask = |typed: &str| RequestToken { company, typed: typed.to_owned(), ..nowhere.clone() };
        for number in 0..4 {
            stage.resets.request_token(ask(names[number % 2])).await.unwrap();
        }
        for name in names {
            let refused = stage.resets.request_token(ask(name)).await;
            assert!(matches!(refused, Err(RequestResetError::Throttled { .. })), "{name}");
        }
    }
    let sent = stage.store.messages().len();
    let other_name = ask(&stage, &spaced, Event::PasswordResetLink);
    let answer = stage.resets.request_token(other_name).await.unwrap();
    assert_eq!(answer, Requested::NobodyEligible(Ineligible::EnoughSent));
    assert_eq!(stage.store.messages().len(), sent);
}
