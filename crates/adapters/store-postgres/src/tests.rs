//! What only the inside of this crate can see.

#[path = "../tests/database/mod.rs"]
mod database;

use std::sync::Arc;

use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use portcullis_conformance::SeededEntropy;
use portcullis_seal_aead::{AeadSealer, MasterKey};

use crate::sql::failure::UniqueIndex;
use crate::{Options, Store};

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_unique_index_has_a_meaning() {
    let database = database::Database::create(None).await;
    let entropy = Arc::new(SeededEntropy::default());
    let sealer = AeadSealer::new(&MasterKey::generate(&*entropy), &[], entropy.clone());
    let store = Store::open(Options::at(&database.url, Arc::new(sealer))).unwrap();
    store.migrate().await.unwrap();
    let mut connection = store.backend.reader().await.unwrap();
    let query = "SELECT i.relname::text AS value FROM pg_index x
        JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
        WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_\\_diesel%'";
    let found: Vec<Word> = sql_query(query).load(&mut *connection).await.unwrap();
    UniqueIndex::assert_known(found.iter().map(|index| index.value.as_str()));
}
