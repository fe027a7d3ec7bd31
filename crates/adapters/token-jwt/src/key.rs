//! Key pairs, both halves parsed once: parsing a private RSA key costs as much as a signature with it, and a public one
//! ten times as much as verifying one.
//!
//! New keys come from the generator inside aws-lc, which takes no other source of randomness.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use portcullis_kernel::Secret;
use portcullis_sessions::Algorithm;

use crate::jwk::PublicKey;
use crate::pem;

/// A key pair of one of the three algorithms.
pub(crate) enum PrivateKey {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// What may be wrong with a key; says nothing about its content.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the key is not a PKCS#8 private key in PEM")]
    NotPem,
    #[error("the key does not fit its algorithm: {0}")]
    Rejected(#[from] aws_lc_rs::error::KeyRejected),
    #[error("the public key is not a point on P-256")]
    NotOnCurve,
    #[error("the cryptography library failed")]
    Library(#[from] aws_lc_rs::error::Unspecified),
}

impl PrivateKey {
    /// Makes a key. RSA takes from 50 ms to a second of a core.
    pub(crate) fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        Ok(match algorithm {
            Algorithm::Rs256 => Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?),
            Algorithm::Es256 => Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?),
            Algorithm::EdDsa => Self::Ed(Ed25519KeyPair::generate()?),
        })
    }

    pub(crate) fn from_pem(algorithm: Algorithm, text: &Secret) -> Result<Self, KeyError> {
        let der = pem::decode(text.reveal()).ok_or(KeyError::NotPem)?;
        Ok(match algorithm {
            Algorithm::Rs256 => Self::Rsa(RsaKeyPair::from_pkcs8(&der)?),
            Algorithm::Es256 => Self::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der)?),
            Algorithm::EdDsa => Self::Ed(Ed25519KeyPair::from_pkcs8(&der)?),
        })
    }

    /// PKCS#8 version 1, which every tool reads.
    pub(crate) fn to_pem(&self) -> Result<Secret, KeyError> {
        Ok(match self {
            Self::Rsa(pair) => pem::encode(AsDer::<Pkcs8V1Der<'_>>::as_der(pair)?.as_ref()),
            Self::Ec(pair) => pem::encode(pair.to_pkcs8v1()?.as_ref()),
            Self::Ed(pair) => pem::encode(pair.to_pkcs8v1()?.as_ref()),
        })
    }

    pub(crate) fn public(&self) -> Result<PublicKey, KeyError> {
        match self {
            Self::Rsa(pair) => {
                let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                Ok(PublicKey::rsa(&parts.n, &parts.e))
            }
            Self::Ec(pair) => PublicKey::ec(pair.public_key().as_ref()).ok_or(KeyError::NotOnCurve),
            Self::Ed(pair) => Ok(PublicKey::ed(pair.public_key().as_ref())),
        }
    }

    /// The public half, ready to verify what [`Self::sign`] made.
    pub(crate) fn verifier(&self) -> Result<ParsedPublicKey, KeyError> {
        Ok(match self {
            Self::Rsa(pair) => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key())?,
            Self::Ec(pair) => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key())?,
            Self::Ed(pair) => ParsedPublicKey::new(&ED25519, pair.public_key())?,
        })
    }

    /// The signature as a JWS carries it (RFC 7518 §3, RFC 8037 §3.1).
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let random = SystemRandom::new();
        Ok(match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                signature
            }
            Self::Ec(pair) => pair.sign(&random, message)?.as_ref().to_vec(),
            Self::Ed(pair) => pair.try_sign(message)?.as_ref().to_vec(),
        })
    }
}
