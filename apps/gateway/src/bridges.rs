//! One façade seen through another crate's port: domain crates do not know each other, so what `sessions` asks of its
//! neighbours is answered here.

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, ApiKeyId, Client, CompanyId, Email, PortResult, SessionChallenge, SessionId, Timestamp,
    TokenDigest,
};
use portcullis_mfa::{CheckFactor, CodeToSend, DemandFactors, FactorVerdict, SecondFactors};
use portcullis_service_accounts::{
    ApiKeys, CodeVerdict, Holder, OwnerCode, ServiceAccounts, Signature, SignatureError, SignedKey,
};
use portcullis_sessions::{
    FactorCheck, FactorDemand, FactorOrder, Identity, KeyDirectory, KeyHolder, KeyRefusal, KeyVerdict, Means,
    SecondFactor, Sending, SignatureProof, SignedKeyDirectory,
};

/// Second factors, as `sessions` asks for them.
pub struct FactorBridge(pub SecondFactors);

/// Second factors, as `service-accounts` asks for them.
pub struct CodeBridge(pub SecondFactors);

/// Signed keys, as `sessions` asks for them.
pub struct SignedKeyBridge(pub ServiceAccounts);

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
        let verdict = self.0.check_at_sign_in(CheckFactor { company, account, code, client }).await?;
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

#[async_trait]
impl OwnerCode for CodeBridge {
    async fn check(
        &self,
        company: CompanyId,
        account: AccountId,
        code: String,
        client: Client,
    ) -> PortResult<CodeVerdict> {
        let verdict = self.0.check(CheckFactor { company, account, code, client }).await?;
        Ok(match verdict {
            FactorVerdict::Accepted => CodeVerdict::Accepted,
            FactorVerdict::Wrong => CodeVerdict::Wrong,
            FactorVerdict::AlreadyUsed => CodeVerdict::AlreadyUsed,
            FactorVerdict::NotEnrolled => CodeVerdict::NotEnrolled,
            FactorVerdict::Exhausted { retry_after } => CodeVerdict::Exhausted { retry_after },
        })
    }
}

#[async_trait]
impl SignedKeyDirectory for SignedKeyBridge {
    async fn verify(&self, proof: SignatureProof) -> PortResult<KeyVerdict> {
        let SignatureProof { company, kid, nonce, signature, window, once, at } = proof;
        let signed = Signature { company, kid, nonce, signature, window, once, at };
        let refusal = match self.0.authenticate(signed).await {
            Ok(key) => return Ok(KeyVerdict::Good(Box::new(identity(key)))),
            Err(SignatureError::Unknown) => KeyRefusal::Unknown,
            Err(SignatureError::NonceMalformed) => KeyRefusal::NonceMalformed,
            Err(SignatureError::NonceExpired) => KeyRefusal::NonceExpired,
            Err(SignatureError::Wrong) => KeyRefusal::WrongSignature,
            Err(SignatureError::Inactive) => KeyRefusal::Inactive,
            Err(SignatureError::HolderNotAdmitted(_)) => KeyRefusal::HolderNotAdmitted,
            Err(SignatureError::NoFactor) => KeyRefusal::NoSecondFactor,
            Err(SignatureError::Port(error)) => return Err(error),
        };
        Ok(KeyVerdict::Refused(refusal))
    }

    async fn holder(&self, key: ApiKeyId, kid: String) -> PortResult<Option<Identity>> {
        Ok(self.0.honoured(key, kid).await?.map(identity))
    }
}

fn identity(key: SignedKey) -> Identity {
    Identity {
        means: Means::Key { id: key.id, kid: key.kid },
        company: key.company,
        account: key.account,
        is_service: matches!(key.holder, Holder::ServiceAccount(_)),
        uid: key.uid,
        email: key.email.as_ref().map(Email::as_str).map(str::to_owned),
        username: key.username,
        role: key.role,
        level: key.level,
        state: key.holder_state,
        referrer: key.referrer,
    }
}
