//! Put up and take down rules.

use portcullis_kernel::{
    AuditAction, Client, CompanyId, Effects, PermissionId, PortError, PortResult, RestrictionId, Role,
};

use super::{
    ANY_VERB, Gate, Permission, PermissionAction, Restriction, RestrictionCategory, RestrictionScope, stock,
};
use crate::{AddPermission, AddRestriction, LiftRestriction, StockPermissions, WithdrawPermission};

/// A restriction to put up.
#[derive(Clone, Debug)]
pub struct NewRestriction {
    /// Whose door it guards.
    pub company: CompanyId,
    /// What it does.
    pub category: RestrictionCategory,
    /// How it says whom it is about.
    pub scope: RestrictionScope,
    /// Whom it is about.
    pub value: String,
    /// The HTTP status of a refusal, 400 to 599; the contract's, if absent.
    pub code: Option<u16>,
    /// Who asks.
    pub client: Client,
}

/// A permission to add.
#[derive(Clone, Debug)]
pub struct NewPermission {
    /// Whose door it guards.
    pub company: CompanyId,
    /// For which role: 1 to 64 of `a-z 0-9 _ -`.
    pub role: String,
    /// For which verb; `ALL` for every one.
    pub verb: String,
    /// For paths that start with this; a leading slash is dropped.
    pub path: String,
    /// What it does.
    pub action: PermissionAction,
    /// What noted requests are filed under.
    pub topic: Option<String>,
    /// Who asks.
    pub client: Client,
}

/// Why a rule was not added.
#[derive(Debug, thiserror::Error)]
pub enum NewRuleError {
    /// Its value is none of its scope, or its code, role, verb or path cannot be one.
    #[error("the rule says something that cannot be")]
    Invalid,
    /// It exists already.
    #[error("the rule exists already")]
    Taken,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Gate {
    /// Puts up a restriction. One that keeps people from signing in also ends every session of this door.
    pub async fn restrict(&self, command: NewRestriction) -> Result<Restriction, NewRuleError> {
        let NewRestriction { company, category, scope, value, code, client } = command;
        let value = scope.normal(&value).ok_or(NewRuleError::Invalid)?;
        let code = code.unwrap_or_else(|| category.default_code(scope));
        if !(400..=599).contains(&code) {
            return Err(NewRuleError::Invalid);
        }
        let ambient = &self.ports.ambient;
        let (id, created_at) = (ambient.fresh(), ambient.now());
        let restriction = Restriction { id, company, category, scope, value, code, created_at };
        let ends = category == RestrictionCategory::Blocklogin;
        let write = AddRestriction {
            restriction: restriction.clone(),
            ends_sessions_of: ends.then(|| self.rules.door.clone()),
            effects: Effects::audit(self.event(AuditAction::RestrictionCreated, company, &client)),
        };
        self.added(company, self.ports.access.restrict(write).await?)?;
        Ok(restriction)
    }

    /// Every restriction of a company, oldest first.
    pub async fn restrictions(&self, company: CompanyId) -> PortResult<Vec<Restriction>> {
        Ok(self.ports.access.rules(company).await?.0)
    }

    /// Lifts a restriction; `false` if there is no such one.
    pub async fn lift(&self, company: CompanyId, id: RestrictionId, client: &Client) -> PortResult<bool> {
        let effects = Effects::audit(self.event(AuditAction::RestrictionDeleted, company, client));
        let lifted = self.ports.access.lift(LiftRestriction { company, restriction: id, effects }).await?;
        self.forget_rules(company);
        Ok(lifted)
    }

    /// Adds a permission.
    pub async fn permit(&self, command: NewPermission) -> Result<Permission, NewRuleError> {
        let NewPermission { company, role, verb, path, action, topic, client } = command;
        let (verb, path) = (verb.to_ascii_uppercase(), path.trim_start_matches('/').to_owned());
        let is_path = (1..=512).contains(&path.chars().count()) && !path.contains(char::is_control);
        let is_topic = topic.as_deref().is_none_or(is_word);
        if !is_word(&role) || !is_verb(&verb) || !is_path || !is_topic {
            return Err(NewRuleError::Invalid);
        }
        let ambient = &self.ports.ambient;
        let (id, created_at, role) = (ambient.fresh(), ambient.now(), Role::new(role));
        let permission = Permission { id, company, role, verb, path, action, topic, created_at };
        let effects = Effects::audit(self.event(AuditAction::PermissionCreated, company, &client));
        let write = AddPermission { permission: permission.clone(), effects };
        self.added(company, self.ports.access.permit(write).await?)?;
        Ok(permission)
    }

    /// Every permission of a company, oldest first.
    pub async fn permissions(&self, company: CompanyId) -> PortResult<Vec<Permission>> {
        Ok(self.ports.access.rules(company).await?.1)
    }

    /// Withdraws a permission; `false` if there is no such one.
    pub async fn withdraw(&self, company: CompanyId, id: PermissionId, client: &Client) -> PortResult<bool> {
        let effects = Effects::audit(self.event(AuditAction::PermissionDeleted, company, client));
        let write = WithdrawPermission { company, permission: id, effects };
        let withdrawn = self.ports.access.withdraw(write).await?;
        self.forget_rules(company);
        Ok(withdrawn)
    }

    /// Gives a company its first permissions, once: people of every stock role may use what is below `resource`.
    pub async fn stock(&self, company: CompanyId, resource: &str) -> PortResult<bool> {
        let at = self.ports.ambient.now();
        let permission = |(role, path, action): (Role, String, PermissionAction)| Permission {
            id: self.ports.ambient.fresh(),
            company,
            role,
            verb: ANY_VERB.to_owned(),
            path,
            action,
            topic: None,
            created_at: at,
        };
        let permissions = stock(resource.trim_start_matches('/')).into_iter().map(permission).collect();
        let stocked = self.ports.access.stock(StockPermissions { company, permissions, at }).await?;
        self.forget_rules(company);
        Ok(stocked)
    }

    fn added(&self, company: CompanyId, added: bool) -> Result<(), NewRuleError> {
        self.forget_rules(company);
        if added { Ok(()) } else { Err(NewRuleError::Taken) }
    }
}

fn is_word(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_verb(text: &str) -> bool {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", ANY_VERB].contains(&text)
}
