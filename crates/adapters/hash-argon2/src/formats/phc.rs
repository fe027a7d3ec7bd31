//! The PHC string format, `$id[$v=version]$parameters$salt$tag`, and base64 as old systems wrote it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::MAX_PART;

/// Tolerant engines: padded or not, stray bits in the last character or not.
pub(super) const TOLERANT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, TOLERANT);

/// Standard base64; `.` for `+` is read as well, as passlib writes it.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(text.replace('.', "+")).ok()?;
    (bytes.len() <= MAX_PART).then_some(bytes)
}

/// A PHC string, taken apart.
pub(super) struct Phc<'a> {
    pub(super) id: &'a str,
    pub(super) version: Option<u32>,
    pub(super) params: &'a str,
    pub(super) salt: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

impl<'a> Phc<'a> {
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix('$')?.split('$');
        let id = parts.next()?;
        let mut params = parts.next()?;
        let version = match params.strip_prefix("v=") {
            Some(version) => {
                params = parts.next()?;
                Some(version.parse().ok()?)
            }
            None => None,
        };
        let (salt, tag) = (base64(parts.next()?)?, base64(parts.next()?)?);
        parts.next().is_none().then_some(Self { id, version, params, salt, tag })
    }

    /// The numbers behind `names`; `None` unless exactly these are given.
    pub(super) fn numbers<const N: usize>(&self, names: [&str; N]) -> Option<[u32; N]> {
        let given: Vec<(&str, &str)> =
            self.params.split(',').map(|pair| pair.split_once('=')).collect::<Option<_>>()?;
        let mut numbers = [0; N];
        for (number, name) in numbers.iter_mut().zip(names) {
            let (_, value) = given.iter().find(|(given, _)| *given == name)?;
            *number = value.parse().ok()?;
        }
        (given.len() == N).then_some(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_string_apart() {
        let phc = Phc::read("$argon2id$v=19$m=64,t=2,p=1$c2FsdA$dGFn").unwrap();
        assert_eq!((phc.id, phc.version), ("argon2id", Some(19)));
        assert_eq!((phc.salt.as_slice(), phc.tag.as_slice()), (&b"salt"[..], &b"tag"[..]));
        assert_eq!(phc.numbers(["t", "m", "p"]), Some([2, 64, 1]));
    }

    #[test]
    fn wants_every_parameter_and_no_other() {
        let phc = Phc::read("$x$m=64,t=2$c2FsdA$dGFn").unwrap();
        assert_eq!(phc.version, None);
        assert_eq!(phc.numbers(["m"]), None);
        assert_eq!(phc.numbers(["m", "t", "p"]), None);
        assert_eq!(phc.numbers(["m", "x"]), None);
        assert_eq!(Phc::read("$x$m=-1$c2FsdA$dGFn").unwrap().numbers(["m"]), None);
    }

    #[test]
    fn refuses_missing_and_surplus_parts() {
        for text in ["x$m=1$c2FsdA$dGFn", "$x$m=1$c2FsdA", "$x$m=1$c2FsdA$dGFn$", "$x$v=a$m=1$c2FsdA$dGFn"] {
            assert!(Phc::read(text).is_none(), "{text}");
        }
    }
}
