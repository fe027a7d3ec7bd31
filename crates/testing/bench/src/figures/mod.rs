//! The figures, one module for each group.

mod authorize;
mod check;
mod memory;
mod opaque;
mod refresh;
mod sign_in;
mod start;

use anyhow::{Context, Result};

use crate::arguments::{Arguments, Backend, Figure};
use crate::load::{Lane, Outcome, Span, run};
use crate::number::{milliseconds, rate};
use crate::report::Row;
use crate::stage::{Installation, Person, Server, bare, sign_in_everybody};

/// Measures everything that is asked for, and says each figure as soon as it is known.
pub async fn all(arguments: &Arguments) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for backend in arguments.stores() {
        let bench = Bench { arguments, backend };
        if arguments.wants(Figure::SignIn) {
            tell(&mut rows, sign_in::measure(&bench).await.context("sign-in")?);
        }
        if arguments.wants(Figure::Check) {
            tell(&mut rows, check::measure(&bench).await.context("check")?);
        }
        if arguments.wants(Figure::Authorize) {
            tell(&mut rows, authorize::measure(&bench).await.context("authorize")?);
        }
        if arguments.wants(Figure::Opaque) {
            tell(&mut rows, opaque::measure(&bench).await.context("opaque")?);
        }
        if arguments.wants(Figure::Refresh) {
            tell(&mut rows, refresh::measure(&bench).await.context("refresh")?);
        }
        if arguments.wants(Figure::Start) && backend == Backend::Sqlite {
            tell(&mut rows, start::measure(&bench).await.context("start")?);
        }
        if arguments.wants(Figure::Memory) && backend == Backend::Sqlite {
            tell(&mut rows, memory::measure(&bench).await.context("memory")?);
        }
    }
    Ok(rows)
}

fn tell(rows: &mut Vec<Row>, new: Vec<Row>) {
    for row in &new {
        println!("{row}");
    }
    rows.extend(new);
}

/// What to measure on, and how.
struct Bench<'a> {
    arguments: &'a Arguments,
    backend: Backend,
}

impl Bench<'_> {
    async fn installation(&self, number: u32) -> Result<Installation> {
        Installation::new(self.arguments, self.backend, number).await
    }

    async fn people(&self, installation: &Installation, server: &Server) -> Result<Vec<Person>> {
        sign_in_everybody(installation, server, self.arguments.connections).await
    }

    const fn span(&self) -> Span {
        Span { warm_up: self.arguments.warm_up(), length: self.arguments.length(), requests: u64::MAX }
    }

    async fn load<P>(&self, server: &Server, people: &[P], lane: impl Fn(&P) -> Lane) -> Result<Outcome> {
        run(server.address, server.id(), people.iter().map(lane).collect(), self.span()).await
    }

    /// The rate of the bare handler under the same load.
    async fn bare_rate(&self) -> Result<f64> {
        let server = Server::bare(&self.arguments.bare)?;
        let lanes = (0..self.arguments.connections).map(|_| bare()).collect();
        Ok(run(server.address, server.id(), lanes, self.span()).await?.rate())
    }
}

impl Outcome {
    fn rate(&self) -> f64 {
        rate(self.latencies.count(), self.time)
    }

    fn remarks(&self) -> String {
        let [middle, slow] = [50, 99].map(|percent| milliseconds(self.latencies.percentile(percent)));
        let Self { generator, server, .. } = self;
        format!("p50 {middle:.2} ms, p99 {slow:.2} ms; cores: server {server:.2}, generator {generator:.2}")
    }
}
