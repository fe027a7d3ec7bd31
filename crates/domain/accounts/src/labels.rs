//! Labels of an account: what its owner may do with them, and what private ones make of it.

use std::sync::Arc;

use portcullis_kernel::{
    AccountId, AccountState, AuditAction, Client, CompanyId, LabelRules, PortError, PortResult, Relabel,
    Standing, Timestamp,
};

use crate::edit::Trace;
use crate::{Account, Accounts, Label, LabelFault, LabelScope, NewAccount};

/// A label that the owner of an account adds to it, or gives another value.
#[derive(Clone)]
pub struct LabelCommand {
    /// Whose, as it was read.
    pub account: Account,
    /// The key as typed.
    pub key: String,
    /// The value as typed.
    pub value: String,
    /// Who asks.
    pub client: Client,
}

/// Why a label was not added, changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// Key or value are no text for a label: the faults of each.
    #[error("label keys and values have 3 to 255 letters a-z, digits, - and _")]
    Invalid {
        /// What is wrong with the key.
        key: Vec<LabelFault>,
        /// What is wrong with the value.
        value: Vec<LabelFault>,
    },
    /// The account has a public label of this key.
    #[error("the account has this label")]
    Taken,
    /// The account has no such label.
    #[error("no such label")]
    NotFound,
    /// The label is private: not the owner's to change.
    #[error("the label is private")]
    Private,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Adds a public label for the owner of the account, and answers it (barong contract §8.10).
    pub async fn add_label(&self, command: LabelCommand) -> Result<Label, LabelError> {
        let new = self.public_label(&command)?;
        let trace = Trace { action: AuditAction::AccountChanged, client: &command.client };
        let change = |account: &mut Account| {
            if account.labels.iter().any(|label| label.key == new.key && label.scope == LabelScope::Public) {
                return Err(LabelError::Taken);
            }
            account.labels.push(new.clone());
            Ok::<_, LabelError>(())
        };
        self.revise(command.account, trace, change).await?.map_err(no_name_changed)?;
        Ok(new)
    }

    /// Gives a public label another value for the owner of the account, and answers it (barong contract §8.10).
    pub async fn change_label(&self, command: LabelCommand) -> Result<Label, LabelError> {
        let key = command.key.trim().to_lowercase();
        let of_owner = |account: &Account| own(account, &key).map(|label| label.created_at);
        of_owner(&command.account)?;
        let faults = |value| LabelError::Invalid { key: Vec::new(), value };
        let value = Label::text(&command.value).map_err(faults)?;
        let trace = Trace { action: AuditAction::AccountChanged, client: &command.client };
        let now = self.ports.ambient.now();
        let change = |account: &mut Account| {
            let (key, value, created_at) = (key.clone(), value.clone(), of_owner(account)?);
            let new = Label { key, value, scope: LabelScope::Public, created_at, updated_at: now };
            Label::put(&mut account.labels, new);
            Ok::<_, LabelError>(())
        };
        let account = self.revise(command.account, trace, change).await?.map_err(no_name_changed)?;
        own(&account, &key).cloned()
    }

    /// Removes a public label for the owner of the account (barong contract §8.10).
    pub async fn remove_label(&self, account: Account, key: &str, client: Client) -> Result<(), LabelError> {
        let key = key.trim().to_lowercase();
        let trace = Trace { action: AuditAction::AccountChanged, client: &client };
        let change = |account: &mut Account| {
            own(account, &key)?;
            account.labels.retain(|label| label.key != key || label.scope != LabelScope::Public);
            Ok::<_, LabelError>(())
        };
        self.revise(account, trace, change).await?.map(drop).map_err(no_name_changed)
    }

    fn public_label(&self, command: &LabelCommand) -> Result<Label, LabelError> {
        let now = self.ports.ambient.now();
        match (Label::text(&command.key), Label::text(&command.value)) {
            (Ok(key), Ok(value)) => {
                Ok(Label { key, value, scope: LabelScope::Public, created_at: now, updated_at: now })
            }
            (key, value) => Err(LabelError::Invalid {
                key: key.err().unwrap_or_default(),
                value: value.err().unwrap_or_default(),
            }),
        }
    }

    /// What labels mean to the accounts of the company, if anything.
    pub(crate) async fn standing_in(&self, company: CompanyId) -> PortResult<Option<Arc<Standing>>> {
        let Some(rules) = &self.rules.labels else { return Ok(None) };
        let company = self.company_by_id(company).await?;
        let ruled = company.is_some_and(|company| company.slug == rules.company);
        Ok(ruled.then(|| Arc::clone(&rules.standing)))
    }

    /// The change of a private label that follows from a fact about the account.
    pub(crate) async fn relabel(
        &self,
        (company, account): (CompanyId, AccountId),
        label: (&str, Option<&str>),
        at: Timestamp,
    ) -> PortResult<Option<Relabel>> {
        let Some(rules) = &self.rules.labels else { return Ok(None) };
        let company = self.company_by_id(company).await?;
        let slug = company.map(|company| company.slug);
        Ok(slug.and_then(|slug| LabelRules::relabel(Some(rules), &slug, account, label, at)))
    }

    /// The labels that a new account of the company starts with; its state is whatever its maker says.
    pub(crate) fn first_labels(&self, new: &NewAccount, at: Timestamp) -> Vec<Label> {
        let ruled = self.rules.labels.as_ref().is_some_and(|rules| rules.company == new.company.slug);
        let facts = [
            (new.email.is_some() && new.email_verified, "email"),
            (new.mobile.is_some() && new.mobile_verified, "phone"),
        ];
        let verified = |key: &str| Label {
            key: key.to_owned(),
            value: "verified".to_owned(),
            scope: LabelScope::Private,
            created_at: at,
            updated_at: at,
        };
        let true_ones = facts.into_iter().filter(|(is_true, _)| ruled && *is_true);
        true_ones.map(|(_, key)| verified(key)).collect()
    }
}

/// Where the account stands once it has these labels: only a changed private one can move it.
pub(crate) fn settled(standing: Option<&Standing>, account: &Account, labels: &[Label]) -> AccountState {
    let private = |labels: &[Label]| -> Vec<Label> {
        labels.iter().filter(|label| label.scope == LabelScope::Private).cloned().collect()
    };
    match standing {
        Some(standing) if private(&account.labels) != private(labels) => {
            standing.settle(account.state, &account.labels, labels)
        }
        _ => account.state,
    }
}

/// The public label of that key; a private one is not its owner's.
fn own<'a>(account: &'a Account, key: &str) -> Result<&'a Label, LabelError> {
    let mut named = account.labels.iter().filter(|label| label.key == key);
    match named.clone().find(|label| label.scope == LabelScope::Public) {
        Some(label) => Ok(label),
        None if named.next().is_some() => Err(LabelError::Private),
        None => Err(LabelError::NotFound),
    }
}

fn no_name_changed(_taken: crate::Taken) -> LabelError {
    PortError::broken("a label met a taken identifier").into()
}
