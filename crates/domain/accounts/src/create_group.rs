//! Add a group to a company.

use portcullis_kernel::{AuditAction, AuditEvent, Client, CompanyId, Effects, PortError};

use crate::{Accounts, AddGroup, Creation, Group, Section};

/// A group to add.
#[derive(Clone, Debug)]
pub struct NewGroup {
    /// To which company.
    pub company: CompanyId,
    /// Its name: 1 to 80 of `a-z 0-9 _ -`, unique in the company.
    pub name: String,
    /// What people call it.
    pub label: Option<String>,
    /// What its members are.
    pub section: Section,
    /// Whether anybody may join it when registering.
    pub public: bool,
    /// Whether it becomes the group of new accounts that name none, in place of the one that was.
    pub is_default: bool,
    /// Who asks.
    pub client: Client,
}

/// Why no group was added.
#[derive(Debug, thiserror::Error)]
pub enum CreateGroupError {
    /// The name has other characters or another length than allowed.
    #[error("a group name has 1 to 80 letters a-z, digits, - and _")]
    InvalidName,
    /// The company has such a group.
    #[error("the company has a group of this name already")]
    Taken,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Adds a group.
    pub async fn create_group(&self, new: NewGroup) -> Result<Group, CreateGroupError> {
        if !is_group_name(&new.name) {
            return Err(CreateGroupError::InvalidName);
        }
        let group = Group {
            company: new.company,
            name: new.name,
            label: new.label,
            section: new.section,
            public: new.public,
            is_default: new.is_default,
            created_at: self.ports.ambient.now(),
        };
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::CompanyChanged, &new.client);
        let effects = Effects::audit(event.company(new.company).detail("group added"));
        match self.ports.companies.add_group(AddGroup { group: group.clone(), effects }).await? {
            Creation::Done => Ok(group),
            Creation::Taken(_) => Err(CreateGroupError::Taken),
        }
    }
}

fn is_group_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    (1..=80).contains(&name.len()) && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_names_are_plain_and_short() {
        for good in ["user", "group_1", "a-b", &"x".repeat(80)] {
            assert!(is_group_name(good), "{good}");
        }
        for bad in ["", "Admin", "a b", "é", &"x".repeat(81)] {
            assert!(!is_group_name(bad), "{bad}");
        }
    }
}
