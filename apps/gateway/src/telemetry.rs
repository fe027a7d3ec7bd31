//! Logs: to standard error, for people on a terminal and as JSON otherwise, never on the thread that has something to
//! say.

use std::io::{self, IsTerminal};

use tracing_appender::non_blocking::{NonBlocking, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// What a server says unless `PORTCULLIS_LOG` or `RUST_LOG` ask for something else.
const SERVER: &str = "warn,portcullis=info";
/// What a command says: its answer is on standard output, its refusal is printed by itself.
const COMMAND: &str = "error,portcullis=error";

/// Starts logging; what was said is written when the guard is dropped.
#[must_use]
pub fn start(is_server: bool) -> Option<WorkerGuard> {
    let (writer, guard) = tracing_appender::non_blocking(io::stderr());
    let filter = filter(if is_server { SERVER } else { COMMAND });
    let started =
        if io::stderr().is_terminal() { for_people(filter, writer) } else { as_json(filter, writer) };
    started.then_some(guard)
}

fn filter(default: &str) -> EnvFilter {
    let asked = ["PORTCULLIS_LOG", "RUST_LOG"].into_iter().find_map(|name| std::env::var(name).ok());
    asked
        .filter(|directives| !directives.is_empty())
        .and_then(|directives| directives.parse().ok())
        .unwrap_or_else(|| EnvFilter::new(default))
}

fn for_people(filter: EnvFilter, writer: NonBlocking) -> bool {
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).try_init().is_ok()
}

fn as_json(filter: EnvFilter, writer: NonBlocking) -> bool {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_writer(writer)
        .try_init()
        .is_ok()
}
