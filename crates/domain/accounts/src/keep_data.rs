//! Keep data of an account under a title (barong contract §8.7).

use portcullis_kernel::{AuditAction, AuditEvent, Client, Effects, Label, PortError, is_json};

use crate::{Account, Accounts, KeepData, StoredData};

/// The most characters that a text may have.
const MAX_DATA: usize = 5120;
/// Titles that would be mistaken for something else about an account.
const RESERVED: [&str; 5] = ["document", "label", "profile", "phone", "user"];

/// Data to keep.
#[derive(Clone)]
pub struct KeepDataCommand {
    /// Whose.
    pub account: Account,
    /// The title.
    pub title: String,
    /// The text.
    pub data: String,
    /// Who asks.
    pub client: Client,
}

/// What is wrong with data to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFault {
    /// More than 5120 characters.
    TooLong,
    /// No JSON.
    NotJson,
    /// The account has the title, in whatever case.
    TitleTaken,
    /// The title is none that the operator lets clients use.
    TitleUnknown,
    /// The title means something else about an account.
    TitleReserved,
}

/// Why no data was kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepDataError {
    /// These things are wrong, all of them.
    #[error("the data has faults")]
    Refused(Vec<DataFault>),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Keeps data for good, and labels the account `<title>:recorded` if the title can be the key of a label. Of many
    /// texts under one title one is kept.
    pub async fn keep_data(&self, command: KeepDataCommand) -> Result<(), KeepDataError> {
        let (account, now) = (&command.account, self.ports.ambient.now());
        let faults = self.data_faults(&command).await?;
        if !faults.is_empty() {
            return Err(KeepDataError::Refused(faults));
        }
        let about = (account.company, account.id);
        let label = match Label::text(&command.title) {
            Ok(key) => self.relabel(about, (&key, Some("recorded")), now).await?,
            Err(_) => None,
        };
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::AccountChanged, &command.client)
            .company(account.company)
            .account(account.id)
            .detail("data storage");
        let stored =
            StoredData { account: account.id, title: command.title, data: command.data, created_at: now };
        let write = KeepData { stored, effects: Effects::audit(event).and_relabel(label) };
        if self.ports.dossiers.keep_data(write).await? {
            Ok(())
        } else {
            Err(KeepDataError::Refused(vec![DataFault::TitleTaken]))
        }
    }

    async fn data_faults(&self, command: &KeepDataCommand) -> Result<Vec<DataFault>, KeepDataError> {
        let own = self.ports.dossiers.find(command.account.id).await?.data;
        let title = command.title.to_lowercase();
        let faults = [
            (command.data.chars().count() > MAX_DATA, DataFault::TooLong),
            (!is_json(&command.data), DataFault::NotJson),
            (own.iter().any(|kept| kept.title.to_lowercase() == title), DataFault::TitleTaken),
            (!self.rules.storage_titles.contains(&command.title), DataFault::TitleUnknown),
            (RESERVED.contains(&command.title.as_str()), DataFault::TitleReserved),
        ];
        Ok(faults.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, fault)| fault).collect())
    }
}
