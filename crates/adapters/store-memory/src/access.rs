//! Restrictions, permissions, and links that whitelist.

use async_trait::async_trait;
use portcullis_kernel::{CompanyId, Effects, PortResult, TokenDigest};
use portcullis_sessions::{
    AccessStore, AddPermission, AddRestriction, KeepWhitelink, LiftRestriction, Permission, Restriction,
    StockPermissions, Whitelink, WhitelinkStore, WithdrawPermission,
};

use crate::MemoryStore;
use crate::state::{State, Stop};

#[async_trait]
impl AccessStore for MemoryStore {
    async fn rules(&self, company: CompanyId) -> PortResult<(Vec<Restriction>, Vec<Permission>)> {
        self.read(|state| {
            let mut restrictions: Vec<_> =
                state.restrictions.iter().filter(|rule| rule.company == company).cloned().collect();
            restrictions.sort_by_key(|rule| (rule.created_at, rule.id));
            let mut permissions: Vec<_> =
                state.permissions.iter().filter(|rule| rule.company == company).cloned().collect();
            permissions.sort_by_key(|rule| (rule.created_at, rule.id));
            (restrictions, permissions)
        })
    }

    async fn restrict(&self, write: AddRestriction) -> PortResult<bool> {
        self.write(|state| {
            let new = write.restriction;
            state.require_company(new.company)?;
            let same = |rule: &Restriction| {
                rule.company == new.company
                    && rule.category == new.category
                    && rule.scope == new.scope
                    && rule.value == new.value
            };
            if state.restrictions.iter().any(same) {
                return Err(Stop::Refused(false));
            }
            if let Some(door) = write.ends_sessions_of {
                let concerned = state.sessions.values_mut().filter(|session| {
                    session.company == new.company
                        && session.client.door == door
                        && session.ended_at.is_none()
                });
                concerned.for_each(|session| session.ended_at = Some(new.created_at));
            }
            state.restrictions.push(new);
            state.record(write.effects)?;
            Ok(true)
        })
    }

    async fn lift(&self, write: LiftRestriction) -> PortResult<bool> {
        self.write(|state| {
            let own = |rule: &Restriction| rule.company == write.company && rule.id == write.restriction;
            let place = state.restrictions.iter().position(own).ok_or(Stop::Refused(false))?;
            state.restrictions.remove(place);
            state.record(write.effects)?;
            Ok(true)
        })
    }

    async fn permit(&self, write: AddPermission) -> PortResult<bool> {
        self.write(|state| {
            state.require_company(write.permission.company)?;
            if !state.add_permission(write.permission) {
                return Err(Stop::Refused(false));
            }
            state.record(write.effects)?;
            Ok(true)
        })
    }

    async fn withdraw(&self, write: WithdrawPermission) -> PortResult<bool> {
        self.write(|state| {
            let own = |rule: &Permission| rule.company == write.company && rule.id == write.permission;
            let place = state.permissions.iter().position(own).ok_or(Stop::Refused(false))?;
            state.permissions.remove(place);
            state.record(write.effects)?;
            Ok(true)
        })
    }

    async fn stock(&self, write: StockPermissions) -> PortResult<bool> {
        self.write(|state| {
            state.require_company(write.company)?;
            if !state.stocked.insert(write.company) {
                return Err(Stop::Refused(false));
            }
            for permission in write.permissions {
                state.add_permission(permission);
            }
            Ok(true)
        })
    }

    async fn note(&self, effects: Effects) -> PortResult<()> {
        self.write(|state| Ok(state.record(effects)?))
    }
}

#[async_trait]
impl WhitelinkStore for MemoryStore {
    async fn keep(&self, write: KeepWhitelink) -> PortResult<()> {
        self.write(|state| {
            let new = write.link;
            state.require_company(new.company)?;
            state.whitelinks.retain(|link| link.company != new.company || new.created_at < link.expires_at);
            state.whitelinks.push(new);
            state.record(write.effects)?;
            Ok(())
        })
    }

    async fn find(&self, digest: TokenDigest) -> PortResult<Option<Whitelink>> {
        self.read(|state| state.whitelinks.iter().find(|link| link.digest == digest).copied())
    }
}

impl State {
    /// Adds a permission, unless there is one that says the same.
    fn add_permission(&mut self, new: Permission) -> bool {
        let same = |rule: &Permission| {
            rule.company == new.company
                && rule.role == new.role
                && rule.verb == new.verb
                && rule.path == new.path
                && rule.action == new.action
        };
        let is_new = !self.permissions.iter().any(same);
        if is_new {
            self.permissions.push(new);
        }
        is_new
    }
}
