//! Opening a database file.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portcullis_kernel::{PortError, PortResult, Sealer};

use crate::Store;
use crate::backend::Backend;

/// Which file, and how.
#[derive(Clone)]
pub struct Options {
    /// The database file; made if it is missing, readable for its owner only.
    pub path: PathBuf,
    /// How many connections read, at least 1.
    pub readers: usize,
    /// Seals what must be read back.
    pub sealer: Arc<dyn Sealer>,
}

impl Options {
    /// The file at `path` with four readers.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>, sealer: Arc<dyn Sealer>) -> Self {
        Self { path: path.into(), readers: 4, sealer }
    }
}

impl Store {
    /// Opens a database, migrated or not. Connections are made when they are first needed. Fails with
    /// [`PortError::Unavailable`] if the file cannot be made.
    pub fn open(options: Options) -> PortResult<Self> {
        make_private(&options.path).map_err(PortError::unavailable)?;
        let backend = Backend::new(&options.path, options.readers.max(1))?;
        Ok(Self::assemble(backend, options.sealer))
    }
}

/// Makes the file before SQLite does, which would let everybody read it. SQLite gives its side files the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}
