//! Where the figures were taken.

use std::fmt;
use std::fs::read_to_string;
use std::thread::available_parallelism;

use serde::Serialize;

/// The machine, the day, and how busy it was before the run.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    processor: String,
    cores: usize,
    kernel: String,
    date: String,
    load_before: String,
}

impl Machine {
    /// Asks the system.
    pub fn read(date: &str) -> Self {
        let file = |path: &str| read_to_string(path).unwrap_or_default();
        let cpu = file("/proc/cpuinfo");
        let name = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        Self {
            processor: name.map_or_else(|| "unknown".to_owned(), |(_, name)| name.to_owned()),
            cores: available_parallelism().map_or(0, usize::from),
            kernel: file("/proc/sys/kernel/osrelease").trim().to_owned(),
            date: date.to_owned(),
            load_before: file("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, kernel, date, load_before } = self;
        write!(
            formatter,
            "{cores} cores of {processor}, Linux {kernel}, {date}; load before the run {load_before}"
        )
    }
}
