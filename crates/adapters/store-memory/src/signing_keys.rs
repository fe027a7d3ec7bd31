//! Signing keys.

use async_trait::async_trait;
use portcullis_kernel::{PortError, PortResult};
use portcullis_sessions::{AddSigningKey, SigningKey, SigningKeyStore};

use crate::MemoryStore;
use crate::state::Stop;

#[async_trait]
impl SigningKeyStore for MemoryStore {
    async fn list(&self) -> PortResult<Vec<SigningKey>> {
        self.read(|state| {
            let mut keys = state.signing_keys.clone();
            keys.sort_by(|a, b| {
                (a.created_at, a.generation, &a.kid).cmp(&(b.created_at, b.generation, &b.kid))
            });
            keys
        })
    }

    async fn add(&self, write: AddSigningKey) -> PortResult<bool> {
        self.write(|state| {
            for key in write.keys {
                let place = |key: &SigningKey| (key.algorithm, key.slot, key.generation);
                if state.signing_keys.iter().any(|known| place(known) == place(&key)) {
                    return Err(Stop::Refused(false));
                }
                if state.signing_keys.iter().any(|known| known.kid == key.kid) {
                    return Err(PortError::broken("another signing key has this kid").into());
                }
                state.signing_keys.push(key);
            }
            state.record(write.effects)?;
            Ok(true)
        })
    }
}
