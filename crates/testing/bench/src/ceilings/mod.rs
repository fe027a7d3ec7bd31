//! What bounds a figure, measured on this machine in this run.

pub mod argon2id;
pub mod signatures;

use std::sync::Barrier;
use std::thread::{available_parallelism, scope};
use std::time::Duration;

use anyhow::{Result, anyhow};
use tokio::time::Instant;

use crate::number::rate;

/// How often per second all cores together do a piece of work; `make` readies one core's.
fn on_all_cores<W: FnMut() -> Result<()>>(
    length: Duration,
    make: impl Fn() -> Result<W> + Sync,
) -> Result<f64> {
    let cores = available_parallelism()?.get();
    let ready = Barrier::new(cores);
    scope(|threads| {
        let core = || -> Result<f64> {
            let work = make();
            ready.wait();
            repeat(length, work?)
        };
        let cores: Vec<_> = (0..cores).map(|_| threads.spawn(core)).collect();
        cores.into_iter().map(|core| core.join().map_err(|_panic| anyhow!("a ceiling panicked"))?).sum()
    })
}

fn repeat(length: Duration, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    work()?;
    let begin = Instant::now();
    let mut done = 0;
    while begin.elapsed() < length {
        work()?;
        done += 1;
    }
    Ok(rate(done, begin.elapsed()))
}
