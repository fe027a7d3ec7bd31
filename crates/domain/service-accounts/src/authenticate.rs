//! Recognise what a signed key signed (barong contract §5.7).

use std::time::Duration;

use portcullis_kernel::{
    AccountState, ApiKeyId, CompanyId, PortError, PortResult, Secret, Timestamp, hex, hmac_sha256,
};

use crate::{Holder, ServiceAccounts, SignedKey};

/// A signature to check.
#[derive(Clone)]
pub struct Signature {
    /// Whose keys are honoured.
    pub company: CompanyId,
    /// The handle of the key.
    pub kid: String,
    /// The time in milliseconds, as text.
    pub nonce: String,
    /// The HMAC-SHA-256 of nonce and handle, in lower-case hexadecimal digits.
    pub signature: String,
    /// How far the nonce may be from the present.
    pub window: Duration,
    /// Whether a nonce is good once only. Nodes do not tell each other.
    pub once: bool,
    /// When it was presented.
    pub at: Timestamp,
}

/// Why a signature is not honoured, in the order in which it is looked at.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// There is no such key.
    #[error("no such key")]
    Unknown,
    /// The nonce is no positive whole number.
    #[error("the nonce is no time")]
    NonceMalformed,
    /// The nonce is too far from the present, or was used before.
    #[error("the nonce is over")]
    NonceExpired,
    /// The signature is wrong.
    #[error("wrong signature")]
    Wrong,
    /// The key is switched off.
    #[error("the key is switched off")]
    Inactive,
    /// The holder's state keeps it out.
    #[error("a holder that is {0} is kept out")]
    HolderNotAdmitted(AccountState),
    /// The holder is an account without a second factor.
    #[error("the holder has no second factor")]
    NoFactor,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl ServiceAccounts {
    /// Whose key signed, with one read and no write. The signature is compared in constant time.
    pub async fn authenticate(&self, signed: Signature) -> Result<SignedKey, SignatureError> {
        let found = self.ports.keys.find(signed.kid.clone()).await?;
        let key = found.filter(|key| key.company == signed.company).ok_or(SignatureError::Unknown)?;
        let nonce = nonce(&signed.nonce).ok_or(SignatureError::NonceMalformed)?;
        if signed.at.since(nonce).max(nonce.since(signed.at)) >= signed.window {
            return Err(SignatureError::NonceExpired);
        }
        let parts = [signed.nonce.as_bytes(), signed.kid.as_bytes()];
        let expected = Secret::new(hex(&hmac_sha256(key.secret.reveal().as_bytes(), &parts)));
        if !expected.matches(&signed.signature) {
            return Err(SignatureError::Wrong);
        }
        check_standing(&key)?;
        if signed.once && !self.nonces.spend(key.id, nonce, signed.at, signed.window) {
            return Err(SignatureError::NonceExpired);
        }
        self.uses.note(key.id, signed.at);
        Ok(key)
    }

    /// The key of that id and handle, if a right signature of it would be honoured now.
    pub async fn honoured(&self, id: ApiKeyId, kid: String) -> PortResult<Option<SignedKey>> {
        let found = self.ports.keys.find(kid).await?;
        Ok(found.filter(|key| key.id == id && check_standing(key).is_ok()))
    }
}

fn check_standing(key: &SignedKey) -> Result<(), SignatureError> {
    if !key.state.is_active() {
        return Err(SignatureError::Inactive);
    }
    if !key.holder_state.admits(true) {
        return Err(SignatureError::HolderNotAdmitted(key.holder_state));
    }
    let is_person = matches!(key.holder, Holder::Account(_));
    if is_person && !key.has_factor { Err(SignatureError::NoFactor) } else { Ok(()) }
}

/// Milliseconds since 1970, in digits and nothing else.
fn nonce(text: &str) -> Option<Timestamp> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let millis: i64 = text.parse().ok().filter(|_| digits)?;
    (millis > 0).then(|| Timestamp::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_contract() {
        let parts: [&[u8]; 2] = [b"1584524005143", b"61d025b8573501c2"];
        assert_eq!(
            hex(&hmac_sha256(b"2d0b4979c7fe6986daa8e21d1dc0644f", &parts)),
            "bd42b945e095880e28d046846dbecf655fdf09d95a396a24fe6fe1df42f15d13"
        );
    }

    #[test]
    fn nonces_are_positive_whole_numbers() {
        assert_eq!(nonce("1584524005143"), Some(Timestamp::from_millis(1_584_524_005_143)));
        for bad in ["", "0", "-5", "+5", "1.5", "1e3", " 5", "99999999999999999999"] {
            assert_eq!(nonce(bad), None, "{bad}");
        }
    }
}
