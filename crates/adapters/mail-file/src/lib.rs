//! Mail written to files, for development: `<uuid-v7>.json` for machines, and the same message as `.eml` for people
//! and their mail programs.
//!
//! Each file appears whole or not at all, the `.eml` first, so that who finds the one finds the other.

#[path = "../../mail-smtp/src/letter.rs"]
mod letter;
mod record;
mod whole_file;

use std::path::PathBuf;

use async_trait::async_trait;
use lettre::message::Mailbox;
use portcullis_kernel::Message;
use portcullis_outbox::{DeliveryError, Transport};

/// Writes every mail into one folder, which only its owner can read.
#[derive(Clone, Debug)]
pub struct FileMail {
    folder: PathBuf,
    from: String,
}

impl FileMail {
    /// Writes into `folder`, made when it is first needed, in the name of `from` (`Name <address>` or an address).
    pub fn new(folder: impl Into<PathBuf>, from: impl Into<String>) -> Self {
        Self { folder: folder.into(), from: from.into() }
    }
}

#[async_trait]
impl Transport for FileMail {
    async fn deliver(&self, message: Message) -> Result<(), DeliveryError> {
        let from: Result<Mailbox, _> = self.from.parse();
        let from =
            from.map_err(|error| DeliveryError::Later(format!("the sender is no mailbox: {error}")))?;
        let letter = letter::compose(&message, &from)?;
        let files = vec![
            (format!("{}.eml", message.id), letter.formatted()),
            (format!("{}.json", message.id), record::render(&message)?),
        ];
        whole_file::write(self.folder.clone(), files).await
    }
}
