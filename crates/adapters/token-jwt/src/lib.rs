//! JWT signing and verification over a sealed, rotating key ring.
//!
//! There is one key per algorithm and [slot](portcullis_sessions::KeySlot), made on first need, and one more for each
//! rotation. Keys live in the [`SigningKeyStore`](portcullis_sessions::SigningKeyStore), so every node of an
//! installation signs with the same ones; each node keeps them parsed in memory and looks for new ones about once a
//! second ([`KeyRing::reload`]). A request that signs or verifies touches the store only if a key is missing.
//!
//! Keys are never withdrawn. Consumers of the wikimedia contract (§5.1) fetch the key set once and keep it, and a
//! token outlives the key that signed it, so old keys go on verifying and stay in the published set. The set grows
//! by about 450 bytes per RSA key and rotation: a monthly rotation of two slots makes 11 kB a year.
//!
//! ```
//! # use std::sync::Arc;
//! # use portcullis_kernel::{Ambient, Clock, Entropy, Timestamp};
//! # use portcullis_store_memory::MemoryStore;
//! use portcullis_sessions::{
//!     Algorithm, Claims, JwtExpectation, KeySlot, SigningOrder, TokenSigner, TokenVerifier,
//! };
//! use portcullis_token_jwt::{KeyRing, KeyRingRules};
//! # struct Still;
//! # impl Clock for Still { fn now(&self) -> Timestamp { Timestamp::from_seconds(1_000) } }
//! # impl Entropy for Still { fn fill(&self, buffer: &mut [u8]) { buffer.fill(7) } }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> portcullis_kernel::PortResult<()> {
//! # let (store, ambient) = (Arc::new(MemoryStore::new()), Ambient::new(Arc::new(Still), Arc::new(Still)));
//! # let now = ambient.now();
//!
//! let ring = KeyRing::new(store, ambient, KeyRingRules::default());
//! let claims = Claims::new().text("sub", "ada").instant("exp", now.plus(std::time::Duration::from_secs(60)));
//! let order = SigningOrder { algorithm: Algorithm::EdDsa, slot: KeySlot::Access, typed: true, claims };
//! let token = ring.sign(order.clone()).await?;
//!
//! let expectation = JwtExpectation { slot: KeySlot::Access, claims: vec![("sub", "ada".to_owned())] };
//! assert_eq!(ring.verify(token, expectation, now).await?, Some(order.claims));
//! # Ok(())
//! # }
//! ```

mod claims;
mod jwk;
mod key;
mod live;
mod make;
mod pem;
mod ring;
mod sign;
mod snapshot;
mod verify;

pub use live::KeyInfo;
pub use ring::{KeyRing, KeyRingRules};
