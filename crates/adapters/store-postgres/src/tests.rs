//! What only the inside of this crate can see.

#[path = "../tests/database/mod.rs"]
mod database;

use std::sync::Arc;

use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use portcullis_conformance::{SeededEntropy, World, build};
use portcullis_kernel::PortError;
use portcullis_seal_aead::{AeadSealer, MasterKey};
use portcullis_sessions::{RefreshSession, RefreshWrite};

use crate::sql::failure::{UniqueIndex, unanswered};
use crate::{Options, Store};

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn migrated(database: &database::Database) -> Store {
    let entropy = Arc::new(SeededEntropy::default());
    let sealer = AeadSealer::new(&MasterKey::generate(&*entropy), &[], entropy.clone());
    let options = Options { connections: 1, ..Options::at(&database.url, Arc::new(sealer)) };
    let store = Store::open(options).unwrap();
    store.migrate().await.unwrap();
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn every_unique_index_has_a_meaning() {
    let database = database::Database::create(None).await;
    let store = migrated(&database).await;
    let mut connection = store.backend.reader().await.unwrap();
    let query = "SELECT i.relname::text AS value FROM pg_index x
        JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
        WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_\\_diesel%'";
    let found: Vec<Word> = sql_query(query).load(&mut *connection).await.unwrap();
    UniqueIndex::assert_known(found.iter().map(|index| index.value.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_signing_in_and_refreshing_write_stays_prepared() {
    let database = database::Database::create(None).await;
    let store = migrated(&database).await;
    let world = World::new(store.clone());
    let (_, token) = world.new_refresh_token().await;
    let write =
        RefreshSession { effects: build::effects(), ..build::rotate(&token, &build::successor(&token)) };
    assert_eq!(world.sessions.refresh(write).await.unwrap(), RefreshWrite::Done);
    let mut connection = store.backend.reader().await.unwrap();
    let query = "SELECT statement AS value FROM pg_prepared_statements";
    let kept: Vec<Word> = sql_query(query).load(&mut *connection).await.unwrap();
    for beginning in [
        "INSERT INTO \"accounts\"",
        "INSERT INTO \"sessions\"",
        "INSERT INTO \"refresh_tokens\"",
        "INSERT INTO \"known_devices\"",
        "INSERT INTO \"outbox\"",
        "INSERT INTO \"audit\"",
        "UPDATE \"accounts\"",
        "UPDATE \"refresh_tokens\"",
    ] {
        assert!(kept.iter().any(|statement| statement.value.starts_with(beginning)), "{beginning}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_begins_before_its_first_statement_and_nothing_is_written_outside_of_one() {
    let database = database::Database::create(None).await;
    let store = migrated(&database).await;
    let mut connection = store.backend.writer().await.unwrap();
    let write = || sql_query("DELETE FROM audit");
    for _ in 0..2 {
        connection.preface("BEGIN READ WRITE");
        assert_eq!(write().execute(&mut *connection).await, Ok(0));
        connection.batch_execute("COMMIT").await.unwrap();
        let refused = write().execute(&mut *connection).await.unwrap_err();
        assert!(refused.to_string().contains("read-only transaction"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_on_which_a_transaction_did_not_begin_is_given_up() {
    let database = database::Database::create(None).await;
    let store = migrated(&database).await;
    let mut connection = store.backend.writer().await.unwrap();
    connection.preface("BEGIN AT ONCE");
    assert!(connection.batch_execute("SELECT 1").await.is_err());
    assert!(connection.is_broken());
    let refused = connection.batch_execute("ROLLBACK").await.unwrap_err();
    assert!(matches!(unanswered(refused), PortError::Unavailable(_)));
    drop(connection);
    store.backend.writer().await.unwrap().batch_execute("SELECT 1").await.unwrap();
}
