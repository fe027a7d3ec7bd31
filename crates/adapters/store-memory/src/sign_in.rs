//! What signing in reads and writes.

use async_trait::async_trait;
use portcullis_accounts::Account;
use portcullis_kernel::{Budget, Label, OneTimeId, PortResult, Purpose, Spending, Timestamp, TokenDigest};
use portcullis_sessions::{
    Candidate, CandidateQuery, HaltSignIn, OpenSession, OpenWrite, PasswordState, PendingSignIn,
    RefuseSignIn, SignInStore, Subject,
};

use crate::MemoryStore;
use crate::state::{Exhausted, State, Stop};

impl From<Exhausted> for Stop<OpenWrite> {
    fn from(Exhausted(retry_after): Exhausted) -> Self {
        Self::Refused(OpenWrite::Exhausted { retry_after })
    }
}

#[async_trait]
impl SignInStore for MemoryStore {
    async fn candidate(&self, query: CandidateQuery) -> PortResult<Option<Candidate>> {
        self.read(|state| {
            let account = state.named(query.company, &query.identifiers);
            let candidate = |account: &Account| {
                Ok(Candidate {
                    subject: state.subject(account)?,
                    password: password_state(account),
                    known_device: state.devices.contains(&(account.id, *query.device.as_bytes())),
                })
            };
            account.map(candidate).transpose()
        })?
    }

    async fn spending(&self, budgets: Vec<Budget>, at: Timestamp) -> PortResult<Spending> {
        self.read(|state| {
            let retry_after = state.wait(&budgets, at);
            if retry_after.is_zero() { Spending::Within } else { Spending::Exhausted { retry_after } }
        })
    }

    async fn refuse(&self, write: RefuseSignIn) -> PortResult<Spending> {
        self.write(|state| {
            state.spend(&write.throttle, write.at)?;
            state.record(write.effects)?;
            Ok(Spending::Within)
        })
    }

    async fn halt(&self, write: HaltSignIn) -> PortResult<OpenWrite> {
        self.write(|state| {
            let (at, challenge) = (write.challenge.issued_at, write.challenge);
            state.spend(&write.throttle, at)?;
            if let Some(earlier) = write.consumes {
                answer(state, earlier, at)?;
                state.void(at, |other| {
                    other.account == challenge.account && other.purpose == challenge.purpose
                });
            }
            state.add_one_time(challenge)?;
            state.record(write.effects)?;
            Ok(OpenWrite::Done)
        })
    }

    async fn open(&self, write: OpenSession) -> PortResult<OpenWrite> {
        self.write(|state| {
            let (at, session) = (write.session.created_at, write.session);
            state.spend(&write.throttle, at)?;
            let account = state.accounts.get_mut(&session.account);
            let account = account.filter(|account| account.state.admits(true));
            let account = account.ok_or(Stop::Refused(OpenWrite::Stale))?;
            if let Some(expected) = &write.expected_hash {
                let present = account.password.as_mut().filter(|password| password.hash == *expected);
                let present = present.ok_or(Stop::Refused(OpenWrite::Stale))?;
                if let Some(upgraded) = write.upgraded_hash {
                    present.hash = upgraded;
                }
            }
            if let Some(challenge) = write.consumes {
                answer(state, challenge, at)?;
            }
            if state.has_handle_of(&session) {
                return Err(Stop::Refused(OpenWrite::HandleTaken));
            }
            state.devices.insert((session.account, *write.device.as_bytes()));
            state.last_sign_ins.insert(session.account, at);
            state.add_session(session, write.refresh)?;
            for challenge in write.demands.challenges {
                state.add_challenge(challenge)?;
            }
            for code in write.demands.codes {
                state.replace_factor_code(code)?;
            }
            state.record(write.effects)?;
            Ok(OpenWrite::Done)
        })
    }

    async fn pending(&self, digest: TokenDigest, purpose: Purpose) -> PortResult<Option<PendingSignIn>> {
        self.read(|state| {
            let Some(challenge) = state.one_time_by_token(digest, purpose) else { return Ok(None) };
            let account = state.require_account(challenge.account)?;
            Ok(Some(PendingSignIn {
                challenge: challenge.clone(),
                subject: state.subject(account)?,
                password: password_state(account),
            }))
        })?
    }
}

impl State {
    /// The account as sessions see it.
    pub(crate) fn subject(&self, account: &Account) -> PortResult<Subject> {
        let company = self.require_company(account.company)?;
        Ok(Subject {
            id: account.id,
            uid: account.uid.clone(),
            company: account.company,
            company_slug: company.slug.clone(),
            username: account.username.clone(),
            email: account.email.as_ref().map(|contact| contact.value.clone()),
            email_verified: account.email.as_ref().is_some_and(|contact| contact.verified_at.is_some()),
            mobile: account.mobile.as_ref().map(|contact| contact.value.clone()),
            mobile_verified: account.mobile.as_ref().is_some_and(|contact| contact.verified_at.is_some()),
            profile: account
                .profile
                .iter()
                .map(|(field, text)| (field.as_str().to_owned(), text.to_owned()))
                .collect(),
            owner: account.owner,
            groups: account.groups.clone(),
            role: account.role.clone(),
            level: Label::level(&account.labels).into(),
            referrer: account.referral.clone(),
            state: account.state,
            created_at: account.created_at,
            updated_at: account.updated_at,
            last_sign_in_at: self.last_sign_ins.get(&account.id).copied(),
            password_expires_at: account.password.as_ref().and_then(|password| password.expires_at),
        })
    }
}

fn password_state(account: &Account) -> Option<PasswordState> {
    account.password.as_ref().map(|password| PasswordState {
        hash: password.hash.clone(),
        temporary_until: password.temporary_until,
        expires_at: password.expires_at,
    })
}

fn answer(state: &mut State, challenge: OneTimeId, at: Timestamp) -> Result<(), Stop<OpenWrite>> {
    state.consume(challenge, at).map(|_| ()).ok_or(Stop::Refused(OpenWrite::Stale))
}
