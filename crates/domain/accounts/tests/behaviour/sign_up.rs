//! Signing up, and confirming by a signed token.

use std::time::Duration;

use portcullis_accounts::{
    Account, ConfirmByToken, ConfirmByTokenError, ConfirmationLetter, SendConfirmation, SignUp, SignUpError,
    SignUpFault,
};
use portcullis_conformance::build;
use portcullis_kernel::{AccountState, Event, Password, Role, Token};

use crate::stage::{PASSWORD, Stage};

const HOUR: Duration = Duration::from_secs(3_600);

fn bob(stage: &Stage) -> SignUp {
    SignUp {
        company: stage.company.clone(),
        email: "bob@example.com".to_owned(),
        password: Some(Password::parse(PASSWORD).unwrap()),
        username: None,
        referral: None,
        data: None,
        first_is_superadmin: false,
        client: build::client(),
    }
}

fn letter() -> ConfirmationLetter {
    let page = "https://app.example/confirmation".to_owned();
    ConfirmationLetter { token: "a.b.c".to_owned(), page, lifetime: HOUR }
}

async fn signed_up(stage: &Stage, command: SignUp) -> Account {
    let draft = stage.accounts.prepare_sign_up(command).await.unwrap();
    stage.accounts.sign_up(draft, Some(letter()), build::client()).await.unwrap()
}

fn confirm(stage: &Stage, nonce: &str) -> ConfirmByToken {
    ConfirmByToken {
        company: stage.company.clone(),
        email: "BOB@example.com".to_owned(),
        nonce: Token::from_text(nonce),
        valid: (build::NOW, build::NOW.plus(HOUR)),
        client: build::client(),
    }
}

#[tokio::test]
async fn the_account_and_its_letter_are_written_together() {
    let stage = Stage::new().await;
    let account = signed_up(&stage, bob(&stage)).await;
    assert_eq!((account.state, &account.role), (AccountState::Pending, &Role::default()));
    let mail = stage.last_message();
    assert_eq!(mail.event, Event::AccountConfirm);
    assert!(mail.text.contains("https://app.example/confirmation?confirmation_token=a.b.c&lang=en"));
    assert_eq!(stage.last_event().detail, Some("registered"));
}

#[tokio::test]
async fn what_the_door_objects_to_is_named_last() {
    let stage = Stage::new().await;
    let data = Some("{".to_owned());
    let command = SignUp { email: "none".to_owned(), username: Some("x".to_owned()), data, ..bob(&stage) };
    let refused = stage.accounts.prepare_sign_up(command).await;
    let Err(SignUpError::Refused(faults)) = refused else { panic!("signed up") };
    assert_eq!(faults, [SignUpFault::EmailInvalid, SignUpFault::UsernameTooShort, SignUpFault::DataInvalid]);
    assert_eq!(stage.hasher.hashes(), 0);
}

#[tokio::test]
async fn a_referral_is_of_the_same_company() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    let referred = signed_up(&stage, SignUp { referral: Some(ada.uid.clone()), ..bob(&stage) }).await;
    assert_eq!(referred.referral, Some(ada.uid));
    let elsewhere = stage.world.new_account().await;
    let refused =
        stage.accounts.prepare_sign_up(SignUp { referral: Some(elsewhere.uid), ..bob(&stage) }).await;
    assert!(matches!(refused, Err(SignUpError::UnknownReferral)));
}

#[tokio::test]
async fn only_the_first_account_becomes_superadmin() {
    let stage = Stage::new().await;
    let first = SignUp { first_is_superadmin: true, ..bob(&stage) };
    let draft = stage.accounts.prepare_sign_up(first).await.unwrap();
    assert!(!draft.needs_confirmation());
    let first = stage.accounts.sign_up(draft, None, build::client()).await.unwrap();
    assert_eq!((first.state, first.role.as_str(), first.level()), (AccountState::Active, "superadmin", 1));
    let second = SignUp { first_is_superadmin: true, email: "carol@example.com".to_owned(), ..bob(&stage) };
    assert_eq!(signed_up(&stage, second).await.role, Role::default());
}

#[tokio::test]
async fn of_two_who_would_be_first_one_is_and_the_other_asks_again() {
    let stage = Stage::new().await;
    let ambitious =
        |email: &str| SignUp { first_is_superadmin: true, email: email.to_owned(), ..bob(&stage) };
    let [one, other] = ["one@example.com", "other@example.com"].map(ambitious);
    let early = stage.accounts.prepare_sign_up(one).await.unwrap();
    let late = stage.accounts.prepare_sign_up(other.clone()).await.unwrap();
    assert!(!late.needs_confirmation());
    stage.accounts.sign_up(early, None, build::client()).await.unwrap();
    let refused = stage.accounts.sign_up(late, None, build::client()).await;
    assert!(matches!(refused, Err(SignUpError::Overtaken)));
    assert!(stage.accounts.prepare_sign_up(other).await.unwrap().needs_confirmation());
}

#[tokio::test]
async fn a_token_confirms_a_pending_account_once() {
    let stage = Stage::new().await;
    let account = signed_up(&stage, bob(&stage)).await;
    assert_eq!(stage.accounts.confirm_by_token(confirm(&stage, "one")).await.unwrap(), account.id);
    assert!(stage.world.account(&account).await.email.unwrap().verified_at.is_some());
    // Labels mean nothing in this company, so the account still waits.
    let again = stage.accounts.confirm_by_token(confirm(&stage, "one")).await;
    assert!(matches!(again, Err(ConfirmByTokenError::Used)));
    assert!(stage.accounts.confirm_by_token(confirm(&stage, "two")).await.is_ok());
    let nobody = ConfirmByToken { email: "nobody@example.com".to_owned(), ..confirm(&stage, "three") };
    let refused = stage.accounts.confirm_by_token(nobody).await;
    assert!(matches!(refused, Err(ConfirmByTokenError::NotPending)));
}

#[tokio::test]
async fn only_pending_accounts_are_sent_a_token() {
    let stage = Stage::new().await;
    stage.add(stage.ada()).await;
    signed_up(&stage, bob(&stage)).await;
    let ask = |email: &str| SendConfirmation {
        company: stage.company.clone(),
        email: email.to_owned(),
        letter: letter(),
        quotas: Vec::new(),
        client: build::client(),
    };
    let sent = stage.store.messages().len();
    for email in ["ada@example.com", "nobody@example.com", "no address"] {
        stage.accounts.send_confirmation(ask(email)).await.unwrap();
        assert_eq!(stage.last_event().detail, Some("nothing to verify"));
    }
    assert_eq!(stage.store.messages().len(), sent);
    stage.accounts.send_confirmation(ask("Bob@example.com")).await.unwrap();
    assert_eq!(stage.store.messages().len(), sent + 1);
}
