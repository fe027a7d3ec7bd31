//! A folder, a database, settings.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::Server;
use super::crowd::{POSTGRES, SQLITE, Words, write_sqlite};
use super::database::Database;
use super::people::PASSWORD;
use crate::arguments::{Arguments, Backend};

/// An installation that nobody else uses. Throttles are off: the load comes from one address.
pub struct Installation {
    folder: TempDir,
    database: Option<Database>,
    binary: PathBuf,
    settings: Vec<(String, String)>,
}

impl Installation {
    /// Makes one with an empty database.
    pub async fn new(arguments: &Arguments, backend: Backend, number: u32) -> Result<Self> {
        let database = match (backend, &arguments.postgres) {
            (Backend::Sqlite, _) => None,
            (Backend::Postgres, Some(server)) => Some(Database::create(server, number).await?),
            (Backend::Postgres, None) => {
                bail!("no --postgres: run scripts/bench, or leave it out with --store sqlite")
            }
        };
        let mut settings: Vec<(String, String)> = [
            ("server.listen", "127.0.0.1:0"),
            ("throttle.enabled", "false"),
            ("dialects.wikimedia.refresh_cap", "1000000000"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec();
        settings.extend(arguments.settings.iter().cloned());
        if let Some(database) = &database {
            settings.push(("database.url".to_owned(), database.url()?));
        }
        let binary = arguments.server.canonicalize().context("no server binary: run scripts/bench")?;
        Ok(Self { folder: tempfile::tempdir()?, database, binary, settings })
    }

    /// Changes a setting for what is started from now on.
    pub fn set(&mut self, key: &str, value: &str) {
        self.settings.push((key.to_owned(), value.to_owned()));
    }

    /// Makes an account of the company `default`.
    pub fn create_account(&self, username: &str) -> Result<()> {
        let email = format!("{username}@example.com");
        let mut child = self
            .command()
            .args(["account", "create", "--company", "default", "--username", username, "--email", &email])
            .args(["--email-verified", "--password-stdin", "--json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        child.stdin.take().context("standard input is piped")?.write_all(PASSWORD.as_bytes())?;
        let status = child.wait()?;
        if status.success() { Ok(()) } else { bail!("account create {username}: {status}") }
    }

    /// Imports accounts of the company `default`, one JSON object a line.
    pub fn import(&self, lines: &str) -> Result<()> {
        let file = self.folder.path().join("accounts.jsonl");
        std::fs::write(&file, lines)?;
        let mut import = self.command();
        import.args(["account", "import", "--company", "default"]).arg(&file).stdout(Stdio::null());
        let status = import.status()?;
        if status.success() { Ok(()) } else { bail!("account import: {status}") }
    }

    /// Starts the server.
    pub fn serve(&self) -> Result<Server> {
        Server::start(self.command(), &self.folder.path().join("log"))
    }

    /// Runs a statement on the database; no server may run.
    pub(super) async fn write(&self, statement: &str) -> Result<()> {
        match &self.database {
            Some(database) => database.write(statement).await,
            None => write_sqlite(&self.folder.path().join("portcullis-data/portcullis.db"), statement),
        }
    }

    pub(super) const fn words(&self) -> &'static Words {
        if self.database.is_some() { &POSTGRES } else { &SQLITE }
    }

    /// Removes the database; the folder goes by itself.
    pub async fn remove(self) -> Result<()> {
        match self.database {
            Some(database) => database.remove().await,
            None => Ok(()),
        }
    }

    /// The binary with this installation's settings and nothing of the machine's.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(self.folder.path()).env_clear();
        for (key, value) in &self.settings {
            command.env(format!("PORTCULLIS__{}", key.replace('.', "__").to_uppercase()), value);
        }
        command
    }
}
