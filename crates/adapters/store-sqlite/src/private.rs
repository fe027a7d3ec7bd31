//! Who may read the database: its owner, and nobody else.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Makes the file, if it is missing, before SQLite does, which would let everybody read it; and takes a file that was
/// there before, with what belongs to it, from everybody else. New side files get the mode of the database.
///
/// A file that is there is never opened: closing it would release the locks that other connections of this process hold.
pub(crate) fn keep_private(path: &Path) -> Result<()> {
    match private().open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        made => return made.map(drop),
    }
    if !path.exists()
        && let Ok(target) = fs::read_link(path)
    {
        return keep_private(&path.parent().unwrap_or(path).join(target));
    }
    ["", "-wal", "-shm"].iter().try_for_each(|suffix| restrict(&beside(path, suffix)))
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

#[cfg(unix)]
fn restrict(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;

    match fs::metadata(path) {
        Ok(found) if found.is_file() && found.permissions().mode() & 0o077 != 0 => {
            fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        }
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> Result<()> {
    Ok(())
}
