//! One façade seen through another crate's port: domain crates do not know each other, so what `sessions` asks of its
//! neighbours is answered here.

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, Client, CompanyId, PortResult, SessionChallenge, SessionId, Timestamp, TokenDigest,
};
use portcullis_mfa::{CheckFactor, CodeToSend, DemandFactors, FactorVerdict, SecondFactors};
use portcullis_service_accounts::ApiKeys;
use portcullis_sessions::{
    FactorCheck, FactorDemand, FactorOrder, KeyDirectory, KeyHolder, SecondFactor, Sending,
};

/// Second factors, as `sessions` asks for them.
pub struct FactorBridge(pub SecondFactors);

/// API keys, as `sessions` asks for them.
pub struct KeyBridge(pub ApiKeys);

#[async_trait]
impl SecondFactor for FactorBridge {
    async fn is_enrolled(&self, account: AccountId) -> PortResult<bool> {
        self.0.is_enrolled(account).await
    }

    async fn check(
        &self,
        company: CompanyId,
        account: AccountId,
        code: String,
        client: Client,
    ) -> PortResult<FactorCheck> {
        let verdict = self.0.check(CheckFactor { company, account, code, client }).await?;
        Ok(match verdict {
            FactorVerdict::Accepted => FactorCheck::Accepted,
            // A factor that was removed since the account was read proves nothing.
            FactorVerdict::Wrong | FactorVerdict::NotEnrolled => FactorCheck::Wrong,
            FactorVerdict::AlreadyUsed => FactorCheck::AlreadyUsed,
            FactorVerdict::Exhausted { retry_after } => FactorCheck::Exhausted { retry_after },
        })
    }

    async fn demand(&self, order: FactorOrder) -> PortResult<FactorDemand> {
        let FactorOrder { session, company, company_slug, account, plan, client } = order;
        let (lifetime, setup) = (plan.lifetime, plan.setup);
        let command = DemandFactors { session, company, company_slug, account, lifetime, setup, client };
        let demands = self.0.demand(command).await?;
        let sending = |CodeToSend { code, charge, effects }| Sending { code, charge, effects };
        Ok(FactorDemand { challenges: demands.challenges, sending: demands.sending.map(sending) })
    }

    async fn challenges(&self, session: SessionId) -> PortResult<Vec<SessionChallenge>> {
        self.0.challenges(session).await
    }
}

#[async_trait]
impl KeyDirectory for KeyBridge {
    async fn present(&self, digest: TokenDigest, at: Timestamp) -> PortResult<Option<KeyHolder>> {
        let key = self.0.present(digest, at).await?;
        Ok(key.map(|key| KeyHolder {
            key: key.id,
            name: key.name,
            account: key.account,
            company: key.company,
            state: key.state,
            username: key.username,
        }))
    }
}
