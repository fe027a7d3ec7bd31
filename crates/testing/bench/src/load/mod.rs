//! The load generator: connections that ask, wait for the answer, judge it, and ask again.

mod answer;
mod connection;
mod latencies;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

pub use self::answer::Answer;
pub use self::connection::Connection;
pub use self::latencies::Latencies;
use crate::process::processor_time;

/// What one connection asks, over and over.
#[derive(Clone, Debug)]
pub struct Lane {
    /// The request, as it travels.
    pub request: Vec<u8>,
    /// What every answer must be.
    pub expected: Expected,
    /// Time between an answer and the next request.
    pub pause: Duration,
}

/// What an answer must be, besides 200.
#[derive(Clone, Debug)]
pub enum Expected {
    /// Exactly this body.
    Body(Vec<u8>),
    /// A body with this start and this end.
    Frame(&'static [u8], &'static [u8]),
}

/// How long a load lasts.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Before the clock starts.
    pub warm_up: Duration,
    /// While it runs.
    pub length: Duration,
    /// Ends sooner once so many answers came, warm-up included.
    pub requests: u64,
}

/// What a load measured.
#[derive(Debug)]
pub struct Outcome {
    /// The latency of every answer while the clock ran.
    pub latencies: Latencies,
    /// How long it ran.
    pub time: Duration,
    /// The generator's share of one core.
    pub generator: f64,
    /// The server's share, in cores.
    pub server: f64,
}

impl Lane {
    /// A lane without pause.
    pub const fn new(request: Vec<u8>, expected: Expected) -> Self {
        Self { request, expected, pause: Duration::ZERO }
    }
}

impl Expected {
    fn accepts(&self, answer: &Answer<'_>) -> bool {
        answer.status == 200
            && match self {
                Self::Body(body) => answer.body == body,
                Self::Frame(start, end) => answer.body.starts_with(start) && answer.body.ends_with(end),
            }
    }
}

/// Puts every lane on a connection of its own. A wrong answer ends the run with an error: a figure made of refusals
/// is none.
pub async fn run(address: SocketAddr, server: u32, lanes: Vec<Lane>, span: Span) -> Result<Outcome> {
    let begin = Instant::now() + span.warm_up;
    let window = Window { begin, end: begin + span.length, left: Arc::new(AtomicU64::new(span.requests)) };
    let mut running = JoinSet::new();
    for lane in lanes {
        let connection = Connection::open(address).await?;
        running.spawn(drive(connection, lane, window.clone()));
    }
    sleep_until(begin).await;
    let before = (processor_time(std::process::id())?, processor_time(server)?);
    let mut latencies = Latencies::default();
    let mut last = begin;
    while let Some(lane) = running.join_next().await {
        let (measured, ended) = lane??;
        latencies.join(measured);
        last = last.max(ended);
    }
    let time = last.min(window.end) - begin;
    let share =
        |now: Duration, before: Duration| now.saturating_sub(before).as_secs_f64() / time.as_secs_f64();
    let (generator, server) = (processor_time(std::process::id())?, processor_time(server)?);
    Ok(Outcome {
        latencies: latencies.sorted(),
        time,
        generator: share(generator, before.0),
        server: share(server, before.1),
    })
}

#[derive(Clone)]
struct Window {
    begin: Instant,
    end: Instant,
    left: Arc<AtomicU64>,
}

async fn drive(mut connection: Connection, lane: Lane, window: Window) -> Result<(Latencies, Instant)> {
    let mut latencies = Latencies::default();
    loop {
        let asked = Instant::now();
        let answer = connection.exchange(&lane.request).await?;
        if !lane.expected.accepts(&answer) {
            bail!("not the expected answer: {answer}");
        }
        let answered = Instant::now();
        // Those asked before the clock started count as well: as many are still under way when it stops.
        if answered >= window.begin && answered <= window.end {
            latencies.add(answered - asked);
        }
        let paid = window.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if answered >= window.end || paid.is_err() {
            return Ok((latencies, answered));
        }
        if !lane.pause.is_zero() {
            sleep(lane.pause).await;
        }
    }
}
