//! Moving sealed columns to the current master key.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{
    ApiKeyId, AuthenticatorId, MessageId, OneTimeId, PortError, PortResult, Resealer, Sealed,
};

use super::failure::{Failure, Halt};
use super::schema::{api_keys, authenticators, one_time_secrets, outbox, recovery_codes, signing_keys};
use super::seals::Place;
use super::transaction::{Tx, WriteSet};
use super::values::DbUuid;
use super::{Store, api_keys as keys, authenticator_rows, effects, one_time, signing_keys as signing};
use crate::backend::locked;

#[async_trait]
impl Resealer for Store {
    async fn reseal(&self, limit: u32) -> PortResult<u64> {
        self.write(Reseal { limit }).await
    }
}

struct Reseal {
    limit: u32,
}

/// Moves up to `$left` rows of one column, and says how many it moved.
macro_rules! move_column {
    ($tx:expr, $left:expr, $table:ident [$key:expr => $row:ty], $bytes:ident, $key_id:ident, $place:expr) => {{
        let current = $tx.sealer.current_key();
        let old = $table::table.filter($table::$key_id.ne(current)).limit($left).select((
            $key,
            $table::$bytes.assume_not_null(),
            $table::$key_id.assume_not_null(),
        ));
        let rows: Vec<($row, Vec<u8>, String)> = locked!(old).load($tx.db).await.map_err(Failure::Sql)?;
        let mut moved = 0_i64;
        for (key, bytes, key_id) in rows {
            let place = $place(&key);
            let sealed = $tx.renew(&Sealed { key_id, bytes }, &place).map_err(Failure::Port)?;
            diesel::update($table::table.find(key))
                .set(($table::$bytes.eq(sealed.bytes), $table::$key_id.eq(sealed.key_id)))
                .execute($tx.db)
                .await
                .map_err(Failure::Sql)?;
            moved += 1;
        }
        moved
    }};
}

#[async_trait]
impl WriteSet for Reseal {
    type Answer = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, Halt<u64>> {
        let mut left = i64::from(self.limit);
        left -= tx.move_codes(left).await?;
        left -= tx.move_factors(left).await?;
        left -= tx.move_keys(left).await?;
        left -= tx.move_messages(left).await?;
        Ok(u64::from(self.limit).saturating_sub(super::values::count(left)))
    }
}

impl Tx<'_> {
    async fn move_codes(&mut self, left: i64) -> Result<i64, Failure> {
        let place = |id: &DbUuid| Place::new(one_time::CODE, OneTimeId::from(*id));
        Ok(
            move_column!(self, left, one_time_secrets [one_time_secrets::id => DbUuid], code, code_key_id, place),
        )
    }

    async fn move_factors(&mut self, left: i64) -> Result<i64, Failure> {
        let place = |id: &DbUuid| Place::new(authenticator_rows::SECRET, AuthenticatorId::from(*id));
        let moved = move_column!(self, left, authenticators [authenticators::id => DbUuid], secret, secret_key_id, place);
        let place = |key: &(DbUuid, i64)| authenticator_rows::code_place(AuthenticatorId::from(key.0), key.1);
        let key = (recovery_codes::authenticator, recovery_codes::position);
        let codes =
            move_column!(self, left - moved, recovery_codes [key => (DbUuid, i64)], code, code_key_id, place);
        Ok(moved + codes)
    }

    async fn move_keys(&mut self, left: i64) -> Result<i64, Failure> {
        let place = |id: &DbUuid| Place::new(keys::SECRET, ApiKeyId::from(*id));
        let moved = move_column!(self, left, api_keys [api_keys::id => DbUuid], secret, secret_key_id, place);
        let place = |kid: &String| Place::new(signing::PRIVATE, kid);
        let signing = move_column!(
            self, left - moved, signing_keys [signing_keys::kid => String], private_pem, private_pem_key_id, place
        );
        Ok(moved + signing)
    }

    async fn move_messages(&mut self, left: i64) -> Result<i64, Failure> {
        let place = |id: &DbUuid| Place::new(effects::PAYLOAD, MessageId::from(*id));
        Ok(move_column!(self, left, outbox [outbox::id => DbUuid], payload, payload_key_id, place))
    }

    fn renew(&self, sealed: &Sealed, place: &Place) -> PortResult<Sealed> {
        let plain = self.sealer.open(sealed, place.context()).map_err(PortError::broken)?;
        Ok(self.sealer.seal(&plain, place.context()))
    }
}
