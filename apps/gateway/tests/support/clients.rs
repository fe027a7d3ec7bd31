//! Programs of other people, as `scripts/clients` installs them.

use std::path::{Path, PathBuf};
use std::process::Output;

/// Something that was installed.
pub fn installed(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/clients").join(name);
    assert!(path.exists(), "{} is not there: run scripts/clients", path.display());
    path
}

/// A script that drives a client through a story, and says `done` at its end.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

/// Asserts that a script came to its end.
#[track_caller]
pub fn ended_well(output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said, "done\n");
}
