//! Issue, list, change and delete signed keys (barong contract §8.2–8.6).

use std::time::Duration;

use portcullis_kernel::{
    AuditAction, CompanySlug, Effects, Email, Page, PageRequest, PortError, PortResult, Secret, hex,
};

use crate::{
    AmendKey, ApiKey, CodeVerdict, DeleteSignedKey, Holder, IssueSignedKey, KeyAmendment, KeyKind, KeyOrder,
    KeyOwner, KeyState, ServiceAccounts, SignedIssue, letters,
};

/// A signed key to issue.
#[derive(Clone)]
pub struct IssueSigned {
    /// Who asks, and who shall hold it.
    pub owner: KeyOwner,
    /// The company's slug.
    pub company_slug: CompanySlug,
    /// Where a notice goes, if anywhere.
    pub email: Option<Email>,
    /// How it signs: `HS256` and nothing else.
    pub algorithm: String,
    /// What it is meant for.
    pub scopes: Vec<String>,
    /// A code of the owner's second factor.
    pub code: String,
}

/// A signed key to change.
#[derive(Clone)]
pub struct AmendSigned {
    /// Who asks, and who must hold it.
    pub owner: KeyOwner,
    /// Its handle.
    pub kid: String,
    /// What it is meant for from now on; as before, if absent (decision D7).
    pub scopes: Option<Vec<String>>,
    /// Its state from now on; as before, if absent. Only `active` is honoured.
    pub state: Option<String>,
    /// A code of the owner's second factor.
    pub code: String,
}

/// A signed key to delete.
#[derive(Clone)]
pub struct DeleteSigned {
    /// Who asks, and who must hold it.
    pub owner: KeyOwner,
    /// Its handle.
    pub kid: String,
    /// A code of the owner's second factor.
    pub code: String,
}

/// Why nothing was done about a signed key, in the order in which it is looked at.
#[derive(Debug, thiserror::Error)]
pub enum SignedKeyError {
    /// The account owns no such service account.
    #[error("no such service account")]
    NoService,
    /// The account has no second factor.
    #[error("the account has no second factor")]
    NoFactor,
    /// The code is wrong.
    #[error("wrong code")]
    WrongCode,
    /// The code was used before.
    #[error("the code was used before")]
    CodeUsed,
    /// Too many wrong codes.
    #[error("too many attempts, try again in {} s", retry_after.as_secs())]
    Throttled {
        /// When the next attempt has a chance.
        retry_after: Duration,
    },
    /// Keys do not sign like that.
    #[error("not an algorithm of signed keys")]
    NoAlgorithm {
        /// Whether it is of the right family.
        is_hmac: bool,
    },
    /// The holder is not active, and its keys cannot be.
    #[error("the holder is not active")]
    HolderNotActive,
    /// The holder has no such key.
    #[error("no such key")]
    NotFound,
    /// The word for the state is too long or no text, or it is `active` and the holder is not.
    #[error("the key cannot have this state")]
    InvalidState,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl ServiceAccounts {
    /// Issues a key; its secret is shown once.
    pub async fn issue(&self, command: IssueSigned) -> Result<ApiKey, SignedKeyError> {
        let holder = self.proved(&command.owner, &command.code).await?;
        if command.algorithm != "HS256" {
            return Err(SignedKeyError::NoAlgorithm { is_hmac: command.algorithm.contains("HS") });
        }
        let key = self.draft_key(&command, holder);
        let about = (command.owner.company, command.owner.account);
        let mut effects = Effects::audit(self.event(AuditAction::KeyIssued, about, &command.owner.client));
        if let Some(email) = command.email {
            let ambient = &self.ports.ambient;
            effects = effects.and_send(letters::new_key(ambient, command.company_slug, email, &key.name));
        }
        match self.ports.keys.issue(IssueSignedKey { key: key.clone(), effects }).await? {
            SignedIssue::Done => Ok(key),
            SignedIssue::HolderNotActive => Err(SignedKeyError::HolderNotActive),
        }
    }

    fn draft_key(&self, command: &IssueSigned, holder: Holder) -> ApiKey {
        let now = self.now();
        let (kid, secret) = (self.random(8), self.random(16));
        ApiKey {
            id: self.ports.ambient.fresh(),
            company: command.owner.company,
            holder,
            kind: KeyKind::Signed { kid: kid.clone(), secret: Secret::new(secret) },
            name: kid,
            scopes: kept(command.scopes.clone()),
            state: KeyState::active(),
            created_at: now,
            updated_at: now,
            last_used_at: None,
        }
    }

    /// The keys of a holder; `None` if that would be a service account that the account does not own.
    pub async fn keys(
        &self,
        owner: &KeyOwner,
        order: KeyOrder,
        page: PageRequest,
    ) -> PortResult<Option<Page<ApiKey>>> {
        match self.holder(owner).await? {
            Some(holder) => self.ports.keys.list(holder, order, page).await.map(Some),
            None => Ok(None),
        }
    }

    /// Changes a key, and answers it as it is then.
    pub async fn amend(&self, command: AmendSigned) -> Result<ApiKey, SignedKeyError> {
        let holder = self.proved(&command.owner, &command.code).await?;
        let state = command.state.map(KeyState::new);
        if state.as_ref().is_some_and(|state| !state.is_word()) {
            return Err(SignedKeyError::InvalidState);
        }
        let about = (command.owner.company, command.owner.account);
        let effects = Effects::audit(self.event(AuditAction::KeyChanged, about, &command.owner.client));
        let kid = handle(command.kid)?;
        let (scopes, at) = (command.scopes.map(kept), self.now());
        match self.ports.keys.amend(AmendKey { holder, kid, scopes, state, at, effects }).await? {
            KeyAmendment::Done(key) => Ok(*key),
            KeyAmendment::NotFound => Err(SignedKeyError::NotFound),
            KeyAmendment::HolderNotActive => Err(SignedKeyError::InvalidState),
        }
    }

    /// Deletes a key; what it signs is refused from the next look-up on.
    pub async fn delete(&self, command: DeleteSigned) -> Result<(), SignedKeyError> {
        let holder = self.proved(&command.owner, &command.code).await?;
        let about = (command.owner.company, command.owner.account);
        let effects = Effects::audit(self.event(AuditAction::KeyDeleted, about, &command.owner.client));
        let write = DeleteSignedKey { holder, kid: handle(command.kid)?, effects };
        if self.ports.keys.delete(write).await? { Ok(()) } else { Err(SignedKeyError::NotFound) }
    }

    /// Who holds the keys that are meant, once the owner proved their second factor.
    async fn proved(&self, owner: &KeyOwner, code: &str) -> Result<Holder, SignedKeyError> {
        let holder = self.holder(owner).await?.ok_or(SignedKeyError::NoService)?;
        let (code, client) = (code.to_owned(), owner.client.clone());
        match self.ports.codes.check(owner.company, owner.account, code, client).await? {
            CodeVerdict::Accepted => Ok(holder),
            CodeVerdict::NotEnrolled => Err(SignedKeyError::NoFactor),
            CodeVerdict::Wrong => Err(SignedKeyError::WrongCode),
            CodeVerdict::AlreadyUsed => Err(SignedKeyError::CodeUsed),
            CodeVerdict::Exhausted { retry_after } => Err(SignedKeyError::Throttled { retry_after }),
        }
    }

    /// That many random bytes in lower-case hexadecimal digits.
    fn random(&self, bytes: usize) -> String {
        let mut drawn = [0; 16];
        self.ports.ambient.entropy().fill(&mut drawn);
        hex(drawn.get(..bytes).unwrap_or(&drawn))
    }
}

/// Not every store can keep NUL, or look for it.
fn kept(scopes: Vec<String>) -> Vec<String> {
    scopes.into_iter().map(|scope| scope.replace('\0', "")).collect()
}

fn handle(kid: String) -> Result<String, SignedKeyError> {
    if kid.contains('\0') { Err(SignedKeyError::NotFound) } else { Ok(kid) }
}
