//! The store in a database, under given master keys.

use std::sync::Arc;

use portcullis_conformance::SeededEntropy;
use portcullis_seal_aead::{AeadSealer, MasterKey};
use portcullis_store_postgres::{Options, Store};

pub(crate) const OLD: &str = "1111111111111111111111111111111111111111111111111111111111111111";

/// The first of the keys seals.
pub(crate) fn open(url: &str, keys: &[&str]) -> Store {
    let mut keys = keys.iter().map(|text| MasterKey::parse(text).ok().unwrap());
    let first = keys.next().unwrap();
    let older: Vec<_> = keys.collect();
    let sealer = AeadSealer::new(&first, &older, Arc::new(SeededEntropy::default()));
    Store::open(Options::at(url, Arc::new(sealer))).unwrap()
}
