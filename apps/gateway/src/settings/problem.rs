//! What is wrong with a setting, in one line.

use std::fmt;
use std::path::PathBuf;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Built in.
    Default,
    /// A settings file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag(String),
    /// A file that a `…_file` key names.
    SecretFile(PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::SecretFile(path) => write!(f, "secret file {}", path.display()),
        }
    }
}

/// A setting that stops the start. It never repeats the value, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} ({origin}): {expected}")]
pub struct Problem {
    /// The key.
    pub key: String,
    /// Where its value came from.
    pub origin: Source,
    /// The accepted form.
    pub expected: String,
}

impl Problem {
    /// A problem with one key.
    pub fn new(key: &str, origin: Source, expected: impl Into<String>) -> Self {
        let expected = expected.into().lines().map(str::trim).collect::<Vec<_>>().join(" ");
        Self { key: key.to_owned(), origin, expected }
    }
}
