//! The keys that sign JWTs.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{PortResult, Sealer, Secret};
use portcullis_sessions::{AddSigningKey, Algorithm, KeySlot, SigningKey, SigningKeyStore};

use super::Store;
use super::failure::{Clash, Halt, unanswered};
use super::schema::signing_keys;
use super::seals::{self, Place};
use super::transaction::{Tx, WriteSet};
use super::values::{DbTime, known, small, time};
use crate::backend::Db;

/// The column that holds a private key.
pub(super) const PRIVATE: &str = "signing_keys.private_pem";

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = signing_keys, check_for_backend(Db), treat_none_as_default_value = false)]
struct SigningKeyRow {
    kid: String,
    algorithm: String,
    slot: String,
    generation: i64,
    private_pem: Vec<u8>,
    private_pem_key_id: String,
    created_at: DbTime,
    signs_from: DbTime,
}

#[async_trait]
impl SigningKeyStore for Store {
    async fn list(&self) -> PortResult<Vec<SigningKey>> {
        let mut db = self.backend.reader().await?;
        let rows: Vec<SigningKeyRow> = signing_keys::table
            .order((signing_keys::created_at, signing_keys::generation, signing_keys::kid))
            .select(SigningKeyRow::as_select())
            .load(&mut *db)
            .await
            .map_err(unanswered)?;
        rows.into_iter().map(|row| row.open(&*self.sealer)).collect()
    }

    async fn add(&self, write: AddSigningKey) -> PortResult<bool> {
        self.write(write).await
    }
}

#[async_trait]
impl WriteSet for AddSigningKey {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        for key in &self.keys {
            let row = SigningKeyRow::new(key, tx.sealer);
            diesel::insert_into(signing_keys::table).values(row).execute(tx.db).await?;
        }
        tx.record(&self.effects).await?;
        Ok(true)
    }

    fn clashed(&self, clash: Clash) -> Option<bool> {
        (clash == Clash::Generation).then_some(false)
    }
}

impl SigningKeyRow {
    fn new(key: &SigningKey, sealer: &dyn Sealer) -> Self {
        let place = Place::new(PRIVATE, &key.kid);
        let (private_pem, private_pem_key_id) = seals::seal(sealer, key.private_pem.reveal(), &place);
        Self {
            kid: key.kid.clone(),
            algorithm: key.algorithm.as_str().to_owned(),
            slot: key.slot.as_str().to_owned(),
            generation: i64::from(key.generation),
            private_pem,
            private_pem_key_id,
            created_at: time(key.created_at),
            signs_from: time(key.signs_from),
        }
    }

    fn open(self, sealer: &dyn Sealer) -> PortResult<SigningKey> {
        let place = Place::new(PRIVATE, &self.kid);
        let pem = seals::open(sealer, self.private_pem, self.private_pem_key_id, &place)?;
        Ok(SigningKey {
            kid: self.kid,
            algorithm: known(Algorithm::parse(&self.algorithm), "signing_keys.algorithm")?,
            slot: known(KeySlot::parse(&self.slot), "signing_keys.slot")?,
            generation: small(self.generation),
            private_pem: Secret::new(pem.as_str()),
            created_at: self.created_at.0,
            signs_from: self.signs_from.0,
        })
    }
}
