//! Permissions: what each role may ask for (barong contract §5.6).

use portcullis_kernel::{CompanyId, PermissionId, Role, Timestamp};

use super::restriction::words;

words! {
    /// What a permission does with a request it is about.
    PermissionAction {
        /// Allows it.
        Accept = "ACCEPT",
        /// Refuses it, whatever other permissions say.
        Drop = "DROP",
        /// Notes it in the audit trail.
        Audit = "AUDIT",
    }
}

/// One permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Its id.
    pub id: PermissionId,
    /// Whose door it guards.
    pub company: CompanyId,
    /// For which role.
    pub role: Role,
    /// For which verb, in capitals; `ALL` for every one.
    pub verb: String,
    /// For paths that start with this, without a leading slash.
    pub path: String,
    /// What it does.
    pub action: PermissionAction,
    /// What noted requests are filed under.
    pub topic: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// Every verb.
pub const ANY_VERB: &str = "ALL";

impl Permission {
    /// Whether it is about a request of its role.
    #[must_use]
    pub fn is_about(&self, verb: &str, path: &str) -> bool {
        (self.verb == ANY_VERB || self.verb == verb) && path.starts_with(&self.path)
    }
}

/// Roles of people that may use everything below `resource` from the start.
const PEOPLE: [&str; 10] = [
    "superadmin",
    "admin",
    "accountant",
    "compliance",
    "technical",
    "support",
    "trader",
    "broker",
    "member",
    "maker",
];
/// The role of service accounts that may use it, except for what follows.
const SERVICE: &str = "sa_maker";
const BARRED: [&str; 7] =
    ["otp", "phones", "profiles", "documents", "addresses", "api_keys", "users/password"];

/// The permissions that an installation starts with: role, path and action, for every verb. `resource` is the path below
/// which the resource operations are, without a leading slash.
#[must_use]
pub fn stock(resource: &str) -> Vec<(Role, String, PermissionAction)> {
    let everything = |role: &&str| (Role::new(*role), resource.to_owned(), PermissionAction::Accept);
    let barred = |name: &&str| (Role::new(SERVICE), format!("{resource}/{name}"), PermissionAction::Drop);
    let people = PEOPLE.iter().map(everything);
    people.chain([everything(&SERVICE)]).chain(BARRED.iter().map(barred)).collect()
}
