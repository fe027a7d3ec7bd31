//! A real SMTP server: Python's aiosmtpd, which `scripts/clients` installs.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A server that ends with the test.
pub struct Smtpd {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Smtpd {
    /// One that takes everything, on a free port.
    pub fn open() -> Self {
        Self::start(0, &[])
    }

    /// The same on a given port.
    pub fn on_port(port: u16) -> Self {
        Self::start(port, &[])
    }

    /// One that demands STARTTLS and a sign-in, with the certificate and key in these files.
    pub fn with_tls(certificate: &Path, key: &Path) -> Self {
        Self::start(0, &[certificate, key])
    }

    fn start(port: u16, certificate: &[&Path]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(python())
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/smtpd.py"))
            .arg(folder.path())
            .arg(port.to_string())
            .args(certificate)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap_or_else(|_| panic!("no SMTP server: run scripts/clients"));
        Self { child, port, folder }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it received, in order.
    pub fn letters(&self) -> Vec<Value> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        files.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }
}

impl Drop for Smtpd {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn python() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"));
    let python = target.join("clients/venv/bin/python");
    assert!(python.exists(), "no {}: run scripts/clients", python.display());
    python
}
