//! Measures what docs/performance.md promises: each figure, its ceiling in the same run, and their ratio.
//!
//! It drives the real server over the loopback interface and nothing else. A figure without a ceiling says little: the
//! machine may be slow, or shared. So each is measured between two measurements of what bounds it, by the same load
//! generator or on the same cores.
//!
//! Exit codes: 0 every target met, 1 a target missed, 2 something did not run.
#![expect(unreachable_pub, reason = "in a binary, `pub` says what a module offers its neighbours")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports to a terminal")]

mod arguments;
mod ceilings;
mod figures;
mod load;
mod machine;
mod number;
mod process;
mod report;
mod stage;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::machine::Machine;
use crate::report::Report;

fn main() -> ExitCode {
    match measure(&Arguments::parse()) {
        Ok(report) if report.missed().is_empty() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn measure(arguments: &Arguments) -> anyhow::Result<Report> {
    let machine = Machine::read(&arguments.date);
    println!("{machine}");
    // One thread: the generator takes its share from the very cores that the server runs on.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let rows = runtime.block_on(figures::all(arguments))?;
    let report = Report::new(machine, std::env::args().skip(1), rows);
    println!("\n{report}");
    if let Some(path) = &arguments.json {
        report.write(path)?;
    }
    Ok(report)
}
