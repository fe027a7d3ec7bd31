//! Ask for a second factor before one request (rehive contract §6.4).

use std::time::Duration;

use portcullis_kernel::{
    AccountId, AuditAction, ChallengeId, ChallengeKind, Client, CompanyId, Effects, PortError,
    SessionChallenge, SessionId, TokenDigest,
};

use crate::{PutChallenge, RedeemChallenge, SecondFactors};

/// A request that the company wants a second factor for.
#[derive(Clone, Debug)]
pub struct AuthorizeRequest {
    /// The session that makes it.
    pub session: SessionId,
    /// The company of its account.
    pub company: CompanyId,
    /// Its account.
    pub account: AccountId,
    /// The digest of everything that makes it this request and no other.
    pub request: TokenDigest,
    /// The challenge that was answered for it, as the client sent it.
    pub answered: Option<String>,
    /// How long it may take from the challenge to the request.
    pub lifetime: Duration,
    /// From where.
    pub client: Client,
}

/// Why a request is not admitted.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizeError {
    /// This challenge must be answered, and the request be repeated with it.
    #[error("the request needs a second factor")]
    Challenged(Box<SessionChallenge>),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl SecondFactors {
    /// Admits a request once for each answered challenge about it, and puts a challenge otherwise. An account without
    /// a verified factor is not asked.
    pub async fn authorize(&self, command: AuthorizeRequest) -> Result<(), AuthorizeError> {
        let about = (command.company, command.account);
        if let Some(challenge) = command.answered.as_deref().and_then(ChallengeId::parse) {
            let event = self.event(AuditAction::ChallengeRedeemed, about, &command.client);
            let write = RedeemChallenge {
                challenge,
                session: command.session,
                request: command.request,
                at: self.ports.ambient.now(),
                effects: Effects::audit(event.session(command.session)),
            };
            if self.ports.challenges.redeem(write).await? {
                return Ok(());
            }
        }
        let own = self.ports.authenticators.list(command.account).await?;
        let verified = own.iter().filter(|authenticator| authenticator.verified_at.is_some());
        let factors: portcullis_kernel::FactorSet =
            verified.map(|authenticator| authenticator.factor.kind()).collect();
        if factors.is_empty() {
            return Ok(());
        }
        let now = self.ports.ambient.now();
        let challenge = SessionChallenge {
            id: self.ports.ambient.fresh(),
            session: command.session,
            company: command.company,
            account: command.account,
            kind: ChallengeKind::Authorization,
            factors,
            request: Some(command.request),
            created_at: now,
            expires_at: Some(now.plus(command.lifetime)),
            completed_at: None,
        };
        let event = self.event(AuditAction::ChallengePut, about, &command.client).session(command.session);
        let write = PutChallenge { challenge: challenge.clone(), effects: Effects::audit(event) };
        self.ports.challenges.put(write).await?;
        Err(AuthorizeError::Challenged(Box::new(challenge)))
    }
}
