//! The store in a file, under given master keys.

use std::path::Path;
use std::sync::Arc;

use portcullis_conformance::SeededEntropy;
use portcullis_seal_aead::{AeadSealer, MasterKey};
use portcullis_store_sqlite::{Options, Store};

pub(crate) const OLD: &str = "1111111111111111111111111111111111111111111111111111111111111111";

/// The first of the keys seals.
pub(crate) fn open(path: &Path, keys: &[&str]) -> Store {
    let mut keys = keys.iter().map(|text| MasterKey::parse(text).ok().unwrap());
    let first = keys.next().unwrap();
    let older: Vec<_> = keys.collect();
    let sealer = AeadSealer::new(&first, &older, Arc::new(SeededEntropy::default()));
    Store::open(Options::at(path, Arc::new(sealer))).unwrap()
}
