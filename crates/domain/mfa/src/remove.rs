//! Remove a second factor.

use portcullis_kernel::{
    AccountId, AuditAction, AuthenticatorId, Client, CompanyId, CompanySlug, Effects, Email, FactorSet,
    PortError,
};

use crate::{RemoveAuthenticator, SecondFactors, letters};

/// An authenticator to remove.
#[derive(Clone)]
pub struct RemoveFactor {
    /// The account's company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// Whose.
    pub account: AccountId,
    /// Where a notice goes, if anywhere.
    pub email: Option<Email>,
    /// Which authenticator.
    pub authenticator: AuthenticatorId,
    /// From where.
    pub client: Client,
}

/// Why nothing was removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveFactorError {
    /// The account has no such authenticator.
    #[error("no such authenticator")]
    NotFound,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl SecondFactors {
    /// Removes an authenticator, verified or not. Its owner is told if it counted.
    pub async fn remove(&self, command: RemoveFactor) -> Result<(), RemoveFactorError> {
        let authenticators = self.ports.authenticators.list(command.account).await?;
        let (found, others): (Vec<_>, Vec<_>) =
            authenticators.into_iter().partition(|authenticator| authenticator.id == command.authenticator);
        let authenticator = found.first().ok_or(RemoveFactorError::NotFound)?;
        let counting = others.iter().filter(|other| other.verified_at.is_some());
        let left: FactorSet = counting.map(|other| other.factor.kind()).collect();
        let about = (command.company, command.account);
        let mut effects = Effects::audit(self.event(AuditAction::FactorRemoved, about, &command.client));
        if left.is_empty() {
            let now = self.ports.ambient.now();
            effects.labels.extend(self.rules.label(&command.company_slug, command.account, false, now));
        }
        if let (Some(_), Some(email)) = (authenticator.verified_at, command.email) {
            let kind = authenticator.factor.kind();
            effects =
                effects.and_send(letters::removed(&self.ports.ambient, command.company_slug, email, kind));
        }
        let (account, authenticator, at) = (command.account, authenticator.id, self.ports.ambient.now());
        let write = RemoveAuthenticator { account, authenticator, left, at, effects };
        if self.ports.authenticators.remove(write).await? { Ok(()) } else { Err(RemoveFactorError::NotFound) }
    }
}
