//! The Portcullis server and its commands.
#![expect(unreachable_pub, reason = "in a binary, `pub` says what a module offers its neighbours")]

mod app;
mod background;
mod body;
mod bridges;
mod cli;
mod dialects;
mod failure;
mod memory;
mod middleware;
mod ops;
mod outside;
mod quotas;
mod server;
mod settings;
mod telemetry;
mod wiring;

use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Parser;
use tokio::runtime::Builder;

/// Threads for blocking work, such as writes to SQLite; hashing has threads of its own.
const BLOCKING_THREADS: usize = 32;

fn main() -> anyhow::Result<ExitCode> {
    let cli = cli::Cli::parse();
    let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = Builder::new_multi_thread()
        .worker_threads(available_parallelism().map_or(2, std::num::NonZero::get).max(2))
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_name("use-case")
        .enable_all()
        .build()?;
    let code = runtime.block_on(cli::run(cli));
    runtime.shutdown_background();
    Ok(code)
}
