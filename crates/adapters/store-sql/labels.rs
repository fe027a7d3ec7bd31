//! Private labels that follow from what a write-set does.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{AccountState, Label, Relabel, SessionSweep};

use super::account_rows::{labels, labels_column, state};
use super::failure::Failure;
use super::schema::accounts;
use super::transaction::Tx;
use super::values::{DbJson, DbUuid, time};
use crate::backend::locked;

impl Tx<'_> {
    /// Changes the label on top of what the account is now, and with it the state that comes of it.
    pub(super) async fn relabel(&mut self, change: &Relabel) -> Result<(), Failure> {
        let Some((labels, from)) = self.labelled(change).await? else { return Ok(()) };
        let Some((labels, state)) = change.of(&labels, from) else { return Ok(()) };
        diesel::update(accounts::table.find(DbUuid::from(change.account)))
            .set((
                accounts::labels.eq(labels_column(&labels).map_err(Failure::Port)?),
                accounts::state.eq(state.as_str()),
                accounts::updated_at.eq(time(change.at)),
                accounts::version.eq(accounts::version + 1),
            ))
            .execute(self.db)
            .await
            .map_err(Failure::Sql)?;
        let states = (from.as_str(), state.as_str());
        self.follow(change.account, states, change.at).await.map_err(Failure::Sql)?;
        if !state.admits(true) {
            self.sweep(change.account, SessionSweep::ALL, change.at).await.map_err(Failure::Sql)?;
        }
        Ok(())
    }

    async fn labelled(&mut self, change: &Relabel) -> Result<Option<(Vec<Label>, AccountState)>, Failure> {
        let row =
            accounts::table.find(DbUuid::from(change.account)).select((accounts::labels, accounts::state));
        let found: Option<(DbJson, String)> =
            locked!(row).get_result(self.db).await.optional().map_err(Failure::Sql)?;
        let Some((json, word)) = found else { return Ok(None) };
        let labelled = labels(&json).and_then(|labels| Ok((labels, state(&word)?)));
        labelled.map(Some).map_err(Failure::Port)
    }
}
