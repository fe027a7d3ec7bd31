//! Sign-ins that halt at a challenge and go on.

use std::time::Duration;

use crate::house::{
    CHALLENGING, House, PASSWORD, client, factor_challenge, opened, password_challenge, put_into, refusal,
};
use portcullis_accounts::PasswordRecord;
use portcullis_conformance::build;
use portcullis_kernel::{AccountState, Purpose};
use portcullis_sessions::{
    AnswerFactor, AnswerFactorError, Challenge, DoorRules, OpenFor, OpenForError, SignIn, SignInOutcome,
};

async fn halted(house: &House) -> SignInOutcome {
    let attempt = SignIn { rules: CHALLENGING, ..house.attempt(PASSWORD) };
    house.sign_in(attempt).await.unwrap()
}

fn answer(house: &House, challenge: &Challenge, code: &str) -> AnswerFactor {
    AnswerFactor {
        company: house.company.id,
        typed: "Ada".to_owned(),
        challenge: challenge.token.reveal().to_owned(),
        code: code.to_owned(),
        client: client(1),
        rules: CHALLENGING,
    }
}

async fn enrolled() -> (House, Challenge) {
    let house = House::new().await;
    house.factors.enrol();
    let challenge = factor_challenge(halted(&house).await);
    (house, challenge)
}

fn temporary(password: PasswordRecord) -> PasswordRecord {
    PasswordRecord { temporary_until: Some(build::later(600)), ..password }
}

#[tokio::test]
async fn a_right_code_opens_and_spends_the_challenge() {
    let (house, challenge) = enrolled().await;
    assert_eq!(challenge.expires_at, build::later(180));
    assert_eq!(house.last_audit().2, Some("halted for a second factor"));
    let opened = opened(house.sessions.answer_factor(answer(&house, &challenge, "right")).await.unwrap());
    assert!(opened.refresh.is_some());
    assert_eq!(house.last_audit(), ("session.challenge_answered", "succeeded", None));
    let again = house.sessions.answer_factor(answer(&house, &challenge, "right")).await;
    assert!(matches!(refusal(again), AnswerFactorError::Refused));
}

#[tokio::test]
async fn a_wrong_code_leaves_the_challenge_open() {
    let (house, challenge) = enrolled().await;
    let answered = async |code| house.sessions.answer_factor(answer(&house, &challenge, code)).await;
    assert!(matches!(refusal(answered("no").await), AnswerFactorError::WrongCode));
    assert!(matches!(refusal(answered("used").await), AnswerFactorError::CodeUsed));
    assert!(matches!(refusal(answered("often").await), AnswerFactorError::Throttled { .. }));
    opened(answered("right").await.unwrap());
}

#[tokio::test]
async fn refuses_challenges_that_are_made_up_expired_or_anothers() {
    let (house, challenge) = enrolled().await;
    let good = answer(&house, &challenge, "right");
    let made_up = AnswerFactor { challenge: "made up".to_owned(), ..good.clone() };
    let anothers = AnswerFactor { typed: "ada".to_owned(), ..good.clone() };
    let elsewhere = AnswerFactor { company: build::id(), ..good.clone() };
    for command in [made_up, anothers, elsewhere] {
        assert!(matches!(refusal(house.sessions.answer_factor(command).await), AnswerFactorError::Refused));
    }
    house.world.clock.advance(Duration::from_secs(180));
    assert!(matches!(refusal(house.sessions.answer_factor(good).await), AnswerFactorError::Refused));
}

#[tokio::test]
async fn a_challenge_dies_with_the_password_that_earned_it() {
    let (house, challenge) = enrolled().await;
    house.world.accounts.set_password(build::new_password(&house.ada, "another one")).await.unwrap();
    let late = house.sessions.answer_factor(answer(&house, &challenge, "right")).await;
    assert!(matches!(refusal(late), AnswerFactorError::Refused));
}

#[tokio::test]
async fn a_challenge_dies_with_the_good_standing_of_its_account() {
    let (house, challenge) = enrolled().await;
    put_into(&house, AccountState::Banned).await;
    let late = house.sessions.answer_factor(answer(&house, &challenge, "right")).await;
    assert!(matches!(refusal(late), AnswerFactorError::Refused));
}

#[tokio::test]
async fn a_temporary_password_asks_for_a_new_one() {
    let house = House::with(|ada| ada.password = ada.password.take().map(temporary)).await;
    let challenge = password_challenge(halted(&house).await);
    let digest = challenge.token.digest();
    let pending = house.world.sign_in.pending(digest, Purpose::NewPasswordChallenge).await.unwrap().unwrap();
    assert_eq!(pending.challenge.target, None);
    assert_eq!(house.last_audit().2, Some("halted for a new password"));
}

#[tokio::test]
async fn the_second_factor_comes_before_the_new_password() {
    let house = House::with(|ada| ada.password = ada.password.take().map(temporary)).await;
    house.factors.enrol();
    let first = factor_challenge(halted(&house).await);
    let second =
        password_challenge(house.sessions.answer_factor(answer(&house, &first, "right")).await.unwrap());
    let digest = second.token.digest();
    let pending = house.world.sign_in.pending(digest, Purpose::NewPasswordChallenge).await.unwrap().unwrap();
    assert_eq!(pending.challenge.target.as_deref(), Some("factor-checked"));
    let again = house.sessions.answer_factor(answer(&house, &first, "right")).await;
    assert!(matches!(refusal(again), AnswerFactorError::Refused));
}

#[tokio::test]
async fn opens_for_an_account_that_just_set_a_password() {
    let house = House::new().await;
    let command = OpenFor {
        company: house.company.id,
        account: house.ada.id,
        factor_checked: false,
        client: client(1),
        rules: CHALLENGING,
    };
    opened(house.sessions.open_for(command.clone()).await.unwrap());
    house.factors.enrol();
    factor_challenge(house.sessions.open_for(command.clone()).await.unwrap());
    let checked = OpenFor { factor_checked: true, ..command.clone() };
    opened(house.sessions.open_for(checked).await.unwrap());
    let plain = OpenFor { rules: DoorRules { challenge_lifetime: None, ..CHALLENGING }, ..command.clone() };
    assert!(matches!(refusal(house.sessions.open_for(plain).await), OpenForError::Refused));
    let nobody = OpenFor { account: build::id(), ..command.clone() };
    assert!(matches!(refusal(house.sessions.open_for(nobody).await), OpenForError::Refused));
    for state in [AccountState::Pending, AccountState::Deleted] {
        put_into(&house, state).await;
        let answer = house.sessions.open_for(command.clone()).await;
        assert!(matches!(refusal(answer), OpenForError::Refused), "{state}");
    }
}
