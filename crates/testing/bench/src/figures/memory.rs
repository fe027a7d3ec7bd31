//! Resident memory: at rest, and after many requests once hashing is idle again.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::Bench;
use crate::load::{Span, run};
use crate::report::{Row, Target};
use crate::stage::{Person, Server, bare};

/// Longer than idle hashing threads keep their memory.
const REST: Duration = Duration::from_secs(5);
/// More than the requests take on any machine worth measuring.
const PATIENCE: Duration = Duration::from_secs(1_800);

pub(super) async fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let installation = bench.installation(6).await?;
    // The very first start makes signing keys; those after it find everything in place.
    drop(installation.serve()?);
    let server = installation.serve()?;
    let bare_server = Server::bare(&bench.arguments.bare)?;
    sleep(REST).await;
    let rest =
        row(bench, "resident memory at rest", [server.memory()?, bare_server.memory()?], 25.0, String::new());

    let people = bench.people(&installation, &server).await?;
    // Everybody at once: as many hashes at a time as there will ever be.
    let span = Span { warm_up: Duration::ZERO, ..bench.span() };
    let sign_ins = people.iter().map(Person::bfore_login).collect();
    run(server.address, server.id(), sign_ins, span).await?;
    let peak = server.memory()?;
    let requests = Span { requests: bench.arguments.requests, length: PATIENCE, ..span };
    let mixed = people.iter().flat_map(|person| [person.check_jwt(), person.check_key()]).collect();
    let outcome = run(server.address, server.id(), mixed, requests).await?;
    let lanes = people.iter().map(|_| bare()).collect();
    run(bare_server.address, bare_server.id(), lanes, requests).await?;
    sleep(REST).await;
    let remarks = format!("{} requests; {peak:.1} MB right after sign-ins", outcome.latencies.count());
    let measured = [server.memory()?, bare_server.memory()?];
    let after = row(bench, "resident memory after requests", measured, 60.0, remarks);
    drop(server);
    installation.remove().await?;
    Ok(vec![rest, after])
}

fn row(bench: &Bench<'_>, figure: &str, [measured, ceiling]: [f64; 2], most: f64, remarks: String) -> Row {
    Row {
        figure: figure.to_owned(),
        store: bench.backend.name(),
        unit: "MB",
        measured,
        bound: "bare actix server",
        ceiling,
        target: Target::AtMost(most),
        remarks,
    }
}
