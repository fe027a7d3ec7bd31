//! Connections that break, callers that go away, servers that are not there.
#![expect(clippy::unwrap_used, reason = "in tests a panic is the verdict")]

mod database;
mod opened;

use std::time::Duration;

use database::{Database, connect, run, url_of};
use opened::{OLD, open};
use portcullis_conformance::build::NOW;
use portcullis_conformance::{World, build};
use portcullis_kernel::{Effects, PortError, Probe};
use portcullis_sessions::{EndSessions, EndTarget};
use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many connections a store opens at most.
const CONNECTIONS: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn names_what_a_migration_would_do_and_does_nothing() {
    let database = Database::create(None).await;
    let store = open(&database.url, &[OLD]);
    let pending = store.pending_migrations().await.unwrap();
    assert!(pending.len() > 1);
    assert_eq!(store.pending_migrations().await.unwrap(), pending);
    assert_eq!(store.migrate().await.unwrap(), pending);
    assert_eq!(store.pending_migrations().await.unwrap(), [""; 0]);
    assert_eq!(store.migrate().await.unwrap(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_at_once_take_turns() {
    let database = Database::create(None).await;
    let nodes = (0..4).map(|_| {
        let store = open(&database.url, &[OLD]);
        tokio::spawn(async move { store.migrate().await.map(drop) })
    });
    for node in nodes.collect::<Vec<_>>() {
        node.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_unavailable() {
    let store = open("postgres://portcullis@127.0.0.1:1/nowhere", &[OLD]);
    assert!(matches!(store.ping().await, Err(PortError::Unavailable(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_away_is_used_again() {
    let (database, world) = world().await;
    let account = world.new_account().await;
    let server = connect().await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
    server.query(kill, &[&name_of(&database)]).await.unwrap();
    // A call may still meet a dead connection; it says so, and no other call meets that one.
    for _ in 0..CONNECTIONS {
        match world.probe.ping().await {
            Ok(()) | Err(PortError::Unavailable(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    world.probe.ping().await.unwrap();
    assert!(world.account(&account).await == account);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_set_that_meets_a_dead_connection_says_that_the_database_is_away() {
    let (database, world) = world().await;
    let (session, _) = world.new_refresh_token().await;
    let server = connect().await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
    for _ in 0..10 {
        server.query(kill, &[&name_of(&database)]).await.unwrap();
        let end = EndSessions { target: EndTarget::One(session.id), at: NOW, effects: Effects::default() };
        match world.sessions.end(end).await {
            Ok(_) | Err(PortError::Unavailable(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_leaves_no_lock_behind() {
    let (database, world) = world().await;
    let (account, session) = world.new_signed_in().await;
    let other = client(&database).await;
    run(&other, "BEGIN; LOCK TABLE sessions").await;
    let end = |target| EndSessions { target, at: build::NOW, effects: Effects::default() };
    let sweep = EndTarget::Account(account.id, portcullis_kernel::SessionSweep::ALL);
    let sessions = world.sessions.clone();
    let caller = tokio::spawn(async move { sessions.end(end(sweep)).await });
    await_blocked(&connect().await, &name_of(&database)).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    run(&other, "COMMIT").await;
    assert_eq!(world.sessions.end(end(EndTarget::One(session.id))).await.unwrap(), 1);
    run(&other, "SET lock_timeout = 4000; SELECT id FROM accounts FOR UPDATE").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_begun_again() {
    let (database, world) = world().await;
    let (account, session) = world.new_signed_in().await;
    let other = client(&database).await;
    run(&other, "SET deadlock_timeout = '1min'; BEGIN; UPDATE sessions SET label = 'held'").await;
    let sessions = world.sessions.clone();
    let sweep = EndTarget::Account(account.id, portcullis_kernel::SessionSweep::ALL);
    let write = EndSessions { target: sweep, at: build::NOW, effects: Effects::default() };
    let caller = tokio::spawn(async move { sessions.end(write).await });
    await_blocked(&connect().await, &name_of(&database)).await;
    // The caller holds the account and waits for the session; this takes them the other way round.
    run(&other, "UPDATE accounts SET role = 'member'; COMMIT").await;
    assert_eq!(caller.await.unwrap().unwrap(), 1);
    assert!(world.session(&session).await.ended_at.is_some());
}

/// A database of its own with the newest schema.
async fn world() -> (Database, World) {
    let database = Database::create(None).await;
    let store = open(&database.url, &[OLD]);
    store.migrate().await.unwrap();
    (database, World::new(store))
}

async fn client(database: &Database) -> Client {
    let (client, driver) = tokio_postgres::connect(&url_of(&name_of(database)), NoTls).await.unwrap();
    tokio::spawn(driver);
    client
}

fn name_of(database: &Database) -> String {
    database.url.rsplit('/').next().unwrap().to_owned()
}

/// Asks until a connection of the database waits for a lock.
async fn await_blocked(server: &Client, database: &str) {
    let query = "SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'";
    let asking = async { while server.query(query, &[&database]).await.unwrap().is_empty() {} };
    timeout(PATIENCE, asking).await.unwrap();
}
