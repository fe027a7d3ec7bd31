//! [`portcullis_password_reset::ResetStore`].

use std::time::Duration;

use portcullis_accounts::{Account, PasswordRecord};
use portcullis_kernel::{
    Effects, Identifier, OneTime, OneTimeSecret, PolicyName, Purpose, SessionSweep, Spending, SweepScope,
    Throttle,
};
use portcullis_password_reset::{CompleteReset, Completion, IssueReset, RejectReset, ResetSubject};

use crate::build::{self, NOW, later};
use crate::{PlainHasher, World, assert_same, race};

const RESET: Purpose = Purpose::ResetPassword;

fn issue(secret: Option<&OneTime>) -> IssueReset {
    let throttle = Throttle::default();
    IssueReset { secret: secret.cloned(), throttle, at: NOW, effects: Effects::default() }
}

fn complete(account: &Account, secret: &OneTime) -> CompleteReset {
    CompleteReset {
        secret: secret.id,
        account: account.id,
        hash: PlainHasher::up_to_date("reset"),
        expires_at: None,
        sweep: SessionSweep::NONE,
        throttle: Throttle::default(),
        at: later(1),
        effects: Effects::default(),
    }
}

async fn by_token(world: &World, secret: &OneTime) -> Option<(OneTime, ResetSubject)> {
    let OneTimeSecret::Token(digest) = &secret.secret else { panic!("not presented by a token") };
    world.resets.by_token(*digest, secret.purpose).await.unwrap()
}

/// An account with a session, for which a reset was asked by token.
async fn resettable(world: &World) -> (Account, OneTime) {
    let (account, _) = world.new_signed_in().await;
    let (secret, _) = build::token(&account, RESET);
    assert_eq!(world.resets.issue(issue(Some(&secret))).await.unwrap(), Spending::Within);
    (account, secret)
}

/// What every store should make of `account` when it forgot its password.
async fn subject(world: &World, account: &Account) -> ResetSubject {
    let company = world.companies.find_by_id(account.company).await.unwrap().unwrap();
    ResetSubject {
        account: account.id,
        company: company.id,
        company_slug: company.slug,
        company_name: company.name,
        policy: company.settings.password_policy,
        state: account.state,
        username: account.username.clone(),
        email: account.email.as_ref().map(|contact| contact.value.clone()),
        email_verified: account.email.as_ref().is_some_and(|contact| contact.verified_at.is_some()),
        mobile: account.mobile.as_ref().map(|contact| contact.value.clone()),
        has_password: account.password.is_some(),
        has_temporary_password: account.password.as_ref().is_some_and(|own| own.temporary_until.is_some()),
    }
}

pub async fn a_subject_has_every_field(world: World) {
    for company in [build::company(), build::full_company()] {
        world.add_company(&company).await;
        for account in
            [build::full_account(&company), build::account(&company), build::bare_account(&company)]
        {
            world.add_account(&account).await;
            let expected = subject(&world, &account).await;
            let found = world.resets.subject(company.id, vec![Identifier::Id(account.id)]).await.unwrap();
            assert_same(&found.unwrap(), &expected);
            let (secret, _) = build::token(&account, RESET);
            world.resets.issue(issue(Some(&secret))).await.unwrap();
            let (found, found_subject) = by_token(&world, &secret).await.unwrap();
            assert_same(&found, &secret);
            assert_same(&found_subject, &expected);
        }
    }
    assert_ne!(PolicyName::default(), build::full_company().settings.password_policy);
}

pub async fn tries_identifiers_in_order_inside_one_company(world: World) {
    let (ada, stranger) = (world.new_account().await, world.new_account().await);
    let bob = world.new_colleague(&ada).await;
    let email = |account: &Account| Identifier::Email(account.email.clone().unwrap().value);
    let mobile = |account: &Account| Identifier::Mobile(account.mobile.clone().unwrap().value);
    let find = async |identifiers| world.resets.subject(ada.company, identifiers).await.unwrap();
    let found = find(vec![email(&stranger), mobile(&bob), email(&ada)]).await;
    assert_eq!(found.unwrap().account, bob.id);
    assert_eq!(find(vec![email(&ada), mobile(&bob)]).await.unwrap().account, ada.id);
    assert!(find(vec![Identifier::Id(stranger.id)]).await.is_none());
    assert!(find(vec![]).await.is_none());
}

pub async fn a_token_is_found_under_its_purpose_only_used_or_not(world: World) {
    let (account, secret) = resettable(&world).await;
    assert_eq!(world.resets.complete(complete(&account, &secret)).await.unwrap(), Completion::Done);
    for purpose in Purpose::ALL {
        let found = by_token(&world, &OneTime { purpose: *purpose, ..secret.clone() }).await;
        assert_eq!(found.is_some(), *purpose == RESET, "{purpose:?}");
    }
    let (used, _) = by_token(&world, &secret).await.unwrap();
    assert_eq!(used.consumed_at, Some(later(1)));
    assert!(by_token(&world, &build::token(&account, RESET).0).await.is_none());
}

pub async fn knows_the_accounts_of_every_company(world: World) {
    for account in [world.new_account().await, world.new_account().await] {
        assert!(world.resets.knows(account.id).await.unwrap());
    }
    let stranger = build::account(&world.new_company().await);
    assert!(!world.resets.knows(stranger.id).await.unwrap());
}

pub async fn the_latest_code_is_the_account_s_newest_reset_code(world: World) {
    let account = world.new_account().await;
    let other = world.new_colleague(&account).await;
    let latest = async || world.resets.latest_code(account.id).await.unwrap();
    world.keep(&build::code(&account, Purpose::VerifyMobile, "000001")).await;
    world.keep(&build::code(&other, RESET, "000002")).await;
    assert!(latest().await.is_none());
    for (age, digits) in [(1, "000003"), (2, "000004")] {
        let code = OneTime { issued_at: later(age), ..build::code(&account, RESET, digits) };
        let write = IssueReset { at: later(age), ..issue(Some(&code)) };
        let act = async |effects| world.resets.issue(IssueReset { effects, ..write }).await;
        assert_eq!(world.written(act).await, Spending::Within);
        assert_same(&latest().await.unwrap(), &code);
    }
    let code = latest().await.unwrap();
    assert_eq!(world.resets.complete(complete(&account, &code)).await.unwrap(), Completion::Done);
    assert_eq!(latest().await.unwrap().id, code.id);
}

pub async fn a_newer_reset_voids_earlier_ones_of_its_account(world: World) {
    let (account, earlier) = resettable(&world).await;
    let other = world.issue_token(&world.new_colleague(&account).await, RESET).await;
    let contact = world.issue_token(&account, Purpose::VerifyEmail).await;
    let (newer, _) = build::token(&account, RESET);
    world.resets.issue(IssueReset { at: later(1), ..issue(Some(&newer)) }).await.unwrap();
    for (secret, voided) in [(earlier, true), (newer, false), (other, false), (contact, false)] {
        assert_eq!(world.is_spent(&secret).await, voided, "{:?}", secret.purpose);
    }
}

pub async fn an_exhausted_budget_refuses_a_reset(world: World) {
    let (account, earlier) = resettable(&world).await;
    let (secret, _) = build::token(&account, RESET);
    let throttle = build::charge(world.budget(1, 1).await);
    let write = IssueReset { throttle, ..issue(Some(&secret)) };
    let act = async |effects| world.resets.issue(IssueReset { effects, ..write }).await;
    let retry_after = Duration::from_secs(60);
    assert_eq!(world.refused(act).await, Spending::Exhausted { retry_after });
    assert!(by_token(&world, &secret).await.is_none());
    assert!(!world.is_spent(&earlier).await);
}

pub async fn asking_for_nobody_charges_the_same(world: World) {
    let budget = build::budget(2);
    for expected in [Spending::Within, Spending::Within] {
        let write = IssueReset { throttle: build::charge(budget), ..issue(None) };
        assert_eq!(world.resets.issue(write).await.unwrap(), expected);
    }
    let write = IssueReset { throttle: build::charge(budget), at: later(1), ..issue(None) };
    let retry_after = Duration::from_secs(59);
    assert_eq!(world.resets.issue(write).await.unwrap(), Spending::Exhausted { retry_after });
}

pub async fn parallel_requests_never_outrun_the_limit(world: World) {
    let account = world.new_account().await;
    let throttle = build::charge(build::budget(3));
    race(12, |_| {
        let (secret, _) = build::token(&account, RESET);
        let (throttle, effects) = (throttle.clone(), build::effects());
        let (world, write) = (world.clone(), IssueReset { throttle, effects, ..issue(Some(&secret)) });
        async move { world.resets.issue(write).await.unwrap() }
    })
    .await;
    assert_eq!(world.traces().await, (3, 3));
}

pub async fn a_failing_request_leaves_nothing(world: World) {
    let (account, earlier) = resettable(&world).await;
    let (secret, _) = build::token(&account, RESET);
    let budget = build::budget(2);
    let write = IssueReset { throttle: build::charge(budget), ..issue(Some(&secret)) };
    world.failed(async |effects| world.resets.issue(IssueReset { effects, ..write }).await).await;
    assert!(by_token(&world, &secret).await.is_none());
    assert!(!world.is_spent(&earlier).await);
    assert_eq!(world.room(budget, NOW).await, 2);
}

pub async fn counts_wrong_guesses_up_to_the_limit(world: World) {
    let account = world.new_account().await;
    let code = build::code(&account, RESET, "123456");
    world.resets.issue(issue(Some(&code))).await.unwrap();
    let throttle = build::charge(build::budget(5));
    let answers = race(20, |number| {
        let code = (number % 2 == 0 || number > 5).then_some(code.id);
        let (throttle, effects) = (throttle.clone(), build::effects());
        let (world, write) = (world.clone(), RejectReset { code, throttle, at: NOW, effects });
        async move { (world.resets.reject(write).await.unwrap(), code.is_some()) }
    })
    .await;
    let within = answers.iter().filter(|(answer, _)| *answer == Spending::Within);
    assert_eq!(within.clone().count(), 5);
    let compared = within.filter(|(_, compared)| *compared).count();
    let found = world.resets.latest_code(account.id).await.unwrap().unwrap();
    assert_eq!(usize::try_from(found.wrong_guesses).unwrap(), compared);
    assert_eq!(world.traces().await, (5, 5));
}

pub async fn a_failing_count_leaves_nothing(world: World) {
    let account = world.new_account().await;
    let code = build::code(&account, RESET, "123456");
    world.resets.issue(issue(Some(&code))).await.unwrap();
    let budget = build::budget(2);
    let (code, throttle) = (Some(code.id), build::charge(budget));
    let act = async |effects| world.resets.reject(RejectReset { code, throttle, at: NOW, effects }).await;
    world.failed(act).await;
    assert_eq!(world.resets.latest_code(account.id).await.unwrap().unwrap().wrong_guesses, 0);
    assert_eq!(world.room(budget, NOW).await, 2);
}

pub async fn completing_sets_the_password_and_uses_the_secret_up(world: World) {
    let company = world.new_company().await;
    let temporary = PasswordRecord {
        temporary_until: Some(later(9)),
        ..build::password(PlainHasher::up_to_date("temporary"))
    };
    let first = Account { password: Some(temporary), ..build::account(&company) };
    for (account, expires_at) in [(first, None), (build::bare_account(&company), Some(later(90)))] {
        world.add_account(&account).await;
        let secret = world.issue_token(&account, RESET).await;
        let write = CompleteReset { expires_at, ..complete(&account, &secret) };
        let act = async |effects| world.resets.complete(CompleteReset { effects, ..write }).await;
        assert_eq!(world.written(act).await, Completion::Done);
        let hash = PlainHasher::up_to_date("reset");
        let expected = PasswordRecord { hash, changed_at: later(1), expires_at, temporary_until: None };
        assert_same(&world.account(&account).await.password, &Some(expected));
        assert_eq!(world.secret(&secret).await.consumed_at, Some(later(1)));
    }
}

pub async fn a_reset_voids_the_other_password_secrets_of_its_account(world: World) {
    let account = world.new_account().await;
    let other = world.new_colleague(&account).await;
    let by_code = build::code(&account, RESET, "123456");
    world.keep(&by_code).await;
    let challenge = world.issue_token(&account, Purpose::NewPasswordChallenge).await;
    let contact = world.issue_token(&account, Purpose::VerifyEmail).await;
    let foreign = world.issue_token(&other, RESET).await;
    let mut used = build::token(&account, RESET).0;
    used.target = Some("kept beside the code".to_owned());
    world.keep(&used).await;
    assert_eq!(world.resets.complete(complete(&account, &used)).await.unwrap(), Completion::Done);
    for (secret, voided) in [(by_code, true), (challenge, true), (contact, false), (foreign, false)] {
        assert_eq!(world.is_spent(&secret).await, voided, "{:?}", secret.purpose);
    }
}

pub async fn a_reset_ends_the_sessions_of_its_sweep(world: World) {
    for (scope, ended) in [
        (SweepScope::None, [false, false, false, false]),
        (SweepScope::Temporary, [true, false, false, false]),
        (SweepScope::All, [true, false, true, false]),
    ] {
        let account = world.new_account().await;
        let sessions = world.sessions_to_sweep(&account).await;
        let secret = world.issue_token(&account, RESET).await;
        let sweep = SessionSweep { scope, keep: Some(sessions[1].id) };
        let write = CompleteReset { sweep, ..complete(&account, &secret) };
        assert_eq!(world.resets.complete(write).await.unwrap(), Completion::Done);
        assert_eq!(world.ended(&sessions).await, ended, "{scope:?}");
    }
}

/// Runs a completion that must be refused, and asserts that it left nothing.
async fn refuses(world: &World, account: &Account, write: CompleteReset, expected: Completion) {
    let budget = world.budget(5, 2).await;
    let before = world.account(account).await;
    let live = world.unended(account).await;
    let mut throttle = build::require(budget);
    throttle.within.extend(write.throttle.within.clone());
    let write = CompleteReset { sweep: SessionSweep::ALL, throttle, ..write };
    let act = async |effects| world.resets.complete(CompleteReset { effects, ..write }).await;
    assert_eq!(world.refused(act).await, expected);
    assert_same(&world.account(account).await, &before);
    assert_eq!(world.unended(account).await, live);
    assert_eq!(world.room(budget, NOW).await, 3, "the budget is not cleared");
}

pub async fn used_replaced_expired_and_foreign_secrets_reset_nothing(world: World) {
    let (account, replaced) = resettable(&world).await;
    let (other, foreign) = resettable(&world).await;
    let (used, _) = build::token(&account, RESET);
    world.resets.issue(issue(Some(&used))).await.unwrap();
    assert_eq!(world.resets.complete(complete(&account, &used)).await.unwrap(), Completion::Done);
    let (unknown, _) = build::token(&account, RESET);
    for secret in [&used, &replaced, &foreign, &unknown] {
        refuses(&world, &account, complete(&account, secret), Completion::AlreadyUsed).await;
    }
    let late = CompleteReset { at: foreign.expires_at, ..complete(&other, &foreign) };
    refuses(&world, &other, late, Completion::AlreadyUsed).await;
    assert!(!world.is_spent(&foreign).await);
}

pub async fn an_exhausted_budget_resets_nothing(world: World) {
    let (account, secret) = resettable(&world).await;
    let throttle = build::require(world.budget(1, 1).await);
    let write = CompleteReset { throttle, ..complete(&account, &secret) };
    let retry_after = Duration::from_secs(59);
    refuses(&world, &account, write, Completion::Exhausted { retry_after }).await;
    assert!(!world.is_spent(&secret).await);
}

pub async fn of_many_resets_with_one_secret_one_is_done(world: World) {
    let (account, secret) = resettable(&world).await;
    let answers = race(8, |number| {
        let hash = PlainHasher::up_to_date(&format!("reset-{number}"));
        let write = CompleteReset { hash, effects: build::effects(), ..complete(&account, &secret) };
        let world = world.clone();
        async move { world.resets.complete(write).await.unwrap() }
    })
    .await;
    let winner = answers.iter().position(|answer| *answer == Completion::Done).unwrap();
    assert_eq!(answers.iter().filter(|answer| **answer == Completion::AlreadyUsed).count(), 7);
    assert!(world.hash(&account).await == Some(PlainHasher::up_to_date(&format!("reset-{winner}"))));
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn a_failing_reset_leaves_nothing(world: World) {
    let (account, secret) = resettable(&world).await;
    let live = world.unended(&account).await;
    let write = CompleteReset { sweep: SessionSweep::ALL, ..complete(&account, &secret) };
    world.failed(async |effects| world.resets.complete(CompleteReset { effects, ..write }).await).await;
    assert_same(&world.account(&account).await, &account);
    assert_eq!(world.unended(&account).await, live);
    assert!(!world.is_spent(&secret).await);
}
