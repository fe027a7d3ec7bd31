use portcullis_accounts::Account;
use portcullis_conformance::build;
use portcullis_kernel::{AccountId, AccountState, Event, SessionSweep};
use portcullis_password_reset::{CompleteByToken, CompleteByTokenError, Ineligible, RequestToken, Requested};

use crate::stage::{HOUR, NEW, Stage, datum, email, password, username};

fn ask(stage: &Stage, typed: &str, event: Event) -> RequestToken {
    RequestToken {
        company: stage.company.id,
        typed: typed.to_owned(),
        lifetime: HOUR,
        event,
        base_url: None,
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
    let command = CompleteByToken {
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
    let url = format!("https://id.example/password/reset/confirm/?token={token}");
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
