//! bcrypt, bare (`$2a$`, `$2b$`, `$2y$`) and as Django wraps it.
//!
//! The three prefixes mean the same function; they tell which historical bugs the writer had already fixed. bcrypt
//! looks at 72 bytes of the password, its closing zero byte included, so Django also digests the password first
//! (`bcrypt_sha256`).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::GeneralPurpose;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::phc::TOLERANT;
use super::{StoredHash, boxed};
use crate::memory::{Footprint, Memory};

const COSTS: std::ops::RangeInclusive<u32> = 4..=14;
/// How many bytes of a password count.
const SEEN: usize = 72;
/// The last byte of the 24 that bcrypt computes is not written down.
const WRITTEN: usize = 23;

/// Old writers left stray bits in the last character of the salt, which every bcrypt ignores.
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, TOLERANT);

struct Stored {
    cost: u32,
    salt: [u8; 16],
    tag: [u8; WRITTEN],
    digested: bool,
}

/// Reads `$2b$cost$` and 53 characters, bare or behind `bcrypt$` or `bcrypt_sha256$`.
pub(super) fn read(text: &str) -> Option<Box<dyn StoredHash>> {
    let digested = text.strip_prefix("bcrypt_sha256$");
    let bare = digested.or_else(|| text.strip_prefix("bcrypt$")).unwrap_or(text);
    let mut parts = bare.strip_prefix('$')?.split('$');
    let (version, cost, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let cost = cost.parse().ok().filter(|cost| COSTS.contains(cost))?;
    if !matches!(version, "2a" | "2b" | "2y") || rest.len() != 53 || parts.next().is_some() {
        return None;
    }
    let (salt, tag) = rest.split_at_checked(22)?;
    let salt = BASE64.decode(salt).ok()?.try_into().ok()?;
    let tag = BASE64.decode(tag).ok()?.try_into().ok()?;
    Some(boxed(Stored { cost, salt, tag, digested: digested.is_some() }))
}

impl StoredHash for Stored {
    fn footprint(&self) -> Footprint {
        Footprint::Own(8)
    }

    fn matches(&self, password: &str, _memory: &mut Memory) -> bool {
        let mut key = Zeroizing::new(Vec::with_capacity(password.len().max(SEEN) + 1));
        if self.digested {
            hex_digest(password, &mut key);
        } else {
            key.extend_from_slice(password.as_bytes());
        }
        key.push(0);
        let seen = key.get(..SEEN).unwrap_or(&key);
        let tag = bcrypt::bcrypt(self.cost, self.salt, seen);
        tag.get(..WRITTEN).is_some_and(|tag| bool::from(tag.ct_eq(&self.tag)))
    }
}

fn hex_digest(password: &str, key: &mut Vec<u8>) {
    for byte in digest(&SHA256, password.as_bytes()).as_ref() {
        key.extend(format!("{byte:02x}").bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PASSWORD, assert_reads};
    use super::*;

    const OWN: &str = "$2b$04$WoSA1TfwOF4DHKd.nHofJ.vfESTmfqR.cuVrD5vOoKR7ze/XHK9Qe";

    #[test]
    fn reads_every_prefix_and_both_django_wrappers() {
        for text in [
            OWN,
            "$2a$04$Yg9Pnco4E2un55iP0InwWe931tVHQV3Xihiy1LPLn2xpsv8Rj/uAS",
            "$2y$05$7/A5k5L3fqTaD98sWoVIXev0f3yUNIxzuGr16JGmZuRJ36jYWy9Ke",
            "bcrypt_sha256$$2b$04$3RLRrKUL2ljNePMzC0TPTOYCKFrfjjawbtxYgsIFAaBsqDxFQTJLa",
            "bcrypt$$2b$04$pMrRqFNRcjK6SueJfbM0g.eA6pXLL2n1P15h1ijYoNIFvH0tCIroa",
        ] {
            assert_reads(text);
        }
    }

    #[test]
    fn reads_a_salt_with_stray_bits() {
        assert_reads("$2b$04$abcdefghijklmnopqrstuukOkv/vxlTkJt1KtWantchL//1I/TD7K");
        assert_reads("$2b$04$abcdefghijklmnopqrstuvkOkv/vxlTkJt1KtWantchL//1I/TD7K");
    }

    #[test]
    fn sees_72_bytes_of_a_long_password() {
        let text = "$2b$04$OViaUmRTMGPJE9xD7FIkBuKq5N/LABUiw3zKDgCNb11S0YJKXfnqG";
        let stored = read(text).unwrap();
        assert!(stored.matches(&"ß".repeat(100), &mut Memory::default()));
        assert!(stored.matches(&"ß".repeat(36), &mut Memory::default()));
        assert!(!stored.matches(&"ß".repeat(35), &mut Memory::default()));
    }

    #[test]
    fn is_never_up_to_date() {
        let today = super::super::Today::new(crate::Params::default());
        assert!(!read(OWN).unwrap().is_up_to(&today));
    }

    #[test]
    fn refuses_what_is_damaged_or_out_of_bounds() {
        for text in [
            OWN.replace("$04$", "$03$"),
            OWN.replace("$04$", "$15$"),
            OWN.replace("$04$", "$31$"),
            OWN.replace("$2b$", "$2x$"),
            OWN.replace("$2b$", "$2$"),
            OWN.replace("WoSA", "Wo A"),
            OWN.replace("WoSA", "WéA"),
            OWN[..59].to_owned(),
            format!("{OWN}a"),
            format!("{OWN}$"),
            format!("sha256${OWN}"),
        ] {
            assert!(read(&text).is_none(), "{text}");
        }
        assert!(read(OWN).unwrap().matches(PASSWORD, &mut Memory::default()));
    }
}
