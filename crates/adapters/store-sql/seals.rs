//! Sealed columns: a pair of ciphertext and key id, bound to the row it stands in.

use portcullis_kernel::{PortError, PortResult, Sealed, Sealer};
use zeroize::Zeroizing;

/// A sealed column of one row; its text is what the seal is bound to.
pub(super) struct Place(String);

impl Place {
    /// The column `of` (as `table.column`) in the row with that key.
    pub(super) fn new(of: &str, row: impl std::fmt::Display) -> Self {
        Self(format!("{of}:{row}"))
    }

    pub(super) fn context(&self) -> &str {
        &self.0
    }
}

/// The two columns of a sealed text.
pub(super) fn seal(sealer: &dyn Sealer, text: &str, place: &Place) -> (Vec<u8>, String) {
    let sealed = sealer.seal(text.as_bytes(), place.context());
    (sealed.bytes, sealed.key_id)
}

/// The text of two sealed columns.
pub(super) fn open(
    sealer: &dyn Sealer,
    bytes: Vec<u8>,
    key_id: String,
    place: &Place,
) -> PortResult<Zeroizing<String>> {
    let plain = sealer.open(&Sealed { key_id, bytes }, place.context()).map_err(PortError::broken)?;
    std::str::from_utf8(&plain).map(|text| Zeroizing::new(text.to_owned())).map_err(PortError::broken)
}
