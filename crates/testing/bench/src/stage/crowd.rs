//! Rows in bulk, written straight into the database: no client could make so many in the time of a run. They are copies
//! of rows that the server made, so that nothing here knows what a row must hold beyond what tells it from others.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::Installation;

/// What the two databases spell differently.
pub(super) struct Words {
    id: &'static str,
    digest: &'static str,
    handle: &'static str,
}

pub(super) const SQLITE: Words =
    Words { id: "randomblob(16)", digest: "randomblob(32)", handle: "printf('%08x', i)" };
pub(super) const POSTGRES: Words = Words {
    id: "gen_random_uuid()",
    digest: "sha256(gen_random_uuid()::text::bytea)",
    handle: "lpad(to_hex(i), 8, '0')",
};

/// The account whose row is copied.
const MODEL: &str = "account00";
/// What the names of copies begin with.
const COPY: &str = "copy";

impl Installation {
    /// Adds accounts without sessions, numbered from `start`.
    pub async fn add_accounts(&self, start: u32, count: u32) -> Result<()> {
        let (id, numbers) = (self.words().id, numbers(start, count));
        self.write(&format!(
            "{numbers} INSERT INTO accounts (id, uid, company, username, username_key, email, email_key, \
             email_verified_at, password_hash, password_changed_at, state, role, groups, labels, profile, created_at, \
             updated_at, version) \
             SELECT {id}, '{COPY}' || i, company, '{COPY}' || i, '{COPY}' || i, '{COPY}' || i || '@example.com', \
             '{COPY}' || i || '@example.com', email_verified_at, password_hash, password_changed_at, state, role, \
             groups, labels, profile, created_at, updated_at, version \
             FROM accounts CROSS JOIN numbers WHERE username = '{MODEL}';"
        ))
        .await
    }

    /// Adds so many live sessions to every account that was added.
    pub async fn add_sessions(&self, each: u32) -> Result<()> {
        self.copy_session(&format!("accounts.username LIKE '{COPY}%'"), each).await
    }

    /// Adds so many live sessions to the first account of all.
    pub async fn add_tokens(&self, count: u32) -> Result<()> {
        self.copy_session(&format!("accounts.username = '{MODEL}'"), count).await
    }

    async fn copy_session(&self, whose: &str, each: u32) -> Result<()> {
        let (Words { id, digest, handle }, numbers) = (self.words(), numbers(0, each));
        self.write(&format!(
            "{numbers}, model AS (SELECT sessions.* FROM sessions JOIN accounts ON accounts.id = sessions.account \
             WHERE accounts.username = '{MODEL}' ORDER BY sessions.created_at LIMIT 1) \
             INSERT INTO sessions (id, company, account, kind, digest, handle, door, address, user_agent, created_at, \
             authenticated_at, expires_at) \
             SELECT {id}, model.company, accounts.id, kind, {digest}, {handle}, door, address, user_agent, \
             model.created_at, authenticated_at, expires_at \
             FROM model CROSS JOIN accounts CROSS JOIN numbers WHERE {whose};"
        ))
        .await
    }
}

fn numbers(start: u32, count: u32) -> String {
    let end = start + count;
    format!(
        "WITH RECURSIVE numbers(i) AS (SELECT {start} + 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {end})"
    )
}

/// Runs a statement on a database file, with the library that Python brings along.
pub(super) fn write_sqlite(path: &Path, statement: &str) -> Result<()> {
    const SCRIPT: &str =
        "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=60).executescript(sys.stdin.read())";
    let mut child = Command::new("python3").args(["-c", SCRIPT]).arg(path).stdin(Stdio::piped()).spawn()?;
    let script = format!("BEGIN; {statement} COMMIT;");
    child.stdin.take().context("standard input is piped")?.write_all(script.as_bytes())?;
    let status = child.wait()?;
    if status.success() { Ok(()) } else { bail!("python3: {status}") }
}
