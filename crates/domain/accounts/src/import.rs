//! Take over an account that lived elsewhere.

use portcullis_kernel::{AuditAction, AuditEvent, Effects, PasswordHash, PortError, Uid};

use crate::{
    Account, Accounts, CreateAccount, CreateAccountError, Creation, Label, LabelScope, NewAccount, Taken,
};

/// An account to take over, with what it had.
#[derive(Clone)]
pub struct ImportAccount {
    /// The account. Its password comes as a hash: `password` and `temporary_password` are not looked at.
    pub account: NewAccount,
    /// Its old public handle; a fresh one, if absent.
    pub uid: Option<Uid>,
    /// The hash of its password, as the other system made it; the next sign-in replaces it by one of ours.
    pub hash: Option<PasswordHash>,
    /// Its labels, by key, value and scope. They come with the state, and do not decide it.
    pub labels: Vec<(String, String, LabelScope)>,
}

/// Why an account was not taken over.
#[derive(Debug, thiserror::Error)]
pub enum ImportAccountError {
    /// The password hash is of no known kind, damaged, or dearer to compare with than is allowed.
    #[error("the password hash cannot be read")]
    UnreadableHash,
    /// A key or value is no text for a label.
    #[error("label keys and values have 3 to 255 letters a-z, digits, - and _")]
    InvalidLabel,
    /// The account cannot be made.
    #[error(transparent)]
    Refused(#[from] CreateAccountError),
}

impl From<PortError> for ImportAccountError {
    fn from(error: PortError) -> Self {
        Self::Refused(error.into())
    }
}

impl Accounts {
    /// Makes an account that has a history, and answers it. No policy is applied to a password that only its owner
    /// knows; nobody is told.
    pub async fn import(&self, command: ImportAccount) -> Result<Account, ImportAccountError> {
        let ImportAccount { account: new, uid, hash, labels } = command;
        if hash.as_ref().is_some_and(|hash| !self.ports.hasher.reads(hash)) {
            return Err(ImportAccountError::UnreadableHash);
        }
        let (client, expires_at) = (new.client.clone(), new.password_expires_at);
        let mut account = self.drafted(new).await?;
        account.password = hash.map(|hash| self.record(hash, false, expires_at));
        for (key, value, scope) in labels {
            let (Ok(key), Ok(value)) = (Label::text(&key), Label::text(&value)) else {
                return Err(ImportAccountError::InvalidLabel);
            };
            let (created_at, updated_at) = (account.created_at, account.updated_at);
            Label::put(&mut account.labels, Label { key, value, scope, created_at, updated_at });
        }
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::AccountCreated, &client);
        let effects = Effects::audit(event.company(account.company).account(account.id));
        let write =
            CreateAccount { account, first: false, secrets: Vec::new(), accepted: Vec::new(), effects };
        let made = match uid {
            None => self.add(write).await?,
            Some(uid) => self.add_as(write, uid).await?,
        };
        Ok(made.map_err(CreateAccountError::Taken)?)
    }

    async fn add_as(&self, mut write: CreateAccount, uid: Uid) -> Result<Result<Account, Taken>, PortError> {
        write.account.uid = uid;
        Ok(match self.ports.accounts.create(write.clone()).await? {
            Creation::Done => Ok(write.account),
            Creation::Taken(taken) => Err(taken),
        })
    }
}
