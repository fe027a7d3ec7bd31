//! API keys.

use async_trait::async_trait;
use portcullis_kernel::{ApiKeyId, PortError, PortResult, Timestamp, TokenDigest};
use portcullis_service_accounts::{
    ApiKey, ApiKeyStore, DeleteKey, Holder, IssueKey, Issued, KeyKind, PresentedKey,
};

use crate::MemoryStore;
use crate::state::{Stop, insert_new};

#[async_trait]
impl ApiKeyStore for MemoryStore {
    async fn issue(&self, write: IssueKey) -> PortResult<Issued> {
        self.write(|state| {
            let holder = write.key.holder;
            if let Holder::Account(account) = holder {
                state.require_account(account)?;
            }
            let held = state.api_keys.values().filter(|key| key.holder == holder).count();
            if u32::try_from(held).map_or(true, |held| held >= write.limit) {
                return Err(Stop::Refused(Issued::LimitReached));
            }
            if state.api_keys.values().any(|known| same_credential(&known.kind, &write.key.kind)) {
                return Err(PortError::broken("another key has this credential").into());
            }
            insert_new(&mut state.api_keys, write.key.id, write.key)?;
            state.record(write.effects)?;
            Ok(Issued::Done)
        })
    }

    async fn list(&self, holder: Holder) -> PortResult<Vec<ApiKey>> {
        self.read(|state| {
            let header = |key: &&ApiKey| key.holder == holder && header_digest(&key.kind).is_some();
            let mut keys: Vec<_> = state.api_keys.values().filter(header).cloned().collect();
            keys.sort_by_key(|key| (key.created_at, key.id));
            keys
        })
    }

    async fn find(&self, digest: TokenDigest) -> PortResult<Option<PresentedKey>> {
        self.read(|state| {
            let key = state.api_keys.values().find(|key| header_digest(&key.kind) == Some(digest))?;
            let Holder::Account(account) = key.holder else { return None };
            let account = state.accounts.get(&account)?;
            Some(PresentedKey {
                id: key.id,
                company: key.company,
                account: account.id,
                state: account.state,
                username: account.username.clone(),
                name: key.name.clone(),
                active: key.state.is_active(),
            })
        })
    }

    async fn delete(&self, write: DeleteKey) -> PortResult<bool> {
        self.write(|state| {
            let own =
                |key: &&ApiKey| key.holder == write.holder && header_digest(&key.kind) == Some(write.digest);
            let id = state.api_keys.values().find(own).map(|key| key.id).ok_or(Stop::Refused(false))?;
            state.api_keys.remove(&id);
            state.record(write.effects)?;
            Ok(true)
        })
    }

    async fn touch(&self, uses: Vec<(ApiKeyId, Timestamp)>) -> PortResult<()> {
        self.write(|state| {
            for (id, at) in uses {
                if let Some(key) = state.api_keys.get_mut(&id) {
                    key.last_used_at = key.last_used_at.max(Some(at));
                }
            }
            Ok(())
        })
    }
}

fn header_digest(kind: &KeyKind) -> Option<TokenDigest> {
    match kind {
        KeyKind::Header { token } => Some(token.digest()),
        KeyKind::Signed { .. } => None,
    }
}

fn same_credential(one: &KeyKind, other: &KeyKind) -> bool {
    match (one, other) {
        (KeyKind::Header { token: one }, KeyKind::Header { token: other }) => one.digest() == other.digest(),
        (KeyKind::Signed { kid: one, .. }, KeyKind::Signed { kid: other, .. }) => one == other,
        (KeyKind::Header { .. } | KeyKind::Signed { .. }, _) => false,
    }
}
