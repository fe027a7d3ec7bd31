//! [`portcullis_accounts::AccountStore`]: passwords.

use std::time::Duration;

use portcullis_accounts::{Account, PasswordChange, PasswordRecord, SetPassword};
use portcullis_kernel::{Purpose, SessionSweep, Spending, SweepScope};

use crate::build::{self, NOW, later};
use crate::{PlainHasher, World, assert_same, race};

pub async fn replaces_the_password_and_nothing_else(world: World) {
    let account = world.new_account().await;
    let records =
        [(None, None), (Some(later(90)), None), (None, Some(later(91))), (Some(later(92)), Some(later(93)))];
    for (expires_at, temporary_until) in records {
        let present = world.account(&account).await;
        let write = build::new_password(&present, "battery staple");
        let password = PasswordRecord { expires_at, temporary_until, ..write.password.clone() };
        let write = SetPassword { password: password.clone(), ..write };
        let change = async |effects| world.accounts.set_password(SetPassword { effects, ..write }).await;
        assert_eq!(world.written(change).await, PasswordChange::Done);
        let found = world.account(&account).await;
        assert_same(&found.password, &Some(password));
        let Account { updated_at, version, .. } = found;
        assert_same(
            &Account { password: None, ..found },
            &Account { password: None, updated_at, version, ..account.clone() },
        );
    }
}

pub async fn sets_a_first_password(world: World) {
    let account = build::bare_account(&world.new_company().await);
    world.add_account(&account).await;
    let write = build::new_password(&account, "first");
    assert_eq!(world.accounts.set_password(write).await.unwrap(), PasswordChange::Done);
    assert!(world.hash(&account).await == Some(PlainHasher::up_to_date("first")));
}

pub async fn refuses_a_change_from_another_hash(world: World) {
    let (account, session) = world.new_signed_in().await;
    let budget = world.budget(5, 2).await;
    let write = SetPassword {
        expected: Some(PlainHasher::up_to_date("something else")),
        sweep: SessionSweep::ALL,
        throttle: build::require(budget),
        ..build::new_password(&account, "new")
    };
    let change = async |effects| world.accounts.set_password(SetPassword { effects, ..write }).await;
    assert_eq!(world.refused(change).await, PasswordChange::Stale);
    assert_same(&world.account(&account).await, &account);
    assert_eq!(world.ended(&[session]).await, [false]);
    assert_eq!(world.room(budget, NOW).await, 3, "the budget is not cleared");
}

pub async fn refuses_to_change_a_password_that_is_not_there(world: World) {
    let bare = build::bare_account(&world.new_company().await);
    world.add_account(&bare).await;
    let expected = Some(PlainHasher::up_to_date("anything"));
    let write = SetPassword { expected, ..build::new_password(&bare, "new") };
    let change = async |effects| world.accounts.set_password(SetPassword { effects, ..write }).await;
    assert_eq!(world.refused(change).await, PasswordChange::Stale);
    assert!(world.hash(&bare).await.is_none());
}

pub async fn an_operator_needs_no_former_hash(world: World) {
    let account = world.new_account().await;
    let write = SetPassword { expected: None, ..build::new_password(&account, "set") };
    assert_eq!(world.accounts.set_password(write).await.unwrap(), PasswordChange::Done);
    assert!(world.hash(&account).await == Some(PlainHasher::up_to_date("set")));
}

pub async fn refuses_to_set_the_password_of_nobody(world: World) {
    let stranger = build::account(&world.new_company().await);
    for expected in [None, Some(PlainHasher::up_to_date("correct horse"))] {
        let write = SetPassword { expected, ..build::new_password(&stranger, "new") };
        let change = async |effects| world.accounts.set_password(SetPassword { effects, ..write }).await;
        assert_eq!(world.refused(change).await, PasswordChange::Stale);
    }
}

pub async fn of_many_changes_from_one_hash_one_is_written(world: World) {
    let account = world.new_account().await;
    let answers = race(8, |number| {
        let write = build::new_password(&account, &format!("new-{number}"));
        let (world, effects) = (world.clone(), build::effects());
        async move { world.accounts.set_password(SetPassword { effects, ..write }).await.unwrap() }
    })
    .await;
    let winner = answers.iter().position(|answer| *answer == PasswordChange::Done).unwrap();
    assert_eq!(answers.iter().filter(|answer| **answer == PasswordChange::Stale).count(), 7);
    assert!(world.hash(&account).await == Some(PlainHasher::up_to_date(&format!("new-{winner}"))));
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn a_change_voids_reset_and_new_password_secrets(world: World) {
    let account = world.new_account().await;
    let company = world.companies.find_by_id(account.company).await.unwrap().unwrap();
    let other = build::account(&company);
    world.add_account(&other).await;
    let mut secrets = Vec::new();
    for (owner, purpose, voided) in [
        (&account, Purpose::ResetPassword, true),
        (&account, Purpose::NewPasswordChallenge, true),
        (&account, Purpose::VerifyEmail, false),
        (&account, Purpose::FactorChallenge, false),
        (&other, Purpose::ResetPassword, false),
    ] {
        secrets.push((world.issue_token(owner, purpose).await, voided));
    }
    let write = build::new_password(&account, "new");
    assert_eq!(world.accounts.set_password(write).await.unwrap(), PasswordChange::Done);
    for (secret, voided) in secrets {
        assert_eq!(world.is_spent(&secret).await, voided, "{:?}", secret.purpose);
    }
}

pub async fn a_change_ends_the_sessions_of_its_sweep(world: World) {
    for (scope, ended) in [
        (SweepScope::None, [false, false, false, false]),
        (SweepScope::Temporary, [true, false, false, false]),
        (SweepScope::All, [true, false, true, false]),
    ] {
        let account = world.new_account().await;
        let sessions = world.sessions_to_sweep(&account).await;
        let sweep = SessionSweep { scope, keep: Some(sessions[1].id) };
        let write = SetPassword { sweep, ..build::new_password(&account, "new") };
        assert_eq!(world.accounts.set_password(write).await.unwrap(), PasswordChange::Done);
        assert_eq!(world.ended(&sessions).await, ended, "{scope:?}");
    }
}

pub async fn an_exhausted_budget_refuses_even_the_right_hash(world: World) {
    let (account, session) = world.new_signed_in().await;
    let throttle = build::require(world.budget(1, 1).await);
    let write = SetPassword { throttle, sweep: SessionSweep::ALL, ..build::new_password(&account, "new") };
    let change = async |effects| world.accounts.set_password(SetPassword { effects, ..write }).await;
    let retry_after = Duration::from_secs(59);
    assert_eq!(world.refused(change).await, PasswordChange::Exhausted { retry_after });
    assert_same(&world.account(&account).await, &account);
    assert_eq!(world.ended(&[session]).await, [false]);
}

pub async fn a_change_clears_its_budget(world: World) {
    let account = world.new_account().await;
    let budget = world.budget(3, 2).await;
    let write = SetPassword { throttle: build::require(budget), ..build::new_password(&account, "new") };
    assert_eq!(world.accounts.set_password(write).await.unwrap(), PasswordChange::Done);
    assert_eq!(world.room(budget, later(1)).await, 3);
}

pub async fn a_failing_change_leaves_nothing(world: World) {
    let (account, session) = world.new_signed_in().await;
    let secret = world.issue_token(&account, Purpose::ResetPassword).await;
    let budget = world.budget(3, 2).await;
    let write = SetPassword {
        throttle: build::require(budget),
        sweep: SessionSweep::ALL,
        ..build::new_password(&account, "new")
    };
    world.failed(async |effects| world.accounts.set_password(SetPassword { effects, ..write }).await).await;
    assert_same(&world.account(&account).await, &account);
    assert_eq!(world.ended(&[session]).await, [false]);
    assert!(!world.is_spent(&secret).await);
    assert_eq!(world.room(budget, NOW).await, 1);
}

pub async fn counts_wrong_passwords_up_to_the_limit(world: World) {
    let throttle = build::charge(build::budget(2));
    let reject = async |effects| world.accounts.reject_password(throttle.clone(), NOW, effects).await;
    assert_eq!(world.written(&reject).await, Spending::Within);
    assert_eq!(world.written(&reject).await, Spending::Within);
    let retry_after = Duration::from_secs(60);
    assert_eq!(world.refused(&reject).await, Spending::Exhausted { retry_after });
}

pub async fn parallel_wrong_passwords_never_outrun_the_limit(world: World) {
    let throttle = build::charge(build::budget(6));
    let answers = race(40, |_| {
        let (world, throttle) = (world.clone(), throttle.clone());
        async move { world.accounts.reject_password(throttle, NOW, build::effects()).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Spending::Within).count(), 6);
    assert_eq!(world.traces().await, (6, 6));
}

pub async fn a_failing_count_leaves_nothing(world: World) {
    let budget = build::budget(3);
    let throttle = build::charge(budget);
    world.failed(async |effects| world.accounts.reject_password(throttle, NOW, effects).await).await;
    assert_eq!(world.room(budget, NOW).await, 3);
}
