//! Both SQL stores have the same schema: tables, columns in order, what may be absent, unique indexes.
#![expect(clippy::unwrap_used, reason = "in tests a panic is the verdict")]

mod database;
mod opened;

use std::collections::{BTreeMap, BTreeSet};

use database::Database;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use opened::{OLD, open};
use portcullis_conformance::SeededEntropy;
use portcullis_seal_aead::{AeadSealer, MasterKey};
use tempfile::TempDir;
use tokio_postgres::NoTls;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    required: bool,
}

#[derive(QueryableByName)]
struct Unique {
    #[diesel(sql_type = Text)]
    columns: String,
}

/// A schema in words that both backends share.
#[derive(Debug, PartialEq, Eq)]
struct Schema {
    tables: BTreeMap<String, Vec<(String, String, bool)>>,
    unique: BTreeSet<String>,
}

impl Schema {
    fn new(columns: Vec<Column>, unique: impl Iterator<Item = String>) -> Self {
        let mut tables = BTreeMap::<_, Vec<_>>::new();
        for column in columns {
            let kind = match column.kind.as_str() {
                "uuid" | "bytea" | "BLOB" => "bytes",
                "timestamp with time zone" | "bigint" | "boolean" | "INTEGER" => "number",
                "text" | "jsonb" | "TEXT" => "text",
                other => panic!("the type {other} of {} has no counterpart", column.name),
            };
            tables.entry(column.table).or_default().push((column.name, kind.to_owned(), column.required));
        }
        Self { tables, unique: unique.collect() }
    }
}

async fn of_postgres() -> Schema {
    let database = Database::create(None).await;
    open(&database.url, &[OLD]).migrate().await.unwrap();
    let (client, driver) = tokio_postgres::connect(&database.url, NoTls).await.unwrap();
    tokio::spawn(driver);
    let columns = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'NO'
        FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%'
        ORDER BY table_name, ordinal_position";
    let unique = "SELECT string_agg(t.relname || '.' || a.attname, ', ' ORDER BY array_position(x.indkey::int2[], a.attnum))
        FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey)
        WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_\\_diesel%'
        GROUP BY x.indexrelid";
    let columns = client.query(columns, &[]).await.unwrap();
    let columns = columns.iter().map(|row| Column {
        table: row.get(0),
        name: row.get(1),
        kind: row.get(2),
        required: row.get(3),
    });
    let columns = columns.collect();
    let unique = client.query(unique, &[]).await.unwrap();
    Schema::new(columns, unique.iter().map(|row| row.get(0)))
}

async fn of_sqlite() -> Schema {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("portcullis.db");
    let entropy = std::sync::Arc::new(SeededEntropy::default());
    let sealer = AeadSealer::new(&MasterKey::generate(&*entropy), &[], entropy.clone());
    let options = portcullis_store_sqlite::Options::at(&path, std::sync::Arc::new(sealer));
    portcullis_store_sqlite::Store::open(options).unwrap().migrate().await.unwrap();
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let columns = "SELECT t.name AS \"table\", c.name AS name, c.type AS kind, c.\"notnull\" AS required
        FROM sqlite_master t JOIN pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'
        ORDER BY t.name, c.cid";
    let unique = "SELECT (SELECT group_concat(t.name || '.' || c.name, ', ') FROM pragma_index_info(i.name) c) AS columns
        FROM sqlite_master t JOIN pragma_index_list(t.name) i
        WHERE t.type = 'table' AND i.\"unique\" AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'";
    let columns = sql_query(columns).load::<Column>(&mut connection).unwrap();
    let unique = sql_query(unique).load::<Unique>(&mut connection).unwrap();
    Schema::new(columns, unique.into_iter().map(|unique| unique.columns))
}

#[tokio::test(flavor = "multi_thread")]
async fn both_backends_have_one_schema() {
    let (postgres, sqlite) = (of_postgres().await, of_sqlite().await);
    assert_eq!(postgres, sqlite);
    assert!(postgres.tables.contains_key("accounts"), "the schema was read");
}

#[test]
fn both_folders_have_the_same_migrations() {
    let names = |backend: &str| {
        let folder = format!("{}/../../../migrations/{backend}", env!("CARGO_MANIFEST_DIR"));
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect::<BTreeSet<_>>()
    };
    assert_eq!(names("postgres"), names("sqlite"));
}
