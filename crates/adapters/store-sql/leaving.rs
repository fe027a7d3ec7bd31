//! Accounts whose owners leave.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_accounts::LeaveAccount;
use portcullis_kernel::SessionSweep;

use super::failure::Halt;
use super::schema::{accounts, api_keys};
use super::transaction::{Tx, WriteSet};
use super::values::{DbUuid, time};

#[async_trait]
impl WriteSet for LeaveAccount {
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, Halt<bool>> {
        let Some(present) = tx.lock_account(self.account).await? else { return Err(Halt::Refused(false)) };
        let may_leave = self.from.iter().any(|from| from.as_str() == present.state);
        if !may_leave || !tx.consume(self.secret, self.account, &[self.purpose], self.at).await? {
            return Err(Halt::Refused(false));
        }
        let account = || accounts::table.find(DbUuid::from(self.account));
        diesel::update(account())
            .set((
                accounts::state.eq(self.state.as_str()),
                accounts::updated_at.eq(time(self.at)),
                accounts::version.eq(accounts::version + 1),
            ))
            .execute(tx.db)
            .await?;
        if self.deletion {
            diesel::update(account().filter(accounts::delete_requested_at.is_null()))
                .set(accounts::delete_requested_at.eq(time(self.at)))
                .execute(tx.db)
                .await?;
        }
        tx.follow(self.account, (&present.state, self.state.as_str()), self.at).await?;
        tx.sweep(self.account, SessionSweep::ALL, self.at).await?;
        let keys = api_keys::table.filter(api_keys::account.eq(DbUuid::from(self.account)));
        diesel::delete(keys).execute(tx.db).await?;
        tx.record(&self.effects).await?;
        Ok(true)
    }
}
