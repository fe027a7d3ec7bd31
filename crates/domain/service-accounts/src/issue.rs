//! Issue a key.

use portcullis_kernel::{AccountId, AuditAction, Client, CompanyId, CompanySlug, Effects, Email, PortError};

use crate::{ApiKey, ApiKeys, Holder, IssueKey, Issued, KeyKind, KeyState, letters};

/// A key that is presented in a header, to be issued to an account.
#[derive(Clone)]
pub struct IssueHeader {
    /// The account's company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// To whom.
    pub account: AccountId,
    /// Where a notice goes, if anywhere.
    pub email: Option<Email>,
    /// What its owner calls it: 1 to [`IssueHeader::MAX_NAME`] characters, not all of them blank and none of them NUL,
    /// which not every store can keep; otherwise kept as sent.
    pub name: String,
    /// How many keys the account may have.
    pub limit: u32,
    /// From where.
    pub client: Client,
}

impl IssueHeader {
    /// The longest name, in Unicode code points.
    pub const MAX_NAME: usize = 255;

    fn check_name(&self) -> Result<(), IssueError> {
        if self.name.trim().is_empty() || self.name.contains('\0') {
            return Err(IssueError::NameMissing);
        }
        if self.name.chars().count() > Self::MAX_NAME { Err(IssueError::NameTooLong) } else { Ok(()) }
    }
}

/// Why no key was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The name is empty or blank, or no text.
    #[error("a key needs a name")]
    NameMissing,
    /// The name is longer than [`IssueHeader::MAX_NAME`] characters.
    #[error("the name is too long")]
    NameTooLong,
    /// The account has as many keys as it may have.
    #[error("too many keys")]
    LimitReached,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl ApiKeys {
    /// Issues a header key (bfore contract §2.2). Names need not be unique.
    pub async fn issue(&self, command: IssueHeader) -> Result<ApiKey, IssueError> {
        command.check_name()?;
        let now = self.ambient.now();
        let key = ApiKey {
            id: self.ambient.fresh(),
            company: command.company,
            holder: Holder::Account(command.account),
            kind: KeyKind::Header { token: self.ambient.token() },
            name: command.name,
            scopes: Vec::new(),
            state: KeyState::active(),
            created_at: now,
            updated_at: now,
            last_used_at: None,
        };
        let about = (command.company, command.account);
        let mut effects = Effects::audit(self.event(AuditAction::KeyIssued, about, &command.client));
        if let Some(email) = command.email {
            effects =
                effects.and_send(letters::new_key(&self.ambient, command.company_slug, email, &key.name));
        }
        match self.store.issue(IssueKey { key: key.clone(), limit: command.limit, effects }).await? {
            Issued::Done => Ok(key),
            Issued::LimitReached => Err(IssueError::LimitReached),
        }
    }
}
