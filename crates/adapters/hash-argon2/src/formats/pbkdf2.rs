//! PBKDF2 (RFC 8018) as Django, passlib and the PHC format write it.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{Algorithm, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512, derive};
use subtle::ConstantTimeEq;

use super::phc::{Phc, base64};
use super::{MAX_PART, MIN_TAG, StoredHash, boxed};
use crate::memory::{Footprint, Memory};

/// Iterations times blocks of output, the true cost.
const MAX_ROUNDS: u64 = 2_000_000;

struct Stored {
    algorithm: Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

/// Reads `pbkdf2_sha256$iterations$salt$tag` (Django), `$pbkdf2-sha256$iterations$salt$tag` (passlib) and
/// `$pbkdf2-sha256$i=iterations,l=length$salt$tag` (PHC), each also over SHA-1 and the latter two over SHA-512.
pub(super) fn read(text: &str) -> Option<Box<dyn StoredHash>> {
    if text.starts_with('$') { phc(text) } else { django(text) }
}

fn django(text: &str) -> Option<Box<dyn StoredHash>> {
    let mut parts = text.split('$');
    let (algorithm, block) = match parts.next()? {
        "pbkdf2_sha256" => (PBKDF2_HMAC_SHA256, 32),
        "pbkdf2_sha1" => (PBKDF2_HMAC_SHA1, 20),
        _ => return None,
    };
    let iterations = parts.next()?.parse().ok()?;
    let (salt, tag) = (parts.next()?.as_bytes().to_vec(), base64(parts.next()?)?);
    if parts.next().is_some() || salt.len() > MAX_PART {
        return None;
    }
    affordable(Stored { algorithm, iterations, salt, tag }, block)
}

fn phc(text: &str) -> Option<Box<dyn StoredHash>> {
    let phc = Phc::read(text)?;
    let (algorithm, block) = match phc.id {
        "pbkdf2-sha256" => (PBKDF2_HMAC_SHA256, 32),
        "pbkdf2-sha512" => (PBKDF2_HMAC_SHA512, 64),
        "pbkdf2" => (PBKDF2_HMAC_SHA1, 20),
        _ => return None,
    };
    let bare = phc.params.parse().ok();
    let alone = || phc.numbers(["i"]).map(|[iterations]| iterations);
    let with_length = || {
        let [iterations, length] = phc.numbers(["i", "l"])?;
        (usize::try_from(length) == Ok(phc.tag.len())).then_some(iterations)
    };
    let iterations = NonZeroU32::new(bare.or_else(alone).or_else(with_length)?)?;
    if phc.version.is_some() {
        return None;
    }
    affordable(Stored { algorithm, iterations, salt: phc.salt, tag: phc.tag }, block)
}

fn affordable(stored: Stored, block: usize) -> Option<Box<dyn StoredHash>> {
    let blocks = u64::try_from(stored.tag.len().div_ceil(block)).ok()?;
    let rounds = blocks * u64::from(stored.iterations.get());
    (stored.tag.len() >= MIN_TAG && rounds <= MAX_ROUNDS).then(|| boxed(stored))
}

impl StoredHash for Stored {
    fn footprint(&self) -> Footprint {
        Footprint::Own(1)
    }

    fn matches(&self, password: &str, _memory: &mut Memory) -> bool {
        let mut tag = vec![0; self.tag.len()];
        derive(self.algorithm, self.iterations, &self.salt, password.as_bytes(), &mut tag);
        tag.ct_eq(&self.tag).into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::assert_reads;
    use super::*;

    const DJANGO: &str = "pbkdf2_sha256$1000$saltSALT$9/EhCaM4hcGb4mpQCeYO4GVH8/0R3kvc5FZHX2xLFgo=";
    const PHC: &str =
        "$pbkdf2-sha256$i=1000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$AAUqZFzCEI6O8L6YmTAhCmsxLkz/3ZZWdTtCHikQlCA";

    #[test]
    fn reads_django_passlib_and_phc() {
        for text in [
            DJANGO,
            "pbkdf2_sha1$1000$saltSALT$DtnbR8KUNQ0s7UExqSrSWRgBKgM=",
            "$pbkdf2$1000$8R6j9P5/LyVkbK2V0ppzDqE$/pYjthICcqYBv.FXkaPnk5bu8Mg",
            "$pbkdf2-sha256$1000$5Ny7l7I25lyL8V4rhdDa.78$xMK7YuBj4YWJ8jy3C6TqI6J9N8/1LK3dp2hoTk1x5GI",
            concat!(
                "$pbkdf2-sha512$1000$CmHMOSfk/J.zdq5VihECwLg$",
                "fg.jcdfpgByeMxBZUrl1kqwY0ZdgOPYy2J./f7HAJcQVQqY8NSv4koBrAlGCAEzwGz46Y79hzWmgC/9y8U40aA"
            ),
            PHC,
            &PHC.replace(",l=32", ""),
        ] {
            assert_reads(text);
        }
    }

    #[test]
    fn refuses_what_is_damaged_or_out_of_bounds() {
        for text in [
            DJANGO.replace("1000", "0"),
            DJANGO.replace("1000", "2000001"),
            DJANGO.replace("1000", "many"),
            DJANGO.replace("sha256", "md5"),
            DJANGO.replace("saltSALT", &"s".repeat(129)),
            DJANGO.replace("9/EhCaM4hcGb4mpQCeYO4GVH8/0R3kvc5FZHX2xLFgo=", "9/EhCaM4"),
            format!("{DJANGO}$"),
            PHC.replace("l=32", "l=31"),
            PHC.replace("i=1000", "i=0"),
            PHC.replace("i=1000", "i=2000001"),
            PHC.replace("i=1000,", ""),
            PHC.replace("$i=", "$v=1$i="),
        ] {
            assert!(read(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_longer_tag_counts_its_blocks() {
        let tag = "A".repeat(86);
        assert!(read(&format!("pbkdf2_sha256$1000000$salt${tag}")).is_some());
        assert!(read(&format!("pbkdf2_sha256$1000001$salt${tag}")).is_none());
    }
}
