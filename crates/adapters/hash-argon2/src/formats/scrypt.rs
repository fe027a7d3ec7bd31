//! scrypt (RFC 7914) as passlib's PHC string and as Django writes it.

use scrypt::{Params, scrypt};
use subtle::ConstantTimeEq;

use super::phc::{Phc, base64};
use super::{MAX_PART, MIN_TAG, StoredHash, boxed};
use crate::memory::{Footprint, Memory};

/// The bound of n·r: 128 bytes each, so 256 MiB.
const MAX_BLOCKS: u64 = 1 << 21;
/// The bound of n·r·p, the time.
const MAX_WORK: u64 = 1 << 22;
const MAX_LANES: u32 = 16;
/// Keeps the scratch blocks, which grow with r and p alone, too small to count.
const MAX_R: u32 = 64;

struct Stored {
    params: Params,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

/// Reads `$scrypt$ln=14,r=8,p=1$salt$tag` and `scrypt$16384$salt$8$1$tag`.
pub(super) fn read(text: &str) -> Option<Box<dyn StoredHash>> {
    if text.starts_with('$') { phc(text) } else { django(text) }
}

fn phc(text: &str) -> Option<Box<dyn StoredHash>> {
    let phc = Phc::read(text).filter(|phc| phc.id == "scrypt" && phc.version.is_none())?;
    let [log_n, r, p] = phc.numbers(["ln", "r", "p"])?;
    affordable(log_n, r, p, phc.salt, phc.tag)
}

fn django(text: &str) -> Option<Box<dyn StoredHash>> {
    let mut parts = text.strip_prefix("scrypt$")?.split('$');
    let n: u64 = parts.next()?.parse().ok()?;
    let salt = parts.next()?.as_bytes().to_vec();
    let (r, p) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let tag = base64(parts.next()?)?;
    let whole = parts.next().is_none() && n.is_power_of_two() && salt.len() <= MAX_PART;
    whole.then(|| affordable(n.trailing_zeros(), r, p, salt, tag)).flatten()
}

fn affordable(log_n: u32, r: u32, p: u32, salt: Vec<u8>, tag: Vec<u8>) -> Option<Box<dyn StoredHash>> {
    let blocks = 1u64.checked_shl(log_n)?.checked_mul(u64::from(r))?;
    let work = blocks.checked_mul(u64::from(p))?;
    let small = log_n >= 1 && p <= MAX_LANES && r <= MAX_R;
    let within = small && blocks <= MAX_BLOCKS && work <= MAX_WORK;
    let params = Params::new(u8::try_from(log_n).ok().filter(|_| within)?, r, p).ok()?;
    (tag.len() >= MIN_TAG).then(|| boxed(Stored { params, salt, tag }))
}

impl StoredHash for Stored {
    fn footprint(&self) -> Footprint {
        let blocks = self.params.n() * u64::from(self.params.r());
        Footprint::Own(u32::try_from(blocks.div_ceil(8)).unwrap_or(u32::MAX))
    }

    fn matches(&self, password: &str, _memory: &mut Memory) -> bool {
        let mut tag = vec![0; self.tag.len()];
        let done = scrypt(password.as_bytes(), &self.salt, &self.params, &mut tag);
        done.is_ok() && bool::from(tag.ct_eq(&self.tag))
    }
}

#[cfg(test)]
mod tests {
    use super::super::assert_reads;
    use super::*;

    const PHC: &str =
        "$scrypt$ln=6,r=8,p=2$IcQYQ2gtxfj//997by2ltA$AyCkGZUNWv2t+OkcsYdK+TPII5JdZowOa9agVxIfJ7w";
    const DJANGO: &str = concat!(
        "scrypt$64$saltSALT$8$5$",
        "BFSw6BFZ+FNYf/PLB/+DUEkBNmHJay3GnsL4si9pYytxRINwkhLSbgsb+BGIaMCYRUKtXI8CsvqunOHq3gwAXw=="
    );

    #[test]
    fn reads_passlib_and_django() {
        assert_reads(PHC);
        assert_reads(DJANGO);
    }

    #[test]
    fn says_how_much_memory_it_takes() {
        let stored = read(&PHC.replace("ln=6", "ln=14")).unwrap();
        assert_eq!(stored.footprint(), Footprint::Own(16 * 1024));
    }

    #[test]
    fn refuses_what_is_damaged_or_out_of_bounds() {
        for text in [
            PHC.replace("ln=6", "ln=19"),
            PHC.replace("ln=6", "ln=0"),
            PHC.replace("ln=6", "ln=64"),
            PHC.replace("ln=6", "ln=4294967295"),
            PHC.replace("ln=6,r=8,p=2", "ln=17,r=8,p=8"),
            PHC.replace("r=8", "r=4294967295"),
            PHC.replace("r=8", "r=65"),
            PHC.replace("r=8", "r=0"),
            PHC.replace("p=2", "p=0"),
            PHC.replace("p=2", "p=17"),
            PHC.replace("AyCkGZUNWv2t+OkcsYdK+TPII5JdZowOa9agVxIfJ7w", "AyCk"),
            DJANGO.replace("$64$", "$63$"),
            DJANGO.replace("$64$", "$1$"),
            DJANGO.replace("$64$", "$0$"),
            DJANGO.replace("$8$5$", "$8$"),
            DJANGO.replace("scrypt$", "scrypt2$"),
        ] {
            assert!(read(&text).is_none(), "{text}");
        }
    }
}
