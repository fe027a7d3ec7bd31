//! Start to first answer, on a database that exists.

use anyhow::{Result, bail};
use tokio::time::Instant;

use super::Bench;
use crate::load::Connection;
use crate::number::{median, milliseconds};
use crate::report::{Row, Target};
use crate::stage::{Server, create, get};

const STARTS: usize = 7;

pub(super) async fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let installation = bench.installation(5).await?;
    create(&installation, bench.arguments.connections)?;
    // The very first start makes signing keys; those after it find everything in place.
    drop(installation.serve()?);
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        bare.push(first_answer(|| Server::bare(&bench.arguments.bare)).await?);
        ours.push(first_answer(|| installation.serve()).await?);
    }
    let remarks = format!("median of {STARTS}; slowest {:.1} ms", ours.iter().copied().fold(0.0, f64::max));
    installation.remove().await?;
    Ok(vec![Row {
        figure: "start to first answer".to_owned(),
        store: bench.backend.name(),
        unit: "ms",
        measured: median(ours),
        bound: "bare actix server",
        ceiling: median(bare),
        target: Target::AtMost(50.0),
        remarks,
    }])
}

/// Milliseconds from before the process is made until it answered `GET /healthz`.
async fn first_answer(start: impl Fn() -> Result<Server>) -> Result<f64> {
    let begin = Instant::now();
    let server = start()?;
    let mut connection = Connection::open(server.address).await?;
    let answer = connection.exchange(&get("/healthz", &[])).await?;
    let time = begin.elapsed();
    if answer.status == 200 { Ok(milliseconds(time)) } else { bail!("/healthz: {answer}") }
}
