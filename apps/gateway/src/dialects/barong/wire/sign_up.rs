//! What a sign-up sends (contract §7.1).

use super::Reader;
use crate::dialects::barong::refusal::Refusal;

/// A sign-up, read.
pub struct SignUpForm {
    /// The address as typed.
    pub email: String,
    /// The password as typed.
    pub password: String,
    /// The username as typed.
    pub username: Option<String>,
    /// The handle of whoever brought the user along, as typed.
    pub refid: Option<String>,
    /// JSON as text.
    pub data: Option<String>,
}

impl SignUpForm {
    /// Reads the parameters.
    ///
    /// # Errors
    /// If one is absent or blank that must not be.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, Refusal> {
        let (email, password) = (reader.required("email"), reader.required("password"));
        let (username, refid) = (reader.optional("username"), reader.optional("refid"));
        let data = reader.optional("data");
        reader.finish()?;
        Ok(Self { email, password, username, refid, data })
    }
}
