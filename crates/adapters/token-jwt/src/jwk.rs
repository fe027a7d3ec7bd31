//! Public keys as the world sees them (RFC 7517, RFC 7518 §6, RFC 8037).

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

/// The public half of a key, its members in base64url.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Rsa { n: String, e: String },
    Ec { x: String, y: String },
    Ed { x: String },
}

/// One member of the key set, its members in the order of the wikimedia contract (§5.1).
#[derive(Serialize)]
pub(crate) struct Jwk<'a> {
    alg: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<&'a str>,
    kid: &'a str,
    kty: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<&'a str>,
    r#use: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<&'a str>,
}

#[derive(Serialize)]
struct KeySet<'a> {
    keys: Vec<Jwk<'a>>,
}

impl PublicKey {
    pub(crate) fn rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        Self::Rsa { n: base64url(modulus), e: base64url(exponent) }
    }

    /// From an uncompressed point (SEC 1 §2.3.3) on P-256.
    pub(crate) fn ec(point: &[u8]) -> Option<Self> {
        let coordinates = point.strip_prefix(&[4])?;
        let (x, y) = coordinates.split_at_checked(32).filter(|(_, y)| y.len() == 32)?;
        Some(Self::Ec { x: base64url(x), y: base64url(y) })
    }

    pub(crate) fn ed(point: &[u8]) -> Self {
        Self::Ed { x: base64url(point) }
    }

    /// The thumbprint with SHA-256 (RFC 7638): 43 characters that name this key and no other.
    pub(crate) fn thumbprint(&self) -> String {
        let members = match self {
            Self::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
            Self::Ec { x, y } => format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#),
            Self::Ed { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#),
        };
        base64url(digest::digest(&digest::SHA256, members.as_bytes()).as_ref())
    }

    pub(crate) fn jwk<'a>(&'a self, alg: &'static str, kid: &'a str) -> Jwk<'a> {
        let bare = |kty| Jwk { alg, crv: None, e: None, kid, kty, n: None, r#use: "sig", x: None, y: None };
        match self {
            Self::Rsa { n, e } => Jwk { n: Some(n), e: Some(e), ..bare("RSA") },
            Self::Ec { x, y } => Jwk { crv: Some("P-256"), x: Some(x), y: Some(y), ..bare("EC") },
            Self::Ed { x } => Jwk { crv: Some("Ed25519"), x: Some(x), ..bare("OKP") },
        }
    }
}

/// The JSON of a key set.
pub(crate) fn key_set<'a>(keys: impl Iterator<Item = Jwk<'a>>) -> Result<String, serde_json::Error> {
    serde_json::to_string(&KeySet { keys: keys.collect() })
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_rfc_7638() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiF\
                 V4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9\
                 c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1\
                 jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = PublicKey::Rsa { n: n.to_owned(), e: "AQAB".to_owned() };
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037() {
        let key = PublicKey::Ed { x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_owned() };
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn members_come_in_the_order_of_the_contract() {
        let key = PublicKey::rsa(&[1], &[1, 0, 1]);
        let set = key_set([key.jwk("RS256", "k")].into_iter()).unwrap();
        assert_eq!(
            set,
            r#"{"keys":[{"alg":"RS256","e":"AQAB","kid":"k","kty":"RSA","n":"AQ","use":"sig"}]}"#
        );
    }

    #[test]
    fn refuses_points_that_are_not_on_p_256() {
        assert!(PublicKey::ec(&[4; 65]).is_some());
        assert!(PublicKey::ec(&[4; 97]).is_none());
        assert!(PublicKey::ec(&[2; 33]).is_none());
    }
}
