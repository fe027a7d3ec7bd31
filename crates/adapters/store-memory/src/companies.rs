//! Companies and groups.

use async_trait::async_trait;
use portcullis_accounts::{
    AddGroup, Company, CompanyStore, ConfigureCompany, CreateCompany, Creation, Group, Taken,
};
use portcullis_kernel::{CompanyId, CompanySlug, Page, PageRequest, PortResult};

use crate::MemoryStore;
use crate::accounts::add_account;
use crate::state::{State, Stop, insert_new, page};

#[async_trait]
impl CompanyStore for MemoryStore {
    async fn find(&self, slug: CompanySlug) -> PortResult<Option<Company>> {
        self.read(|state| state.companies.values().find(|company| company.slug == slug).cloned())
    }

    async fn find_by_id(&self, id: CompanyId) -> PortResult<Option<Company>> {
        self.read(|state| state.companies.get(&id).cloned())
    }

    async fn list(&self, request: PageRequest) -> PortResult<Page<Company>> {
        self.read(|state| {
            let mut companies: Vec<_> = state.companies.values().cloned().collect();
            companies.sort_by_key(|company| (company.created_at, company.id));
            page(companies, request)
        })
    }

    async fn create(&self, write: CreateCompany) -> PortResult<Creation> {
        self.write(|state| {
            if state.companies.values().any(|company| company.slug == write.company.slug) {
                return Err(Stop::Refused(Creation::Taken(Taken::Slug)));
            }
            insert_new(&mut state.companies, write.company.id, write.company)?;
            for group in write.groups {
                add_group(state, group)?;
            }
            if let Some(founder) = write.founder {
                add_account(state, founder.account, founder.secrets)?;
            }
            state.record(write.effects)?;
            Ok(Creation::Done)
        })
    }

    async fn configure(&self, write: ConfigureCompany) -> PortResult<bool> {
        self.write(|state| {
            let company = state.companies.get_mut(&write.company.id).ok_or(Stop::Refused(false))?;
            company.name = write.company.name;
            company.settings = write.company.settings;
            state.record(write.effects)?;
            Ok(true)
        })
    }

    async fn groups(&self, company: CompanyId) -> PortResult<Vec<Group>> {
        self.read(|state| {
            let mut groups: Vec<_> =
                state.groups.iter().filter(|group| group.company == company).cloned().collect();
            groups.sort_by(|a, b| (a.created_at, &a.name).cmp(&(b.created_at, &b.name)));
            groups
        })
    }

    async fn add_group(&self, write: AddGroup) -> PortResult<Creation> {
        self.write(|state| {
            add_group(state, write.group)?;
            state.record(write.effects)?;
            Ok(Creation::Done)
        })
    }
}

fn add_group(state: &mut State, group: Group) -> Result<(), Stop<Creation>> {
    state.require_company(group.company)?;
    let mut siblings: Vec<_> =
        state.groups.iter_mut().filter(|sibling| sibling.company == group.company).collect();
    if siblings.iter().any(|sibling| sibling.name == group.name) {
        return Err(Stop::Refused(Creation::Taken(Taken::GroupName)));
    }
    if group.is_default {
        for sibling in &mut siblings {
            sibling.is_default = false;
        }
    }
    state.groups.push(group);
    Ok(())
}
