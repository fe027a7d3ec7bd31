//! What a sign-up sends (contract §7.1).

use portcullis_accounts::SignUpFault;
use serde::de::IgnoredAny;

use super::Reader;
use crate::dialects::barong::refusal::Refusal;

/// How many characters of data an account keeps.
const MAX_DATA: usize = 1024;

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
    /// What is wrong with the data.
    pub faults: Vec<SignUpFault>,
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
        let faults = data.as_deref().map(data_faults).unwrap_or_default();
        Ok(Self { email, password, username, refid, data, faults })
    }
}

/// What is wrong with the data of an account: any JSON value of up to 1024 characters will do.
pub fn data_faults(data: &str) -> Vec<SignUpFault> {
    let json = serde_json::from_str::<IgnoredAny>(data).is_ok();
    let faults = [
        (!json).then_some(SignUpFault::DataInvalid),
        (data.chars().count() > MAX_DATA).then_some(SignUpFault::DataTooLong),
    ];
    faults.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_any_json_of_1024_characters() {
        for good in ["{}", "null", "7", "\"x\"", "[1]", " {\"a\":1} "] {
            assert_eq!(data_faults(good), [], "{good}");
        }
        assert_eq!(data_faults(""), [SignUpFault::DataInvalid]);
        assert_eq!(data_faults("{"), [SignUpFault::DataInvalid]);
        assert_eq!(data_faults(&format!("\"{}\"", "é".repeat(1022))), []);
        assert_eq!(data_faults(&format!("\"{}\"", "é".repeat(1023))), [SignUpFault::DataTooLong]);
    }
}
