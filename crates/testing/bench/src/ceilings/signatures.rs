//! The raw rate of signatures, with parsed keys, over as many bytes as a JWT signs.

use std::time::Duration;

use anyhow::Result;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};

use super::on_all_cores;

const SIGNED: [u8; 400] = [b'a'; 400];

/// RS256 signatures per second on all cores, with a key of 2048 bits.
pub fn rs256_per_second(length: Duration) -> Result<f64> {
    let key = RsaKeyPair::generate(KeySize::Rsa2048)?;
    on_all_cores(length, || {
        let mut signature = vec![0; key.public_modulus_len()];
        let key = &key;
        Ok(move || Ok(key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &SIGNED, &mut signature)?))
    })
}

/// Ed25519 signatures per second on all cores.
pub fn eddsa_per_second(length: Duration) -> Result<f64> {
    let key = Ed25519KeyPair::generate()?;
    on_all_cores(length, || {
        let key = &key;
        Ok(move || {
            std::hint::black_box(key.sign(&SIGNED));
            Ok(())
        })
    })
}
