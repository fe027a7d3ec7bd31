//! Service accounts and signed keys: the way in.

use std::sync::Arc;

use portcullis_kernel::{
    AccountId, Ambient, ApiKeyId, AuditAction, AuditEvent, Client, CompanyId, PortResult, Timestamp,
};

use crate::uses::Uses;
use crate::{ApiKeyStore, Holder, OwnerCode, ServiceAccount, ServiceAccountStore, SignedKeyStore, replay};

/// What service accounts and signed keys need from outside.
#[derive(Clone)]
pub struct ServicePorts {
    /// Service accounts.
    pub accounts: Arc<dyn ServiceAccountStore>,
    /// Signed keys.
    pub keys: Arc<dyn SignedKeyStore>,
    /// When keys were used.
    pub uses: Arc<dyn ApiKeyStore>,
    /// The owner's second factor.
    pub codes: Arc<dyn OwnerCode>,
    /// Time and randomness.
    pub ambient: Ambient,
}

/// Makes and lists service accounts; issues, lists, changes, deletes and recognises signed keys. Cheap to clone; clones
/// share what they noted.
#[derive(Clone)]
pub struct ServiceAccounts {
    pub(crate) ports: Arc<ServicePorts>,
    pub(crate) uses: Arc<Uses<ApiKeyId>>,
    pub(crate) nonces: Arc<replay::Nonces>,
}

/// Who asks for a key, or to change one: always a person with a second factor.
#[derive(Clone)]
pub struct KeyOwner {
    /// Their company.
    pub company: CompanyId,
    /// The account.
    pub account: AccountId,
    /// The handle of the service account that holds the key; without one the account itself does.
    pub service: Option<String>,
    /// From where.
    pub client: Client,
}

impl ServiceAccounts {
    /// Service accounts over these ports.
    #[must_use]
    pub fn new(ports: ServicePorts) -> Self {
        Self { ports: Arc::new(ports), uses: Arc::default(), nonces: Arc::default() }
    }

    /// The service account of that handle, if the account owns it; somebody else's looks like none.
    pub async fn owned(&self, owner: &KeyOwner, uid: &str) -> PortResult<Option<ServiceAccount>> {
        let found = self.find(owner.company, uid).await?;
        Ok(found.filter(|service| service.owner == owner.account))
    }

    /// Who holds the keys that are meant; `None` if that would be a service account that the account does not own.
    pub(crate) async fn holder(&self, owner: &KeyOwner) -> PortResult<Option<Holder>> {
        match &owner.service {
            None => Ok(Some(Holder::Account(owner.account))),
            Some(uid) => {
                let service = self.owned(owner, uid).await?;
                Ok(service.map(|service| Holder::ServiceAccount(service.id)))
            }
        }
    }

    /// The service accounts of an account, oldest first.
    pub async fn of_owner(&self, owner: AccountId) -> PortResult<Vec<ServiceAccount>> {
        self.ports.accounts.of_owner(owner).await
    }

    /// Writes down when signed keys were used since the last call, and says how many they are.
    pub async fn flush_uses(&self) -> PortResult<usize> {
        self.uses.flush(&*self.ports.uses).await
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.ports.ambient.now()
    }

    pub(crate) fn event(
        &self,
        action: AuditAction,
        (company, account): (CompanyId, AccountId),
        client: &Client,
    ) -> AuditEvent {
        AuditEvent::new(&self.ports.ambient, action, client).company(company).account(account)
    }
}
