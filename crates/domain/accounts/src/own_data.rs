//! What an owner keeps with the account itself: one JSON text (barong contract §7.1, §8.9).

use portcullis_kernel::{AuditAction, Client, PortError, is_json};

use crate::edit::Trace;
use crate::{Account, Accounts, SignUpFault};

/// How many characters of data an account keeps.
const MAX_DATA: usize = 1024;

/// Why the data of an account was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceDataError {
    /// These things are wrong with the data: the same as at a sign-up.
    #[error("the data has faults")]
    Refused(Vec<SignUpFault>),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Replaces what the owner keeps with the account: any JSON value, as text of at most 1024 characters.
    pub async fn replace_data(
        &self,
        account: Account,
        data: String,
        client: Client,
    ) -> Result<(), ReplaceDataError> {
        let faults = data_faults(&data);
        if !faults.is_empty() {
            return Err(ReplaceDataError::Refused(faults));
        }
        let trace = Trace { action: AuditAction::AccountChanged, client: &client };
        let replaced = self.edit(account, trace, |account| account.data = Some(data.clone())).await?;
        replaced.map(drop).map_err(|_taken| PortError::broken("new data met a taken identifier").into())
    }
}

/// What is wrong with data to keep with an account.
pub(crate) fn data_faults(data: &str) -> Vec<SignUpFault> {
    let faults = [
        (!is_json(data)).then_some(SignUpFault::DataInvalid),
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
