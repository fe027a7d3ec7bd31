//! [`portcullis_service_accounts::SignedKeyStore`].

use portcullis_accounts::{Account, Label, LabelScope};
use portcullis_kernel::{AccountState, Effects, PageRequest, Secret};
use portcullis_mfa::Authenticator;
use portcullis_service_accounts::{
    AmendKey, ApiKey, DeleteSignedKey, Holder, IssueSignedKey, KeyAmendment, KeyColumn, KeyKind, KeyOrder,
    KeyState, ServiceAccount, SetServiceState, SignedIssue, SignedKey,
};

use crate::build::{self, later};
use crate::{World, assert_same, race};

fn kid(key: &ApiKey) -> String {
    match &key.kind {
        KeyKind::Signed { kid, .. } => kid.clone(),
        KeyKind::Header { .. } => panic!("a header key has no handle"),
    }
}

async fn find(world: &World, key: &ApiKey) -> Option<SignedKey> {
    world.signed_keys.find(kid(key)).await.unwrap()
}

async fn list(world: &World, holder: Holder) -> Vec<ApiKey> {
    world.signed_keys.list(holder, KeyOrder::default(), PageRequest::new(1, 100)).await.unwrap().items
}

fn issue(key: &ApiKey) -> IssueSignedKey {
    IssueSignedKey { key: key.clone(), effects: Effects::default() }
}

fn amend(key: &ApiKey) -> AmendKey {
    let (holder, kid) = (key.holder, kid(key));
    AmendKey { holder, kid, scopes: None, state: None, at: later(9), effects: Effects::default() }
}

fn delete(key: &ApiKey) -> DeleteSignedKey {
    DeleteSignedKey { holder: key.holder, kid: kid(key), effects: Effects::default() }
}

/// What is found of a key that an account with nothing special holds itself.
fn presented(account: &Account, key: &ApiKey) -> SignedKey {
    SignedKey {
        id: key.id,
        kid: kid(key),
        secret: Secret::new("hmac secret"),
        state: key.state.clone(),
        holder: key.holder,
        company: account.company,
        account: account.id,
        uid: account.uid.clone(),
        email: account.email.as_ref().map(|contact| contact.value.clone()),
        username: account.username.clone(),
        role: account.role.clone(),
        level: 0,
        holder_state: account.state,
        has_factor: false,
        referrer: account.referral.clone(),
    }
}

pub async fn a_found_key_knows_its_holder(world: World) {
    let company = world.new_company().await;
    for state in AccountState::ALL {
        let account = Account { state, ..build::account(&company) };
        world.add_account(&account).await;
        let key = ApiKey { state: KeyState::new("resting"), ..build::signed_key(&account) };
        world.add_key(&key).await;
        assert_same(&find(&world, &key).await.unwrap(), &presented(&account, &key));
    }
    let verified = Label {
        key: "email".to_owned(),
        value: "verified".to_owned(),
        scope: LabelScope::Private,
        created_at: later(1),
        updated_at: later(1),
    };
    let referral = Some(portcullis_kernel::Uid::from_text("ID0123456789"));
    let bare = Account { labels: vec![verified], referral, ..build::bare_account(&company) };
    world.add_account(&bare).await;
    let key = build::signed_key(&bare);
    world.add_key(&key).await;
    world.enrol(&build::totp(&bare)).await;
    let expected = SignedKey { level: 1, ..presented(&bare, &key) };
    assert_same(&find(&world, &key).await.unwrap(), &expected);
    world.enrol(&Authenticator { verified_at: Some(later(1)), ..build::sms(&bare) }).await;
    assert_same(&find(&world, &key).await.unwrap(), &SignedKey { has_factor: true, ..expected });
    assert!(world.signed_keys.find("no such key".to_owned()).await.unwrap().is_none());
}

pub async fn a_key_of_a_service_account_speaks_for_its_owner(world: World) {
    let owner = world.new_account().await;
    let service = world.new_service_account(&owner).await;
    let key = ApiKey { holder: Holder::ServiceAccount(service.id), ..build::signed_key(&owner) };
    assert_eq!(world.signed_keys.issue(issue(&key)).await.unwrap(), SignedIssue::Done);
    let locked = SetServiceState {
        service: service.id,
        state: AccountState::Locked,
        at: later(2),
        effects: Effects::default(),
    };
    let ServiceAccount { uid, email, role, .. } = service;
    let expected = SignedKey { uid, email, role, username: None, referrer: None, ..presented(&owner, &key) };
    assert_same(&find(&world, &key).await.unwrap(), &expected);
    world.service_accounts.set_state(locked).await.unwrap();
    let (state, holder_state) = (KeyState::inactive(), AccountState::Locked);
    assert_same(&find(&world, &key).await.unwrap(), &SignedKey { state, holder_state, ..expected });
}

pub async fn lists_keys_of_the_holder_in_every_order_and_in_pages(world: World) {
    let account = world.new_account().await;
    let service = world.new_service_account(&account).await;
    world.add_key(&build::api_key(&account)).await;
    world.add_key(&build::signed_key(&world.new_colleague(&account).await)).await;
    let of_service = ApiKey { holder: Holder::ServiceAccount(service.id), ..build::signed_key(&account) };
    world.add_key(&of_service).await;
    let words = ["b", "a", "b", "c"];
    let mut keys: Vec<_> = [(3, 5), (1, 9), (2, 5), (2, 7)]
        .into_iter()
        .zip(words)
        .map(|((created, updated), word)| ApiKey {
            state: KeyState::new(word),
            scopes: vec![word.to_owned()],
            created_at: later(created),
            updated_at: later(updated),
            ..build::signed_key(&account)
        })
        .collect();
    for key in &keys {
        world.add_key(key).await;
    }
    let holder = Holder::Account(account.id);
    for by in [KeyColumn::Id, KeyColumn::Kid, KeyColumn::State, KeyColumn::CreatedAt, KeyColumn::UpdatedAt] {
        for descending in [false, true] {
            keys.sort_by_key(|key| key.id);
            keys.sort_by(|one, other| {
                let order = match by {
                    KeyColumn::Id => one.id.cmp(&other.id),
                    KeyColumn::Kid => kid(one).cmp(&kid(other)),
                    KeyColumn::State => one.state.as_str().cmp(other.state.as_str()),
                    KeyColumn::CreatedAt => one.created_at.cmp(&other.created_at),
                    KeyColumn::UpdatedAt => one.updated_at.cmp(&other.updated_at),
                };
                if descending { order.reverse() } else { order }
            });
            let order = KeyOrder { by, descending };
            let page = world.signed_keys.list(holder, order, PageRequest::new(1, 3)).await.unwrap();
            assert_eq!(page.total, 4);
            assert_same(page.items.as_slice(), &keys[..3]);
            let rest = world.signed_keys.list(holder, order, PageRequest::new(2, 3)).await.unwrap();
            assert_same(rest.items.as_slice(), &keys[3..]);
        }
    }
    assert_same(&list(&world, of_service.holder).await, &vec![of_service]);
}

pub async fn a_holder_that_is_not_active_gets_no_key(world: World) {
    let company = world.new_company().await;
    world.permit(company.id, "sa_maker").await;
    for state in AccountState::ALL {
        let account = Account { state, ..build::account(&company) };
        world.add_account(&account).await;
        let service = world.new_service_account(&account).await;
        for holder in [Holder::Account(account.id), Holder::ServiceAccount(service.id)] {
            let key = ApiKey { holder, ..build::signed_key(&account) };
            let write = issue(&key);
            let act = async |effects| world.signed_keys.issue(IssueSignedKey { effects, ..write }).await;
            if state == AccountState::Active {
                assert_eq!(world.written(act).await, SignedIssue::Done);
                assert_same(&list(&world, holder).await, &vec![key]);
            } else {
                assert_eq!(world.refused(act).await, SignedIssue::HolderNotActive);
                assert!(list(&world, holder).await.is_empty());
            }
        }
    }
}

pub async fn a_change_leaves_what_it_does_not_name(world: World) {
    let account = world.new_account().await;
    let key = ApiKey { scopes: vec!["read".to_owned()], ..build::signed_key(&account) };
    world.add_key(&key).await;
    let scopes = vec![build::UNICODE.to_owned(), String::new()];
    let resting = Some(KeyState::new("resting"));
    let mut expected = ApiKey { updated_at: later(9), ..key.clone() };
    for (scopes, state) in [(None, resting), (Some(scopes), None), (None, None)] {
        let write = AmendKey { scopes: scopes.clone(), state: state.clone(), ..amend(&key) };
        let act = async |effects| world.signed_keys.amend(AmendKey { effects, ..write }).await;
        expected.scopes = scopes.unwrap_or(expected.scopes);
        expected.state = state.unwrap_or(expected.state);
        let KeyAmendment::Done(changed) = world.written(act).await else { panic!("not changed") };
        assert_same(&*changed, &expected);
        assert_same(&list(&world, key.holder).await, &vec![expected.clone()]);
    }
}

pub async fn a_key_wakes_up_only_while_its_holder_is_active(world: World) {
    let company = world.new_company().await;
    let pending = Account { state: AccountState::Pending, ..build::account(&company) };
    world.add_account(&pending).await;
    let key = ApiKey { state: KeyState::inactive(), ..build::signed_key(&pending) };
    world.add_key(&key).await;
    let write = AmendKey { state: Some(KeyState::active()), ..amend(&key) };
    let act = async |effects| world.signed_keys.amend(AmendKey { effects, ..write.clone() }).await;
    assert!(matches!(world.refused(act).await, KeyAmendment::HolderNotActive));
    assert_same(&list(&world, key.holder).await, &vec![key.clone()]);
    let resting = AmendKey { state: Some(KeyState::new("resting")), ..amend(&key) };
    assert!(matches!(world.signed_keys.amend(resting).await.unwrap(), KeyAmendment::Done(_)));
    let active = Account { state: AccountState::Active, ..pending };
    world.accounts.amend(build::amended(&active)).await.unwrap();
    assert!(matches!(world.signed_keys.amend(write).await.unwrap(), KeyAmendment::Done(_)));
    assert!(find(&world, &key).await.unwrap().state.is_active());
}

pub async fn strangers_change_and_delete_nothing(world: World) {
    let account = world.new_account().await;
    let other = world.new_colleague(&account).await;
    let (key, header) = (build::signed_key(&account), build::api_key(&account));
    world.add_key(&key).await;
    world.add_key(&header).await;
    for (holder, kid) in [
        (Holder::Account(other.id), kid(&key)),
        (key.holder, "no such key".to_owned()),
        (Holder::ServiceAccount(build::id()), kid(&key)),
    ] {
        let write = AmendKey { holder, kid: kid.clone(), ..amend(&key) };
        let act = async |effects| world.signed_keys.amend(AmendKey { effects, ..write }).await;
        assert!(matches!(world.refused(act).await, KeyAmendment::NotFound));
        let write = DeleteSignedKey { holder, kid, ..delete(&key) };
        let act = async |effects| world.signed_keys.delete(DeleteSignedKey { effects, ..write }).await;
        assert!(!world.refused(act).await);
    }
    assert_same(&list(&world, key.holder).await, &vec![key]);
}

pub async fn of_many_deletions_of_one_key_one_counts(world: World) {
    let key = build::signed_key(&world.new_account().await);
    world.add_key(&key).await;
    let answers = race(8, |_| {
        let (world, write) = (world.clone(), DeleteSignedKey { effects: build::effects(), ..delete(&key) });
        async move { world.signed_keys.delete(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer).count(), 1);
    assert_eq!(world.traces().await, (1, 1));
    assert!(find(&world, &key).await.is_none());
}

pub async fn failing_writes_leave_nothing(world: World) {
    let account = world.new_account().await;
    let (new, key) = (build::signed_key(&account), build::signed_key(&account));
    world.add_key(&key).await;
    let write = issue(&new);
    world.failed(async |effects| world.signed_keys.issue(IssueSignedKey { effects, ..write }).await).await;
    let write = AmendKey { state: Some(KeyState::inactive()), ..amend(&key) };
    world.failed(async |effects| world.signed_keys.amend(AmendKey { effects, ..write }).await).await;
    let write = delete(&key);
    world.failed(async |effects| world.signed_keys.delete(DeleteSignedKey { effects, ..write }).await).await;
    assert_same(&list(&world, key.holder).await, &vec![key]);
}
