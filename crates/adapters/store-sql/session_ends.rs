//! Sessions that live longer because they are used.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{PortResult, Timestamp, TokenDigest};
use portcullis_sessions::SessionExtender;

use super::Store;
use super::failure::Halt;
use super::kept::Keep as _;
use super::schema::sessions;
use super::transaction::{Tx, WriteSet};
use super::values::time;

#[async_trait]
impl SessionExtender for Store {
    async fn extend(&self, ends: Vec<(TokenDigest, Timestamp)>) -> PortResult<()> {
        if ends.is_empty() { Ok(()) } else { self.write(Extend(ends)).await }
    }
}

struct Extend(Vec<(TokenDigest, Timestamp)>);

#[async_trait]
impl WriteSet for Extend {
    type Answer = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), Halt<()>> {
        let mut ends = self.0.clone();
        // One order for all, so that two of these never wait for each other.
        ends.sort_by_key(|(digest, _)| *digest.as_bytes());
        for (digest, end) in ends {
            let shorter = sessions::table
                .filter(sessions::digest.eq(digest.as_bytes().to_vec()))
                .filter(sessions::ended_at.is_null())
                .filter(sessions::expires_at.lt(time(end)));
            diesel::update(shorter).set(sessions::expires_at.eq(time(end))).kept().execute(tx.db).await?;
        }
        Ok(())
    }
}
