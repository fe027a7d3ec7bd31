//! Mail written to files, for development: `<uuid-v7>.json` for machines, and the same message as `.eml`.
//!
//! A file appears whole or not at all: it is written under another name and renamed.

mod eml;
mod record;
mod whole_file;

use std::path::{Path, PathBuf};

use async_trait::async_trait;
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
        let letter = eml::render(&message, &self.from).map_err(DeliveryError::Never)?;
        let name = message.id.to_string();
        write(&self.folder, &format!("{name}.eml"), &letter).await?;
        write(&self.folder, &format!("{name}.json"), record::render(&message).as_bytes()).await
    }
}

async fn write(folder: &Path, name: &str, content: &[u8]) -> Result<(), DeliveryError> {
    whole_file::write(folder, name, content).await.map_err(|error| DeliveryError::Later(error.to_string()))
}
