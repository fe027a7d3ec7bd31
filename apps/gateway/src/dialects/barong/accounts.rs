//! Users (contract §7.1–7.7, §9.1).

use portcullis_kernel::AccountId;

use super::Barong;
use super::refusal::{Refusal, Words};
use super::wire::{Standing, UserWithFullInfo};

impl Barong {
    /// An account as its owner sees it.
    ///
    /// # Errors
    /// 404 `record.not_found` if it is gone.
    pub(super) async fn user(&self, account: AccountId) -> Result<UserWithFullInfo, Refusal> {
        let (app, company) = (self.app.clone(), self.company().await?.id);
        let work = async move {
            let Some(account) = app.accounts.find(company, &account.to_string()).await? else {
                return Ok(None);
            };
            let otp = app.factors.is_enrolled(account.id).await?;
            Ok::<_, portcullis_kernel::PortError>(Some((account, otp)))
        };
        let found = self.run("barong.user", Words::NONE, work).await?;
        let (account, otp) = found.ok_or_else(|| Refusal::key(Words::NONE.absent))?;
        Ok(UserWithFullInfo::new(&account, &Standing { otp }))
    }
}
