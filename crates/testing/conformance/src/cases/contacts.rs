//! [`portcullis_accounts::ContactStore`].

use std::time::Duration;

use portcullis_accounts::{
    Account, Amendment, ConfirmContact, Confirmation, Contact, IssueContactSecret, RejectContact,
};
use portcullis_kernel::{Effects, Email, OneTime, Purpose, Spending, Throttle, Timestamp};

use crate::build::{self, NOW, later};
use crate::{World, assert_same, race};

const EXHAUSTED: Spending = Spending::Exhausted { retry_after: Duration::from_secs(60) };

fn address(account: &Account) -> String {
    account.email.as_ref().unwrap().value.as_str().to_owned()
}

fn for_target(secret: OneTime, target: &str) -> OneTime {
    OneTime { target: Some(target.to_owned()), ..secret }
}

fn confirm(secret: &OneTime, at: Timestamp) -> ConfirmContact {
    ConfirmContact { secret: secret.id, throttle: Throttle::default(), at, effects: Effects::default() }
}

/// An account, and a kept token that verifies its e-mail address.
async fn verifiable(world: &World) -> (Account, OneTime) {
    let account = world.new_account().await;
    let secret = for_target(build::token(&account, Purpose::VerifyEmail).0, &address(&account));
    world.keep(&secret).await;
    (account, secret)
}

async fn is_verified(world: &World, account: &Account) -> bool {
    let Account { email, mobile, .. } = world.account(account).await;
    email.is_some_and(|contact| contact.verified_at.is_some())
        || mobile.is_some_and(|contact| contact.verified_at.is_some())
}

pub async fn reads_back_every_field(world: World) {
    let account = world.new_account().await;
    for purpose in Purpose::ALL {
        let (plain, _) = build::token(&account, *purpose);
        let (token, _) = build::token(&account, *purpose);
        let code = build::code(&account, *purpose, "012345");
        for secret in [plain, for_target(token, build::UNICODE), for_target(code, &"x".repeat(254))] {
            let write = IssueContactSecret { secret: secret.clone(), ..build::contact_secret(&secret, "") };
            let issue = async |effects| world.contacts.issue(IssueContactSecret { effects, ..write }).await;
            assert_eq!(world.written(issue).await, Spending::Within);
            assert_same(&world.secret(&secret).await, &secret);
        }
    }
}

pub async fn finds_a_token_under_its_purpose_only(world: World) {
    let account = world.new_account().await;
    let (secret, token) = build::token(&account, Purpose::VerifyEmail);
    world.keep(&secret).await;
    for purpose in Purpose::ALL {
        let found = world.contacts.find(token.digest(), *purpose).await.unwrap();
        assert_eq!(found.is_some(), *purpose == Purpose::VerifyEmail, "{purpose:?}");
    }
    let unknown = build::fresh_token().digest();
    assert!(world.contacts.find(unknown, Purpose::VerifyEmail).await.unwrap().is_none());
}

pub async fn a_newer_secret_voids_those_of_its_account_purpose_and_target(world: World) {
    let account = world.new_account().await;
    let other = world.new_colleague(&account).await;
    let secret = |owner: &Account, purpose, target| for_target(build::token(owner, purpose).0, target);
    let earlier = [
        (secret(&account, Purpose::VerifyEmail, "ada@x.org"), true),
        (secret(&account, Purpose::VerifyEmail, "bob@x.org"), false),
        (secret(&account, Purpose::Deactivate, "ada@x.org"), false),
        (secret(&other, Purpose::VerifyEmail, "ada@x.org"), false),
    ];
    for (secret, _) in &earlier {
        world.keep(secret).await;
    }
    let newer = OneTime { issued_at: later(1), ..secret(&account, Purpose::VerifyEmail, "ada@x.org") };
    world.keep(&newer).await;
    for (secret, voided) in &earlier {
        assert_eq!(world.is_spent(secret).await, *voided, "{:?} {:?}", secret.purpose, secret.target);
    }
    assert!(!world.is_spent(&newer).await);
}

pub async fn the_latest_code_is_the_newest_used_or_not(world: World) {
    let account = world.new_account().await;
    let latest = async || world.contacts.latest(account.id, Purpose::VerifyMobile).await.unwrap();
    assert!(latest().await.is_none());
    let code = |age, digits: &str, target| OneTime {
        issued_at: later(age),
        ..for_target(build::code(&account, Purpose::VerifyMobile, digits), target)
    };
    let (newest, older) = (code(9, "222222", "+27821111111"), code(5, "111111", "+27822222222"));
    world.keep(&newest).await;
    world.keep(&older).await;
    world.issue_token(&account, Purpose::VerifyMobile).await;
    world.keep(&build::code(&account, Purpose::VerifyEmail, "333333")).await;
    world.keep(&build::code(&world.new_colleague(&account).await, Purpose::VerifyMobile, "444444")).await;
    assert_same(&latest().await.unwrap(), &newest);
    world.contacts.confirm(confirm(&newest, later(10))).await.unwrap();
    assert_eq!(latest().await.unwrap().id, newest.id);
}

pub async fn an_exhausted_budget_refuses_a_secret(world: World) {
    let (account, earlier) = verifiable(&world).await;
    let throttle = build::charge(world.budget(1, 1).await);
    let (secret, token) = build::token(&account, Purpose::VerifyEmail);
    let write = IssueContactSecret { throttle, ..build::contact_secret(&secret, &address(&account)) };
    let issue = async |effects| world.contacts.issue(IssueContactSecret { effects, ..write }).await;
    assert_eq!(world.refused(issue).await, EXHAUSTED);
    assert!(world.contacts.find(token.digest(), Purpose::VerifyEmail).await.unwrap().is_none());
    assert!(!world.is_spent(&earlier).await);
}

pub async fn parallel_requests_never_outrun_the_limit(world: World) {
    let account = world.new_account().await;
    let throttle = build::charge(build::budget(3));
    let answers = race(12, |_| {
        let (secret, _) = build::token(&account, Purpose::VerifyEmail);
        let write = IssueContactSecret {
            throttle: throttle.clone(),
            effects: build::effects(),
            ..build::contact_secret(&secret, &address(&account))
        };
        let world = world.clone();
        async move { (world.contacts.issue(write).await.unwrap(), secret) }
    })
    .await;
    let mut open = 0;
    for (_, secret) in answers.iter().filter(|(answer, _)| *answer == Spending::Within) {
        open += usize::from(!world.is_spent(secret).await);
    }
    assert_eq!(world.traces().await, (3, 3));
    assert_eq!(open, 1, "each one voids those before it");
}

pub async fn a_failing_issue_leaves_nothing(world: World) {
    let (account, earlier) = verifiable(&world).await;
    let budget = build::budget(1);
    let (secret, token) = build::token(&account, Purpose::VerifyEmail);
    let throttle = build::charge(budget);
    let write = IssueContactSecret { throttle, ..build::contact_secret(&secret, &address(&account)) };
    world.failed(async |effects| world.contacts.issue(IssueContactSecret { effects, ..write }).await).await;
    assert!(world.contacts.find(token.digest(), Purpose::VerifyEmail).await.unwrap().is_none());
    assert!(!world.is_spent(&earlier).await);
    assert_eq!(world.room(budget, NOW).await, 1);
}

pub async fn confirming_verifies_the_contact_and_uses_the_secret_up(world: World) {
    let account = world.new_account().await;
    let mobile = account.mobile.as_ref().unwrap().value.as_str().to_owned();
    let email = for_target(build::token(&account, Purpose::VerifyEmail).0, &address(&account));
    let code = for_target(build::code(&account, Purpose::VerifyMobile, "123456"), &mobile);
    let mut expected = account.clone();
    for (age, secret) in [(1, email), (2, code)] {
        world.keep(&secret).await;
        let write = |effects| ConfirmContact { effects, ..confirm(&secret, later(age)) };
        let confirmed = world.written(async |effects| world.contacts.confirm(write(effects)).await).await;
        assert_eq!(confirmed, Confirmation::Done);
        assert_eq!(world.secret(&secret).await.consumed_at, Some(later(age)));
        match secret.purpose {
            Purpose::VerifyEmail => expected.email.as_mut().unwrap().verified_at = Some(later(age)),
            _ => expected.mobile.as_mut().unwrap().verified_at = Some(later(age)),
        }
        let found = world.account(&account).await;
        let Account { updated_at, version, .. } = found;
        assert_same(&found, &Account { updated_at, version, ..expected.clone() });
    }
}

pub async fn a_secret_confirms_once(world: World) {
    let (account, secret) = verifiable(&world).await;
    assert_eq!(world.contacts.confirm(confirm(&secret, later(1))).await.unwrap(), Confirmation::Done);
    let again = |effects| ConfirmContact { effects, ..confirm(&secret, later(2)) };
    let refused = world.refused(async |effects| world.contacts.confirm(again(effects)).await).await;
    assert_eq!(refused, Confirmation::NotUsable);
    assert_eq!(world.account(&account).await.email.unwrap().verified_at, Some(later(1)));
}

pub async fn of_many_confirmations_with_one_secret_one_counts(world: World) {
    let (_, secret) = verifiable(&world).await;
    let answers = race(8, |_| {
        let write = ConfirmContact { effects: build::effects(), ..confirm(&secret, later(1)) };
        let world = world.clone();
        async move { world.contacts.confirm(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Confirmation::Done).count(), 1);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn replaced_expired_and_unknown_secrets_confirm_nothing(world: World) {
    let (account, replaced) = verifiable(&world).await;
    let secret = |issued_at| OneTime {
        issued_at,
        ..for_target(build::token(&account, Purpose::VerifyEmail).0, &address(&account))
    };
    let (newer, unknown) = (secret(later(1)), secret(NOW));
    world.keep(&newer).await;
    for (secret, at) in [(&replaced, later(2)), (&newer, newer.expires_at), (&unknown, later(2))] {
        let write = |effects| ConfirmContact { effects, ..confirm(secret, at) };
        let refused = world.refused(async |effects| world.contacts.confirm(write(effects)).await).await;
        assert_eq!(refused, Confirmation::NotUsable);
        assert!(!is_verified(&world, &account).await);
    }
    let in_time = confirm(&newer, newer.expires_at.minus(Duration::from_micros(1)));
    assert_eq!(world.contacts.confirm(in_time).await.unwrap(), Confirmation::Done);
}

pub async fn a_contact_that_changed_is_not_verified(world: World) {
    let (account, secret) = verifiable(&world).await;
    let value = Email::parse("new@example.com").unwrap();
    let moved = Account { email: Some(Contact { value, verified_at: None }), ..account.clone() };
    assert_eq!(world.accounts.amend(build::amended(&moved)).await.unwrap(), Amendment::Done);
    let write = |effects| ConfirmContact { effects, ..confirm(&secret, later(1)) };
    let refused = world.refused(async |effects| world.contacts.confirm(write(effects)).await).await;
    assert_eq!(refused, Confirmation::NotUsable);
    assert!(!is_verified(&world, &account).await);
}

pub async fn a_respelled_contact_is_verified(world: World) {
    let (account, secret) = verifiable(&world).await;
    let value = Email::parse(&address(&account).to_uppercase()).unwrap();
    let respelled = Account { email: Some(Contact { value, verified_at: None }), ..account.clone() };
    assert_eq!(world.accounts.amend(build::amended(&respelled)).await.unwrap(), Amendment::Done);
    assert_eq!(world.contacts.confirm(confirm(&secret, later(1))).await.unwrap(), Confirmation::Done);
    assert!(is_verified(&world, &account).await);
}

pub async fn an_amendment_cannot_undo_a_verification_it_did_not_see(world: World) {
    let (account, secret) = verifiable(&world).await;
    assert_eq!(world.contacts.confirm(confirm(&secret, later(1))).await.unwrap(), Confirmation::Done);
    assert_eq!(world.accounts.amend(build::amended(&account)).await.unwrap(), Amendment::Stale);
    assert!(is_verified(&world, &account).await);
}

pub async fn a_failing_confirmation_leaves_nothing(world: World) {
    let (account, secret) = verifiable(&world).await;
    let write = |effects| ConfirmContact { effects, ..confirm(&secret, later(1)) };
    world.failed(async |effects| world.contacts.confirm(write(effects)).await).await;
    assert_same(&world.account(&account).await, &account);
    assert!(!world.is_spent(&secret).await);
}

pub async fn an_exhausted_budget_confirms_nothing(world: World) {
    let (account, secret) = verifiable(&world).await;
    let budget = world.budget(1, 1).await;
    let write = ConfirmContact { throttle: build::require(budget), ..confirm(&secret, NOW) };
    let refused = world
        .refused(async |effects| world.contacts.confirm(ConfirmContact { effects, ..write }).await)
        .await;
    assert_eq!(refused, Confirmation::Exhausted { retry_after: Duration::from_secs(60) });
    assert!(!is_verified(&world, &account).await && !world.is_spent(&secret).await);
}

pub async fn a_confirmation_clears_its_budget(world: World) {
    let (_, secret) = verifiable(&world).await;
    let budget = world.budget(3, 2).await;
    let write = ConfirmContact { throttle: build::require(budget), ..confirm(&secret, NOW) };
    assert_eq!(world.contacts.confirm(write).await.unwrap(), Confirmation::Done);
    assert_eq!(world.room(budget, NOW).await, 3);
}

fn reject(code: &OneTime, throttle: Throttle) -> RejectContact {
    RejectContact { secret: code.id, throttle, at: NOW, effects: build::effects() }
}

pub async fn counts_wrong_guesses_up_to_the_limit(world: World) {
    let account = world.new_account().await;
    let code = build::code(&account, Purpose::VerifyMobile, "123456");
    world.keep(&code).await;
    let throttle = build::charge(build::budget(5));
    let answers = race(20, |_| {
        let (world, write) = (world.clone(), reject(&code, throttle.clone()));
        async move { world.contacts.reject(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Spending::Within).count(), 5);
    assert_eq!(answers.iter().filter(|answer| **answer == EXHAUSTED).count(), 15);
    assert_eq!(world.secret(&code).await.wrong_guesses, 5);
    assert_eq!(world.traces().await, (5, 5));
}

pub async fn a_failing_count_leaves_nothing(world: World) {
    let account = world.new_account().await;
    let code = build::code(&account, Purpose::VerifyMobile, "123456");
    world.keep(&code).await;
    let budget = build::budget(1);
    let write = reject(&code, build::charge(budget));
    world.failed(async |effects| world.contacts.reject(RejectContact { effects, ..write }).await).await;
    assert_eq!(world.secret(&code).await.wrong_guesses, 0);
    assert_eq!(world.room(budget, NOW).await, 1);
}
