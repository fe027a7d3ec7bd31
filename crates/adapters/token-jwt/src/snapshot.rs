//! All keys at one moment, immutable.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use portcullis_kernel::{PortError, PortResult, Timestamp};
use portcullis_sessions::{Algorithm, KeySlot, SigningKey};

use crate::jwk;
use crate::live::{KeyInfo, LiveKey};

/// The place of a key: one key of each place signs at any moment.
pub(crate) type Place = (Algorithm, KeySlot);

pub(crate) struct Snapshot {
    keys: Vec<Arc<LiveKey>>,
    by_kid: HashMap<String, Arc<LiveKey>>,
    jwks: Arc<str>,
}

impl Snapshot {
    pub(crate) fn empty() -> Self {
        Self { keys: Vec::new(), by_kid: HashMap::new(), jwks: Arc::from(r#"{"keys":[]}"#) }
    }

    /// Parses the kept keys, oldest first, but for those that `known` has parsed already.
    pub(crate) fn parse(kept: &[SigningKey], known: &Self) -> PortResult<Self> {
        let keys = kept.iter().map(|key| known.reuse_or_parse(key)).collect::<PortResult<Vec<_>>>()?;
        let jwks = jwk::key_set(keys.iter().map(|key| key.jwk())).map_err(PortError::broken)?;
        let by_kid = keys.iter().map(|key| (key.info.kid.clone(), Arc::clone(key))).collect();
        Ok(Self { keys, by_kid, jwks: jwks.into() })
    }

    /// Whether these are the kept keys, in the same order.
    pub(crate) fn is_of(&self, kept: &[SigningKey]) -> bool {
        self.keys.len() == kept.len()
            && self.keys.iter().zip(kept).all(|(ours, theirs)| ours.info == KeyInfo::of(theirs))
    }

    pub(crate) fn find(&self, kid: &str) -> Option<Arc<LiveKey>> {
        self.by_kid.get(kid).map(Arc::clone)
    }

    /// The key that signs at `at`: the highest generation that is due. If none is, because the clock of the node that
    /// made the first one is ahead of ours, that first one.
    pub(crate) fn signer(&self, place: Place, at: Timestamp) -> Option<&Arc<LiveKey>> {
        let in_place = || self.keys.iter().filter(|key| (key.info.algorithm, key.info.slot) == place);
        let due = in_place().filter(|key| key.info.signs_from <= at).max_by_key(|key| key.info.generation);
        due.or_else(|| in_place().max_by_key(|key| Reverse(key.info.generation)))
    }

    /// Every place that has a key, with its highest generation.
    pub(crate) fn places(&self) -> BTreeMap<Place, u32> {
        let mut places = BTreeMap::new();
        for KeyInfo { algorithm, slot, generation, .. } in self.infos() {
            let highest: &mut u32 = places.entry((*algorithm, *slot)).or_default();
            *highest = (*generation).max(*highest);
        }
        places
    }

    pub(crate) fn infos(&self) -> impl Iterator<Item = &KeyInfo> {
        self.keys.iter().map(|key| &key.info)
    }

    pub(crate) fn jwks(&self) -> Arc<str> {
        Arc::clone(&self.jwks)
    }

    fn reuse_or_parse(&self, key: &SigningKey) -> PortResult<Arc<LiveKey>> {
        match self.by_kid.get(&key.kid) {
            Some(known) if known.info == KeyInfo::of(key) => Ok(Arc::clone(known)),
            Some(_) | None => LiveKey::parse(key).map(Arc::new).map_err(PortError::broken),
        }
    }
}
