//! What a session must prove before it is a credential.

use std::time::Duration;

use portcullis_kernel::{
    AccountId, ChallengeKind, Client, CompanyId, CompanySlug, FactorSet, PortResult, SessionChallenge,
    SessionId,
};

use crate::{Authenticator, CodeToSend, Factor, SecondFactors};

/// A session that is about to be opened.
#[derive(Clone, Debug)]
pub struct DemandFactors {
    /// The session.
    pub session: SessionId,
    /// The company of its account.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// Its account.
    pub account: AccountId,
    /// How long it may take to present a factor.
    pub lifetime: Duration,
    /// An account without a verified factor of these kinds must set one up; none, if empty.
    pub setup: FactorSet,
    /// From where.
    pub client: Client,
}

/// What the session is asked.
#[derive(Clone, Default)]
pub struct FactorDemands {
    /// The challenges.
    pub challenges: Vec<SessionChallenge>,
    /// The code to send for them, if one of them takes codes by SMS.
    pub sending: Option<CodeToSend>,
}

impl SecondFactors {
    /// Drafts the challenges of a session (rehive contract §6.1): one to present a verified factor if the account has
    /// any, and one to set a factor up if the company wants one that the account has not. Writes nothing.
    pub async fn demand(&self, command: DemandFactors) -> PortResult<FactorDemands> {
        let mut verified = self.ports.authenticators.list(command.account).await?;
        verified.retain(|authenticator| authenticator.verified_at.is_some());
        let kinds = verified.iter().map(|authenticator| authenticator.factor.kind()).collect();
        Ok(FactorDemands {
            challenges: self.drafts(&command, kinds),
            sending: self.code_at_once(&command, &verified),
        })
    }

    fn drafts(&self, command: &DemandFactors, verified: FactorSet) -> Vec<SessionChallenge> {
        let (ambient, mut challenges) = (&self.ports.ambient, Vec::new());
        let now = ambient.now();
        let mut put = |kind, factors, expires_at| {
            challenges.push(SessionChallenge {
                id: ambient.fresh(),
                session: command.session,
                company: command.company,
                account: command.account,
                kind,
                factors,
                request: None,
                created_at: now,
                expires_at,
                completed_at: None,
            });
        };
        if !verified.is_empty() {
            put(ChallengeKind::Authentication, verified, Some(now.plus(command.lifetime)));
        }
        if !command.setup.is_empty() && command.setup.and(verified).is_empty() {
            put(ChallengeKind::Setup, command.setup, None);
        }
        challenges
    }

    /// A code for the newest number of the account.
    fn code_at_once(&self, command: &DemandFactors, verified: &[Authenticator]) -> Option<CodeToSend> {
        verified.iter().rev().find_map(|authenticator| match &authenticator.factor {
            Factor::Sms { mobile } => {
                Some(self.code_for(authenticator, mobile, command.company_slug.clone(), &command.client))
            }
            Factor::Totp(_) | Factor::Static { .. } => None,
        })
    }
}
