//! How many token refreshes a second.

use std::time::Duration;

use anyhow::Result;

use super::Bench;
use crate::ceilings::signatures::{eddsa_per_second, rs256_per_second};
use crate::report::{Row, Target};
use crate::stage::Person;

/// A refresh makes an access token and an ID token.
const SIGNATURES: f64 = 2.0;

/// What one algorithm promises, and its ceiling.
struct Case {
    algorithm: &'static str,
    figure: &'static str,
    bound: &'static str,
    target: Target,
    ceiling: fn(Duration) -> Result<f64>,
}

const CASES: [Case; 2] = [
    Case {
        algorithm: "RS256",
        figure: "token refreshes (RS256)",
        bound: "two raw RS256 signatures, all cores",
        target: Target::Ratio(0.75),
        ceiling: rs256_per_second,
    },
    Case {
        algorithm: "EdDSA",
        figure: "token refreshes (EdDSA)",
        bound: "two raw Ed25519 signatures, all cores",
        target: Target::AtLeast(2_500.0),
        ceiling: eddsa_per_second,
    },
];

pub(super) async fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (case, number) in CASES.iter().zip(3..) {
        let mut installation = bench.installation(number).await?;
        installation.set("dialects.wikimedia.algorithm", case.algorithm);
        let server = installation.serve()?;
        let people = bench.people(&installation, &server).await?;
        let half = bench.arguments.length() / 2;
        let before = (case.ceiling)(half)?;
        let outcome = bench.load(&server, &people, Person::refresh).await?;
        let after = (case.ceiling)(half)?;
        rows.push(Row {
            figure: case.figure.to_owned(),
            store: bench.backend.name(),
            unit: "/s",
            measured: outcome.rate(),
            bound: case.bound,
            ceiling: f64::midpoint(before, after) / SIGNATURES,
            target: case.target,
            remarks: outcome.remarks(),
        });
        drop(server);
        installation.remove().await?;
    }
    Ok(rows)
}
