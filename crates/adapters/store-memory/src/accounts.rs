//! Accounts and their passwords.

use async_trait::async_trait;
use portcullis_accounts::{
    AcceptedTerm, Account, AccountStore, AmendAccount, Amendment, CreateAccount, Creation, PasswordChange,
    SetPassword, Taken,
};
use portcullis_kernel::{
    CompanyId, Effects, Identifier, OneTime, Page, PageRequest, PortError, PortResult, Spending, Throttle,
    Timestamp, Uid,
};

use crate::MemoryStore;
use crate::state::{Exhausted, State, Stop, insert_new, page};

impl From<Exhausted> for Stop<PasswordChange> {
    fn from(Exhausted(retry_after): Exhausted) -> Self {
        Self::Refused(PasswordChange::Exhausted { retry_after })
    }
}

#[async_trait]
impl AccountStore for MemoryStore {
    async fn find(&self, company: CompanyId, identifiers: Vec<Identifier>) -> PortResult<Option<Account>> {
        self.read(|state| state.named(company, &identifiers).cloned())
    }

    async fn find_by_uid(&self, uid: Uid) -> PortResult<Option<Account>> {
        self.read(|state| state.accounts.values().find(|account| account.uid == uid).cloned())
    }

    async fn list(&self, company: CompanyId, request: PageRequest) -> PortResult<Page<Account>> {
        self.read(|state| {
            let mut accounts: Vec<_> =
                state.accounts.values().filter(|account| account.company == company).cloned().collect();
            accounts.sort_by_key(|account| (account.created_at, account.id));
            page(accounts, request)
        })
    }

    async fn create(&self, write: CreateAccount) -> PortResult<Creation> {
        self.write(|state| {
            if write.first && state.accounts.values().any(|known| known.company == write.account.company) {
                return Err(Stop::Refused(Creation::Taken(Taken::FirstPlace)));
            }
            let (account, accepted_at) = (write.account.id, write.account.created_at);
            let company = write.account.company;
            add_account(state, write.account, write.secrets)?;
            let accepted = state
                .legal_terms
                .iter()
                .filter(|term| term.company == company && write.accepted.contains(&term.number));
            let accepted: Vec<_> =
                accepted.map(|term| AcceptedTerm { term: term.clone(), accepted_at }).collect();
            if !write.accepted.iter().all(|number| accepted.iter().any(|known| known.term.number == *number))
            {
                return Err(PortError::broken("no legal term with this number").into());
            }
            state.accepted_terms.insert(account, accepted);
            state.record(write.effects)?;
            Ok(Creation::Done)
        })
    }

    async fn amend(&self, write: AmendAccount) -> PortResult<Amendment> {
        self.write(|state| {
            let mut amended = write.account;
            let present = state.accounts.get(&amended.id).filter(|known| known.version == amended.version);
            let present = present.ok_or(Stop::Refused(Amendment::Stale))?;
            amended.password.clone_from(&present.password);
            if let Some(taken) = taken(state, &amended) {
                return Err(Stop::Refused(Amendment::Taken(taken)));
            }
            let (from, to, at) = (present.state, amended.state, amended.updated_at);
            amended.version = amended.version.saturating_add(1);
            state.follow(amended.id, from, to, at);
            state.sweep(amended.id, write.sweep, amended.updated_at);
            state.accounts.insert(amended.id, amended);
            state.record(write.effects)?;
            Ok(Amendment::Done)
        })
    }

    async fn set_password(&self, write: SetPassword) -> PortResult<PasswordChange> {
        self.write(|state| {
            let at = write.password.changed_at;
            state.spend(&write.throttle, at)?;
            let account = state.accounts.get_mut(&write.account);
            let account = account.ok_or(Stop::Refused(PasswordChange::Stale))?;
            let present = account.password.as_ref().map(|password| &password.hash);
            if write.expected.is_some() && write.expected.as_ref() != present {
                return Err(Stop::Refused(PasswordChange::Stale));
            }
            account.password = Some(write.password);
            state.void_password_secrets(write.account, at);
            state.sweep(write.account, write.sweep, at);
            state.record(write.effects)?;
            Ok(PasswordChange::Done)
        })
    }

    async fn reject_password(
        &self,
        throttle: Throttle,
        at: Timestamp,
        effects: Effects,
    ) -> PortResult<Spending> {
        self.write(|state| {
            state.spend(&throttle, at)?;
            state.record(effects)?;
            Ok(Spending::Within)
        })
    }
}

pub(crate) fn add_account(
    state: &mut State,
    account: Account,
    secrets: Vec<OneTime>,
) -> Result<(), Stop<Creation>> {
    state.require_company(account.company)?;
    if let Some(taken) = taken(state, &account) {
        return Err(Stop::Refused(Creation::Taken(taken)));
    }
    insert_new(&mut state.accounts, account.id, account)?;
    for secret in secrets {
        state.add_one_time(secret)?;
    }
    Ok(())
}

/// Which unique name of `account` another one has. Names are unique inside a company, the handle everywhere.
fn taken(state: &State, account: &Account) -> Option<Taken> {
    let clash = |same: &dyn Fn(&Account) -> bool| {
        state.accounts.values().any(|other| other.id != account.id && same(other))
    };
    let email = |a: &Account| a.email.as_ref().map(|contact| contact.value.clone());
    let mobile = |a: &Account| a.mobile.as_ref().map(|contact| contact.value.clone());
    let here = |other: &Account| other.company == account.company;
    if account.email.is_some() && clash(&|other| here(other) && email(other) == email(account)) {
        Some(Taken::Email)
    } else if account.mobile.is_some() && clash(&|other| here(other) && mobile(other) == mobile(account)) {
        Some(Taken::Mobile)
    } else if account.username.is_some() && clash(&|other| here(other) && other.username == account.username)
    {
        Some(Taken::Username)
    } else {
        clash(&|other| other.uid == account.uid).then_some(Taken::Uid)
    }
}
