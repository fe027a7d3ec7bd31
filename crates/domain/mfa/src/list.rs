//! What an account has enrolled, and what its sessions are asked.

use portcullis_kernel::{AccountId, Page, PageRequest, PortResult, SessionChallenge, SessionId};

use crate::{Authenticator, SecondFactors};

/// Which authenticators to list; what is absent does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactorFilter {
    /// With this id, as sent.
    pub id: Option<String>,
    /// Of this kind, as sent.
    pub kind: Option<String>,
    /// Verified ones, or the others.
    pub verified: Option<bool>,
}

impl FactorFilter {
    fn admits(&self, authenticator: &Authenticator) -> bool {
        self.id.as_deref().is_none_or(|id| id.eq_ignore_ascii_case(&authenticator.id.to_string()))
            && self.kind.as_deref().is_none_or(|kind| kind == authenticator.factor.kind().as_str())
            && self.verified.is_none_or(|verified| verified == authenticator.verified_at.is_some())
    }
}

impl SecondFactors {
    /// Whether the account has a verified authenticator of any kind.
    pub async fn is_enrolled(&self, account: AccountId) -> PortResult<bool> {
        let authenticators = self.ports.authenticators.list(account).await?;
        Ok(authenticators.iter().any(|authenticator| authenticator.verified_at.is_some()))
    }

    /// Every authenticator of the account, verified or not, oldest first, with its secrets: doors mask them.
    pub async fn list(&self, account: AccountId) -> PortResult<Vec<Authenticator>> {
        self.ports.authenticators.list(account).await
    }

    /// A page of those that the filter admits.
    pub async fn page(
        &self,
        account: AccountId,
        filter: FactorFilter,
        page: PageRequest,
    ) -> PortResult<Page<Authenticator>> {
        let mut found = self.list(account).await?;
        found.retain(|authenticator| filter.admits(authenticator));
        let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let skipped = usize::try_from(page.offset()).unwrap_or(usize::MAX);
        let size = usize::try_from(page.size()).unwrap_or(usize::MAX);
        Ok(Page { items: found.into_iter().skip(skipped).take(size).collect(), total })
    }

    /// The challenges that are put to a session and were not answered, oldest first; their time may be over.
    pub async fn challenges(&self, session: SessionId) -> PortResult<Vec<SessionChallenge>> {
        let mut challenges = self.ports.challenges.of_session(session).await?;
        challenges.retain(|challenge| challenge.completed_at.is_none());
        Ok(challenges)
    }
}
