//! Signing in with a password.

use std::time::Duration;

use crate::house::{
    CHALLENGING, House, OPAQUE, PASSWORD, PLAIN, client, opened, put_into, refusal, verified,
};
use portcullis_accounts::PasswordRecord;
use portcullis_conformance::{PlainHasher, build};
use portcullis_kernel::{AccountState, Client, Door};
use portcullis_sessions::{DoorRules, LookupRule, SignIn, SignInError};
use tokio::task::JoinSet;

#[tokio::test]
async fn opens_a_session_for_the_right_password() {
    let house = House::new().await;
    let opened = house.opened(OPAQUE).await;
    assert_eq!(opened.subject.id, house.ada.id);
    assert_eq!(opened.session.expires_at, Some(build::later(3_600)));
    assert_eq!(opened.session.digest, opened.credential.map(|token| token.digest()));
    assert_eq!(house.world.session(&opened.session).await, opened.session);
    assert_eq!(house.last_audit(), ("session.sign_in", "succeeded", None));
    assert_eq!(house.last_event().session, Some(opened.session.id));
}

#[tokio::test]
async fn tells_nothing_apart_for_the_same_work() {
    let house = House::with(|ada| ada.password = None).await;
    let unknown = SignIn { typed: "nobody".to_owned(), ..house.attempt(PASSWORD) };
    let unreadable = SignIn { typed: "  ".to_owned(), ..house.attempt(PASSWORD) };
    for attempt in [unknown, unreadable, house.attempt(PASSWORD)] {
        assert!(matches!(refusal(house.sign_in(attempt).await), SignInError::WrongCredentials));
    }
    assert_eq!(house.hasher.verifications(), 3);

    let house = House::new().await;
    assert!(matches!(refusal(house.sign_in(house.attempt("wrong")).await), SignInError::WrongCredentials));
    assert_eq!(house.hasher.verifications(), 1);
    assert_eq!(house.last_audit(), ("session.sign_in", "failed", Some("wrong password")));
    assert_eq!(house.last_event().account, Some(house.ada.id));
}

#[tokio::test]
async fn locks_after_six_wrong_passwords_and_opens_again_a_minute_later() {
    let house = House::new().await;
    for _ in 0..6 {
        assert!(matches!(
            refusal(house.sign_in(house.attempt("wrong")).await),
            SignInError::WrongCredentials
        ));
    }
    let SignInError::Throttled { retry_after } = refusal(house.sign_in(house.attempt(PASSWORD)).await) else {
        panic!("a right password passed a lock");
    };
    assert_eq!(retry_after, Duration::from_secs(60));
    assert_eq!(house.hasher.verifications(), 6, "no hashing while locked");
    house.world.clock.advance(retry_after);
    opened(house.sign_in(house.attempt(PASSWORD)).await.unwrap());
}

#[tokio::test]
async fn locks_identifiers_that_name_nobody_just_the_same() {
    let house = House::new().await;
    let attempt = || SignIn { typed: "nobody".to_owned(), ..house.attempt("wrong") };
    for _ in 0..6 {
        assert!(matches!(refusal(house.sign_in(attempt()).await), SignInError::WrongCredentials));
    }
    assert!(matches!(refusal(house.sign_in(attempt()).await), SignInError::Throttled { .. }));
    opened(house.sign_in(house.attempt(PASSWORD)).await.unwrap());
}

#[tokio::test]
async fn counts_one_account_under_all_its_names_and_doors() {
    let house = House::new().await;
    let email = house.ada.email.as_ref().unwrap().value.as_str().to_owned();
    for number in 0..6 {
        let typed = if number % 2 == 0 { email.clone() } else { "ADA".to_owned() };
        let client = Client { door: Door::new("rehive"), ..client(number) };
        let attempt = SignIn { typed, client, ..house.attempt("wrong") };
        assert!(matches!(refusal(house.sign_in(attempt).await), SignInError::WrongCredentials));
    }
    let attempt = SignIn { client: client(99), ..house.attempt(PASSWORD) };
    assert!(matches!(refusal(house.sign_in(attempt).await), SignInError::Throttled { .. }));
}

#[tokio::test]
async fn strangers_do_not_lock_out_a_known_device() {
    let house = House::new().await;
    opened(house.sign_in(house.attempt(PASSWORD)).await.unwrap());
    for _ in 0..7 {
        let attempt = SignIn { client: client(2), ..house.attempt("wrong") };
        refusal(house.sign_in(attempt).await);
    }
    let stranger = SignIn { client: client(3), ..house.attempt(PASSWORD) };
    assert!(matches!(refusal(house.sign_in(stranger).await), SignInError::Throttled { .. }));
    opened(house.sign_in(house.attempt(PASSWORD)).await.unwrap());
}

#[tokio::test]
async fn parallel_guesses_do_not_outrun_the_budget() {
    let house = House::new().await;
    let mut guesses = JoinSet::new();
    for _ in 0..50 {
        let (sessions, attempt) = (house.sessions.clone(), house.attempt("wrong"));
        guesses.spawn(async move { sessions.sign_in(attempt).await });
    }
    let answers = guesses.join_all().await;
    let answered = answers.iter().filter(|answer| matches!(answer, Err(SignInError::WrongCredentials)));
    assert_eq!(answered.count(), 6);
}

#[tokio::test]
async fn a_success_forgets_earlier_failures() {
    let house = House::new().await;
    for _ in 0..3 {
        for _ in 0..5 {
            refusal(house.sign_in(house.attempt("wrong")).await);
        }
        opened(house.sign_in(house.attempt(PASSWORD)).await.unwrap());
    }
}

#[tokio::test]
async fn names_the_state_only_to_who_knows_the_password() {
    for state in [AccountState::Banned, AccountState::Deleted, AccountState::Pending] {
        let house = House::with(|ada| ada.state = state).await;
        let answer = refusal(house.sign_in(house.attempt(PASSWORD)).await);
        assert!(matches!(answer, SignInError::NotAdmitted(found) if found == state));
        assert_eq!(house.last_audit(), ("session.sign_in", "denied", Some("state does not admit")));
        assert!(matches!(
            refusal(house.sign_in(house.attempt("wrong")).await),
            SignInError::WrongCredentials
        ));
    }
}

#[tokio::test]
async fn a_door_may_tell_the_state_before_the_password() {
    let house = House::with(|ada| ada.state = AccountState::Banned).await;
    let rules = DoorRules { state_first: true, ..PLAIN };
    for password in ["wrong", PASSWORD] {
        let answer = refusal(house.sign_in(SignIn { rules, ..house.attempt(password) }).await);
        assert!(matches!(answer, SignInError::NotAdmitted(AccountState::Banned)), "{password}");
    }
}

#[tokio::test]
async fn lets_pending_accounts_in_where_the_door_does() {
    let house = House::with(|ada| ada.state = AccountState::Pending).await;
    let rules = DoorRules { admit_pending: true, ..PLAIN };
    opened(house.sign_in(SignIn { rules, ..house.attempt(PASSWORD) }).await.unwrap());
}

#[tokio::test]
async fn an_account_found_under_a_name_the_door_does_not_take_is_unknown() {
    let house = House::with(|ada| ada.email = verified(ada.email.take())).await;
    let email = house.ada.email.as_ref().unwrap().value.as_str().to_owned();
    let attempt = |typed: &str, lookup| SignIn {
        typed: typed.to_owned(),
        rules: DoorRules { lookup, ..CHALLENGING },
        ..house.attempt(PASSWORD)
    };
    for (typed, lookup) in [("ada", LookupRule::ExactUsername), (email.as_str(), LookupRule::ExactUsername)] {
        let answer = refusal(house.sign_in(attempt(typed, lookup)).await);
        assert!(matches!(answer, SignInError::WrongCredentials), "{typed}");
        assert_eq!(house.last_audit().2, Some("unknown account"));
    }
    assert_eq!(house.hasher.for_nobody(), 2);
    opened(house.sign_in(attempt(&email, LookupRule::ExactUsernameOrVerifiedEmail)).await.unwrap());
    opened(house.sign_in(attempt("Ada", LookupRule::ExactUsername)).await.unwrap());
}

#[tokio::test]
async fn a_temporary_password_past_its_time_is_wrong_and_counted() {
    let lapsed = |password: PasswordRecord| PasswordRecord { temporary_until: Some(build::NOW), ..password };
    let house = House::with(|ada| ada.password = ada.password.take().map(lapsed)).await;
    for _ in 0..6 {
        let answer = refusal(house.sign_in(house.attempt(PASSWORD)).await);
        assert!(matches!(answer, SignInError::WrongCredentials));
    }
    assert_eq!(house.hasher.verifications(), 6);
    assert!(matches!(refusal(house.sign_in(house.attempt(PASSWORD)).await), SignInError::Throttled { .. }));
}

#[tokio::test]
async fn a_door_without_challenges_refuses_expired_and_temporary_passwords() {
    let expired = |password: PasswordRecord| PasswordRecord { expires_at: Some(build::NOW), ..password };
    let temporary =
        |password: PasswordRecord| PasswordRecord { temporary_until: Some(build::later(60)), ..password };
    for change in [expired, temporary] {
        let house = House::with(|ada| ada.password = ada.password.take().map(change)).await;
        let answer = refusal(house.sign_in(house.attempt(PASSWORD)).await);
        assert!(matches!(answer, SignInError::PasswordExpired));
        assert_eq!(house.last_audit(), ("session.sign_in", "denied", Some("password expired")));
    }
}

#[tokio::test]
async fn a_door_without_challenges_takes_the_second_factor_with_the_password() {
    let house = House::new().await;
    house.factors.enrol();
    let attempt = |code: Option<&str>, password| SignIn {
        second_factor: code.map(str::to_owned),
        ..house.attempt(password)
    };
    let answer = async |code, password| refusal(house.sign_in(attempt(code, password)).await);
    assert!(matches!(answer(None, PASSWORD).await, SignInError::SecondFactorRequired));
    assert!(matches!(answer(Some("no"), PASSWORD).await, SignInError::WrongSecondFactor));
    assert!(matches!(answer(Some("used"), PASSWORD).await, SignInError::SecondFactorUsed));
    assert!(matches!(answer(Some("often"), PASSWORD).await, SignInError::Throttled { .. }));
    assert!(matches!(answer(Some("right"), "wrong").await, SignInError::WrongCredentials));
    opened(house.sign_in(attempt(Some("right"), PASSWORD)).await.unwrap());
    assert_eq!(house.last_audit(), ("session.sign_in", "succeeded", Some("second factor")));
}

#[tokio::test]
async fn replaces_an_outdated_hash() {
    let old = |password| PasswordRecord { hash: PlainHasher::outdated(PASSWORD), ..password };
    let house = House::with(|ada| ada.password = ada.password.take().map(old)).await;
    opened(house.sign_in(house.attempt(PASSWORD)).await.unwrap());
    assert!(house.world.hash(&house.ada).await == Some(PlainHasher::up_to_date(PASSWORD)));
    opened(house.sign_in(house.attempt(PASSWORD)).await.unwrap());
    assert_eq!(house.hasher.hashes(), 1);
}

#[tokio::test]
async fn an_outage_is_not_a_wrong_password() {
    let house = House::new().await;
    house.store.set_unavailable(true);
    assert!(matches!(refusal(house.sign_in(house.attempt(PASSWORD)).await), SignInError::Port(_)));
    house.store.set_unavailable(false);
    put_into(&house, AccountState::Locked).await;
    assert!(matches!(
        refusal(house.sign_in(house.attempt(PASSWORD)).await),
        SignInError::NotAdmitted(AccountState::Locked)
    ));
}
