//! Installations that were started once, to be copied: making the schema and two RSA keys takes longer than most tests.
//!
//! One for each build of the server and each database, shared by every test process. Two processes that need one first
//! both make it, and the first that is done wins: they all seal with one key, so that one is as good as another.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::{Backend, Installation, postgres};

const MASTER_KEY: &str = "4f1c9a3be27d5880b6e3170d92aa64c5f08e7b213dd954610ac8be5f79421637\n";

/// An installation that was started once, its own copy.
pub(super) fn copy(backend: Backend) -> Installation {
    let name = format!("portcullis_template_{}", build());
    match backend {
        Backend::Sqlite => {
            let original = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            if !original.exists() {
                keep(&started(backend), &original);
            }
            let here = prepared(Installation::untouched(backend));
            fs::copy(original, file(&here)).unwrap();
            here
        }
        Backend::Postgres => {
            if !postgres::exists(&name) {
                let database = started(backend).database.unwrap();
                database.keep_as(&name);
            }
            prepared(Installation::with_database(Some(postgres::Database::copy(&name))))
        }
    }
}

/// Tells one build of the server from another.
fn build() -> String {
    let server = fs::metadata(env!("CARGO_BIN_EXE_portcullis")).unwrap();
    format!("{:x}_{:x}", server.ino(), server.mtime_nsec() ^ server.mtime())
}

fn started(backend: Backend) -> Installation {
    let here = prepared(Installation::untouched(backend));
    assert_eq!(here.serve().stop(), Some(0));
    here
}

/// With a data folder that holds the key.
fn prepared(here: Installation) -> Installation {
    let data = here.data();
    fs::DirBuilder::new().mode(0o700).create(&data).unwrap();
    let mut key = fs::OpenOptions::new();
    let mut key = key.write(true).create_new(true).mode(0o600).open(data.join("master.key")).unwrap();
    std::io::Write::write_all(&mut key, MASTER_KEY.as_bytes()).unwrap();
    here
}

fn file(here: &Installation) -> PathBuf {
    here.data().join("portcullis.db")
}

/// A file that is there is whole.
fn keep(here: &Installation, place: &Path) {
    let draft = tempfile::NamedTempFile::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fs::copy(file(here), draft.path()).unwrap();
    draft.persist(place).unwrap();
}
