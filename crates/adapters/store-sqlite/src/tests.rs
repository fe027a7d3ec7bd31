//! What only the inside of this crate can see.

use std::path::Path;
use std::sync::Arc;

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use portcullis_accounts::{Account, Creation, Taken};
use portcullis_conformance::{SeededEntropy, World, build};
use portcullis_kernel::Identifier;
use portcullis_seal_aead::{AeadSealer, MasterKey};
use tempfile::TempDir;

use crate::backend::{Conn, Pooled};
use crate::sql::failure::UniqueIndex;
use crate::{Options, Store};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn migrated(folder: &Path) -> Store {
    let entropy = Arc::new(SeededEntropy::default());
    let sealer = AeadSealer::new(&MasterKey::generate(&*entropy), &[], entropy.clone());
    let store = Store::open(Options::at(folder.join("portcullis.db"), Arc::new(sealer))).unwrap();
    store.migrate().await.unwrap();
    store
}

async fn pragma(connection: &mut Conn, name: &str) -> i64 {
    let query = format!("SELECT {name} AS value FROM pragma_{name}");
    sql_query(query).get_result::<Number>(connection).await.unwrap().value
}

async fn common_pragmas(connection: &mut Pooled) -> [i64; 3] {
    [
        sql_query("SELECT timeout AS value FROM pragma_busy_timeout")
            .get_result::<Number>(&mut **connection)
            .await
            .unwrap()
            .value,
        pragma(connection, "foreign_keys").await,
        pragma(connection, "temp_store").await,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_writer_gives_up_no_durability() {
    let folder = TempDir::new().unwrap();
    let store = migrated(folder.path()).await;
    let mut writer = store.backend.writer().await.unwrap();
    let journal = sql_query("SELECT journal_mode AS value FROM pragma_journal_mode");
    assert_eq!(journal.get_result::<Word>(&mut *writer).await.unwrap().value, "wal");
    assert_eq!(pragma(&mut writer, "synchronous").await, 2, "FULL");
    assert_eq!(common_pragmas(&mut writer).await, [5_000, 1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_cannot_write() {
    let folder = TempDir::new().unwrap();
    let store = migrated(folder.path()).await;
    let mut reader = store.backend.reader().await.unwrap();
    assert_eq!(common_pragmas(&mut reader).await, [5_000, 1, 2]);
    let write = sql_query("DELETE FROM audit").execute(&mut *reader).await;
    assert!(write.unwrap_err().to_string().contains("readonly"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_unique_index_has_a_meaning() {
    let folder = TempDir::new().unwrap();
    let store = migrated(folder.path()).await;
    let mut reader = store.backend.reader().await.unwrap();
    let query = "SELECT (SELECT group_concat(t.name || '.' || c.name, ', ') FROM pragma_index_info(i.name) c) AS value
        FROM sqlite_master t JOIN pragma_index_list(t.name) i
        WHERE t.type = 'table' AND i.\"unique\" AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'";
    let found: Vec<Word> = sql_query(query).load(&mut *reader).await.unwrap();
    UniqueIndex::assert_known(found.iter().map(|index| index.value.as_str()));
}

async fn create(world: World, account: Account) -> Creation {
    world.accounts.create(build::create_account(&account)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn write_sets_that_share_a_transaction_end_each_for_itself() {
    let folder = TempDir::new().unwrap();
    let store = migrated(folder.path()).await;
    let world = World::new(store.clone());
    let company = world.new_company().await;
    let (ada, bob) = (build::account(&company), build::account(&company));
    let twin = Account { email: ada.email.clone(), ..build::account(&company) };
    let writer = store.backend.writer().await.unwrap();
    let mut answers = Vec::new();
    for (queued, account) in [&ada, &twin, &bob].into_iter().enumerate() {
        answers.push(tokio::spawn(create(world.clone(), account.clone())));
        while store.backend.queue.len() <= queued {
            tokio::task::yield_now().await;
        }
    }
    drop(writer);
    let mut told = Vec::new();
    for answer in answers {
        told.push(answer.await.unwrap());
    }
    assert_eq!(told, [Creation::Done, Creation::Taken(Taken::Email), Creation::Done]);
    assert!(world.account(&ada).await == ada && world.account(&bob).await == bob);
    let absent = world.accounts.find(company.id, vec![Identifier::Id(twin.id)]).await.unwrap();
    assert!(absent.is_none(), "nothing of the one that was refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_set_that_nobody_waits_for_is_not_begun() {
    let folder = TempDir::new().unwrap();
    let store = migrated(folder.path()).await;
    let world = World::new(store.clone());
    let company = world.new_company().await;
    let (gone, kept) = (build::account(&company), build::account(&company));
    let writer = store.backend.writer().await.unwrap();
    let caller = tokio::spawn(create(world.clone(), gone.clone()));
    while store.backend.queue.len() == 0 {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    drop(writer);
    assert_eq!(create(world.clone(), kept.clone()).await, Creation::Done);
    assert!(world.account(&kept).await == kept);
    assert!(world.accounts.find(company.id, vec![Identifier::Id(gone.id)]).await.unwrap().is_none());
}
