//! What is read and written, in which order, and what happens when a port fails; seen through mocks.

use std::sync::Arc;
use std::time::Duration;

use portcullis_kernel::{
    AccountId, AccountState, Ambient, Client, Code, CompanyId, CompanySlug, Email, FreshId, MockClock,
    MockEntropy, MockPasswordHasher, OneTime, OneTimeId, OneTimeSecret, Password, PasswordHash, PolicyName,
    PortError, Purpose, SessionSweep, Spending, Timestamp, Username,
};

use crate::{
    CompleteByCode, CompleteByCodeError, Completion, MockResetStore, PasswordResets, RequestCode,
    RequestResetError, Requested, ResetLookup, ResetRules, ResetSubject,
};

const NOW: Timestamp = Timestamp::from_seconds(1_000);
const HOUR: Duration = Duration::from_secs(3_600);

fn entropy() -> MockEntropy {
    let mut entropy = MockEntropy::new();
    entropy.expect_fill().returning(|buffer| buffer.fill(1));
    entropy
}

fn id<T: FreshId>() -> T {
    T::fresh(NOW, &entropy())
}

fn resets(store: MockResetStore, hasher: MockPasswordHasher) -> PasswordResets {
    let mut clock = MockClock::new();
    clock.expect_now().return_const(NOW);
    let ambient = Ambient::new(Arc::new(clock), Arc::new(entropy()));
    PasswordResets::new(Arc::new(store), Arc::new(hasher), ambient, ResetRules::default())
}

fn subject() -> ResetSubject {
    ResetSubject {
        account: id(),
        company: id(),
        company_slug: CompanySlug::parse("default").unwrap(),
        company_name: "Default".to_owned(),
        policy: PolicyName::Standard,
        state: AccountState::Active,
        username: Some(Username::parse("ada").unwrap()),
        email: Some(Email::parse("ada@example.com").unwrap()),
        email_verified: true,
        mobile: None,
        has_password: true,
        has_temporary_password: false,
    }
}

fn code() -> OneTime {
    let owner = (id::<CompanyId>(), id::<AccountId>());
    let secret = OneTimeSecret::Code(Code::from_text("123456"));
    OneTime::issue(id::<OneTimeId>(), owner, Purpose::ResetPassword, secret, (NOW, HOUR))
}

fn knowing_ada() -> MockResetStore {
    let mut store = MockResetStore::new();
    store.expect_subject().times(1).returning(|_, _| Ok(Some(subject())));
    store.expect_latest_code().times(1).returning(|_| Ok(Some(code())));
    store
}

fn hashing() -> MockPasswordHasher {
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_hash().times(1).returning(|_, _| Ok(PasswordHash::from_text("hash")));
    hasher
}

fn request(typed: &str) -> RequestCode {
    RequestCode {
        company: id(),
        typed: typed.to_owned(),
        lookup: ResetLookup::ExactUsernameOrVerifiedEmail,
        lifetime: HOUR,
        client: Client::operator(),
    }
}

fn confirm(code: &str) -> CompleteByCode {
    CompleteByCode {
        company: id(),
        typed: "ada".to_owned(),
        lookup: ResetLookup::ExactUsernameOrVerifiedEmail,
        code: code.to_owned(),
        password: Password::parse("another-Horse-8").unwrap(),
        sweep: SessionSweep::ALL,
        client: Client::operator(),
    }
}

#[tokio::test]
async fn an_outage_at_the_look_up_is_the_answer_and_nothing_else_is_called() {
    let mut store = MockResetStore::new();
    store.expect_subject().times(2).returning(|_, _| Err(PortError::unavailable("away")));
    let resets = resets(store, MockPasswordHasher::new());
    let asked = resets.request_code(request("ada")).await;
    assert!(matches!(asked, Err(RequestResetError::Port(PortError::Unavailable(_)))));
    let confirmed = resets.complete_by_code(confirm("123456")).await;
    assert!(matches!(confirmed, Err(CompleteByCodeError::Port(PortError::Unavailable(_)))));
}

#[tokio::test]
async fn an_overloaded_hasher_leaves_the_code_unused() {
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_hash().returning(|_, _| Err(PortError::Overloaded { retry_after: HOUR }));
    let refused = resets(knowing_ada(), hasher).complete_by_code(confirm("123456")).await;
    assert!(matches!(refused, Err(CompleteByCodeError::Port(PortError::Overloaded { .. }))));
}

#[tokio::test]
async fn a_stranger_costs_one_look_up_and_one_write_like_anybody() {
    let mut store = MockResetStore::new();
    store.expect_subject().times(1).returning(|_, _| Ok(None));
    store
        .expect_issue()
        .withf(|write| {
            write.secret.is_none() && write.effects.messages.is_empty() && write.throttle.charge.len() == 1
        })
        .times(1)
        .returning(|_| Ok(Spending::Within));
    let answer = resets(store, MockPasswordHasher::new()).request_code(request("bob")).await.unwrap();
    assert!(matches!(answer, Requested::NobodyEligible(_)));
}

#[tokio::test]
async fn a_code_for_a_stranger_is_looked_up_all_the_same() {
    let mut store = MockResetStore::new();
    store.expect_subject().times(1).returning(|_, _| Ok(None));
    store.expect_latest_code().times(1).returning(|_| Ok(None));
    store.expect_reject().times(1).returning(|_| Ok(Spending::Within));
    let refused = resets(store, MockPasswordHasher::new()).complete_by_code(confirm("123456")).await;
    assert!(matches!(refused, Err(CompleteByCodeError::WrongCode)));
}

#[tokio::test]
async fn a_wrong_code_is_charged_to_the_account_and_to_the_code() {
    let mut store = knowing_ada();
    store
        .expect_reject()
        .withf(|write| {
            write.code == Some(code().id)
                && write.throttle.charge.len() == 2
                && write.throttle.charge == write.throttle.within
        })
        .times(1)
        .returning(|_| Ok(Spending::Within));
    let refused = resets(store, MockPasswordHasher::new()).complete_by_code(confirm("654321")).await;
    assert!(matches!(refused, Err(CompleteByCodeError::WrongCode)));
}

#[tokio::test]
async fn a_right_code_is_refused_by_its_write_set_once_the_budgets_ran_out_meanwhile() {
    let mut store = knowing_ada();
    store
        .expect_complete()
        .withf(|write| {
            write.throttle.within.len() == 2
                && write.throttle.charge.is_empty()
                && write.throttle.clear.len() == 2
        })
        .times(1)
        .returning(|_| Ok(Completion::Exhausted { retry_after: HOUR }));
    let refused = resets(store, hashing()).complete_by_code(confirm("123456")).await;
    assert!(matches!(refused, Err(CompleteByCodeError::Throttled { retry_after: HOUR })));
}

#[tokio::test]
async fn a_code_used_meanwhile_has_expired() {
    let mut store = knowing_ada();
    store.expect_complete().times(1).returning(|_| Ok(Completion::AlreadyUsed));
    let refused = resets(store, hashing()).complete_by_code(confirm("123456")).await;
    assert!(matches!(refused, Err(CompleteByCodeError::Expired)));
}
