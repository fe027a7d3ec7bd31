//! The project's files.

use std::fs;
use std::path::{Path, PathBuf};

/// A text file of the project.
pub struct Source {
    /// Its path below the project's root, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl Source {
    /// The parsed file.
    ///
    /// # Panics
    /// If it is not Rust.
    #[must_use]
    pub fn syntax(&self) -> syn::File {
        match syn::parse_file(&self.text) {
            Ok(file) => file,
            Err(error) => panic!("{}: {error}", self.path),
        }
    }

    /// The part before the first test module: what ships.
    #[must_use]
    pub fn shipped(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default()
    }
}

/// The project's root folder.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").canonicalize().unwrap_or_default()
}

/// Every file below `folder` (relative to the root) whose name ends in `suffix`, in order.
#[must_use]
pub fn sources(folder: &str, suffix: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(folder), suffix, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(folder: &Path, suffix: &str, found: &mut Vec<Source>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let skipped = ["target", "node_modules", ".git", "portcullis-data"].contains(&name.as_str());
        if path.is_dir() && !skipped {
            collect(&path, suffix, found);
        } else if name.ends_with(suffix)
            && let Ok(text) = fs::read_to_string(&path)
        {
            let path = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            found.push(Source { path, text });
        }
    }
}
