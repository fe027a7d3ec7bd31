//! [`portcullis_mfa::AuthenticatorStore`]: enrol, list, remove, and the codes that are sent.

use std::time::Duration;

use portcullis_accounts::Account;
use portcullis_kernel::{Code, Effects, FactorSet, OneTime, Purpose, Secret, Spending};
use portcullis_mfa::{
    Authenticator, Enrol, Factor, IssueCode, OtpAlgorithm, RecoveryCode, RejectProof, RemoveAuthenticator,
    Totp,
};

use crate::build::{self, NOW, later};
use crate::{World, assert_same, race};

async fn list(world: &World, account: &Account) -> Vec<Authenticator> {
    world.authenticators.list(account.id).await.unwrap()
}

fn verified(authenticator: Authenticator) -> Authenticator {
    Authenticator { verified_at: Some(later(3)), ..authenticator }
}

fn remove(account: &Account, authenticator: &Authenticator) -> RemoveAuthenticator {
    let (account, authenticator) = (account.id, authenticator.id);
    RemoveAuthenticator {
        account,
        authenticator,
        left: FactorSet::NONE,
        at: later(2),
        effects: Effects::default(),
    }
}

pub async fn reads_back_every_field(world: World) {
    let account = world.new_account().await;
    let totp = |algorithm, last_step| {
        let secret = Secret::new("A".repeat(128));
        build::authenticator(&account, Factor::Totp(Totp { secret, algorithm, last_step }))
    };
    let code = |text, used_at| RecoveryCode { code: Code::from_text(text), used_at };
    let codes = vec![code("zz-9", None), code("aa-1", Some(later(8))), code("mm-5", None)];
    let named = Authenticator { name: build::UNICODE.to_owned(), ..build::sms(&account) };
    let authenticators = [
        totp(OtpAlgorithm::Sha1, None),
        totp(OtpAlgorithm::Sha256, Some(0)),
        totp(OtpAlgorithm::Sha512, Some(58_818_150)),
        named,
        build::authenticator(&account, Factor::Static { codes }),
    ];
    for (age, authenticator) in (1..).zip(authenticators) {
        let created_at = later(age);
        let authenticator = verified(Authenticator { created_at, updated_at: later(90), ..authenticator });
        let enrol = build::enrol(&authenticator);
        let act = async |effects| world.authenticators.enrol(Enrol { effects, ..enrol }).await;
        world.written(act).await;
        assert_same(list(&world, &account).await.last().unwrap(), &authenticator);
    }
}

pub async fn lists_the_account_s_own_oldest_first(world: World) {
    let account = world.new_account().await;
    world.enrol(&build::sms(&world.new_colleague(&account).await)).await;
    assert!(list(&world, &account).await.is_empty());
    let at = |age, authenticator| Authenticator { created_at: later(age), ..authenticator };
    let [two, three, one] = [
        at(2, build::totp(&account)),
        at(3, build::sms(&account)),
        at(1, build::recovery_codes(&account, &["1"])),
    ];
    for authenticator in [&two, &three, &one] {
        world.enrol(authenticator).await;
    }
    assert_same(&list(&world, &account).await, &vec![one, two, three]);
}

pub async fn enrolling_replaces_unverified_ones_of_its_kind(world: World) {
    let account = world.new_account().await;
    let other = world.new_colleague(&account).await;
    let (foreign, kept) = (build::totp(&other), verified(build::totp(&account)));
    let unverified = [build::totp(&account), build::sms(&account), build::recovery_codes(&account, &["1"])];
    for authenticator in [&foreign, &kept].into_iter().chain(&unverified) {
        world.enrol(authenticator).await;
    }
    let [_, sms, codes] = unverified;
    let newest = build::totp(&account);
    world.enrol(&newest).await;
    let mut found: Vec<_> = list(&world, &account).await.iter().map(|own| own.id).collect();
    found.sort();
    let mut expected = [kept.id, sms.id, codes.id, newest.id];
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(list(&world, &other).await.len(), 1);
}

pub async fn a_failing_enrolment_leaves_nothing(world: World) {
    let account = world.new_account().await;
    let earlier = build::totp(&account);
    world.enrol(&earlier).await;
    let enrol = build::enrol(&build::totp(&account));
    world.failed(async |effects| world.authenticators.enrol(Enrol { effects, ..enrol }).await).await;
    assert_same(&list(&world, &account).await, &vec![earlier]);
}

pub async fn enrolling_keeps_the_code_that_is_sent(world: World) {
    let account = world.new_account().await;
    let phone = build::sms(&account);
    let code = build::factor_code(&account, &phone, "123456").code;
    let enrol = Enrol { code: Some(code.clone()), ..build::enrol(&phone) };
    assert_eq!(world.authenticators.enrol(enrol).await.unwrap(), Spending::Within);
    assert_same(&latest(&world, &phone).await.unwrap(), &code);
}

pub async fn an_exhausted_budget_enrols_nothing(world: World) {
    let account = world.new_account().await;
    let earlier = build::totp(&account);
    world.enrol(&earlier).await;
    let phone = build::sms(&account);
    let code = build::factor_code(&account, &phone, "123456").code;
    for budget in [world.budget(1, 1).await, world.budget(2, 2).await] {
        let throttle = build::charge(budget);
        let enrol = Enrol { code: Some(code.clone()), throttle, ..build::enrol(&phone) };
        let act = async |effects| world.authenticators.enrol(Enrol { effects, ..enrol }).await;
        assert!(matches!(world.refused(act).await, Spending::Exhausted { .. }));
    }
    assert_same(&list(&world, &account).await, &vec![earlier]);
    assert!(latest(&world, &phone).await.is_none());
}

pub async fn removes_an_authenticator_of_the_account_only(world: World) {
    let account = world.new_account().await;
    let other = world.new_colleague(&account).await;
    let codes = verified(build::recovery_codes(&account, &["1", "2"]));
    world.enrol(&codes).await;
    for (owner, authenticator) in [(&other, &codes), (&account, &build::totp(&account))] {
        let write = remove(owner, authenticator);
        let act = async |effects| world.authenticators.remove(RemoveAuthenticator { effects, ..write }).await;
        assert!(!world.refused(act).await);
    }
    assert_eq!(list(&world, &account).await.len(), 1);
    let write = remove(&account, &codes);
    let act = async |effects| world.authenticators.remove(RemoveAuthenticator { effects, ..write }).await;
    assert!(world.written(act).await);
    assert!(list(&world, &account).await.is_empty());
}

pub async fn of_many_removals_one_counts(world: World) {
    let account = world.new_account().await;
    let authenticator = verified(build::totp(&account));
    world.enrol(&authenticator).await;
    let answers = race(8, |_| {
        let write = RemoveAuthenticator { effects: build::effects(), ..remove(&account, &authenticator) };
        let world = world.clone();
        async move { world.authenticators.remove(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer).count(), 1);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn a_failing_removal_leaves_nothing(world: World) {
    let account = world.new_account().await;
    let authenticator = verified(build::recovery_codes(&account, &["1", "2"]));
    world.enrol(&authenticator).await;
    let write = remove(&account, &authenticator);
    world
        .failed(async |effects| world.authenticators.remove(RemoveAuthenticator { effects, ..write }).await)
        .await;
    assert_same(&list(&world, &account).await, &vec![authenticator]);
}

/// An account with two SMS authenticators.
async fn two_phones(world: &World) -> (Account, Authenticator, Authenticator) {
    let account = world.new_account().await;
    let (one, other) = (verified(build::sms(&account)), verified(build::sms(&account)));
    world.enrol(&one).await;
    world.enrol(&other).await;
    (account, one, other)
}

async fn latest(world: &World, authenticator: &Authenticator) -> Option<OneTime> {
    world.authenticators.latest_code(authenticator.id).await.unwrap()
}

pub async fn the_latest_code_is_that_of_its_authenticator(world: World) {
    let (account, one, other) = two_phones(&world).await;
    assert!(latest(&world, &one).await.is_none());
    for (authenticator, digits) in [(&one, "000001"), (&other, "000002")] {
        let write = build::factor_code(&account, authenticator, digits);
        let code = write.code.clone();
        let act = async |effects| world.authenticators.issue_code(IssueCode { effects, ..write }).await;
        assert_eq!(world.written(act).await, Spending::Within);
        assert_same(&latest(&world, authenticator).await.unwrap(), &code);
    }
    assert!(
        latest(&world, &one).await.unwrap().consumed_at.is_none(),
        "the other's code voids none of its own"
    );
}

pub async fn a_newer_code_voids_earlier_ones(world: World) {
    let (account, phone, _) = two_phones(&world).await;
    let earlier = build::factor_code(&account, &phone, "000001");
    world.authenticators.issue_code(earlier.clone()).await.unwrap();
    let write = build::factor_code(&account, &phone, "000002");
    let newer = OneTime { issued_at: later(1), ..write.code.clone() };
    world.authenticators.issue_code(IssueCode { code: newer.clone(), ..write }).await.unwrap();
    assert_same(&latest(&world, &phone).await.unwrap(), &newer);
    let proof = portcullis_mfa::Proof::SentCode(earlier.code.id);
    let spent = world.authenticators.accept(build::accept(&phone, proof)).await.unwrap();
    assert_eq!(spent, portcullis_mfa::Acceptance::AlreadyUsed);
}

pub async fn an_exhausted_budget_sends_no_code(world: World) {
    let (account, phone, _) = two_phones(&world).await;
    let earlier = build::factor_code(&account, &phone, "000001");
    world.authenticators.issue_code(earlier.clone()).await.unwrap();
    let throttle = build::charge(world.budget(1, 1).await);
    let write = IssueCode { throttle, ..build::factor_code(&account, &phone, "000002") };
    let act = async |effects| world.authenticators.issue_code(IssueCode { effects, ..write }).await;
    let retry_after = Duration::from_secs(60);
    assert_eq!(world.refused(act).await, Spending::Exhausted { retry_after });
    assert_same(&latest(&world, &phone).await.unwrap(), &earlier.code);
}

pub async fn a_failing_code_leaves_nothing(world: World) {
    let (account, phone, _) = two_phones(&world).await;
    let earlier = build::factor_code(&account, &phone, "000001");
    world.authenticators.issue_code(earlier.clone()).await.unwrap();
    let budget = build::budget(2);
    let throttle = build::charge(budget);
    let write = IssueCode { throttle, ..build::factor_code(&account, &phone, "000002") };
    world.failed(async |effects| world.authenticators.issue_code(IssueCode { effects, ..write }).await).await;
    assert_same(&latest(&world, &phone).await.unwrap(), &earlier.code);
    assert_eq!(world.room(budget, NOW).await, 2);
}

pub async fn a_wrong_guess_counts_for_every_code_it_was_compared_with(world: World) {
    let (account, one, other) = two_phones(&world).await;
    let mut codes = Vec::new();
    for phone in [&one, &other] {
        let write = build::factor_code(&account, phone, "123456");
        codes.push(write.code.id);
        world.authenticators.issue_code(write).await.unwrap();
    }
    let throttle = build::charge(build::budget(5));
    let answers = race(20, |_| {
        let (codes, throttle, effects) = (codes.clone(), throttle.clone(), build::effects());
        let (world, write) = (world.clone(), RejectProof { codes, throttle, at: NOW, effects });
        async move { world.authenticators.reject(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Spending::Within).count(), 5);
    for phone in [&one, &other] {
        let code = latest(&world, phone).await.unwrap();
        assert_eq!((code.purpose, code.wrong_guesses), (Purpose::FactorCode, 5));
    }
    assert_eq!(world.traces().await, (5, 5));
}

pub async fn a_failing_count_leaves_nothing(world: World) {
    let (account, phone, _) = two_phones(&world).await;
    let write = build::factor_code(&account, &phone, "123456");
    let codes = vec![write.code.id];
    world.authenticators.issue_code(write).await.unwrap();
    let budget = build::budget(2);
    let throttle = build::charge(budget);
    let act =
        async |effects| world.authenticators.reject(RejectProof { codes, throttle, at: NOW, effects }).await;
    world.failed(act).await;
    assert_eq!(latest(&world, &phone).await.unwrap().wrong_guesses, 0);
    assert_eq!(world.room(budget, NOW).await, 2);
}
