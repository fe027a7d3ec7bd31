//! What a run measures, and for how long.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Measures what docs/performance.md promises; exit code 1 when a target is missed.
#[derive(Parser)]
#[command(name = "bench")]
pub struct Arguments {
    /// The figures to measure; all, if none is named.
    #[arg(value_enum)]
    figures: Vec<Figure>,
    /// The stores to measure on; both, unless named.
    #[arg(long = "store", value_enum)]
    stores: Vec<Backend>,
    /// How long each measurement takes.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// How long each is warmed up.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(0..=60))]
    warm_up: u64,
    /// How many connections ask at once.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub connections: u16,
    /// How many requests come before the last look at the memory.
    #[arg(long, default_value_t = 1_000_000)]
    pub requests: u64,
    /// How many accounts there are when the effect of their number is measured.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(20_000..=10_000_000))]
    pub accounts: u32,
    /// Writes the report to this file, as JSON.
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// The server's binary.
    #[arg(long, env = "PORTCULLIS_BENCH_SERVER", default_value = "target/release/portcullis")]
    pub server: PathBuf,
    /// The binary of the bare handler.
    #[arg(long, env = "PORTCULLIS_BENCH_BARE", default_value = "target/release/examples/bare")]
    pub bare: PathBuf,
    /// The `PostgreSQL` server on which databases may be made.
    #[arg(long, env = "PORTCULLIS_TEST_POSTGRES_URL")]
    pub postgres: Option<String>,
    /// The day, for the report.
    #[arg(long, env = "PORTCULLIS_BENCH_DATE", default_value = "unknown")]
    pub date: String,
    /// Settings of the server, as `KEY=VALUE`: to try what a setting does.
    #[arg(long = "set", value_parser = setting)]
    pub settings: Vec<(String, String)>,
}

/// A group of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Figure {
    /// Sign-ins per second, and what they do to session checks.
    SignIn,
    /// Session checks and API-key checks per second.
    Check,
    /// Requests that the barong door judges for a reverse proxy per second.
    Authorize,
    /// Checks of an opaque token per second among many sessions, and what many accounts and tokens do to them.
    Opaque,
    /// Token refreshes per second.
    Refresh,
    /// Start to first answer.
    Start,
    /// Resident memory.
    Memory,
}

/// Where the server keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// A `PostgreSQL` database on this machine.
    Postgres,
}

impl Backend {
    /// Its name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "Postgres",
        }
    }
}

impl Arguments {
    /// Whether a figure is to be measured.
    pub fn wants(&self, figure: Figure) -> bool {
        self.figures.is_empty() || self.figures.contains(&figure)
    }

    /// The stores to measure on.
    pub fn stores(&self) -> Vec<Backend> {
        if self.stores.is_empty() { vec![Backend::Sqlite, Backend::Postgres] } else { self.stores.clone() }
    }

    /// How long each measurement takes.
    pub const fn length(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// How long each is warmed up.
    pub const fn warm_up(&self) -> Duration {
        Duration::from_secs(self.warm_up)
    }
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}
