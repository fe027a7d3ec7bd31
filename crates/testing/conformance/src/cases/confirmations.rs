//! [`portcullis_accounts::ContactStore::confirm_account`].

use portcullis_accounts::{Account, ConfirmAccount, Contact};
use portcullis_kernel::{AccountState, Effects, Email, OneTime, Purpose};

use crate::build::{self, later};
use crate::{World, assert_same, race};

/// A pending account, and a token that confirms it, used up at one second after `NOW`.
async fn confirmable(world: &World) -> (Account, ConfirmAccount) {
    let account = world.new_account().await;
    let pending = Account { state: AccountState::Pending, ..account };
    world.accounts.amend(build::amended(&pending)).await.unwrap();
    let account = world.account(&pending).await;
    let write = confirm(&account);
    (account, write)
}

fn confirm(account: &Account) -> ConfirmAccount {
    let email = account.email.as_ref().unwrap().value.clone();
    let (secret, _) = build::token(account, Purpose::ConfirmAccount);
    let target = Some(email.as_str().to_owned());
    let spent = OneTime { consumed_at: Some(later(1)), target, ..secret };
    ConfirmAccount { spent, email, at: later(1), effects: Effects::default() }
}

async fn is_verified(world: &World, account: &Account) -> bool {
    world.account(account).await.email.unwrap().verified_at.is_some()
}

pub async fn verifies_the_address_and_keeps_the_token(world: World) {
    let (account, write) = confirmable(&world).await;
    let act = write.clone();
    let confirm = async |effects| world.contacts.confirm_account(ConfirmAccount { effects, ..act }).await;
    assert!(world.written(confirm).await);
    let email = Contact { verified_at: Some(later(1)), ..account.email.clone().unwrap() };
    let expected =
        Account { email: Some(email), updated_at: later(1), version: account.version + 1, ..account };
    assert_same(&world.account(&expected).await, &expected);
    assert_same(&world.secret(&write.spent).await, &write.spent);
}

pub async fn a_token_confirms_once(world: World) {
    let (account, write) = confirmable(&world).await;
    assert!(world.contacts.confirm_account(write.clone()).await.unwrap());
    let (again, _) = build::token(&account, Purpose::ConfirmAccount);
    let again = ConfirmAccount { spent: OneTime { secret: write.spent.secret.clone(), ..again }, ..write };
    let act = async |effects| world.contacts.confirm_account(ConfirmAccount { effects, ..again }).await;
    assert!(!world.refused(act).await);
}

pub async fn of_many_confirmations_with_one_token_one_counts(world: World) {
    let (account, write) = confirmable(&world).await;
    let answers = race(8, |_| {
        let (fresh, _) = build::token(&account, Purpose::ConfirmAccount);
        let spent = OneTime { secret: write.spent.secret.clone(), ..fresh };
        let (write, world) = (ConfirmAccount { spent, ..write.clone() }, world.clone());
        async move { world.contacts.confirm_account(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.into_iter().filter(|done| *done).count(), 1);
}

pub async fn only_pending_accounts_with_that_address_are_confirmed(world: World) {
    let active = world.new_account().await;
    assert!(!world.contacts.confirm_account(confirm(&active)).await.unwrap());
    assert!(!is_verified(&world, &active).await);
    let (pending, write) = confirmable(&world).await;
    let elsewhere = ConfirmAccount { email: Email::parse("else@example.com").unwrap(), ..write };
    let act = async |effects| world.contacts.confirm_account(ConfirmAccount { effects, ..elsewhere }).await;
    assert!(!world.refused(act).await);
    assert!(!is_verified(&world, &pending).await);
}

pub async fn a_failing_confirmation_leaves_nothing(world: World) {
    let (account, write) = confirmable(&world).await;
    let act = write.clone();
    let confirm = async |effects| world.contacts.confirm_account(ConfirmAccount { effects, ..act }).await;
    world.failed(confirm).await;
    assert!(!is_verified(&world, &account).await);
    assert!(world.contacts.confirm_account(write).await.unwrap());
}
