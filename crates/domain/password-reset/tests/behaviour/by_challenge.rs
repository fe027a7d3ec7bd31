use std::time::Duration;

use portcullis_accounts::Account;
use portcullis_conformance::build;
use portcullis_kernel::{AccountState, Effects, FACTOR_CHECKED, OneTime, Purpose, Throttle};
use portcullis_password_reset::{CompleteChallenge, CompleteChallengeError, ForcedReset};

use crate::stage::{NEW, Stage, email, password, username};

/// A sign-in that halted because the password must be replaced: its challenge.
async fn halted(stage: &Stage, account: &Account, target: Option<&str>) -> String {
    let (challenge, token) = build::token(account, Purpose::NewPasswordChallenge);
    let write = portcullis_sessions::HaltSignIn {
        challenge: OneTime { target: target.map(str::to_owned), ..challenge },
        consumes: None,
        throttle: Throttle::default(),
        effects: Effects::default(),
    };
    stage.world.sign_in.halt(write).await.unwrap();
    token.reveal().to_owned()
}

async fn answer(
    stage: &Stage,
    typed: &str,
    challenge: &str,
    new: &str,
) -> Result<ForcedReset, CompleteChallengeError> {
    let command = CompleteChallenge {
        company: stage.company.id,
        typed: typed.to_owned(),
        challenge: challenge.to_owned(),
        password: password(new),
        client: build::client(),
    };
    stage.resets.complete_challenge(command).await
}

#[tokio::test]
async fn a_temporary_password_is_replaced_and_the_sign_in_may_go_on() {
    let stage = Stage::new().await;
    let mut ada = stage.ada();
    ada.password.as_mut().unwrap().temporary_until = Some(build::later(60));
    stage.world.add_account(&ada).await;
    let session = stage.world.new_session(&ada).await;
    let challenge = halted(&stage, &ada, None).await;
    let weak = answer(&stage, username(&ada), &challenge, "x").await;
    assert!(matches!(weak, Err(CompleteChallengeError::Weak(_))));

    let done = answer(&stage, username(&ada), &challenge, NEW).await.unwrap();
    assert_eq!(done, ForcedReset { account: ada.id, factor_checked: false });
    assert!(stage.has_new_password(&ada).await);
    assert_eq!(stage.world.account(&ada).await.password.unwrap().temporary_until, None);
    assert!(stage.world.session(&session).await.ended_at.is_some());
    let again = answer(&stage, username(&ada), &challenge, NEW).await;
    assert!(matches!(again, Err(CompleteChallengeError::Refused)));
}

#[tokio::test]
async fn a_factor_checked_before_is_remembered() {
    let (stage, ada) = Stage::with_ada().await;
    let challenge = halted(&stage, &ada, Some(FACTOR_CHECKED)).await;
    assert!(answer(&stage, email(&ada), &challenge, NEW).await.unwrap().factor_checked);
}

#[tokio::test]
async fn refuses_another_name_an_unproved_address_and_another_company() {
    let stage = Stage::new().await;
    let mut ada = stage.ada();
    ada.email.as_mut().unwrap().verified_at = None;
    stage.world.add_account(&ada).await;
    let challenge = halted(&stage, &ada, None).await;
    let upper = username(&ada).to_uppercase();
    for typed in [upper.as_str(), email(&ada), "bob", ""] {
        let refused = answer(&stage, typed, &challenge, NEW).await;
        assert!(matches!(refused, Err(CompleteChallengeError::Refused)), "{typed}");
    }
    let company = stage.world.new_company().await.id;
    let elsewhere = CompleteChallenge {
        company,
        typed: username(&ada).to_owned(),
        challenge: challenge.clone(),
        password: password(NEW),
        client: build::client(),
    };
    let refused = stage.resets.complete_challenge(elsewhere).await;
    assert!(matches!(refused, Err(CompleteChallengeError::Refused)));
    assert!(answer(&stage, username(&ada), &challenge, NEW).await.is_ok(), "and it was not used up");
}

#[tokio::test]
async fn refuses_late_and_unknown_challenges_and_disabled_accounts() {
    let (stage, ada) = Stage::with_ada().await;
    let unknown = answer(&stage, username(&ada), "x", NEW).await;
    assert!(matches!(unknown, Err(CompleteChallengeError::Refused)));

    let challenge = halted(&stage, &ada, None).await;
    stage.world.clock.advance(Duration::from_secs(600));
    let late = answer(&stage, username(&ada), &challenge, NEW).await;
    assert!(matches!(late, Err(CompleteChallengeError::Refused)));

    stage.world.clock.set(build::NOW);
    let banned = Account { state: AccountState::Banned, ..ada.clone() };
    stage.world.accounts.amend(build::amended(&banned)).await.unwrap();
    let shut = answer(&stage, username(&ada), &challenge, NEW).await;
    assert!(matches!(shut, Err(CompleteChallengeError::Refused)));
    assert!(!stage.has_new_password(&ada).await);
}

#[tokio::test]
async fn a_reset_voids_open_challenges() {
    let (stage, ada) = Stage::with_ada().await;
    let challenge = halted(&stage, &ada, None).await;
    let code = stage.code_for(&ada).await;
    stage.complete(username(&ada), &code).await.unwrap();
    let void = answer(&stage, username(&ada), &challenge, "third-Horse-9").await;
    assert!(matches!(void, Err(CompleteChallengeError::Refused)));
}
