//! Argon2 (RFC 9106): today's hashes, and those of other systems in all three variants.

use std::hint::black_box;

use argon2::{Algorithm, Argon2, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq;

use super::phc::Phc;
use super::{MIN_TAG, StoredHash, boxed};
use crate::memory::{Footprint, Memory};
use crate::settings::Params;

const SALT: usize = 16;
const TAG: usize = 32;

/// What a hash looks like when it is made now: Argon2id, version 19, 16 bytes of salt, 32 of tag.
#[derive(Clone, Copy)]
pub(crate) struct Today(Params);

impl Today {
    pub(crate) fn new(params: Params) -> Self {
        Self(params)
    }

    pub(crate) fn footprint(&self) -> Footprint {
        Footprint::Blocks(self.0.memory_kib)
    }

    /// The PHC string of a new hash, or `None` if Argon2 refuses the parameters, which the settings rule out.
    pub(crate) fn hash(&self, password: &str, salt: [u8; SALT], memory: &mut Memory) -> Option<String> {
        let mut tag = [0; TAG];
        self.variant().fill(password, &salt, &mut tag, memory)?;
        let Params { memory_kib, iterations, parallelism } = self.0;
        let (salt, tag) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(tag));
        Some(format!("$argon2id$v=19$m={memory_kib},t={iterations},p={parallelism}${salt}${tag}"))
    }

    /// Does the work of comparing with a hash of today and forgets the outcome.
    pub(crate) fn spend(&self, password: &str, memory: &mut Memory) {
        let mut tag = [0; TAG];
        let _ = black_box(self.variant().fill(password, &[0; SALT], &mut tag, memory));
        black_box(tag.ct_eq(&[0; TAG]));
    }

    fn variant(&self) -> Variant {
        Variant { algorithm: Algorithm::Argon2id, version: Version::V0x13, params: self.0 }
    }
}

#[derive(Clone, Copy)]
struct Variant {
    algorithm: Algorithm,
    version: Version,
    params: Params,
}

impl Variant {
    fn fill(&self, password: &str, salt: &[u8], tag: &mut [u8], memory: &mut Memory) -> Option<()> {
        let Params { memory_kib, iterations, parallelism } = self.params;
        let params = argon2::Params::new(memory_kib, iterations, parallelism, Some(tag.len())).ok()?;
        let blocks = memory.blocks(params.block_count());
        Argon2::new(self.algorithm, self.version, params)
            .hash_password_into_with_memory(password.as_bytes(), salt, tag, blocks)
            .ok()
    }
}

struct Stored {
    variant: Variant,
    salt: Vec<u8>,
    tag: Vec<u8>,
    wrapped: bool,
}

/// Reads a PHC string, bare or behind Django's `argon2` prefix.
pub(super) fn read(text: &str) -> Option<Box<dyn StoredHash>> {
    let bare = text.strip_prefix("argon2").unwrap_or(text);
    let phc = Phc::read(bare)?;
    let algorithm = match phc.id {
        "argon2id" => Algorithm::Argon2id,
        "argon2i" => Algorithm::Argon2i,
        "argon2d" => Algorithm::Argon2d,
        _ => return None,
    };
    let version = match phc.version {
        Some(0x13) => Version::V0x13,
        Some(0x10) | None => Version::V0x10,
        Some(_) => return None,
    };
    let [memory_kib, iterations, parallelism] = phc.numbers(["m", "t", "p"])?;
    let params = Params { memory_kib, iterations, parallelism };
    let sound = params.within_bounds() && phc.tag.len() >= MIN_TAG && phc.salt.len() >= argon2::MIN_SALT_LEN;
    let (variant, wrapped) = (Variant { algorithm, version, params }, bare.len() < text.len());
    sound.then(|| boxed(Stored { variant, salt: phc.salt, tag: phc.tag, wrapped }))
}

impl StoredHash for Stored {
    fn footprint(&self) -> Footprint {
        Footprint::Blocks(self.variant.params.memory_kib)
    }

    fn matches(&self, password: &str, memory: &mut Memory) -> bool {
        let mut tag = vec![0; self.tag.len()];
        let done = self.variant.fill(password, &self.salt, &mut tag, memory);
        done.is_some() && bool::from(tag.ct_eq(&self.tag))
    }

    fn is_up_to(&self, today: &Today) -> bool {
        let (Variant { algorithm, version, params }, today) = (self.variant, today.0);
        !self.wrapped
            && algorithm == Algorithm::Argon2id
            && version == Version::V0x13
            && params.memory_kib >= today.memory_kib
            && params.iterations >= today.iterations
            && params.parallelism >= today.parallelism
            && self.salt.len() >= SALT
            && self.tag.len() >= TAG
    }
}

#[cfg(test)]
mod tests {
    use argon2::{AssociatedData, ParamsBuilder};

    use super::super::{PASSWORD, assert_reads};
    use super::*;

    const SMALL: Params = Params { memory_kib: 64, iterations: 2, parallelism: 1 };
    /// Made by the C reference implementation.
    const OF_TODAY: &str =
        "$argon2id$v=19$m=64,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$Bl+s7+tVKKLAu26Z8rOVOJhWAGSd9SvcPS/BYB+7Ycw";

    #[test]
    fn computes_the_vector_of_rfc_9106_in_used_memory() {
        let mut params = ParamsBuilder::new();
        params.m_cost(32).t_cost(3).p_cost(4).output_len(32).data(AssociatedData::new(&[4; 12]).unwrap());
        let params = params.build().unwrap();
        let mut memory = Memory::default();
        Today::new(SMALL).spend("leaves its blocks behind", &mut memory);
        let mut tag = [0; 32];
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)
            .unwrap()
            .hash_password_into_with_memory(&[1; 32], &[2; 16], &mut tag, memory.blocks(32))
            .unwrap();
        let expected = [
            0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9,
            0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59,
        ];
        assert_eq!(tag, expected);
    }

    #[test]
    fn hashes_as_the_reference_implementation_does() {
        let hash = Today::new(SMALL).hash(PASSWORD, *b"0123456789abcdef", &mut Memory::default());
        assert_eq!(hash.as_deref(), Some(OF_TODAY));
    }

    #[test]
    fn reads_all_variants_versions_and_the_django_wrapper() {
        for text in [
            OF_TODAY,
            "$argon2id$v=19$m=64,t=2,p=2$MDEyMzQ1Njc4OWFiY2RlZg$omwPFWjumq3Dp97DCpZVg052FVIJ0j7Z",
            "$argon2id$v=16$m=64,t=2,p=2$MDEyMzQ1Njc4OWFiY2RlZg$Si/9eHxuQTAmg0bP5yNwjmzLKXaoVvGO",
            "$argon2i$v=19$m=64,t=2,p=2$MDEyMzQ1Njc4OWFiY2RlZg$W0sC+I25aDW9OtZW2f+23aXAAPx0Vy1j",
            "$argon2i$m=64,t=2,p=2$MDEyMzQ1Njc4OWFiY2RlZg$AWHf+y+1OYLTyHwrmySZgZF3JY3Qthub",
            "$argon2d$v=19$m=64,t=2,p=2$MDEyMzQ1Njc4OWFiY2RlZg$acju3SYo0NWTFQAkV5nWsFdTZPtaF6Gh",
            "$argon2d$v=16$m=64,t=2,p=2$MDEyMzQ1Njc4OWFiY2RlZg$9ovdnnxGN3+TA8nE1JgWXJ54fLn1pZ4y",
            "argon2$argon2id$v=19$m=64,t=2,p=2$c2FsdFNBTFRzYWx0$FrTSJp/q0TSz0Ny+aOYOoS5VrfiLWHJAdmQ7TMqbI4k",
        ] {
            assert_reads(text);
        }
    }

    #[test]
    fn only_a_bare_argon2id_of_full_strength_is_up_to_date() {
        let up_to = |text: &str, today| read(text).unwrap().is_up_to(&Today::new(today));
        assert!(up_to(OF_TODAY, SMALL));
        assert!(up_to(OF_TODAY, Params { memory_kib: 32, iterations: 1, ..SMALL }));
        assert!(!up_to(OF_TODAY, Params { memory_kib: 65, ..SMALL }));
        assert!(!up_to(OF_TODAY, Params { iterations: 3, ..SMALL }));
        assert!(!up_to(OF_TODAY, Params { parallelism: 2, ..SMALL }));
        for weaker in [
            OF_TODAY.replace("argon2id", "argon2i"),
            OF_TODAY.replace("v=19", "v=16"),
            OF_TODAY.replace("MDEyMzQ1Njc4OWFiY2RlZg", "c2FsdFNBTFRzYWx0"),
            OF_TODAY.replace("cPS/BYB+7Ycw", ""),
            format!("argon2{OF_TODAY}"),
        ] {
            assert!(!up_to(&weaker, SMALL), "{weaker}");
        }
    }

    #[test]
    fn refuses_what_is_out_of_bounds() {
        for (sound, costly) in [
            ("m=64", "m=7"),
            ("m=64", "m=262145"),
            ("m=64", "m=4294967295"),
            ("t=2", "t=0"),
            ("t=2", "t=17"),
            ("p=1", "p=0"),
            ("p=1", "p=9"),
            ("v=19", "v=18"),
            ("MDEyMzQ1Njc4OWFiY2RlZg", "c2FsdA"),
            ("Bl+s7+tVKKLAu26Z8rOVOJhWAGSd9SvcPS/BYB+7Ycw", "Bl+s7+tVKK"),
            ("Bl+s7+tVKKLAu26Z8rOVOJhWAGSd9SvcPS/BYB+7Ycw", ""),
        ] {
            let text = OF_TODAY.replacen(sound, costly, 1);
            assert_ne!(text, OF_TODAY);
            assert!(read(&text).is_none(), "{text}");
        }
    }
}
