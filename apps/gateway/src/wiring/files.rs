//! Files that nobody else on the machine may read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use anyhow::Context;

/// Makes the folder, and those above it, with mode 0700. One that exists is left as it is.
pub(super) fn make_private_folder(path: &Path) -> anyhow::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("the data folder {} cannot be made", path.display()))
}

/// Writes a new file with mode 0600, whole and durable, unless there is one: then `false`.
pub(super) fn create_private(path: &Path, text: &str) -> io::Result<bool> {
    let draft = write_draft(path, text)?;
    // A hard link takes the name only if it is free; a rename would replace what another process just made.
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => sync_folder(path).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Replaces a file in one step; readers see the old text or the new one.
pub(super) fn replace_private(path: &Path, text: &str) -> io::Result<()> {
    let draft = write_draft(path, text)?;
    fs::rename(&draft, path)?;
    sync_folder(path)
}

fn write_draft(path: &Path, text: &str) -> io::Result<std::path::PathBuf> {
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(draft)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        Some(_) | None => Ok(()),
    }
}
