//! Take over a signed key from elsewhere.

use portcullis_kernel::{AccountId, AuditAction, Client, CompanyId, Effects, PortError, PortResult, Secret};

use crate::{ApiKey, Holder, IssueSignedKey, KeyKind, KeyState, ServiceAccounts, SignedIssue};

/// The longest handle and the longest secret, in Unicode code points.
const MAX_CHARS: usize = 255;

/// A signed key as it was elsewhere.
#[derive(Clone)]
pub struct ForeignKey {
    kid: String,
    secret: Secret,
    scopes: Vec<String>,
    state: KeyState,
}

/// A key to take over.
#[derive(Clone)]
pub struct AdoptSigned {
    /// The account's company.
    pub company: CompanyId,
    /// Who holds it: an account, active and with a second factor, or the key is of no use.
    pub account: AccountId,
    /// The key.
    pub key: ForeignKey,
    /// From where.
    pub client: Client,
}

/// Why a key was not taken over.
#[derive(Debug, thiserror::Error)]
pub enum AdoptSignedError {
    /// Another key has the handle.
    #[error("an API key with this handle exists")]
    Taken,
    /// The holder is not active, and its keys cannot be.
    #[error("only active accounts hold API keys")]
    HolderNotActive,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl ForeignKey {
    /// A key by its handle, what programs sign with as text (barong contract §5.7), what it is meant for, and its state,
    /// of which only `active` is honoured. `None` if one of them is empty, longer than 255 characters or no text.
    #[must_use]
    pub fn new(kid: String, secret: Secret, scopes: Vec<String>, state: KeyState) -> Option<Self> {
        let sound =
            |text: &str| (1..=MAX_CHARS).contains(&text.chars().count()) && !text.contains(char::is_control);
        let is_sound = sound(&kid)
            && sound(secret.reveal())
            && state.is_word()
            && scopes.iter().all(|scope| sound(scope));
        is_sound.then_some(Self { kid, secret, scopes, state })
    }

    /// Its handle.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }
}

impl ServiceAccounts {
    /// Whether no key has that handle.
    pub async fn is_free(&self, kid: &str) -> PortResult<bool> {
        Ok(self.ports.keys.find(kid.to_owned()).await?.is_none())
    }

    /// Adds a key that exists elsewhere. Nobody is told: it is not new to its owner.
    pub async fn adopt(&self, command: AdoptSigned) -> Result<(), AdoptSignedError> {
        let ForeignKey { kid, secret, scopes, state } = command.key;
        if !self.is_free(&kid).await? {
            return Err(AdoptSignedError::Taken);
        }
        let now = self.now();
        let about = (command.company, command.account);
        let effects = Effects::audit(self.event(AuditAction::KeyIssued, about, &command.client));
        let key = ApiKey {
            id: self.ports.ambient.fresh(),
            company: command.company,
            holder: Holder::Account(command.account),
            name: kid.clone(),
            kind: KeyKind::Signed { kid, secret },
            scopes,
            state,
            created_at: now,
            updated_at: now,
            last_used_at: None,
        };
        match self.ports.keys.issue(IssueSignedKey { key, effects }).await? {
            SignedIssue::Done => Ok(()),
            SignedIssue::HolderNotActive => Err(AdoptSignedError::HolderNotActive),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_cannot_be_kept_are_refused() {
        let key = |kid: &str, secret: &str, scopes: &[&str]| {
            let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
            ForeignKey::new(kid.to_owned(), Secret::new(secret), scopes, KeyState::active()).is_some()
        };
        assert!(key("61d025b8573501c2", "2d0b4979", &["trade"]));
        assert!(!key("", "2d0b4979", &[]));
        assert!(!key("61d0", "", &[]));
        assert!(!key("61\0d0", "2d0b", &[]));
        assert!(!key("61d0", "2d0b", &[""]));
        assert!(!key(&"k".repeat(256), "2d0b", &[]));
    }
}
