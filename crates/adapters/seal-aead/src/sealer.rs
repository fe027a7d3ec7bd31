//! Sealing and opening.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey};
use portcullis_kernel::{Entropy, SealError, Sealed, Sealer};
use zeroize::Zeroizing;

use crate::MasterKey;

/// Seals under the current master key, opens under it and every older one it was given.
///
/// A sealed value is 12 bytes of nonce, the ciphertext, and 16 bytes of tag. Keys are expanded once, when the sealer
/// is made; no lock is taken afterwards.
pub struct AeadSealer {
    current: Prepared,
    old: Vec<Prepared>,
    entropy: Arc<dyn Entropy>,
}

struct Prepared {
    id: String,
    key: LessSafeKey,
}

impl AeadSealer {
    /// Prepares the keys. `old` may name keys in any order, the current one included.
    #[must_use]
    pub fn new(current: &MasterKey, old: &[MasterKey], entropy: Arc<dyn Entropy>) -> Self {
        Self { current: Prepared::new(current), old: old.iter().map(Prepared::new).collect(), entropy }
    }
}

impl Sealer for AeadSealer {
    fn seal(&self, plain: &[u8], context: &str) -> Sealed {
        let mut nonce = [0; NONCE_LEN];
        self.entropy.fill(&mut nonce);
        let mut bytes = Vec::with_capacity(NONCE_LEN + plain.len() + MAX_TAG_LEN);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(plain);
        let (_, text) = bytes.split_at_mut(NONCE_LEN);
        let (nonce, place) = (Nonce::assume_unique_for_key(nonce), Aad::from(context.as_bytes()));
        let Ok(tag) = self.current.key.seal_in_place_separate_tag(nonce, place, text) else {
            unreachable!("GCM-SIV seals anything shorter than 64 GiB")
        };
        bytes.extend_from_slice(tag.as_ref());
        Sealed { key_id: self.current.id.clone(), bytes }
    }

    fn open(&self, sealed: &Sealed, context: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
        // Ids are short, so two keys may share one; the tag tells which of them it was.
        let mut named = std::iter::once(&self.current).chain(&self.old).filter(|key| key.id == sealed.key_id);
        let first = named.next().ok_or_else(|| SealError::UnknownKey(sealed.key_id.clone()))?;
        std::iter::once(first)
            .chain(named)
            .find_map(|key| key.open(&sealed.bytes, context))
            .ok_or(SealError::Damaged)
    }

    fn current_key(&self) -> String {
        self.current.id.clone()
    }
}

impl Prepared {
    fn new(key: &MasterKey) -> Self {
        let Ok(unbound) = UnboundKey::new(&AES_256_GCM_SIV, key.bytes()) else {
            unreachable!("a master key has the length of an AES-256 key")
        };
        Self { id: key.id(), key: LessSafeKey::new(unbound) }
    }

    fn open(&self, bytes: &[u8], context: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut buffer = Zeroizing::new(text.to_vec());
        let plain = self.key.open_in_place(nonce, Aad::from(context.as_bytes()), &mut buffer).ok()?;
        let length = plain.len();
        buffer.truncate(length);
        Some(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    const PLACE: &str = "authenticators.secret.42";

    struct Counting(AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn entropy() -> Arc<dyn Entropy> {
        Arc::new(Counting(AtomicU8::new(1)))
    }

    fn key(seed: u8) -> MasterKey {
        MasterKey::generate(&Counting(AtomicU8::new(seed)))
    }

    fn sealer(current: u8, old: &[u8]) -> AeadSealer {
        let old: Vec<_> = old.iter().copied().map(key).collect();
        AeadSealer::new(&key(current), &old, entropy())
    }

    #[test]
    fn what_was_sealed_opens_again() {
        let vault = sealer(1, &[]);
        for plain in [&b""[..], b"JBSWY3DPEHPK3PXP", &[7; 10_000]] {
            let sealed = vault.seal(plain, PLACE);
            assert_eq!(sealed.key_id, vault.current_key());
            assert_eq!(sealed.bytes.len(), plain.len() + 28);
            assert_eq!(vault.open(&sealed, PLACE).unwrap().as_slice(), plain);
        }
    }

    #[test]
    fn the_same_secret_is_never_sealed_alike() {
        let vault = sealer(1, &[]);
        assert_ne!(vault.seal(b"same", PLACE).bytes, vault.seal(b"same", PLACE).bytes);
    }

    #[test]
    fn opens_nowhere_else() {
        let vault = sealer(1, &[]);
        let sealed = vault.seal(b"secret", PLACE);
        assert_eq!(vault.open(&sealed, "authenticators.secret.43"), Err(SealError::Damaged));
    }

    #[test]
    fn notices_every_flipped_bit_and_every_cut() {
        let vault = sealer(1, &[]);
        let sealed = vault.seal(b"secret", PLACE);
        for at in 0..sealed.bytes.len() {
            let mut flipped = sealed.clone();
            flipped.bytes[at] ^= 1;
            assert_eq!(vault.open(&flipped, PLACE), Err(SealError::Damaged));
            let cut = Sealed { bytes: sealed.bytes[..at].to_vec(), ..sealed.clone() };
            assert_eq!(vault.open(&cut, PLACE), Err(SealError::Damaged));
        }
    }

    #[test]
    fn old_keys_open_and_never_seal() {
        let sealed = sealer(1, &[]).seal(b"secret", PLACE);
        let rotated = sealer(2, &[9, 1]);
        assert_eq!(rotated.open(&sealed, PLACE).unwrap().as_slice(), b"secret");
        assert_eq!(rotated.seal(b"new", PLACE).key_id, key(2).id());
    }

    #[test]
    fn names_the_key_it_lacks() {
        let sealed = sealer(1, &[]).seal(b"secret", PLACE);
        let refused = sealer(2, &[]).open(&sealed, PLACE);
        assert_eq!(refused, Err(SealError::UnknownKey(key(1).id())));
    }

    #[test]
    fn a_borrowed_key_id_does_not_open() {
        let mut sealed = sealer(1, &[]).seal(b"secret", PLACE);
        sealed.key_id = key(2).id();
        assert_eq!(sealer(2, &[1]).open(&sealed, PLACE), Err(SealError::Damaged));
    }
}
