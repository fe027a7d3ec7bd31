//! What the system knows about a process.

use std::fs::read_to_string;
use std::time::Duration;

use anyhow::{Context, Result};

/// Linux counts processor time in hundredths of a second, whatever the kernel's own tick.
const TICK: Duration = Duration::from_millis(10);

/// The processor time a process has taken so far, all threads together.
pub fn processor_time(id: u32) -> Result<Duration> {
    let stat = read_to_string(format!("/proc/{id}/stat")).context("the process is gone")?;
    // The second field is the name in parentheses, which may hold spaces; user and system time are the 14th and 15th.
    let (_, fields) = stat.rsplit_once(')').context("a malformed /proc/…/stat")?;
    let ticks: u32 =
        fields.split_whitespace().skip(11).take(2).map(|field| field.parse().unwrap_or(0_u32)).sum();
    Ok(TICK * ticks)
}

/// Resident memory in megabytes (10⁶ bytes).
pub fn resident_megabytes(id: u32) -> Result<f64> {
    let status = read_to_string(format!("/proc/{id}/status")).context("the process is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1_024.0 / 1_000_000.0)
}
