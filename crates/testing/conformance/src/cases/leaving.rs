//! [`portcullis_accounts::ContactStore::leave`].

use portcullis_accounts::{Account, LeaveAccount};
use portcullis_kernel::{AccountState, Effects, OneTime, Purpose, Timestamp};
use portcullis_service_accounts::{ApiKey, Holder};

use crate::build::{self, NOW, later};
use crate::{World, assert_same, race};

/// An account, and a kept key that deactivates it.
async fn leaver(world: &World) -> (Account, OneTime) {
    let account = world.new_account().await;
    let secret = world.issue_token(&account, Purpose::Deactivate).await;
    (account, secret)
}

fn leave(secret: &OneTime, at: Timestamp) -> LeaveAccount {
    LeaveAccount {
        secret: secret.id,
        purpose: secret.purpose,
        account: secret.account,
        from: vec![AccountState::Pending, AccountState::Active],
        state: AccountState::Deactivated,
        deletion: false,
        at,
        effects: Effects::default(),
    }
}

async fn keys_of(world: &World, account: &Account) -> Vec<ApiKey> {
    world.api_keys.list(Holder::Account(account.id)).await.unwrap()
}

async fn refuses(world: &World, write: LeaveAccount) {
    let left =
        world.refused(async |effects| world.contacts.leave(LeaveAccount { effects, ..write }).await).await;
    assert!(!left);
}

pub async fn leaving_writes_the_state_and_uses_the_secret_up(world: World) {
    for (purpose, deletion) in [(Purpose::Deactivate, false), (Purpose::RequestDelete, true)] {
        let account = world.new_account().await;
        let secret = world.issue_token(&account, purpose).await;
        let write = |effects| LeaveAccount { deletion, effects, ..leave(&secret, later(1)) };
        assert!(world.written(async |effects| world.contacts.leave(write(effects)).await).await);
        let expected = Account {
            state: AccountState::Deactivated,
            delete_requested_at: deletion.then_some(later(1)),
            updated_at: later(1),
            version: account.version + 1,
            ..account.clone()
        };
        assert_same(&world.account(&account).await, &expected);
        assert_eq!(world.secret(&secret).await.consumed_at, Some(later(1)));
        refuses(&world, leave(&secret, later(2))).await;
    }
}

pub async fn a_leaver_keeps_when_the_deletion_was_first_asked_for(world: World) {
    let company = world.new_company().await;
    let account = Account { delete_requested_at: Some(NOW), ..build::account(&company) };
    world.add_account(&account).await;
    let secret = world.issue_token(&account, Purpose::RequestDelete).await;
    let write = LeaveAccount { deletion: true, ..leave(&secret, later(1)) };
    assert!(world.contacts.leave(write).await.unwrap());
    assert_eq!(world.account(&account).await.delete_requested_at, Some(NOW));
}

pub async fn leaving_ends_every_session_and_removes_every_key_of_the_account(world: World) {
    let (account, secret) = leaver(&world).await;
    let sessions = world.sessions_to_sweep(&account).await;
    let colleague = world.new_colleague(&account).await;
    for holder in [&account, &account, &colleague] {
        world.add_key(&build::api_key(holder)).await;
    }
    assert!(world.contacts.leave(leave(&secret, later(1))).await.unwrap());
    assert_eq!(world.ended(&sessions).await, [true, true, true, false]);
    assert!(keys_of(&world, &account).await.is_empty());
    assert_eq!(keys_of(&world, &colleague).await.len(), 1);
}

pub async fn replaced_expired_foreign_and_unknown_secrets_let_nobody_leave(world: World) {
    let (account, replaced) = leaver(&world).await;
    let newer = world.issue_token(&account, Purpose::Deactivate).await;
    let (unknown, _) = build::token(&account, Purpose::Deactivate);
    let other = world.new_colleague(&account).await;
    let foreign = LeaveAccount { account: other.id, ..leave(&newer, later(1)) };
    let misused = LeaveAccount { purpose: Purpose::RequestDelete, ..leave(&newer, later(1)) };
    let late = leave(&newer, newer.expires_at);
    for write in [leave(&replaced, later(1)), leave(&unknown, later(1)), late, foreign, misused] {
        refuses(&world, write).await;
    }
    for account in [&account, &other] {
        assert_same(&world.account(account).await, account);
    }
    assert!(!world.is_spent(&newer).await);
}

pub async fn an_account_in_another_state_does_not_leave(world: World) {
    for state in AccountState::ALL {
        let company = world.new_company().await;
        let account = Account { state, ..build::account(&company) };
        world.add_account(&account).await;
        let secret = world.issue_token(&account, Purpose::Deactivate).await;
        let may = leave(&secret, later(1)).from.contains(&state);
        assert_eq!(world.contacts.leave(leave(&secret, later(1))).await.unwrap(), may, "{state}");
        assert_eq!(world.is_spent(&secret).await, may, "{state}");
    }
}

pub async fn of_many_who_leave_with_one_secret_one_does(world: World) {
    let (_, secret) = leaver(&world).await;
    let answers = race(8, |_| {
        let write = LeaveAccount { effects: build::effects(), ..leave(&secret, later(1)) };
        let world = world.clone();
        async move { world.contacts.leave(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|left| **left).count(), 1);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn a_failing_departure_leaves_nothing(world: World) {
    let (account, secret) = leaver(&world).await;
    let sessions = world.sessions_to_sweep(&account).await;
    world.add_key(&build::api_key(&account)).await;
    let write = leave(&secret, later(1));
    world.failed(async |effects| world.contacts.leave(LeaveAccount { effects, ..write }).await).await;
    assert_same(&world.account(&account).await, &account);
    assert_eq!(world.ended(&sessions).await, [false; 4]);
    assert_eq!(keys_of(&world, &account).await.len(), 1);
    assert!(!world.is_spent(&secret).await);
}
