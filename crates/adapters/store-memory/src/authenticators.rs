//! Second factors and the codes sent for them.

use async_trait::async_trait;
use portcullis_kernel::{AccountId, AuthenticatorId, OneTime, PortResult, Purpose, Spending, Timestamp};
use portcullis_mfa::{
    AcceptProof, Acceptance, Authenticator, AuthenticatorStore, Enrol, Factor, IssueCode, Proof, RejectProof,
    RemoveAuthenticator,
};

use crate::MemoryStore;
use crate::state::{Exhausted, State, Stop, insert_new};

impl From<Exhausted> for Stop<Acceptance> {
    fn from(Exhausted(retry_after): Exhausted) -> Self {
        Self::Refused(Acceptance::Exhausted { retry_after })
    }
}

#[async_trait]
impl AuthenticatorStore for MemoryStore {
    async fn list(&self, account: AccountId) -> PortResult<Vec<Authenticator>> {
        self.read(|state| {
            let own = state.authenticators.values().filter(|factor| factor.account == account);
            let mut own: Vec<_> = own.cloned().collect();
            own.sort_by_key(|authenticator| (authenticator.created_at, authenticator.id));
            own
        })
    }

    async fn enrol(&self, write: Enrol) -> PortResult<Spending> {
        self.write(|state| {
            let new = write.authenticator;
            state.spend(&write.throttle, new.created_at)?;
            state.require_account(new.account)?;
            state.authenticators.retain(|_, old| {
                old.account != new.account
                    || old.verified_at.is_some()
                    || old.factor.kind() != new.factor.kind()
            });
            insert_new(&mut state.authenticators, new.id, new)?;
            if let Some(code) = write.code {
                state.add_one_time(code)?;
            }
            state.record(write.effects)?;
            Ok(Spending::Within)
        })
    }

    async fn accept(&self, write: AcceptProof) -> PortResult<Acceptance> {
        self.write(|state| {
            state.spend(&write.throttle, write.at)?;
            if !spend_proof(state, &write) {
                return Err(Stop::Refused(Acceptance::AlreadyUsed));
            }
            if write.answers.is_some_and(|challenge| !state.answer(challenge, write.account, write.at)) {
                return Err(Stop::Refused(Acceptance::Closed));
            }
            let proved = state.authenticators.get_mut(&write.authenticator).map(|authenticator| {
                authenticator.updated_at = write.at;
                if write.verifies {
                    authenticator.verified_at = authenticator.verified_at.or(Some(write.at));
                }
                authenticator.factor.kind()
            });
            if let Some(kind) = proved.filter(|_| write.verifies) {
                state.close_setups(write.account, kind);
            }
            state.record(write.effects)?;
            Ok(Acceptance::Accepted)
        })
    }

    async fn reject(&self, write: RejectProof) -> PortResult<Spending> {
        self.write(|state| {
            state.spend(&write.throttle, write.at)?;
            for code in write.codes {
                state.count_wrong_guess(code);
            }
            state.record(write.effects)?;
            Ok(Spending::Within)
        })
    }

    async fn issue_code(&self, write: IssueCode) -> PortResult<Spending> {
        self.write(|state| {
            let (at, code) = (write.code.issued_at, write.code);
            state.spend(&write.throttle, at)?;
            state.replace_factor_code(code)?;
            state.record(write.effects)?;
            Ok(Spending::Within)
        })
    }

    async fn latest_code(&self, authenticator: AuthenticatorId) -> PortResult<Option<OneTime>> {
        self.read(|state| state.latest_code(|code| is_for(code, authenticator)))
    }

    async fn remove(&self, write: RemoveAuthenticator) -> PortResult<bool> {
        self.write(|state| {
            if !is_own(state, write.account, write.authenticator) {
                return Err(Stop::Refused(false));
            }
            state.authenticators.remove(&write.authenticator);
            state.forget_unanswerable(write.account, write.left);
            state.follow_factors(write.account, write.at);
            state.record(write.effects)?;
            Ok(true)
        })
    }
}

impl State {
    /// Keeps a code and voids earlier ones for the same authenticator.
    pub(crate) fn replace_factor_code(&mut self, code: OneTime) -> PortResult<()> {
        self.void(code.issued_at, |old| old.purpose == Purpose::FactorCode && old.target == code.target);
        self.add_one_time(code)
    }
}

fn is_own(state: &State, account: AccountId, id: AuthenticatorId) -> bool {
    state.authenticators.get(&id).is_some_and(|authenticator| authenticator.account == account)
}

fn is_for(code: &OneTime, authenticator: AuthenticatorId) -> bool {
    code.purpose == Purpose::FactorCode && code.target.as_deref() == Some(authenticator.to_string().as_str())
}

/// Spends the proof; `false` if it was spent before, or belongs to no authenticator of the account.
fn spend_proof(state: &mut State, write: &AcceptProof) -> bool {
    if !is_own(state, write.account, write.authenticator) {
        return false;
    }
    let factor = state.authenticators.get_mut(&write.authenticator).map(|found| &mut found.factor);
    match (write.proof, factor) {
        (Proof::TimeStep(step), Some(Factor::Totp(totp))) => {
            let later = totp.last_step.is_none_or(|last| last < step);
            totp.last_step = totp.last_step.max(Some(step));
            later
        }
        (Proof::RecoveryCode(position), Some(Factor::Static { codes })) => {
            let code = usize::try_from(position).ok().and_then(|position| codes.get_mut(position));
            code.is_some_and(|code| take(&mut code.used_at, write.at))
        }
        (Proof::SentCode(id), Some(Factor::Sms { .. })) => {
            let sent = state.one_time.get(&id).is_some_and(|code| is_for(code, write.authenticator));
            sent && state.consume(id, write.at).is_some()
        }
        (Proof::TimeStep(_) | Proof::RecoveryCode(_) | Proof::SentCode(_), _) => false,
    }
}

/// Sets a mark that must not be set yet.
fn take(mark: &mut Option<Timestamp>, at: Timestamp) -> bool {
    let free = mark.is_none();
    *mark = mark.or(Some(at));
    free
}
