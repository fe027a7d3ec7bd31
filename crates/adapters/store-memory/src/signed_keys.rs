//! Keys that sign.

use async_trait::async_trait;
use portcullis_kernel::{AccountState, Label, Page, PageRequest, PortError, PortResult};
use portcullis_service_accounts::{
    AmendKey, ApiKey, DeleteSignedKey, Holder, IssueSignedKey, KeyAmendment, KeyColumn, KeyKind, KeyOrder,
    KeyState, SignedIssue, SignedKey, SignedKeyStore,
};

use crate::MemoryStore;
use crate::state::{State, Stop, insert_new, page};

#[async_trait]
impl SignedKeyStore for MemoryStore {
    async fn issue(&self, write: IssueSignedKey) -> PortResult<SignedIssue> {
        self.write(|state| {
            if !state.is_holder_active(write.key.holder) {
                return Err(Stop::Refused(SignedIssue::HolderNotActive));
            }
            let kid = kid(&write.key).map(str::to_owned);
            if state.api_keys.values().any(|known| kid.is_some() && self::kid(known) == kid.as_deref()) {
                return Err(PortError::broken("another key has this handle").into());
            }
            insert_new(&mut state.api_keys, write.key.id, write.key)?;
            state.record(write.effects)?;
            Ok(SignedIssue::Done)
        })
    }

    async fn find(&self, wanted: String) -> PortResult<Option<SignedKey>> {
        self.read(|state| {
            let key = state.api_keys.values().find(|key| kid(key) == Some(wanted.as_str()))?;
            state.presented(key)
        })
    }

    async fn list(&self, holder: Holder, order: KeyOrder, request: PageRequest) -> PortResult<Page<ApiKey>> {
        self.read(|state| {
            let own = state.api_keys.values().filter(|key| key.holder == holder && kid(key).is_some());
            let mut own: Vec<_> = own.cloned().collect();
            own.sort_by_key(|key| key.id);
            own.sort_by(|one, other| {
                let ascending = match order.by {
                    KeyColumn::Id => one.id.cmp(&other.id),
                    KeyColumn::Kid => kid(one).cmp(&kid(other)),
                    KeyColumn::State => one.state.as_str().cmp(other.state.as_str()),
                    KeyColumn::CreatedAt => one.created_at.cmp(&other.created_at),
                    KeyColumn::UpdatedAt => one.updated_at.cmp(&other.updated_at),
                };
                if order.descending { ascending.reverse() } else { ascending }
            });
            page(own, request)
        })
    }

    async fn amend(&self, write: AmendKey) -> PortResult<KeyAmendment> {
        self.write(|state| {
            let is_active = state.is_holder_active(write.holder);
            let own = |key: &&mut ApiKey| key.holder == write.holder && kid(key) == Some(write.kid.as_str());
            let key = state.api_keys.values_mut().find(own).ok_or(Stop::Refused(KeyAmendment::NotFound))?;
            if write.state.as_ref().is_some_and(KeyState::is_active) && !is_active {
                return Err(Stop::Refused(KeyAmendment::HolderNotActive));
            }
            if let Some(scopes) = write.scopes {
                key.scopes = scopes;
            }
            if let Some(state) = write.state {
                key.state = state;
            }
            key.updated_at = write.at;
            let key = key.clone();
            state.record(write.effects)?;
            Ok(KeyAmendment::Done(Box::new(key)))
        })
    }

    async fn delete(&self, write: DeleteSignedKey) -> PortResult<bool> {
        self.write(|state| {
            let own = |key: &&ApiKey| key.holder == write.holder && kid(key) == Some(write.kid.as_str());
            let id = state.api_keys.values().find(own).map(|key| key.id).ok_or(Stop::Refused(false))?;
            state.api_keys.remove(&id);
            state.record(write.effects)?;
            Ok(true)
        })
    }
}

impl State {
    fn is_holder_active(&self, holder: Holder) -> bool {
        let state = match holder {
            Holder::Account(id) => self.accounts.get(&id).map(|account| account.state),
            Holder::ServiceAccount(id) => self.service(id).map(|service| service.state),
        };
        state == Some(AccountState::Active)
    }

    fn presented(&self, key: &ApiKey) -> Option<SignedKey> {
        let KeyKind::Signed { kid, secret } = &key.kind else { return None };
        let service = match key.holder {
            Holder::Account(_) => None,
            Holder::ServiceAccount(id) => Some(self.service(id)?),
        };
        let account = match (key.holder, &service) {
            (Holder::Account(id), _) => self.accounts.get(&id)?,
            (Holder::ServiceAccount(_), service) => self.accounts.get(&service.as_ref()?.owner)?,
        };
        let own_email = account.email.as_ref().map(|contact| contact.value.clone());
        let (uid, email, role, holder_state) = match &service {
            Some(service) => {
                (service.uid.clone(), service.email.clone(), service.role.clone(), service.state)
            }
            None => (account.uid.clone(), own_email, account.role.clone(), account.state),
        };
        Some(SignedKey {
            id: key.id,
            kid: kid.clone(),
            secret: secret.clone(),
            state: key.state.clone(),
            holder: key.holder,
            company: key.company,
            account: account.id,
            uid,
            email,
            username: account.username.clone().filter(|_| service.is_none()),
            role,
            level: Label::level(&account.labels).into(),
            holder_state,
            has_factor: self.has_factor(account.id),
            referrer: account.referral.clone().filter(|_| service.is_none()),
        })
    }
}

fn kid(key: &ApiKey) -> Option<&str> {
    match &key.kind {
        KeyKind::Signed { kid, .. } => Some(kid),
        KeyKind::Header { .. } => None,
    }
}
