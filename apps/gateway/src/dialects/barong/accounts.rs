//! Users (contract §7.1–7.7, §9.1).

use portcullis_accounts::Account;
use portcullis_kernel::{AccountId, PortError};

use super::Barong;
use super::owner::Owner;
use super::refusal::{Refusal, Words};
use super::wire::{Standing, UserWithFullInfo};

impl Barong {
    /// An account as its owner sees it.
    ///
    /// # Errors
    /// 404 `record.not_found` if it is gone.
    pub(super) async fn user(&self, account: AccountId) -> Result<UserWithFullInfo, Refusal> {
        let (app, company) = (self.app.clone(), self.company().await?.id);
        let masked = self.rules().api_data_masking_enabled;
        let work = async move {
            let Some(account) = app.accounts.find(company, &account.to_string()).await? else {
                return Ok(None);
            };
            let otp = app.factors.is_enrolled(account.id).await?;
            let dossier = app.accounts.dossier(account.id).await?;
            Ok::<_, PortError>(Some((account, Standing { otp, dossier, masked })))
        };
        let found = self.run("barong.user", Words::NONE, work).await?;
        let (account, standing) = found.ok_or_else(|| Refusal::key(Words::NONE.absent))?;
        Ok(UserWithFullInfo::new(&account, &standing))
    }

    /// The account of a caller.
    ///
    /// # Errors
    /// 404 `record.not_found` if it is gone.
    pub(super) async fn account(&self, owner: Owner) -> Result<Account, Refusal> {
        let app = self.app.clone();
        let work = async move { app.accounts.find(owner.company, &owner.account.to_string()).await };
        let found = self.run("barong.account", Words::NONE, work).await?;
        found.ok_or_else(|| Refusal::key(Words::NONE.absent))
    }
}
