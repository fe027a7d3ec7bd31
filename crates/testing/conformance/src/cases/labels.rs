//! [`portcullis_kernel::Effects`]: private labels that follow from a write-set.

use std::sync::Arc;

use portcullis_accounts::{Account, Amendment};
use portcullis_kernel::{AccountState, Effects, Label, LabelScope, Relabel, Standing};

use crate::build::{self, later};
use crate::{World, race};

fn relabel(account: &Account, key: &str, value: Option<&str>) -> Relabel {
    Relabel {
        account: account.id,
        key: key.to_owned(),
        value: value.map(str::to_owned),
        at: later(5),
        standing: Arc::new(Standing::default()),
    }
}

fn effects(change: Relabel) -> Effects {
    Effects::default().and_relabel(Some(change))
}

async fn pending(world: &World) -> Account {
    let company = world.new_company().await;
    let account = Account { state: AccountState::Pending, ..build::account(&company) };
    world.add_account(&account).await;
    account
}

pub async fn a_label_is_put_into_place_with_the_state_that_comes_of_it(world: World) {
    let account = pending(&world).await;
    world.record(effects(relabel(&account, "email", Some("verified")))).await;
    let found = world.account(&account).await;
    let (key, value) = ("email".to_owned(), "verified".to_owned());
    let (scope, at) = (LabelScope::Private, later(5));
    assert_eq!(found.labels, [Label { key, value, scope, created_at: at, updated_at: at }]);
    assert_eq!((found.state, found.updated_at), (AccountState::Active, later(5)));
    assert_eq!(found.version, account.version + 1);
}

pub async fn a_label_can_be_taken_away(world: World) {
    let account = pending(&world).await;
    world.record(effects(relabel(&account, "email", Some("verified")))).await;
    world.record(effects(relabel(&account, "email", None))).await;
    let found = world.account(&account).await;
    assert!(found.labels.is_empty());
    assert_eq!(found.state, AccountState::Pending);
}

pub async fn a_label_that_is_there_already_changes_nothing(world: World) {
    let account = pending(&world).await;
    world.record(effects(relabel(&account, "email", Some("verified")))).await;
    let before = world.account(&account).await;
    world.record(effects(Relabel { at: later(9), ..relabel(&account, "email", Some("verified")) })).await;
    assert!(world.account(&account).await == before);
}

pub async fn sessions_end_with_a_label_that_shuts_the_account(world: World) {
    let account = pending(&world).await;
    let session = world.new_session(&account).await;
    world.record(effects(relabel(&account, "phone", Some("verified")))).await;
    assert_eq!(world.session(&session).await.ended_at, None);
    world.record(effects(relabel(&account, "ban", Some("yes-sir")))).await;
    assert_eq!(world.account(&account).await.state, AccountState::Banned);
    assert_eq!(world.session(&session).await.ended_at, Some(later(5)));
}

pub async fn an_amendment_cannot_undo_a_label_it_did_not_see(world: World) {
    let account = pending(&world).await;
    world.record(effects(relabel(&account, "email", Some("verified")))).await;
    let stale = world.accounts.amend(build::amended(&account)).await.unwrap();
    assert_eq!(stale, Amendment::Stale);
}

pub async fn of_many_labels_at_once_none_is_lost(world: World) {
    let account = pending(&world).await;
    race(8, |number| {
        let (world, change) = (world.clone(), relabel(&account, &format!("key-{number}"), Some("set")));
        async move { world.record(effects(change)).await }
    })
    .await;
    assert_eq!(world.account(&account).await.labels.len(), 8);
}

pub async fn labels_of_an_account_that_is_gone_are_nobody_s(world: World) {
    let company = world.new_company().await;
    world.record(effects(relabel(&build::account(&company), "email", Some("verified")))).await;
}

pub async fn a_failing_write_set_leaves_the_labels(world: World) {
    let account = pending(&world).await;
    let change = relabel(&account, "email", Some("verified"));
    world
        .failed(async |effects| {
            let write = portcullis_sessions::RefuseSignIn {
                throttle: portcullis_kernel::Throttle::default(),
                at: later(5),
                effects: effects.and_relabel(Some(change)),
            };
            world.sign_in.refuse(write).await
        })
        .await;
    let found = world.account(&account).await;
    assert!(found.labels.is_empty() && found.state == AccountState::Pending);
}
