//! SMS written to files, for development: `<uuid-v7>.json`, each appearing whole or not at all.

#[path = "../../mail-file/src/record.rs"]
mod record;
#[path = "../../mail-file/src/whole_file.rs"]
mod whole_file;

use std::path::PathBuf;

use async_trait::async_trait;
use portcullis_kernel::{Message, Recipient};
use portcullis_outbox::{DeliveryError, Transport};

/// Writes every SMS into one folder, which only its owner can read.
#[derive(Clone, Debug)]
pub struct FileSms {
    folder: PathBuf,
}

impl FileSms {
    /// Writes into `folder`, made when it is first needed.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }
}

#[async_trait]
impl Transport for FileSms {
    async fn deliver(&self, message: Message) -> Result<(), DeliveryError> {
        let Recipient::Sms(_) = message.recipient else {
            return Err(DeliveryError::Never("this is no SMS".to_owned()));
        };
        let file = (format!("{}.json", message.id), record::render(&message)?);
        whole_file::write(self.folder.clone(), vec![file]).await
    }
}
