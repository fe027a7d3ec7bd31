//! What went wrong, and what it means.

use std::error::Error;
use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error as SqlError};
use portcullis_accounts::Taken;
use portcullis_kernel::PortError;

use crate::backend;

/// What a violated unique index stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clash {
    /// An identifier that belongs to somebody else.
    Taken(Taken),
    /// A signing key of that generation exists already.
    Generation,
    /// The account has an unended session of that handle.
    Handle,
    /// The account has this phone.
    Phone,
    /// Another account of the company has this phone validated.
    Validated,
    /// The account keeps data under this title.
    Title,
    /// The account has an open KYC profile.
    OpenProfile,
    /// The company has such a restriction or permission.
    Rule,
    /// The company was given its first permissions before.
    Stock,
    /// An id or digest exists twice: never expected of random values.
    Duplicate,
}

/// A unique index or primary key, by its name and by its columns: backends report one or the other.
pub(crate) struct UniqueIndex {
    name: &'static str,
    columns: &'static str,
    clash: Clash,
}

impl UniqueIndex {
    /// The index that a backend reports, by either text.
    pub(crate) fn reported(text: &str) -> Option<&'static Self> {
        UNIQUE.iter().find(|index| index.name == text || index.columns == text)
    }
}

const fn unique(name: &'static str, columns: &'static str, clash: Clash) -> UniqueIndex {
    UniqueIndex { name, columns, clash }
}

/// Every unique index of the schema.
const UNIQUE: &[UniqueIndex] = &[
    unique("accepted_terms_pkey", "accepted_terms.account, accepted_terms.number", Clash::Duplicate),
    unique("accounts_pkey", "accounts.id", Clash::Duplicate),
    unique("accounts_uid", "accounts.uid", Clash::Taken(Taken::Uid)),
    unique("accounts_username", "accounts.company, accounts.username_key", Clash::Taken(Taken::Username)),
    unique("accounts_email", "accounts.company, accounts.email_key", Clash::Taken(Taken::Email)),
    unique("accounts_mobile", "accounts.company, accounts.mobile", Clash::Taken(Taken::Mobile)),
    unique("api_keys_pkey", "api_keys.id", Clash::Duplicate),
    unique("api_keys_digest", "api_keys.digest", Clash::Duplicate),
    unique("api_keys_kid", "api_keys.kid", Clash::Duplicate),
    unique("audit_pkey", "audit.id", Clash::Duplicate),
    unique("authenticators_pkey", "authenticators.id", Clash::Duplicate),
    unique("companies_pkey", "companies.id", Clash::Duplicate),
    unique("companies_slug", "companies.slug", Clash::Taken(Taken::Slug)),
    unique(
        "company_groups_pkey",
        "company_groups.company, company_groups.name",
        Clash::Taken(Taken::GroupName),
    ),
    unique("kyc_profiles_pkey", "kyc_profiles.id", Clash::Duplicate),
    unique("kyc_profiles_open", "kyc_profiles.account", Clash::OpenProfile),
    unique("known_devices_pkey", "known_devices.account, known_devices.device", Clash::Duplicate),
    unique("legal_terms_pkey", "legal_terms.company, legal_terms.number", Clash::Duplicate),
    unique(
        "legal_terms_version",
        "legal_terms.company, legal_terms.name, legal_terms.version",
        Clash::Taken(Taken::LegalTerm),
    ),
    unique("one_time_secrets_pkey", "one_time_secrets.id", Clash::Duplicate),
    unique("one_time_secrets_digest", "one_time_secrets.digest", Clash::Duplicate),
    unique("outbox_pkey", "outbox.id", Clash::Duplicate),
    unique("phones_pkey", "phones.account, phones.number", Clash::Phone),
    unique("phones_validated", "phones.company, phones.number", Clash::Validated),
    unique("permissions_pkey", "permissions.id", Clash::Duplicate),
    unique(
        "permissions_rule",
        "permissions.company, permissions.role, permissions.verb, permissions.path, permissions.action",
        Clash::Rule,
    ),
    unique("recovery_codes_pkey", "recovery_codes.authenticator, recovery_codes.position", Clash::Duplicate),
    unique("refresh_tokens_pkey", "refresh_tokens.digest", Clash::Duplicate),
    unique("restrictions_pkey", "restrictions.id", Clash::Duplicate),
    unique(
        "restrictions_value",
        "restrictions.company, restrictions.category, restrictions.scope, restrictions.value",
        Clash::Rule,
    ),
    unique("service_accounts_pkey", "service_accounts.id", Clash::Duplicate),
    unique("service_accounts_uid", "service_accounts.uid", Clash::Taken(Taken::Uid)),
    unique("session_challenges_pkey", "session_challenges.id", Clash::Duplicate),
    unique("sessions_pkey", "sessions.id", Clash::Duplicate),
    unique("sessions_handle", "sessions.account, sessions.handle", Clash::Handle),
    unique("sessions_digest", "sessions.digest", Clash::Duplicate),
    unique("signing_keys_pkey", "signing_keys.kid", Clash::Duplicate),
    unique(
        "signing_keys_generation",
        "signing_keys.algorithm, signing_keys.slot, signing_keys.generation",
        Clash::Generation,
    ),
    unique("stored_data_pkey", "stored_data.account, stored_data.title_key", Clash::Title),
    unique("stocked_permissions_pkey", "stocked_permissions.company", Clash::Stock),
    unique("throttle_counters_pkey", "throttle_counters.key", Clash::Duplicate),
    unique("whitelinks_pkey", "whitelinks.digest", Clash::Duplicate),
];

/// What an error calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The transaction met another one: do it again.
    Retry,
    /// The database is away or busy: try later.
    Wait,
    /// Nothing helps: it is a bug or damage.
    None,
}

/// Why a transaction was given up.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A statement failed.
    Sql(SqlError),
    /// Something around the statements failed.
    Port(PortError),
}

/// Why a write-set ended without a commit.
#[derive(Debug)]
pub(super) enum Halt<A> {
    /// A condition does not hold: nothing is written, and this is the answer.
    Refused(A),
    /// It failed.
    Failed(Failure),
}

impl<A> From<SqlError> for Halt<A> {
    fn from(error: SqlError) -> Self {
        Self::Failed(Failure::Sql(error))
    }
}

impl<A> From<Failure> for Halt<A> {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl<A> From<PortError> for Halt<A> {
    fn from(error: PortError) -> Self {
        Self::Failed(Failure::Port(error))
    }
}

/// An answer that can say that a budget is exhausted.
pub(super) trait Exhausted {
    fn exhausted(retry_after: Duration) -> Self;
}

impl Failure {
    pub(super) fn remedy(&self) -> Remedy {
        match self {
            Self::Sql(error) => remedy(error),
            Self::Port(_) => Remedy::None,
        }
    }

    pub(super) fn clash(&self) -> Option<Clash> {
        match self {
            Self::Sql(SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, information)) => {
                backend::violated(&**information).map(|index| index.clash)
            }
            Self::Sql(_) | Self::Port(_) => None,
        }
    }

    pub(super) fn into_port(self) -> PortError {
        match self {
            Self::Sql(error) => unanswered(error),
            Self::Port(error) => error,
        }
    }
}

/// The port error for a statement that failed.
pub(crate) fn unanswered(error: SqlError) -> PortError {
    match remedy(&error) {
        Remedy::Retry | Remedy::Wait => PortError::unavailable(error),
        Remedy::None => PortError::broken(error),
    }
}

/// The port error for a connection that could not be had.
pub(crate) fn unreachable(error: impl Into<Box<dyn Error + Send + Sync>>) -> PortError {
    PortError::unavailable(error)
}

fn remedy(error: &SqlError) -> Remedy {
    match error {
        SqlError::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
            _,
        ) => Remedy::Wait,
        SqlError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Remedy::Retry,
        SqlError::DatabaseError(_, information) => backend::remedy(information.message()),
        _ => Remedy::None,
    }
}

#[cfg(test)]
impl UniqueIndex {
    /// Asserts that the indexes a backend reports, by either text, are exactly those that have a meaning here, and
    /// that those an identifier depends on say which one was taken.
    pub(crate) fn assert_known<'a>(reported: impl Iterator<Item = &'a str>) {
        let mut found: Vec<&str> = Vec::new();
        for text in reported {
            let index = Self::reported(text);
            found.push(index.unwrap_or_else(|| panic!("the unique index {text} has no meaning")).name);
        }
        let mut expected: Vec<&str> = UNIQUE.iter().map(|index| index.name).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
        let conflicts = [
            ("accounts_uid", Clash::Taken(Taken::Uid)),
            ("accounts_username", Clash::Taken(Taken::Username)),
            ("accounts_email", Clash::Taken(Taken::Email)),
            ("accounts_mobile", Clash::Taken(Taken::Mobile)),
            ("companies_slug", Clash::Taken(Taken::Slug)),
            ("company_groups_pkey", Clash::Taken(Taken::GroupName)),
            ("kyc_profiles_open", Clash::OpenProfile),
            ("legal_terms_version", Clash::Taken(Taken::LegalTerm)),
            ("phones_pkey", Clash::Phone),
            ("phones_validated", Clash::Validated),
            ("permissions_rule", Clash::Rule),
            ("restrictions_value", Clash::Rule),
            ("service_accounts_uid", Clash::Taken(Taken::Uid)),
            ("sessions_handle", Clash::Handle),
            ("signing_keys_generation", Clash::Generation),
            ("stored_data_pkey", Clash::Title),
            ("stocked_permissions_pkey", Clash::Stock),
        ];
        let told = UNIQUE.iter().filter(|index| index.clash != Clash::Duplicate);
        let told: Vec<(&str, Clash)> = told.map(|index| (index.name, index.clash)).collect();
        assert_eq!(told, conflicts, "no other clash is a conflict of the domain");
    }
}
