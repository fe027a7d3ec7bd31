//! Files that appear whole or not at all, readable for their owner only. The crate `sms-file` mounts this file.

use std::fs::{DirBuilder, OpenOptions, rename};
use std::io::{self, Write as _};
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use portcullis_outbox::DeliveryError;
use tokio::task::spawn_blocking;

/// Writes files, name and content, into `folder` one after the other; makes the folder first.
pub(crate) async fn write(folder: PathBuf, files: Vec<(String, Vec<u8>)>) -> Result<(), DeliveryError> {
    let later = |error: &dyn std::fmt::Display| DeliveryError::Later(format!("cannot write a file: {error}"));
    let work = move || {
        make(&folder)?;
        files.iter().try_for_each(|(name, content)| write_one(&folder, name, content))
    };
    match spawn_blocking(work).await {
        Ok(written) => written.map_err(|error| later(&error)),
        Err(error) => Err(later(&error)),
    }
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder)
}

/// Under a hidden name first: whoever watches the folder for messages sees only what is complete.
fn write_one(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let hidden = folder.join(format!(".{name}.part"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(&hidden)?;
    file.write_all(content)?;
    file.sync_all()?;
    rename(hidden, folder.join(name))
}
