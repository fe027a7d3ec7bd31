//! Make a service account, list all, and change the state of one: operators' acts.

use portcullis_kernel::{
    AccountId, AccountState, AuditAction, Client, CompanyId, Effects, Email, Page, PageRequest, PortError,
    PortResult, Role, Uid,
};

use crate::{CreateServiceAccount, ServiceAccount, ServiceAccounts, ServiceCreation, SetServiceState};

/// The beginning of the handles of service accounts (barong contract §6).
const PREFIX: &str = "SI";
/// The role of those that are given none: one that the stock permissions know.
const ROLE: &str = "sa_maker";
/// How many random handles are tried.
const ATTEMPTS: usize = 5;

/// A service account to make.
#[derive(Clone)]
pub struct NewServiceAccount {
    /// Its owner's company.
    pub company: CompanyId,
    /// Whose it is.
    pub owner: AccountId,
    /// The owner's e-mail address: without one of its own, it gets `<local part>+<handle>@<domain>`.
    pub owner_email: Option<Email>,
    /// An e-mail address of its own.
    pub email: Option<Email>,
    /// Its role; `sa_maker`, if absent.
    pub role: Option<String>,
    /// Who asks.
    pub client: Client,
}

/// Why no service account was made.
#[derive(Debug, thiserror::Error)]
pub enum NewServiceAccountError {
    /// No permission is for the role, so it does not exist (barong contract §5.6).
    #[error("no permission is for this role")]
    NoRole,
    /// The owner is gone.
    #[error("no such owner")]
    NoOwner,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl ServiceAccounts {
    /// Makes a service account. It has the state of its owner, and follows it.
    pub async fn create(&self, command: NewServiceAccount) -> Result<ServiceAccount, NewServiceAccountError> {
        for _ in 0..ATTEMPTS {
            let service = self.draft(&command);
            let about = (command.company, command.owner);
            let effects =
                Effects::audit(self.event(AuditAction::ServiceAccountCreated, about, &command.client));
            let write = CreateServiceAccount { service: service.clone(), effects };
            match self.ports.accounts.create(write).await? {
                ServiceCreation::Done => return self.made(service).await,
                ServiceCreation::UidTaken => {}
                ServiceCreation::NoOwner => return Err(NewServiceAccountError::NoOwner),
                ServiceCreation::NoRole => return Err(NewServiceAccountError::NoRole),
            }
        }
        Err(PortError::unavailable("no handle was free").into())
    }

    async fn made(&self, service: ServiceAccount) -> Result<ServiceAccount, NewServiceAccountError> {
        let found = self.ports.accounts.find(service.company, service.uid).await?;
        Ok(found.ok_or_else(|| PortError::broken("a service account vanished as it was made"))?)
    }

    fn draft(&self, command: &NewServiceAccount) -> ServiceAccount {
        let now = self.now();
        let uid = Uid::generate(PREFIX, self.ports.ambient.entropy());
        let derived = command.owner_email.as_ref().and_then(|email| derived_email(email, &uid));
        ServiceAccount {
            id: self.ports.ambient.fresh(),
            uid,
            company: command.company,
            owner: command.owner,
            email: command.email.clone().or(derived),
            role: Role::new(command.role.clone().unwrap_or_else(|| ROLE.to_owned())),
            state: AccountState::Active,
            level: 0,
            created_at: now,
            updated_at: now,
        }
    }

    /// The service accounts of a company, oldest first.
    pub async fn list(&self, company: CompanyId, page: PageRequest) -> PortResult<Page<ServiceAccount>> {
        self.ports.accounts.list(company, page).await
    }

    /// The service account of that handle, if the company has it. NUL, which not every store can look for, is in none.
    pub async fn find(&self, company: CompanyId, uid: &str) -> PortResult<Option<ServiceAccount>> {
        if uid.contains('\0') {
            Ok(None)
        } else {
            self.ports.accounts.find(company, Uid::from_text(uid)).await
        }
    }

    /// Changes the state of a service account, and answers it as it is then. Out of `active`, its keys are switched off.
    pub async fn set_state(
        &self,
        service: ServiceAccount,
        state: AccountState,
        client: &Client,
    ) -> PortResult<ServiceAccount> {
        let about = (service.company, service.owner);
        let effects = Effects::audit(self.event(AuditAction::ServiceAccountChanged, about, client));
        let at = self.now();
        let write = SetServiceState { service: service.id, state, at, effects };
        if self.ports.accounts.set_state(write).await? {
            Ok(ServiceAccount { state, updated_at: at, ..service })
        } else {
            Err(PortError::broken("a service account vanished while it was changed"))
        }
    }
}

fn derived_email(owner: &Email, uid: &Uid) -> Option<Email> {
    let (local, domain) = owner.as_str().rsplit_once('@')?;
    Email::parse(&format!("{local}+{}@{domain}", uid.as_str())).ok()
}
