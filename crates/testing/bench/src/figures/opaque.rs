//! How many checks of an opaque token a second among many sessions, and what becomes of one check when there are many
//! accounts, and of a list when one account has many tokens.

use anyhow::Result;

use super::Bench;
use crate::arguments::Backend;
use crate::load::{Lane, Outcome, Span, run};
use crate::number::{median, milliseconds};
use crate::report::{Row, Target};
use crate::stage::{Installation, Member, Server, list_tokens};

/// Accounts and live sessions that the rate is measured among.
const FEW_ACCOUNTS: u32 = 10_000;
const SESSIONS_EACH: u32 = 10;
/// Tokens of one account.
const TOKENS: u32 = 10_000;
/// Connections whose latency is looked at: few enough that none waits for another.
const PROBES: usize = 2;
/// How often each is asked in turn.
const ROUNDS: u32 = 5;

pub(super) async fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let few = Town::of(bench, 7, FEW_ACCOUNTS).await?;
    let many = Town::of(bench, 8, bench.arguments.accounts).await?;
    let server = few.installation.serve()?;
    let rate = rate(bench, &server, &few.members).await?;
    drop(server);
    let growth = growth(bench, &few, &many).await?;
    let lists = lists(bench, &few.installation, &few.members).await?;
    few.installation.remove().await?;
    many.installation.remove().await?;
    Ok(vec![rate, growth, lists])
}

/// So many accounts, a hundred thousand sessions, and some who are logged in.
struct Town {
    installation: Installation,
    members: Vec<Member>,
}

impl Town {
    async fn of(bench: &Bench<'_>, number: u32, accounts: u32) -> Result<Self> {
        let installation = bench.installation(number).await?;
        let server = installation.serve()?;
        let members = Member::log_in_everybody(&installation, &server, bench.arguments.connections).await?;
        drop(server);
        installation.add_accounts(0, FEW_ACCOUNTS).await?;
        installation.add_sessions(SESSIONS_EACH).await?;
        if let Some(more) = accounts.checked_sub(FEW_ACCOUNTS).filter(|more| *more > 0) {
            installation.add_accounts(FEW_ACCOUNTS, more).await?;
        }
        Ok(Self { installation, members })
    }
}

/// Between two measurements of the bare handler.
async fn rate(bench: &Bench<'_>, server: &Server, members: &[Member]) -> Result<Row> {
    let before = bench.bare_rate().await?;
    let lanes = members.iter().map(Member::check).collect();
    let outcome = run(server.address, server.id(), lanes, bench.span()).await?;
    let after = bench.bare_rate().await?;
    let least = match bench.backend {
        Backend::Sqlite => 15_000.0,
        Backend::Postgres => 10_000.0,
    };
    Ok(Row {
        figure: format!("opaque-token checks among {} sessions", FEW_ACCOUNTS * SESSIONS_EACH),
        store: bench.backend.name(),
        unit: "/s",
        measured: outcome.rate(),
        bound: "bare actix handler",
        ceiling: f64::midpoint(before, after),
        target: Target::AtLeast(least),
        remarks: outcome.remarks(),
    })
}

/// One small and one large town at the same time, asked in turn: what the machine does besides is done to both.
async fn growth(bench: &Bench<'_>, few: &Town, many: &Town) -> Result<Row> {
    let (small, large) = (few.installation.serve()?, many.installation.serve()?);
    let (mut short, mut long) = (Vec::new(), Vec::new());
    let mut remarks = String::new();
    for _ in 0..ROUNDS {
        short.push(middle(&probe(bench, &small, &few.members).await?));
        let outcome = probe(bench, &large, &many.members).await?;
        long.push(middle(&outcome));
        remarks = outcome.remarks();
    }
    Ok(Row {
        figure: format!("median of a check at {} accounts", bench.arguments.accounts),
        store: bench.backend.name(),
        unit: "ms",
        measured: median(long),
        bound: "at 10000 accounts",
        ceiling: median(short),
        target: Target::Times(1.2),
        remarks,
    })
}

async fn probe(bench: &Bench<'_>, server: &Server, members: &[Member]) -> Result<Outcome> {
    let lanes = members.iter().take(PROBES).map(Member::check).collect();
    let span = Span { length: bench.span().length / ROUNDS, ..bench.span() };
    run(server.address, server.id(), lanes, span).await
}

/// The list of an account that has many tokens, beside that of one who has few.
async fn lists(bench: &Bench<'_>, installation: &Installation, members: &[Member]) -> Result<Row> {
    installation.add_tokens(TOKENS).await?;
    let server = installation.serve()?;
    let list = async |member: &[Member]| {
        let lanes: Vec<Lane> = member.iter().take(1).map(list_tokens).collect();
        run(server.address, server.id(), lanes, bench.span()).await
    };
    let short = list(members.get(1..).unwrap_or_default()).await?;
    let long = list(members).await?;
    Ok(Row {
        figure: format!("median of a list of {TOKENS} tokens"),
        store: bench.backend.name(),
        unit: "ms",
        measured: middle(&long),
        bound: "a list of one",
        ceiling: middle(&short),
        target: Target::AtMost(200.0),
        remarks: long.remarks(),
    })
}

fn middle(outcome: &Outcome) -> f64 {
    milliseconds(outcome.latencies.percentile(50))
}
