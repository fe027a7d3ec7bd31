//! The table, and the same as JSON.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::machine::Machine;

/// A measured figure.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What was measured.
    pub figure: String,
    /// On which store; empty if it does not matter.
    pub store: &'static str,
    /// `/s`, `ms` or `MB`.
    pub unit: &'static str,
    /// The figure.
    pub measured: f64,
    /// What bounds it.
    pub bound: &'static str,
    /// The bound, measured in the same run.
    pub ceiling: f64,
    /// What was promised.
    pub target: Target,
    /// What else is worth knowing.
    pub remarks: String,
}

/// What was promised.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
    /// At least this part of the ceiling.
    Ratio(f64),
    /// At most so many times the other measurement.
    Times(f64),
}

/// Everything a run found out.
#[derive(Debug, Serialize)]
pub struct Report {
    machine: Machine,
    command: String,
    rows: Vec<Judged>,
}

#[derive(Debug, Serialize)]
struct Judged {
    #[serde(flatten)]
    row: Row,
    ratio: f64,
    met: bool,
}

impl Row {
    /// The figure as a part of its ceiling.
    pub fn ratio(&self) -> f64 {
        self.measured / self.ceiling
    }

    /// Whether the promise is kept.
    pub fn is_met(&self) -> bool {
        match self.target {
            Target::AtLeast(least) => self.measured >= least,
            Target::AtMost(most) => self.measured <= most,
            Target::Ratio(least) => self.ratio() >= least,
            Target::Times(most) => self.ratio() <= most,
        }
    }
}

impl Report {
    /// Judges the rows.
    pub fn new(machine: Machine, arguments: impl Iterator<Item = String>, rows: Vec<Row>) -> Self {
        let command = ["scripts/bench".to_owned()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ");
        let judge = |row: Row| Judged { ratio: row.ratio(), met: row.is_met(), row };
        Self { machine, command, rows: rows.into_iter().map(judge).collect() }
    }

    /// The figures that miss their targets.
    pub fn missed(&self) -> Vec<String> {
        let missed = self.rows.iter().filter(|judged| !judged.met);
        missed.map(|Judged { row, .. }| format!("{} {}", row.figure, row.store).trim().to_owned()).collect()
    }

    /// Writes it as JSON.
    pub fn write(&self, path: &Path) -> Result<()> {
        let json = serde_json::to_string_pretty(self)?;
        std::fs::write(path, json + "\n").with_context(|| format!("cannot write {}", path.display()))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(formatter, "≥ {least}"),
            Self::AtMost(most) => write!(formatter, "≤ {most}"),
            Self::Ratio(least) => write!(formatter, "ratio ≥ {least}"),
            Self::Times(most) => write!(formatter, "ratio ≤ {most}"),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { figure, store, unit, measured, bound, ceiling, target, remarks } = self;
        let digits = usize::from(*measured < 1_000.0);
        let verdict = if self.is_met() { "met" } else { "MISSED" };
        let (measured, ceiling) =
            (format!("{measured:.digits$} {unit}"), format!("{ceiling:.digits$} {unit}"));
        let (ratio, target) = (format!("{:.3}", self.ratio()), target.to_string());
        write!(
            formatter,
            "| {figure} | {store} | {measured} | {ceiling} ({bound}) | {ratio} | {target} | {verdict} | {remarks} |"
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "| figure | store | measured | ceiling | ratio | target | verdict | remarks |")?;
        writeln!(formatter, "| --- | --- | --- | --- | --- | --- | --- | --- |")?;
        for Judged { row, .. } in &self.rows {
            writeln!(formatter, "{row}")?;
        }
        match self.missed() {
            missed if missed.is_empty() => write!(formatter, "\nEvery target is met."),
            missed => write!(formatter, "\nMissed: {}.", missed.join("; ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(measured: f64, ceiling: f64, target: Target) -> Row {
        let (figure, store, unit, bound) = ("checks".to_owned(), "SQLite", "/s", "bare handler");
        Row { figure, store, unit, measured, bound, ceiling, target, remarks: String::new() }
    }

    #[test]
    fn a_target_is_met_exactly_at_its_edge() {
        for (target, met, missed) in [
            (Target::AtLeast(50.0), 50.0, 49.9),
            (Target::AtMost(50.0), 50.0, 50.1),
            (Target::Ratio(0.5), 50.0, 49.9),
            (Target::Times(0.5), 50.0, 50.1),
        ] {
            assert!(row(met, 100.0, target).is_met());
            assert!(!row(missed, 100.0, target).is_met());
        }
    }

    #[test]
    fn the_report_names_what_was_missed() {
        let rows = vec![row(1.0, 2.0, Target::AtLeast(1.0)), row(1.0, 2.0, Target::AtLeast(2.0))];
        let report = Report::new(Machine::read("today"), std::iter::empty(), rows);
        assert_eq!(report.missed(), ["checks SQLite"]);
        assert!(report.to_string().ends_with("Missed: checks SQLite."));
    }
}
