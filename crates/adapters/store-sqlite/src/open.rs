//! Opening a database file.

use std::path::PathBuf;
use std::sync::Arc;

use portcullis_kernel::{PortError, PortResult, Sealer};

use crate::Store;
use crate::backend::Backend;
use crate::private::keep_private;

/// Which file, and how.
#[derive(Clone)]
pub struct Options {
    /// The database file; made if it is missing. Nobody but its owner may read it, also if it was there before.
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
    /// [`PortError::Unavailable`] if the file cannot be made, or not be kept from others.
    pub fn open(options: Options) -> PortResult<Self> {
        keep_private(&options.path).map_err(PortError::unavailable)?;
        let backend = Backend::new(&options.path, options.readers.max(1))?;
        Ok(Self::assemble(backend, options.sealer))
    }
}
