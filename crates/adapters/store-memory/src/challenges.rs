//! Challenges that are put to sessions.

use async_trait::async_trait;
use portcullis_kernel::{
    AccountId, ChallengeId, FactorKind, FactorSet, PortResult, SessionChallenge, SessionId, Timestamp,
};
use portcullis_mfa::{ChallengeStore, PutChallenge, RedeemChallenge};

use crate::MemoryStore;
use crate::state::{State, Stop, insert_new};

#[async_trait]
impl ChallengeStore for MemoryStore {
    async fn of_session(&self, session: SessionId) -> PortResult<Vec<SessionChallenge>> {
        self.read(|state| {
            let own = state.challenges.values().filter(|challenge| challenge.session == session);
            let mut own: Vec<_> = own.cloned().collect();
            own.sort_by_key(|challenge| (challenge.created_at, challenge.id));
            own
        })
    }

    async fn put(&self, write: PutChallenge) -> PortResult<()> {
        self.write(|state| {
            let new = write.challenge;
            state.challenges.retain(|_, old| {
                let replaced = old.completed_at.is_none() && old.request == new.request;
                let over = !old.lasts(new.created_at);
                old.session != new.session || old.request.is_none() || !(replaced || over)
            });
            state.add_challenge(new)?;
            state.record(write.effects)?;
            Ok(())
        })
    }

    async fn redeem(&self, write: RedeemChallenge) -> PortResult<bool> {
        self.write(|state| {
            let good = state.challenges.get(&write.challenge).is_some_and(|challenge| {
                challenge.session == write.session
                    && challenge.request == Some(write.request)
                    && challenge.completed_at.is_some()
                    && challenge.lasts(write.at)
            });
            if !good {
                return Err(Stop::Refused(false));
            }
            state.challenges.remove(&write.challenge);
            state.record(write.effects)?;
            Ok(true)
        })
    }
}

impl State {
    pub(crate) fn add_challenge(&mut self, challenge: SessionChallenge) -> PortResult<()> {
        insert_new(&mut self.challenges, challenge.id, challenge)
    }

    /// Closes a challenge of the account; `false` if it is none that can be answered.
    pub(crate) fn answer(&mut self, id: ChallengeId, account: AccountId, at: Timestamp) -> bool {
        let open = |challenge: &&mut SessionChallenge| challenge.account == account && challenge.is_open(at);
        let Some(challenge) = self.challenges.get_mut(&id).filter(open) else { return false };
        challenge.completed_at = Some(at);
        if challenge.kind.shuts_session() {
            let session = challenge.session;
            self.challenges.remove(&id);
            self.recount(session);
        }
        true
    }

    /// Closes the account's challenges to set up a factor of this kind.
    pub(crate) fn close_setups(&mut self, account: AccountId, kind: FactorKind) {
        let met = |challenge: &SessionChallenge| {
            challenge.account == account
                && challenge.kind == portcullis_kernel::ChallengeKind::Setup
                && challenge.factors.contains(kind)
        };
        let closed: Vec<_> = self.challenges.values().filter(|challenge| met(challenge)).cloned().collect();
        for challenge in closed {
            self.challenges.remove(&challenge.id);
            self.recount(challenge.session);
        }
    }

    /// Forgets the account's challenges about requests that none of these kinds answers.
    pub(crate) fn forget_unanswerable(&mut self, account: AccountId, left: FactorSet) {
        self.challenges.retain(|_, challenge| {
            challenge.account != account
                || challenge.request.is_none()
                || !challenge.factors.and(left).is_empty()
        });
    }

    fn recount(&mut self, id: SessionId) {
        let left: Vec<_> =
            self.challenges.values().filter(|challenge| challenge.session == id).cloned().collect();
        if let Some(session) = self.sessions.get_mut(&id) {
            session.put(&left);
        }
    }
}
