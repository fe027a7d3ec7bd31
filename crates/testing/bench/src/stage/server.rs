//! A running server, ours or the bare one.

use std::fs::{File, read_to_string};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process::resident_megabytes;

/// A server that ends with its owner.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts it, its log in a file as a service manager would keep it, and waits for the line that says where it
    /// listens. A server that fails closes its standard output, so the wait ends.
    pub fn start(mut command: Command, log: &Path) -> Result<Self> {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(log)?).spawn()?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let Some(address) = line.trim().strip_prefix("listening on http://") else {
            let _gone = child.kill();
            bail!("no server: {}", read_to_string(log)?);
        };
        Ok(Self { child, address: address.parse()? })
    }

    /// Starts the bare handler.
    pub fn bare(binary: &Path) -> Result<Self> {
        let binary = binary.canonicalize().context("no bare handler: run scripts/bench")?;
        let log = tempfile::NamedTempFile::new()?;
        Self::start(Command::new(binary), log.path())
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its resident memory in megabytes.
    pub fn memory(&self) -> Result<f64> {
        resident_megabytes(self.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
