//! How many sign-ins a second, and how long a session check takes meanwhile.

use std::time::Duration;

use anyhow::Result;

use super::Bench;
use crate::ceilings::argon2id::hashes_per_second;
use crate::load::{Lane, Outcome, run};
use crate::number::milliseconds;
use crate::report::{Row, Target};
use crate::stage::{Person, Server};

/// Connections that check a session now and then, while others sign in.
const PROBES: usize = 4;
const PAUSE: Duration = Duration::from_millis(5);

pub(super) async fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let installation = bench.installation(1).await?;
    let server = installation.serve()?;
    let people = bench.people(&installation, &server).await?;
    let rows = vec![
        rate(bench, &server, &people, "sign-ins (bfore)", Person::bfore_login).await?,
        rate(bench, &server, &people, "sign-ins (wikimedia)", Person::wikimedia_login).await?,
        check_meanwhile(bench, &server, &people).await?,
    ];
    drop(server);
    installation.remove().await?;
    Ok(rows)
}

/// Between two measurements of the raw hash.
async fn rate(
    bench: &Bench<'_>,
    server: &Server,
    people: &[Person],
    figure: &str,
    lane: impl Fn(&Person) -> Lane,
) -> Result<Row> {
    let half = bench.arguments.length() / 2;
    let before = hashes_per_second(half)?;
    let outcome = bench.load(server, people, lane).await?;
    let after = hashes_per_second(half)?;
    Ok(Row {
        figure: figure.to_owned(),
        store: bench.backend.name(),
        unit: "/s",
        measured: outcome.rate(),
        bound: "raw Argon2id, all cores",
        ceiling: f64::midpoint(before, after),
        target: Target::Ratio(0.92),
        remarks: outcome.remarks(),
    })
}

async fn check_meanwhile(bench: &Bench<'_>, server: &Server, people: &[Person]) -> Result<Row> {
    let idle = probe(bench, server, people).await?;
    let (busy, sign_ins) =
        tokio::try_join!(probe(bench, server, people), bench.load(server, people, Person::bfore_login))?;
    let slow = |outcome: &Outcome| milliseconds(outcome.latencies.percentile(99));
    Ok(Row {
        figure: "p99 of a session check during sign-ins".to_owned(),
        store: bench.backend.name(),
        unit: "ms",
        measured: slow(&busy),
        bound: "the same without sign-ins",
        ceiling: slow(&idle),
        target: Target::AtMost(20.0),
        remarks: format!("{:.0} checks/s beside {:.1} sign-ins/s", busy.rate(), sign_ins.rate()),
    })
}

async fn probe(bench: &Bench<'_>, server: &Server, people: &[Person]) -> Result<Outcome> {
    let lanes = people.iter().take(PROBES).map(|person| Lane { pause: PAUSE, ..person.check_jwt() });
    run(server.address, server.id(), lanes.collect(), bench.span()).await
}
