//! Sign in with a password.

use std::time::Duration;

use portcullis_kernel::{
    AccountState, Attempt, AuditAction, AuditEvent, Client, CompanyId, Effects, FACTOR_CHECKED, Identifier,
    Password, PortError, PortResult, Purpose, Spending, Throttle, Verdict,
};

use crate::completion::{Hashes, Proven, Question, Written, fingerprint};
use crate::decision::{FactorStanding, Judgement, Refusal, Step, judge, next_step};
use crate::{
    Candidate, CandidateQuery, DoorRules, FactorCheck, Opened, PasswordState, RefuseSignIn, Sessions,
    SignInOutcome,
};

/// An attempt to sign in.
#[derive(Clone)]
pub struct SignIn {
    /// In which company.
    pub company: CompanyId,
    /// The identifier as typed.
    pub typed: String,
    /// The password as typed.
    pub password: Password,
    /// A second-factor code, if the client sent one along.
    pub second_factor: Option<String>,
    /// From where.
    pub client: Client,
    /// The door's rules.
    pub rules: DoorRules,
}

/// Why an attempt opened nothing.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such account, or not that password, or a temporary password past its time; which one, nobody learns.
    #[error("wrong credentials")]
    WrongCredentials,
    /// The password is right, and the account's state does not let it in.
    #[error("an account that is {0} may not sign in")]
    NotAdmitted(AccountState),
    /// The password is right and must be replaced first, at a door that cannot ask for a new one.
    #[error("the password has expired")]
    PasswordExpired,
    /// The password is right and a second-factor code must come with it.
    #[error("a second factor is required")]
    SecondFactorRequired,
    /// The password is right, the second-factor code is not.
    #[error("wrong second-factor code")]
    WrongSecondFactor,
    /// The password is right, the second-factor code was used before.
    #[error("the second-factor code was used before")]
    SecondFactorUsed,
    /// Too many wrong attempts.
    #[error("too many attempts, try again in {} s", retry_after.as_secs())]
    Throttled {
        /// When the next attempt has a chance.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// An attempt and the account it found, if any.
struct Trial<'a> {
    command: &'a SignIn,
    /// Whose budget it spends: also an account that the door does not admit under what was typed, or the spelling
    /// would tell accounts from strangers.
    found: Option<&'a Candidate>,
    candidate: Option<&'a Candidate>,
}

impl Sessions {
    /// Checks a password and everything that may stand between it and a session.
    ///
    /// Spends one password comparison whatever it finds, counts every wrong one, and opens nothing, nor tells that a
    /// password was right, while the budget of the account's lane or of the address is exhausted.
    pub async fn sign_in(&self, command: SignIn) -> Result<SignInOutcome, SignInError> {
        let found = self.find(&command).await?;
        let admits = |found: &&Candidate| command.rules.lookup.admits(&command.typed, &found.subject);
        let (found, candidate) = (found.as_ref(), found.as_ref().filter(admits));
        let trial = Trial { command: &command, found, candidate };
        let budgets = self.rules.quota.budgets(trial.attempt());
        within(self.ports.sign_in.spending(budgets, self.ambient().now()).await?)?;
        let verdict = self.compare(&trial).await?;
        if let Some(state) = trial.kept_out().filter(|_| command.rules.state_first) {
            return self.turn_away(&trial, Refusal::NotAdmitted(state)).await;
        }
        match judge(trial.candidate, verdict, command.rules.admit_pending, self.ambient().now()) {
            Judgement::Wrong(why) => self.count_wrong(&trial, why).await,
            Judgement::NotAdmitted(state) => self.turn_away(&trial, Refusal::NotAdmitted(state)).await,
            Judgement::Right { replace } => self.go_on(&trial, verdict, replace).await,
        }
    }

    async fn find(&self, command: &SignIn) -> PortResult<Option<Candidate>> {
        let query = CandidateQuery {
            company: command.company,
            identifiers: Identifier::candidates(&command.typed),
            device: command.client.device(),
        };
        self.ports.sign_in.candidate(query).await
    }

    async fn compare(&self, trial: &Trial<'_>) -> PortResult<Verdict> {
        let (company, password) = (trial.command.company, trial.command.password.clone());
        match trial.password() {
            Some(state) => self.ports.hasher.verify(company, password, state.hash.clone()).await,
            None => self.ports.hasher.verify_nobody(company, password).await.map(|()| Verdict::Mismatch),
        }
    }

    async fn go_on(
        &self,
        trial: &Trial<'_>,
        verdict: Verdict,
        replace: bool,
    ) -> Result<SignInOutcome, SignInError> {
        let (Some(candidate), Some(password)) = (trial.candidate, trial.password()) else {
            return Err(SignInError::WrongCredentials);
        };
        let factor = self.factor(trial, candidate).await?;
        let proven = self.proven(trial, candidate, factor);
        let lifetime = trial.command.rules.challenge_lifetime;
        let step = next_step(factor, replace, lifetime.is_some());
        let lifetime = lifetime.unwrap_or_default();
        let written = match step {
            Step::Refuse(refusal) => return self.turn_away(trial, refusal).await,
            Step::Open => {
                let opened = self.open_checked(trial, proven, verdict, password).await?;
                opened.map(SignInOutcome::Opened)
            }
            Step::AskNewPassword { factor_checked } => {
                let target = factor_checked.then(|| FACTOR_CHECKED.to_owned());
                let question = Question { purpose: Purpose::NewPasswordChallenge, target, lifetime };
                self.halt(proven, question).await?.map(SignInOutcome::NewPasswordRequired)
            }
            Step::AskSecondFactor => {
                let target = Some(fingerprint(&password.hash));
                let question = Question { purpose: Purpose::FactorChallenge, target, lifetime };
                self.halt(proven, question).await?.map(SignInOutcome::SecondFactorRequired)
            }
        };
        match written {
            Written::Done(outcome) => Ok(outcome),
            Written::Stale => Err(SignInError::WrongCredentials),
            Written::Exhausted { retry_after } => Err(SignInError::Throttled { retry_after }),
        }
    }

    fn proven(&self, trial: &Trial<'_>, candidate: &Candidate, factor: FactorStanding) -> Proven {
        let with_factor = factor == FactorStanding::Answered(FactorCheck::Accepted);
        Proven {
            subject: candidate.subject.clone(),
            client: trial.command.client.clone(),
            action: AuditAction::SignIn,
            detail: with_factor.then_some(AuditEvent::WITH_FACTOR),
            consumes: None,
            throttle: self.rules.quota.right(trial.attempt()),
        }
    }

    async fn factor(&self, trial: &Trial<'_>, candidate: &Candidate) -> PortResult<FactorStanding> {
        let account = candidate.subject.id;
        if trial.command.rules.session.challenges.is_some() {
            return Ok(FactorStanding::AskedLater);
        }
        if !self.ports.factors.is_enrolled(account).await? {
            return Ok(FactorStanding::NotEnrolled);
        }
        let Some(code) = trial.command.second_factor.clone() else { return Ok(FactorStanding::Open) };
        let client = trial.command.client.clone();
        let check = self.ports.factors.check(candidate.subject.company, account, code, client).await?;
        Ok(FactorStanding::Answered(check))
    }

    async fn open_checked(
        &self,
        trial: &Trial<'_>,
        proven: Proven,
        verdict: Verdict,
        password: &PasswordState,
    ) -> PortResult<Written<Opened>> {
        let upgraded = match verdict {
            Verdict::MatchOutdated => self.stronger(trial.command).await?,
            Verdict::Match | Verdict::Mismatch => None,
        };
        let hashes = Hashes { expected: Some(password.hash.clone()), upgraded };
        self.open(proven, hashes, trial.command.rules.session).await
    }

    /// A hash under today's settings; a busy machine leaves that to a quieter sign-in.
    async fn stronger(&self, command: &SignIn) -> PortResult<Option<portcullis_kernel::PasswordHash>> {
        match self.ports.hasher.hash(command.company, command.password.clone()).await {
            Ok(hash) => Ok(Some(hash)),
            Err(PortError::Overloaded { .. }) => Ok(None),
            Err(failure @ (PortError::Unavailable(_) | PortError::Broken(_))) => Err(failure),
        }
    }

    async fn count_wrong(&self, trial: &Trial<'_>, why: &'static str) -> Result<SignInOutcome, SignInError> {
        let throttle = self.rules.quota.wrong(trial.attempt());
        self.refuse(throttle, self.event_of(trial).failed(why)).await?;
        Err(SignInError::WrongCredentials)
    }

    /// Refuses a right password. Passes the throttle like every other end, or guesses in parallel could learn more
    /// than their budget allows.
    async fn turn_away(&self, trial: &Trial<'_>, refusal: Refusal) -> Result<SignInOutcome, SignInError> {
        let throttle = Throttle { within: self.rules.quota.budgets(trial.attempt()), ..Throttle::default() };
        self.refuse(throttle, refusal.mark(self.event_of(trial))).await?;
        Err(refusal.into())
    }

    async fn refuse(&self, throttle: Throttle, event: AuditEvent) -> Result<(), SignInError> {
        let write = RefuseSignIn { throttle, at: self.ambient().now(), effects: Effects::audit(event) };
        within(self.ports.sign_in.refuse(write).await?)
    }

    fn event_of(&self, trial: &Trial<'_>) -> AuditEvent {
        let event = AuditEvent::new(self.ambient(), AuditAction::SignIn, &trial.command.client)
            .company(trial.command.company);
        match trial.candidate {
            Some(candidate) => event.account(candidate.subject.id),
            None => event,
        }
    }
}

impl Trial<'_> {
    fn kept_out(&self) -> Option<AccountState> {
        let state = self.candidate?.subject.state;
        (!state.admits(self.command.rules.admit_pending)).then_some(state)
    }

    fn attempt(&self) -> Attempt<'_> {
        Attempt {
            company: self.command.company,
            typed: &self.command.typed,
            account: self.found.map(|found| found.subject.id),
            known_device: self.found.is_some_and(|found| found.known_device),
            client: &self.command.client,
        }
    }

    fn password(&self) -> Option<&PasswordState> {
        self.candidate.and_then(|candidate| candidate.password.as_ref())
    }
}

impl Refusal {
    fn mark(self, event: AuditEvent) -> AuditEvent {
        match self {
            Self::NotAdmitted(_) => event.denied("state does not admit"),
            Self::PasswordExpired => event.denied("password expired"),
            Self::SecondFactorRequired => event.denied(AuditEvent::FACTOR_MISSING),
            Self::WrongSecondFactor => event.failed(AuditEvent::FACTOR_WRONG),
            Self::SecondFactorUsed => event.failed(AuditEvent::FACTOR_USED),
            Self::SecondFactorExhausted { .. } => event.denied(AuditEvent::FACTOR_THROTTLED),
        }
    }
}

impl From<Refusal> for SignInError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotAdmitted(state) => Self::NotAdmitted(state),
            Refusal::PasswordExpired => Self::PasswordExpired,
            Refusal::SecondFactorRequired => Self::SecondFactorRequired,
            Refusal::WrongSecondFactor => Self::WrongSecondFactor,
            Refusal::SecondFactorUsed => Self::SecondFactorUsed,
            Refusal::SecondFactorExhausted { retry_after } => Self::Throttled { retry_after },
        }
    }
}

fn within(spending: Spending) -> Result<(), SignInError> {
    match spending {
        Spending::Within => Ok(()),
        Spending::Exhausted { retry_after } => Err(SignInError::Throttled { retry_after }),
    }
}
