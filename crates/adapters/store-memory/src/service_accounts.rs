//! Service accounts, and how they and signed keys follow their owner.

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, AccountState, CompanyId, Label, Page, PageRequest, PortResult, ServiceAccountId, Timestamp,
    Uid,
};
use portcullis_service_accounts::{
    CreateServiceAccount, Holder, KeyKind, KeyState, ServiceAccount, ServiceAccountStore, ServiceCreation,
    SetServiceState,
};

use crate::MemoryStore;
use crate::state::{State, Stop, insert_new, page};

#[async_trait]
impl ServiceAccountStore for MemoryStore {
    async fn create(&self, write: CreateServiceAccount) -> PortResult<ServiceCreation> {
        self.write(|state| {
            let mut new = write.service;
            let owner = state.accounts.get(&new.owner).ok_or(Stop::Refused(ServiceCreation::NoOwner))?;
            new.state = owner.state;
            let known =
                |rule: &portcullis_sessions::Permission| rule.company == new.company && rule.role == new.role;
            if !state.permissions.iter().any(known) {
                return Err(Stop::Refused(ServiceCreation::NoRole));
            }
            if state.service_accounts.values().any(|other| other.uid == new.uid) {
                return Err(Stop::Refused(ServiceCreation::UidTaken));
            }
            insert_new(&mut state.service_accounts, new.id, new)?;
            state.record(write.effects)?;
            Ok(ServiceCreation::Done)
        })
    }

    async fn find(&self, company: CompanyId, uid: Uid) -> PortResult<Option<ServiceAccount>> {
        self.read(|state| {
            let named = |service: &&ServiceAccount| service.company == company && service.uid == uid;
            state.service_accounts.values().find(named).map(|service| state.levelled(service))
        })
    }

    async fn of_owner(&self, owner: AccountId) -> PortResult<Vec<ServiceAccount>> {
        self.read(|state| state.services(|service| service.owner == owner))
    }

    async fn list(&self, company: CompanyId, request: PageRequest) -> PortResult<Page<ServiceAccount>> {
        self.read(|state| page(state.services(|service| service.company == company), request))
    }

    async fn set_state(&self, write: SetServiceState) -> PortResult<bool> {
        self.write(|state| {
            let service = state.service_accounts.get_mut(&write.service).ok_or(Stop::Refused(false))?;
            service.state = write.state;
            service.updated_at = write.at;
            if write.state != AccountState::Active {
                state.switch_keys_off(&[Holder::ServiceAccount(write.service)], write.at);
            }
            state.record(write.effects)?;
            Ok(true)
        })
    }
}

impl State {
    /// Makes service accounts and signed keys follow their owner, whose state was another one until now.
    pub(crate) fn follow(&mut self, owner: AccountId, from: AccountState, to: AccountState, at: Timestamp) {
        if from == to {
            return;
        }
        for service in self.service_accounts.values_mut().filter(|service| service.owner == owner) {
            service.state = to;
            service.updated_at = at;
        }
        if to != AccountState::Active {
            self.switch_keys_off(&self.holders(owner), at);
        }
    }

    /// Switches the signed keys of an account and of its service accounts off if it has no second factor left.
    pub(crate) fn follow_factors(&mut self, owner: AccountId, at: Timestamp) {
        if !self.has_factor(owner) {
            self.switch_keys_off(&self.holders(owner), at);
        }
    }

    pub(crate) fn has_factor(&self, account: AccountId) -> bool {
        self.authenticators.values().any(|factor| factor.account == account && factor.verified_at.is_some())
    }

    fn holders(&self, owner: AccountId) -> Vec<Holder> {
        let services = self.service_accounts.values().filter(|service| service.owner == owner);
        let services = services.map(|service| Holder::ServiceAccount(service.id));
        services.chain([Holder::Account(owner)]).collect()
    }

    fn switch_keys_off(&mut self, holders: &[Holder], at: Timestamp) {
        for key in self.api_keys.values_mut() {
            let signs = matches!(key.kind, KeyKind::Signed { .. });
            if signs && key.state.is_active() && holders.contains(&key.holder) {
                key.state = KeyState::inactive();
                key.updated_at = at;
            }
        }
    }

    fn services(&self, wanted: impl Fn(&ServiceAccount) -> bool) -> Vec<ServiceAccount> {
        let mut services: Vec<_> = self
            .service_accounts
            .values()
            .filter(|service| wanted(service))
            .map(|service| self.levelled(service))
            .collect();
        services.sort_by_key(|service| (service.created_at, service.id));
        services
    }

    /// The service account with the level of its owner.
    fn levelled(&self, service: &ServiceAccount) -> ServiceAccount {
        let owner = self.accounts.get(&service.owner);
        let level = owner.map_or(0, |owner| Label::level(&owner.labels).into());
        ServiceAccount { level, ..service.clone() }
    }

    pub(crate) fn service(&self, id: ServiceAccountId) -> Option<ServiceAccount> {
        self.service_accounts.get(&id).map(|service| self.levelled(service))
    }
}
