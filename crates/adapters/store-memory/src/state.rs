//! The state, and the steps that write-sets share.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use portcullis_accounts::{AcceptedTerm, Account, Company, Group, KycProfile, LegalTerm, Phone, StoredData};
use portcullis_kernel::{
    AccountId, ApiKeyId, AuditEvent, AuthenticatorId, Budget, BudgetKey, ChallengeId, CompanyId, Counter,
    Effects, Identifier, OneTime, OneTimeId, OneTimeSecret, Page, PageRequest, PortError, PortResult,
    Purpose, Relabel, ServiceAccountId, SessionChallenge, SessionId, SessionSweep, Spending, SweepScope,
    Throttle, Timestamp, TokenDigest,
};
use portcullis_mfa::Authenticator;
use portcullis_outbox::{Entry, Status};
use portcullis_service_accounts::{ApiKey, ServiceAccount};
use portcullis_sessions::{Permission, RefreshToken, Restriction, Session, SigningKey, Whitelink};

#[derive(Clone, Default)]
pub(crate) struct State {
    pub(crate) companies: BTreeMap<CompanyId, Company>,
    pub(crate) groups: Vec<Group>,
    pub(crate) legal_terms: Vec<LegalTerm>,
    pub(crate) accepted_terms: BTreeMap<AccountId, Vec<AcceptedTerm>>,
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) profiles: Vec<KycProfile>,
    pub(crate) stored_data: Vec<StoredData>,
    pub(crate) one_time: BTreeMap<OneTimeId, OneTime>,
    pub(crate) sessions: BTreeMap<SessionId, Session>,
    pub(crate) refresh_tokens: BTreeMap<[u8; 32], RefreshToken>,
    pub(crate) last_sign_ins: BTreeMap<AccountId, Timestamp>,
    pub(crate) devices: BTreeSet<(AccountId, [u8; 32])>,
    pub(crate) authenticators: BTreeMap<AuthenticatorId, Authenticator>,
    pub(crate) challenges: BTreeMap<ChallengeId, SessionChallenge>,
    pub(crate) api_keys: BTreeMap<ApiKeyId, ApiKey>,
    pub(crate) service_accounts: BTreeMap<ServiceAccountId, ServiceAccount>,
    pub(crate) restrictions: Vec<Restriction>,
    pub(crate) permissions: Vec<Permission>,
    pub(crate) stocked: BTreeSet<CompanyId>,
    pub(crate) whitelinks: Vec<Whitelink>,
    pub(crate) signing_keys: Vec<SigningKey>,
    pub(crate) counters: BTreeMap<BudgetKey, Counter>,
    pub(crate) outbox: Vec<Queued>,
    pub(crate) audit: Vec<AuditEvent>,
}

/// A message in the queue; `leased_until` is set while a claim on it is open.
#[derive(Clone)]
pub(crate) struct Queued {
    pub(crate) entry: Entry,
    pub(crate) leased_until: Option<Timestamp>,
}

/// Why a write-set ends without writing.
pub(crate) enum Stop<T> {
    /// With an answer the port's contract foresees.
    Refused(T),
    /// With an error.
    Failed(PortError),
}

impl<T> From<PortError> for Stop<T> {
    fn from(error: PortError) -> Self {
        Self::Failed(error)
    }
}

/// A budget has no room for this long.
pub(crate) struct Exhausted(pub(crate) Duration);

impl From<Exhausted> for Stop<Spending> {
    fn from(Exhausted(retry_after): Exhausted) -> Self {
        Self::Refused(Spending::Exhausted { retry_after })
    }
}

impl State {
    /// How long until every budget has room; zero if they have.
    pub(crate) fn wait(&self, budgets: &[Budget], now: Timestamp) -> Duration {
        let waits = budgets.iter().map(|budget| {
            match budget.spending(self.counters.get(&budget.key).copied(), now) {
                Spending::Within => Duration::ZERO,
                Spending::Exhausted { retry_after } => retry_after,
            }
        });
        waits.max().unwrap_or_default()
    }

    pub(crate) fn spend(&mut self, throttle: &Throttle, now: Timestamp) -> Result<(), Exhausted> {
        let wait = self.wait(&throttle.within, now);
        if !wait.is_zero() {
            return Err(Exhausted(wait));
        }
        for budget in &throttle.charge {
            let charged = budget.charged(self.counters.get(&budget.key).copied(), now);
            self.counters.insert(budget.key, charged);
        }
        for key in &throttle.clear {
            self.counters.remove(key);
        }
        Ok(())
    }

    /// Writes effects; the last step of every write-set.
    pub(crate) fn record(&mut self, effects: Effects) -> PortResult<()> {
        for change in effects.labels {
            self.relabel(&change);
        }
        for message in effects.messages {
            if self.outbox.iter().any(|queued| queued.entry.message.id == message.id) {
                return Err(PortError::broken("the outbox has a message with this id"));
            }
            let due_at = message.created_at;
            let entry = Entry {
                message,
                status: Status::Waiting,
                attempts: 0,
                due_at,
                settled_at: None,
                last_error: None,
            };
            self.outbox.push(Queued { entry, leased_until: None });
        }
        for event in effects.audit {
            if self.audit.iter().any(|known| known.id == event.id) {
                return Err(PortError::broken("the audit trail has an entry with this id"));
            }
            self.audit.push(event);
        }
        Ok(())
    }

    fn relabel(&mut self, change: &Relabel) {
        let account = self.accounts.get_mut(&change.account);
        let changed = account.and_then(|account| {
            let (labels, state) = change.of(&account.labels, account.state)?;
            let from = std::mem::replace(&mut account.state, state);
            account.labels = labels;
            account.updated_at = change.at;
            account.version = account.version.saturating_add(1);
            Some((from, state))
        });
        let Some((from, state)) = changed else { return };
        self.follow(change.account, from, state, change.at);
        if !state.admits(true) {
            self.sweep(change.account, SessionSweep::ALL, change.at);
        }
    }

    pub(crate) fn named(&self, company: CompanyId, identifiers: &[Identifier]) -> Option<&Account> {
        identifiers.iter().find_map(|identifier| {
            self.accounts
                .values()
                .find(|account| account.company == company && account.answers_to(identifier))
        })
    }

    pub(crate) fn require_account(&self, id: AccountId) -> PortResult<&Account> {
        self.accounts.get(&id).ok_or_else(|| PortError::broken("no account with this id"))
    }

    pub(crate) fn require_company(&self, id: CompanyId) -> PortResult<&Company> {
        self.companies.get(&id).ok_or_else(|| PortError::broken("no company with this id"))
    }

    /// Ends the sessions of the account that the sweep reaches, and says how many.
    pub(crate) fn sweep(&mut self, account: AccountId, sweep: SessionSweep, at: Timestamp) -> u64 {
        let reached = |session: &&mut Session| {
            session.account == account
                && session.ended_at.is_none()
                && sweep.keep != Some(session.id)
                && match sweep.scope {
                    SweepScope::All => true,
                    SweepScope::Temporary => session.expires_at.is_some(),
                    SweepScope::None => false,
                }
        };
        let mut ended = 0;
        for session in self.sessions.values_mut().filter(reached) {
            session.ended_at = Some(at);
            ended += 1;
        }
        ended
    }

    pub(crate) fn add_session(&mut self, session: Session, refresh: Option<RefreshToken>) -> PortResult<()> {
        self.require_account(session.account)?;
        if session.digest.is_some() && self.sessions.values().any(|known| known.digest == session.digest) {
            return Err(PortError::broken("another session has this credential"));
        }
        insert_new(&mut self.sessions, session.id, session)?;
        refresh.map_or(Ok(()), |token| self.add_refresh_token(token))
    }

    pub(crate) fn add_refresh_token(&mut self, token: RefreshToken) -> PortResult<()> {
        insert_new(&mut self.refresh_tokens, *token.digest.as_bytes(), token)
    }

    pub(crate) fn add_one_time(&mut self, secret: OneTime) -> PortResult<()> {
        self.require_account(secret.account)?;
        if let OneTimeSecret::Token(digest) = &secret.secret
            && self.one_time_by_token(*digest, secret.purpose).is_some()
        {
            return Err(PortError::broken("another one-time secret has this token"));
        }
        insert_new(&mut self.one_time, secret.id, secret)
    }

    pub(crate) fn one_time_by_token(&self, digest: TokenDigest, purpose: Purpose) -> Option<&OneTime> {
        self.one_time.values().find(|one_time| {
            one_time.purpose == purpose
                && matches!(&one_time.secret, OneTimeSecret::Token(own) if *own == digest)
        })
    }

    /// The newest code among those that `wanted` accepts.
    pub(crate) fn latest_code(&self, wanted: impl Fn(&OneTime) -> bool) -> Option<OneTime> {
        self.one_time
            .values()
            .filter(|one_time| matches!(one_time.secret, OneTimeSecret::Code(_)) && wanted(one_time))
            .max_by_key(|one_time| (one_time.issued_at, one_time.id))
            .cloned()
    }

    /// Uses a secret up, unless it was used, replaced or has expired.
    pub(crate) fn consume(&mut self, id: OneTimeId, at: Timestamp) -> Option<OneTime> {
        let open = |secret: &&mut OneTime| secret.consumed_at.is_none() && at < secret.expires_at;
        let secret = self.one_time.get_mut(&id).filter(open)?;
        secret.consumed_at = Some(at);
        Some(secret.clone())
    }

    /// Marks every unused secret that `wanted` accepts as replaced.
    pub(crate) fn void(&mut self, at: Timestamp, wanted: impl Fn(&OneTime) -> bool) {
        for secret in self.one_time.values_mut().filter(|secret| secret.consumed_at.is_none()) {
            if wanted(secret) {
                secret.consumed_at = Some(at);
            }
        }
    }

    /// Voids what could set the account's password in another way.
    pub(crate) fn void_password_secrets(&mut self, account: AccountId, at: Timestamp) {
        self.void(at, |secret| {
            secret.account == account
                && matches!(secret.purpose, Purpose::ResetPassword | Purpose::NewPasswordChallenge)
        });
    }

    pub(crate) fn count_wrong_guess(&mut self, id: OneTimeId) {
        if let Some(secret) = self.one_time.get_mut(&id) {
            secret.wrong_guesses = secret.wrong_guesses.saturating_add(1);
        }
    }
}

/// Adds a row whose key must be new.
pub(crate) fn insert_new<K: Ord, V>(rows: &mut BTreeMap<K, V>, key: K, row: V) -> PortResult<()> {
    if rows.contains_key(&key) {
        return Err(PortError::broken("a row with this key exists"));
    }
    rows.insert(key, row);
    Ok(())
}

/// Cuts a page out of an ordered list.
pub(crate) fn page<T>(rows: Vec<T>, request: PageRequest) -> Page<T> {
    let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let skip = usize::try_from(request.offset()).unwrap_or(usize::MAX);
    let size = usize::try_from(request.size()).unwrap_or(usize::MAX);
    Page { items: rows.into_iter().skip(skip).take(size).collect(), total }
}
