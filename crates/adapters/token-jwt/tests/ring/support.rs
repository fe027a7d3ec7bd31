//! A world for key rings: a clock to set, entropy that never repeats, and a store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation};
use portcullis_kernel::{Ambient, Clock, Entropy, PortResult, Timestamp};
use portcullis_sessions::{
    AddSigningKey, Algorithm, Claims, JwtExpectation, KeySlot, SigningKey, SigningKeyStore, SigningOrder,
    TokenSigner, TokenVerifier,
};
use portcullis_store_memory::MemoryStore;
use portcullis_token_jwt::{KeyRing, KeyRingRules};

pub(crate) const ALGORITHMS: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// One installation; every ring over it is a node.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) memory: MemoryStore,
    clock: Arc<Wall>,
    store: Arc<Counting>,
}

struct Wall(AtomicI64);

struct Counting {
    inner: MemoryStore,
    reads: AtomicUsize,
}

struct Counter(AtomicU64);

impl World {
    pub(crate) fn new() -> Self {
        let memory = MemoryStore::new();
        let store = Arc::new(Counting { inner: memory.clone(), reads: AtomicUsize::new(0) });
        Self { memory, clock: Arc::new(Wall(AtomicI64::new(1_800_000_000))), store }
    }

    /// A node that has loaded nothing yet.
    pub(crate) fn node(&self) -> KeyRing {
        let entropy = Arc::new(Counter(AtomicU64::new(0)));
        // Nodes differ by where their entropy starts.
        entropy.0.store(u64::try_from(Arc::strong_count(&self.store)).unwrap() << 32, Ordering::SeqCst);
        let ambient = Ambient::new(self.clock.clone(), entropy);
        KeyRing::new(self.store.clone(), ambient, KeyRingRules::default())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn pass(&self, span: Duration) {
        self.clock.0.fetch_add(i64::try_from(span.as_secs()).unwrap(), Ordering::SeqCst);
    }

    /// How often a node read the store.
    pub(crate) fn reads(&self) -> usize {
        self.store.reads.load(Ordering::SeqCst)
    }

    /// Claims that are good for a minute.
    pub(crate) fn claims(&self) -> Claims {
        let now = self.now();
        Claims::new()
            .text("sub", "ada")
            .text("token_use", "access")
            .instant("iat", now)
            .instant("exp", now.plus(MINUTE))
    }

    pub(crate) fn order(&self, algorithm: Algorithm) -> SigningOrder {
        SigningOrder { algorithm, slot: KeySlot::Access, typed: false, claims: self.claims() }
    }

    pub(crate) async fn token(&self, ring: &KeyRing, algorithm: Algorithm) -> String {
        ring.sign(self.order(algorithm)).await.unwrap()
    }

    pub(crate) async fn verified(&self, ring: &KeyRing, token: &str) -> Option<Claims> {
        ring.verify(token.to_owned(), access(&[]), self.now()).await.unwrap()
    }
}

/// What a token of the access slot must say.
pub(crate) fn access(claims: &[(&'static str, &str)]) -> JwtExpectation {
    let claims = claims.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    JwtExpectation { slot: KeySlot::Access, claims }
}

pub(crate) fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

/// Verifies as a stranger would: with nothing but the published set. The clock of a stranger is not ours.
pub(crate) fn stranger_verifies(jwks: &str, token: &str) -> Option<BTreeMap<String, serde_json::Value>> {
    let set: JwkSet = serde_json::from_str(jwks).unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    let jwk = set.find(header.kid.as_deref()?)?;
    let mut validation = Validation::new(header.alg);
    validation.validate_exp = false;
    jsonwebtoken::decode(token, &DecodingKey::from_jwk(jwk).unwrap(), &validation)
        .ok()
        .map(|data| data.claims)
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.0.load(Ordering::SeqCst))
    }
}

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        let next = self.0.fetch_add(1, Ordering::SeqCst).to_le_bytes();
        buffer.iter_mut().zip(next.into_iter().cycle()).for_each(|(byte, next)| *byte = next);
    }
}

#[async_trait]
impl SigningKeyStore for Counting {
    async fn list(&self) -> PortResult<Vec<SigningKey>> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.inner.list().await
    }

    async fn add(&self, write: AddSigningKey) -> PortResult<bool> {
        self.inner.add(write).await
    }
}
