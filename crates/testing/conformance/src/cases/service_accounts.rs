//! [`portcullis_service_accounts::ServiceAccountStore`].

use portcullis_accounts::{Account, AmendAccount, Label, LabelScope, LeaveAccount};
use portcullis_kernel::{AccountState, Effects, FactorSet, OneTime, PageRequest, Purpose};
use portcullis_mfa::{Authenticator, RemoveAuthenticator};
use portcullis_service_accounts::{
    ApiKey, CreateServiceAccount, Holder, KeyKind, KeyOrder, ServiceAccount, ServiceCreation, SetServiceState,
};

use crate::build::{self, later};
use crate::{World, assert_same};

fn create(service: &ServiceAccount) -> CreateServiceAccount {
    CreateServiceAccount { service: service.clone(), effects: Effects::default() }
}

async fn now(world: &World, service: &ServiceAccount) -> ServiceAccount {
    let found = world.service_accounts.find(service.company, service.uid.clone()).await;
    found.unwrap().unwrap()
}

fn verified_email() -> Label {
    Label {
        key: "email".to_owned(),
        value: "verified".to_owned(),
        scope: LabelScope::Private,
        created_at: later(1),
        updated_at: later(1),
    }
}

pub async fn reads_back_every_field_with_the_level_of_the_owner(world: World) {
    let company = world.new_company().await;
    let owner = Account { labels: vec![verified_email()], ..build::account(&company) };
    world.add_account(&owner).await;
    world.permit(company.id, "sa_maker").await;
    let full = ServiceAccount {
        level: 1,
        created_at: later(1),
        updated_at: later(2),
        ..build::service_account(&owner)
    };
    let bare = ServiceAccount { email: None, level: 1, ..build::service_account(&owner) };
    for service in [full, bare] {
        let write = create(&service);
        let act =
            async |effects| world.service_accounts.create(CreateServiceAccount { effects, ..write }).await;
        assert_eq!(world.written(act).await, ServiceCreation::Done);
        assert_same(&now(&world, &service).await, &service);
    }
    let other = world.new_service_account(&world.new_account().await).await;
    assert!(world.service_accounts.find(company.id, other.uid).await.unwrap().is_none());
}

pub async fn lists_oldest_first_by_owner_and_by_company(world: World) {
    let owner = world.new_account().await;
    let colleague = world.new_colleague(&owner).await;
    world.permit(owner.company, "sa_maker").await;
    world.new_service_account(&world.new_account().await).await;
    let mut services: Vec<_> = [(3, &owner), (1, &owner), (2, &colleague), (2, &owner)]
        .map(|(age, owner)| ServiceAccount { created_at: later(age), ..build::service_account(owner) })
        .into();
    for service in &services {
        assert_eq!(world.service_accounts.create(create(service)).await.unwrap(), ServiceCreation::Done);
    }
    services.sort_by_key(|service| (service.created_at, service.id));
    let page = world.service_accounts.list(owner.company, PageRequest::new(2, 3)).await.unwrap();
    assert_eq!(page.total, 4);
    assert_same(page.items.as_slice(), &services[3..]);
    services.retain(|service| service.owner == owner.id);
    assert_same(&world.service_accounts.of_owner(owner.id).await.unwrap(), &services);
}

pub async fn a_service_account_is_made_in_the_state_of_its_owner(world: World) {
    let company = world.new_company().await;
    world.permit(company.id, "sa_maker").await;
    for state in AccountState::ALL {
        let owner = Account { state, ..build::account(&company) };
        world.add_account(&owner).await;
        let service = ServiceAccount { state: AccountState::Active, ..build::service_account(&owner) };
        world.service_accounts.create(create(&service)).await.unwrap();
        assert_eq!(now(&world, &service).await.state, state);
    }
}

pub async fn refuses_an_unknown_role_a_taken_handle_and_an_owner_that_is_gone(world: World) {
    let owner = world.new_account().await;
    let service = build::service_account(&owner);
    let refused = async |service: &ServiceAccount| {
        let write = create(service);
        let act =
            async |effects| world.service_accounts.create(CreateServiceAccount { effects, ..write }).await;
        world.refused(act).await
    };
    assert_eq!(refused(&service).await, ServiceCreation::NoRole);
    let service = world.new_service_account(&owner).await;
    let twin = ServiceAccount { uid: service.uid.clone(), ..build::service_account(&owner) };
    assert_eq!(refused(&twin).await, ServiceCreation::UidTaken);
    let orphan = ServiceAccount { owner: build::id(), ..build::service_account(&owner) };
    assert_eq!(refused(&orphan).await, ServiceCreation::NoOwner);
    assert_eq!(world.service_accounts.of_owner(owner.id).await.unwrap().len(), 1);
}

pub async fn a_failing_creation_leaves_nothing(world: World) {
    let owner = world.new_account().await;
    world.permit(owner.company, "sa_maker").await;
    let write = create(&build::service_account(&owner));
    let act = async |effects| world.service_accounts.create(CreateServiceAccount { effects, ..write }).await;
    world.failed(act).await;
    assert!(world.service_accounts.of_owner(owner.id).await.unwrap().is_empty());
}

/// An account with a second factor, a service account, a key of each, and a header key.
struct Estate {
    owner: Account,
    service: ServiceAccount,
    factor: Authenticator,
    keys: [ApiKey; 3],
}

impl Estate {
    async fn found(world: &World) -> Self {
        let owner = world.new_account().await;
        let service = world.new_service_account(&owner).await;
        let factor = Authenticator { verified_at: Some(later(1)), ..build::totp(&owner) };
        world.enrol(&factor).await;
        let of_service = ApiKey { holder: Holder::ServiceAccount(service.id), ..build::signed_key(&owner) };
        let keys = [build::signed_key(&owner), of_service, build::api_key(&owner)];
        for key in &keys {
            world.add_key(key).await;
        }
        Self { owner, service, factor, keys }
    }

    /// Which of the three keys are honoured.
    async fn honoured(&self, world: &World) -> [bool; 3] {
        let mut active = [false; 3];
        for (flag, key) in active.iter_mut().zip(&self.keys) {
            *flag = match &key.kind {
                KeyKind::Signed { kid, .. } => {
                    let found = world.signed_keys.find(kid.clone()).await.unwrap();
                    found.is_some_and(|key| key.state.is_active())
                }
                KeyKind::Header { token } => {
                    world.api_keys.find(token.digest()).await.unwrap().is_some_and(|key| key.active)
                }
            };
        }
        active
    }

    async fn amend(&mut self, world: &World, change: impl Fn(&mut Account)) {
        let mut account = world.account(&self.owner).await;
        change(&mut account);
        account.updated_at = later(7);
        let write = AmendAccount { ..build::amended(&account) };
        world.accounts.amend(write).await.unwrap();
        self.owner = world.account(&account).await;
    }
}

pub async fn a_state_of_its_own_switches_its_keys_off(world: World) {
    let estate = Estate::found(&world).await;
    let set = |state, effects| SetServiceState { service: estate.service.id, state, at: later(5), effects };
    let act = async |effects| world.service_accounts.set_state(set(AccountState::Locked, effects)).await;
    world.failed(act).await;
    assert_eq!(now(&world, &estate.service).await.state, AccountState::Active);
    assert_eq!(estate.honoured(&world).await, [true, true, true]);
    let act = async |effects| world.service_accounts.set_state(set(AccountState::Locked, effects)).await;
    assert!(world.written(act).await);
    let changed =
        ServiceAccount { state: AccountState::Locked, updated_at: later(5), ..estate.service.clone() };
    assert_same(&now(&world, &estate.service).await, &changed);
    assert_eq!(estate.honoured(&world).await, [true, false, true]);
    let gone = SetServiceState { service: build::id(), ..set(AccountState::Active, Effects::default()) };
    let act = async |effects| world.service_accounts.set_state(SetServiceState { effects, ..gone }).await;
    assert!(!world.refused(act).await);
}

pub async fn it_follows_the_state_of_its_owner(world: World) {
    let mut estate = Estate::found(&world).await;
    for state in [AccountState::Locked, AccountState::Active, AccountState::Banned] {
        estate.amend(&world, |owner| owner.state = state).await;
        let found = now(&world, &estate.service).await;
        assert_eq!((found.state, found.updated_at), (state, later(7)));
    }
    estate.amend(&world, |owner| owner.state = AccountState::Active).await;
    let own = SetServiceState {
        service: estate.service.id,
        state: AccountState::Locked,
        at: later(8),
        effects: Effects::default(),
    };
    world.service_accounts.set_state(own).await.unwrap();
    estate.amend(&world, |owner| owner.labels.push(verified_email())).await;
    let found = now(&world, &estate.service).await;
    assert_eq!((found.state, found.level), (AccountState::Locked, 1), "the owner's state did not change");
}

pub async fn keys_of_an_owner_who_leaves_active_are_switched_off(world: World) {
    let mut estate = Estate::found(&world).await;
    estate.amend(&world, |owner| owner.labels.push(verified_email())).await;
    assert_eq!(estate.honoured(&world).await, [true, true, true]);
    estate.amend(&world, |owner| owner.state = AccountState::Pending).await;
    assert_eq!(estate.honoured(&world).await, [false, false, true], "header keys follow nobody");
    estate.amend(&world, |owner| owner.state = AccountState::Active).await;
    assert_eq!(estate.honoured(&world).await, [false, false, true], "they do not come back by themselves");
    let holder = Holder::Account(estate.owner.id);
    let page = world.signed_keys.list(holder, KeyOrder::default(), PageRequest::new(1, 9)).await.unwrap();
    assert_eq!((page.items[0].state.as_str(), page.items[0].updated_at), ("inactive", later(7)));
}

pub async fn keys_of_an_owner_who_leaves_are_switched_off(world: World) {
    let estate = Estate::found(&world).await;
    let secret = OneTime { ..build::token(&estate.owner, Purpose::Deactivate).0 };
    world.keep(&secret).await;
    let write = LeaveAccount {
        secret: secret.id,
        purpose: Purpose::Deactivate,
        account: estate.owner.id,
        from: vec![AccountState::Active],
        state: AccountState::Deactivated,
        deletion: false,
        at: later(6),
        effects: Effects::default(),
    };
    assert!(world.contacts.leave(write).await.unwrap());
    assert_eq!(estate.honoured(&world).await, [false, false, false]);
    assert_eq!(now(&world, &estate.service).await.state, AccountState::Deactivated);
}

pub async fn keys_of_an_owner_without_a_second_factor_are_switched_off(world: World) {
    let estate = Estate::found(&world).await;
    let spare = Authenticator { verified_at: Some(later(2)), ..build::sms(&estate.owner) };
    world.enrol(&spare).await;
    world.enrol(&build::recovery_codes(&estate.owner, &["aaaa"])).await;
    let remove = |authenticator: &Authenticator| RemoveAuthenticator {
        account: estate.owner.id,
        authenticator: authenticator.id,
        left: FactorSet::NONE,
        at: later(4),
        effects: Effects::default(),
    };
    assert!(world.authenticators.remove(remove(&spare)).await.unwrap());
    assert_eq!(estate.honoured(&world).await, [true, true, true], "one that counts is left");
    assert!(world.authenticators.remove(remove(&estate.factor)).await.unwrap());
    assert_eq!(estate.honoured(&world).await, [false, false, true]);
}
