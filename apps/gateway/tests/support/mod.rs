//! What every test of the real binary needs: an installation of its own, commands, a running server.
//!
//! An [`Installation`] is a folder and a database that nobody else uses. Settings go in through the environment, as an
//! operator would give them. Hashing is cheap unless a test asks for more.
#![expect(clippy::unwrap_used, reason = "a test harness: a panic is its verdict")]
#![expect(dead_code, unreachable_pub, reason = "every test binary uses a part of it")]

pub mod clients;
pub mod factor;
pub mod http;
pub mod keys;
pub mod port;
mod postgres;
pub mod process;
pub mod smtpd;
mod template;
pub mod totp;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use process::Server;

/// How long anything may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until there is an answer, or patience ends.
fn patiently<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    const PAUSE: Duration = Duration::from_millis(10);
    (0..PATIENCE.as_millis() / PAUSE.as_millis()).find_map(|_| {
        let answer = ask();
        if answer.is_none() {
            std::thread::sleep(PAUSE);
        }
        answer
    })
}

/// Where an installation keeps its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in its data folder.
    Sqlite,
    /// A database of the server that `PORTCULLIS_TEST_POSTGRES_URL` names.
    Postgres,
}

/// Makes two tests of each story, `sqlite::NAME` and `postgres::NAME`: the story is an `async fn(Installation)` beside
/// the list. Once per module; a story that is not listed is dead code, which the lints refuse.
macro_rules! on_both {
    ($($story:ident)*) => {
        mod sqlite {
            $crate::support::on_both! { @Sqlite $($story)* }
        }

        mod postgres {
            $crate::support::on_both! { @Postgres $($story)* }
        }
    };
    (@$backend:ident $($story:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $story() {
            let here = $crate::support::Installation::on($crate::support::Backend::$backend);
            super::$story(here).await;
        }
    )*};
}
pub(crate) use on_both;

/// A folder, a database, settings.
pub struct Installation {
    folder: TempDir,
    database: Option<postgres::Database>,
    settings: Vec<(String, String)>,
    environment: Vec<(String, OsString)>,
}

/// What a command answered.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Installation {
    /// One that was started once, so that it has its schema and its keys, and nothing else in it, on that database.
    ///
    /// # Panics
    /// If it is PostgreSQL and the environment names no server.
    pub fn on(backend: Backend) -> Self {
        template::copy(backend)
    }

    /// One that was never started, on that database.
    ///
    /// # Panics
    /// If it is PostgreSQL and the environment names no server.
    pub fn untouched(backend: Backend) -> Self {
        Self::with_database(match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(postgres::Database::create()),
        })
    }

    fn with_database(database: Option<postgres::Database>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = vec![
            ("passwords.memory_kib".to_owned(), "256".to_owned()),
            ("passwords.iterations".to_owned(), "1".to_owned()),
            ("server.listen".to_owned(), "127.0.0.1:0".to_owned()),
        ];
        settings.extend(database.iter().map(|database| ("database.url".to_owned(), database.url())));
        Self { folder, database, settings, environment: Vec::new() }
    }

    /// Another one, on a database of the same kind.
    pub fn another(&self) -> Self {
        Self::on(self.backend())
    }

    /// Another one that was never started, on a database of the same kind.
    pub fn another_untouched(&self) -> Self {
        Self::untouched(self.backend())
    }

    const fn backend(&self) -> Backend {
        if self.database.is_some() { Backend::Postgres } else { Backend::Sqlite }
    }

    /// A new one on SQLite, for what has nothing to do with the database.
    pub fn on_sqlite() -> Self {
        Self::on(Backend::Sqlite)
    }

    /// Adds a setting by its key, such as `dialects.bfore.token_ttl`.
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.set(key, value);
        self
    }

    /// Changes a setting for what is started from now on.
    pub fn set(&mut self, key: &str, value: &str) {
        self.settings.retain(|(known, _)| known != key);
        self.settings.push((key.to_owned(), value.to_owned()));
    }

    /// Adds a variable to the environment, beside the settings.
    pub fn with_environment(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Where the rows are.
    pub fn database_url(&self) -> String {
        let given = self.settings.iter().find(|(key, _)| key == "database.url").map(|(_, url)| url.clone());
        given.unwrap_or_else(|| format!("sqlite:{}", self.data().join("portcullis.db").display()))
    }

    /// The working directory of every command.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("portcullis-data")
    }

    /// Runs a command.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// Runs a command with something on its standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self
            .command()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command with `--json`, which must be done without complaint.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.json_with(arguments, "")
    }

    /// The same, with something on its standard input.
    pub fn json_with(&self, arguments: &[&str], input: &str) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let ran = self.run_with(&arguments, input);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
    }

    /// Makes an account of the company `default` with a password.
    pub fn account(&self, flags: &[&str], password: &str) -> Value {
        let start = ["account", "create", "--company", "default", "--password-stdin"];
        self.json_with(&[&start, flags].concat(), password)
    }

    /// Starts a server and waits until it answers.
    pub fn serve(&self) -> Server {
        Server::start(self.command())
    }

    /// The first message of an event to a recipient, waited for; `kind` is `mail` or `sms`.
    pub fn message(&self, kind: &str, event: &str, to: &str) -> Value {
        let wanted = |message: &Value| message["event"] == event && message["to"] == to;
        self.wait_for(|| self.messages(kind).into_iter().find(wanted))
    }

    /// Every message delivered so far, oldest first.
    pub fn messages(&self, kind: &str) -> Vec<Value> {
        let Ok(entries) = std::fs::read_dir(self.data().join(kind)) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        files.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }

    /// Asks until there is an answer.
    pub fn wait_for<T>(&self, ask: impl FnMut() -> Option<T>) -> T {
        patiently(ask).unwrap_or_else(|| panic!("waited in vain in {}", self.folder().display()))
    }

    /// Waits until a lifetime that began before the call is over: nothing could be asked until then.
    #[expect(clippy::unused_self, reason = "reads as what the installation does")]
    pub fn outlast(&self, lifetime: Duration) {
        std::thread::sleep(lifetime);
    }

    /// The binary with this installation's settings and nothing of the machine's.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.current_dir(self.folder.path()).env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        for (key, value) in &self.settings {
            command.env(format!("PORTCULLIS__{}", key.replace('.', "__").to_uppercase()), value);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}
