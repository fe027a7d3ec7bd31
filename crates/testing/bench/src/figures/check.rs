//! How many session checks and API-key checks a second.

use anyhow::Result;

use super::Bench;
use crate::arguments::Backend;
use crate::load::Lane;
use crate::report::{Row, Target};
use crate::stage::{Person, Server};

pub(super) async fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let installation = bench.installation(2).await?;
    let server = installation.serve()?;
    let people = bench.people(&installation, &server).await?;
    let rows = vec![
        compare(bench, &server, &people, "session checks (JWT)", Person::check_jwt).await?,
        compare(bench, &server, &people, "API-key checks", Person::check_key).await?,
    ];
    drop(server);
    installation.remove().await?;
    Ok(rows)
}

/// Between two measurements of the bare handler.
pub(super) async fn compare<P>(
    bench: &Bench<'_>,
    server: &Server,
    people: &[P],
    figure: &str,
    lane: impl Fn(&P) -> Lane,
) -> Result<Row> {
    let before = bench.bare_rate().await?;
    let outcome = bench.load(server, people, lane).await?;
    let after = bench.bare_rate().await?;
    let least = match bench.backend {
        Backend::Sqlite => 12_000.0,
        Backend::Postgres => 8_000.0,
    };
    Ok(Row {
        figure: figure.to_owned(),
        store: bench.backend.name(),
        unit: "/s",
        measured: outcome.rate(),
        bound: "bare actix handler",
        ceiling: f64::midpoint(before, after),
        target: Target::AtLeast(least),
        remarks: outcome.remarks(),
    })
}
