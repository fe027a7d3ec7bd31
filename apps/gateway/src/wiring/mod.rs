//! The only place that names concrete adapters.

use portcullis_kernel::Secret;
use portcullis_seal_aead::MasterKey;

/// Whether the text can be a master key; the error says what one looks like.
///
/// # Errors
/// The accepted form.
pub fn check_master_key(text: &Secret) -> Result<(), String> {
    MasterKey::parse(text.reveal()).map(drop).map_err(|form| form.to_string())
}
