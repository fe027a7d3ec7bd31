//! [`portcullis_service_accounts::ApiKeyStore`].

use portcullis_accounts::{Account, Amendment};
use portcullis_kernel::{AccountState, Effects, TokenDigest};
use portcullis_service_accounts::{ApiKey, DeleteKey, Holder, IssueKey, Issued, KeyState, PresentedKey};

use crate::build::{self, header_digest, later};
use crate::{World, assert_same, race};

async fn list(world: &World, account: &Account) -> Vec<ApiKey> {
    world.api_keys.list(Holder::Account(account.id)).await.unwrap()
}

async fn find(world: &World, key: &ApiKey) -> Option<PresentedKey> {
    world.api_keys.find(header_digest(key)).await.unwrap()
}

fn delete(account: &Account, key: &ApiKey) -> DeleteKey {
    let (holder, digest) = (Holder::Account(account.id), header_digest(key));
    DeleteKey { holder, digest, effects: Effects::default() }
}

pub async fn reads_back_every_field(world: World) {
    let account = world.new_account().await;
    let full = ApiKey {
        name: build::UNICODE.to_owned(),
        scopes: vec![build::UNICODE.to_owned(), String::new(), "read:all".to_owned()],
        state: KeyState::new("off for now"),
        created_at: later(1),
        updated_at: later(3),
        last_used_at: Some(later(2)),
        ..build::api_key(&account)
    };
    let keys = vec![build::api_key(&account), full];
    for key in &keys {
        let write = build::issue_key(key);
        let act = async |effects| world.api_keys.issue(IssueKey { effects, ..write }).await;
        assert_eq!(world.written(act).await, Issued::Done);
    }
    assert_same(&list(&world, &account).await, &keys);
}

pub async fn lists_the_holder_s_header_keys_oldest_first_then_by_id(world: World) {
    let account = world.new_account().await;
    world.add_key(&build::api_key(&world.new_colleague(&account).await)).await;
    world.add_key(&build::signed_key(&account)).await;
    assert!(list(&world, &account).await.is_empty());
    let mut keys: Vec<_> =
        [3, 1, 2, 2, 2].map(|age| ApiKey { created_at: later(age), ..build::api_key(&account) }).into();
    for key in &keys {
        world.add_key(key).await;
    }
    keys.sort_by_key(|key| (key.created_at, key.id));
    assert_same(&list(&world, &account).await, &keys);
}

pub async fn finds_a_key_and_its_holder_in_any_state(world: World) {
    let company = world.new_company().await;
    for (state, active) in AccountState::ALL.into_iter().zip([true, false].into_iter().cycle()) {
        let account = Account { state, ..build::account(&company) };
        world.add_account(&account).await;
        let word = if active { KeyState::active() } else { KeyState::inactive() };
        let key = ApiKey { state: word, ..build::api_key(&account) };
        world.add_key(&key).await;
        let expected = PresentedKey {
            id: key.id,
            company: company.id,
            account: account.id,
            state,
            username: account.username.clone(),
            name: key.name.clone(),
            active,
        };
        assert_same(&find(&world, &key).await.unwrap(), &expected);
    }
    let bare = build::bare_account(&company);
    world.add_account(&bare).await;
    let key = build::api_key(&bare);
    world.add_key(&key).await;
    assert_eq!(find(&world, &key).await.unwrap().username, None);
    assert!(world.api_keys.find(TokenDigest::of("no such key")).await.unwrap().is_none());
}

pub async fn a_found_key_shows_its_holder_as_it_is_now(world: World) {
    let account = world.new_account().await;
    let key = build::api_key(&account);
    world.add_key(&key).await;
    let banned = Account { state: AccountState::Banned, username: None, ..account };
    assert_eq!(world.accounts.amend(build::amended(&banned)).await.unwrap(), Amendment::Done);
    let found = find(&world, &key).await.unwrap();
    assert_eq!((found.state, found.username), (AccountState::Banned, None));
}

pub async fn refuses_a_key_beyond_the_limit(world: World) {
    let account = world.new_account().await;
    let other = world.new_colleague(&account).await;
    world.add_key(&build::api_key(&account)).await;
    world.add_key(&build::signed_key(&account)).await;
    let key = build::api_key(&account);
    for limit in [0, 1, 2] {
        let write = IssueKey { limit, ..build::issue_key(&key) };
        let act = async |effects| world.api_keys.issue(IssueKey { effects, ..write }).await;
        assert_eq!(world.refused(act).await, Issued::LimitReached, "keys of both kinds count");
        assert!(find(&world, &key).await.is_none());
    }
    for (key, limit) in [(key, 3), (build::api_key(&other), 1)] {
        let write = IssueKey { limit, ..build::issue_key(&key) };
        assert_eq!(world.api_keys.issue(write).await.unwrap(), Issued::Done, "each holder has its own limit");
    }
}

pub async fn parallel_issues_never_pass_the_limit(world: World) {
    let account = world.new_account().await;
    let answers = race(12, |_| {
        let effects = build::effects();
        let write = IssueKey { limit: 3, effects, ..build::issue_key(&build::api_key(&account)) };
        let world = world.clone();
        async move { world.api_keys.issue(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Issued::Done).count(), 3);
    assert_eq!(list(&world, &account).await.len(), 3);
    assert_eq!(world.traces().await, (3, 3));
}

pub async fn a_failing_issue_leaves_nothing(world: World) {
    let account = world.new_account().await;
    let key = build::api_key(&account);
    let write = build::issue_key(&key);
    world.failed(async |effects| world.api_keys.issue(IssueKey { effects, ..write }).await).await;
    assert!(find(&world, &key).await.is_none());
    assert!(list(&world, &account).await.is_empty());
}

pub async fn deletes_a_key_of_the_holder_only(world: World) {
    let account = world.new_account().await;
    let other = world.new_colleague(&account).await;
    let (key, kept) = (build::api_key(&account), build::api_key(&account));
    world.add_key(&key).await;
    world.add_key(&kept).await;
    for write in [delete(&other, &key), delete(&account, &build::api_key(&account))] {
        let act = async |effects| world.api_keys.delete(DeleteKey { effects, ..write }).await;
        assert!(!world.refused(act).await);
    }
    assert_eq!(list(&world, &account).await.len(), 2);
    let write = delete(&account, &key);
    let act = async |effects| world.api_keys.delete(DeleteKey { effects, ..write }).await;
    assert!(world.written(act).await);
    assert!(find(&world, &key).await.is_none());
    assert_same(&list(&world, &account).await, &vec![kept]);
}

pub async fn of_many_deletions_of_one_key_one_counts(world: World) {
    let account = world.new_account().await;
    let key = build::api_key(&account);
    world.add_key(&key).await;
    let answers = race(8, |_| {
        let write = DeleteKey { effects: build::effects(), ..delete(&account, &key) };
        let world = world.clone();
        async move { world.api_keys.delete(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer).count(), 1);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn a_failing_deletion_leaves_nothing(world: World) {
    let account = world.new_account().await;
    let key = build::api_key(&account);
    world.add_key(&key).await;
    let write = delete(&account, &key);
    world.failed(async |effects| world.api_keys.delete(DeleteKey { effects, ..write }).await).await;
    assert!(find(&world, &key).await.is_some());
}

pub async fn the_last_use_only_moves_forward(world: World) {
    let account = world.new_account().await;
    let (one, other) = (build::api_key(&account), build::api_key(&account));
    world.add_key(&one).await;
    world.add_key(&other).await;
    let last = async |key: &ApiKey| {
        let keys = list(&world, &account).await;
        keys.into_iter().find(|found| found.id == key.id).unwrap().last_used_at
    };
    world.api_keys.touch(vec![]).await.unwrap();
    assert_eq!(last(&one).await, None);
    let uses = vec![(one.id, later(5)), (build::id(), later(9)), (other.id, later(7)), (one.id, later(3))];
    world.api_keys.touch(uses).await.unwrap();
    world.api_keys.touch(vec![(one.id, later(4)), (other.id, later(8))]).await.unwrap();
    assert_eq!((last(&one).await, last(&other).await), (Some(later(5)), Some(later(8))));
}

pub async fn parallel_uses_keep_the_latest(world: World) {
    let account = world.new_account().await;
    let (one, other) = (build::api_key(&account), build::api_key(&account));
    world.add_key(&one).await;
    world.add_key(&other).await;
    race(12, |number| {
        let at = later(u64::try_from(number).unwrap());
        let mut uses = vec![(one.id, at), (other.id, at)];
        if number % 2 == 0 {
            uses.reverse();
        }
        let world = world.clone();
        async move { world.api_keys.touch(uses).await.unwrap() }
    })
    .await;
    for key in list(&world, &account).await {
        assert_eq!(key.last_used_at, Some(later(11)));
    }
}
