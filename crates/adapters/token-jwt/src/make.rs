//! Making keys: the first of a place, and the next.

use std::time::Duration;

use portcullis_kernel::{AuditAction, AuditEvent, Client, Effects, PortError, PortResult, Timestamp};
use portcullis_sessions::{AddSigningKey, Algorithm, KeySlot, SigningKey};
use tokio::task::spawn_blocking;

use crate::key::{KeyError, PrivateKey};
use crate::snapshot::Place;
use crate::{KeyInfo, KeyRing};

/// How often a rotation starts over because another one came first.
const ROUNDS: usize = 5;

/// Keys to make, and how to say so.
struct Order<'a> {
    keys: Vec<(Place, u32)>,
    signs_from: Timestamp,
    client: &'a Client,
    detail: &'static str,
}

impl KeyRing {
    /// Makes the first key of each place that has none, all in one write. Does nothing if all have one.
    pub async fn prepare(&self, places: &[(Algorithm, KeySlot)]) -> PortResult<()> {
        let _alone = self.making.lock().await;
        self.reload().await?;
        let made = self.snapshot().places();
        let missing: Vec<_> = places.iter().filter(|place| !made.contains_key(place)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let order = Order {
            keys: missing.into_iter().map(|place| (*place, 1)).collect(),
            signs_from: self.ambient.now(),
            client: &Client::operator(),
            detail: "first key",
        };
        // Whether this node or another one made them: they are in the store now.
        self.make(order).await?;
        self.reload().await
    }

    /// Makes the next key of every place that has one, and answers the new keys. They are in the key set at once and
    /// sign once `overlap` has passed: verifiers have that long to fetch the set again, and those that fetch it only
    /// once must be restarted within it. The keys before them go on verifying.
    ///
    /// An empty ring has nothing to rotate; the answer is empty then.
    pub async fn rotate(&self, overlap: Duration, client: &Client) -> PortResult<Vec<KeyInfo>> {
        let _alone = self.making.lock().await;
        for _ in 0..ROUNDS {
            self.reload().await?;
            let places = self.snapshot().places();
            let order = Order {
                keys: places.into_iter().map(|(place, latest)| (place, latest.saturating_add(1))).collect(),
                signs_from: self.ambient.now().plus(overlap),
                client,
                detail: "rotation",
            };
            if let Some(made) = self.make(order).await? {
                self.reload().await?;
                return Ok(made);
            }
        }
        Err(PortError::unavailable("other nodes rotate the signing keys all the time"))
    }

    /// The new keys; nothing if another node made one of them first.
    async fn make(&self, order: Order<'_>) -> PortResult<Option<Vec<KeyInfo>>> {
        if order.keys.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let (now, signs_from) = (self.ambient.now(), order.signs_from);
        let mut effects = Effects::default();
        for _ in &order.keys {
            let event = AuditEvent::new(&self.ambient, AuditAction::SigningKeyRotated, order.client);
            effects = effects.and_audit(event.detail(order.detail));
        }
        let drafts = move || {
            let draft = |(place, generation)| generate(place, generation, now, signs_from);
            order.keys.into_iter().map(draft).collect::<Result<Vec<_>, _>>()
        };
        let keys = spawn_blocking(drafts).await.map_err(PortError::broken)?.map_err(PortError::broken)?;
        let infos = keys.iter().map(KeyInfo::of).collect();
        Ok(self.store.add(AddSigningKey { keys, effects }).await?.then_some(infos))
    }
}

fn generate(
    (algorithm, slot): Place,
    generation: u32,
    created_at: Timestamp,
    signs_from: Timestamp,
) -> Result<SigningKey, KeyError> {
    let private = PrivateKey::generate(algorithm)?;
    let (kid, private_pem) = (private.public()?.thumbprint(), private.to_pem()?);
    Ok(SigningKey { kid, algorithm, slot, generation, private_pem, created_at, signs_from })
}
