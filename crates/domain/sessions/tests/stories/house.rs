//! A house to sign in to: one company, one account, the store in memory, and neighbours that do as they are told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_accounts::{Account, Company, Contact};
use portcullis_conformance::{PlainHasher, World, build};
use portcullis_kernel::{
    AccountId, AccountState, AuditEvent, Budget, ChallengeKind, Client, Clock, CompanyId, Door, Identifier,
    Password, PortResult, SessionChallenge, SessionId, Timestamp, TokenDigest, Username,
};
use portcullis_sessions::{
    Challenge, ClaimValue, Claims, DoorRules, FactorCheck, FactorDemand, FactorOrder, JwtExpectation,
    JwtFault, KeyDirectory, KeyHolder, KeySlot, LookupRule, Opened, SecondFactor, Sending, Session,
    SessionKind, SessionPlan, SessionPorts, SessionRules, Sessions, SignIn, SignInError, SignInOutcome,
    SigningOrder, TokenSigner, TokenVerifier,
};
use portcullis_store_memory::MemoryStore;

pub(crate) const PASSWORD: &str = "correct horse";

/// A door like bfore's: no challenges, JWTs.
pub(crate) const PLAIN: DoorRules = DoorRules {
    lookup: LookupRule::Any,
    admit_pending: false,
    state_first: false,
    challenge_lifetime: None,
    session: SessionPlan {
        kind: SessionKind::Jwt,
        lifetime: Some(HOUR),
        refresh_lifetime: None,
        challenges: None,
    },
};

/// A door like wikimedia's: challenges, refresh tokens.
pub(crate) const CHALLENGING: DoorRules = DoorRules {
    lookup: LookupRule::ExactUsernameOrVerifiedEmail,
    challenge_lifetime: Some(Duration::from_secs(180)),
    session: SessionPlan {
        kind: SessionKind::Jwt,
        lifetime: None,
        refresh_lifetime: Some(DAY),
        challenges: None,
    },
    ..PLAIN
};

pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// A plan for an opaque token.
pub(crate) const OPAQUE: SessionPlan =
    SessionPlan { kind: SessionKind::Opaque, lifetime: Some(HOUR), refresh_lifetime: None, challenges: None };

pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) store: MemoryStore,
    pub(crate) hasher: Arc<PlainHasher>,
    pub(crate) factors: Arc<Factors>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) sessions: Sessions,
    pub(crate) company: Company,
    pub(crate) ada: Account,
}

impl House {
    /// With Ada in good standing.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With Ada as `change` leaves her.
    pub(crate) async fn with(change: impl FnOnce(&mut Account)) -> Self {
        let store = MemoryStore::new();
        let world = World::new(store.clone());
        let company = world.new_company().await;
        let mut ada = build::account(&company);
        ada.username = Some(Username::parse("Ada").unwrap());
        change(&mut ada);
        world.add_account(&ada).await;
        let (hasher, factors, keys) =
            (Arc::new(PlainHasher::new()), Arc::<Factors>::default(), Arc::default());
        *factors.world.lock().unwrap() = Some(world.clone());
        let sessions = assemble(&world, &hasher, &factors, &keys);
        Self { world, store, hasher, factors, keys, sessions, company, ada }
    }

    pub(crate) fn attempt(&self, password: &str) -> SignIn {
        SignIn {
            company: self.company.id,
            typed: "Ada".to_owned(),
            password: Password::parse(password).unwrap(),
            second_factor: None,
            client: client(1),
            rules: PLAIN,
        }
    }

    pub(crate) async fn sign_in(&self, command: SignIn) -> Result<SignInOutcome, SignInError> {
        self.sessions.sign_in(command).await
    }

    /// Signs Ada in for `plan`.
    pub(crate) async fn opened(&self, plan: SessionPlan) -> Opened {
        let rules = DoorRules { session: plan, ..PLAIN };
        opened(self.sign_in(SignIn { rules, ..self.attempt(PASSWORD) }).await.unwrap())
    }

    /// The last entry of the audit trail: action, outcome, detail.
    pub(crate) fn last_audit(&self) -> (&'static str, &'static str, Option<&'static str>) {
        let event = self.last_event();
        (event.action.as_str(), event.outcome.as_str(), event.detail)
    }

    pub(crate) fn last_event(&self) -> AuditEvent {
        self.store.audit_events().pop().unwrap()
    }
}

fn assemble(world: &World, hasher: &Arc<PlainHasher>, factors: &Arc<Factors>, keys: &Arc<Keys>) -> Sessions {
    let ports = SessionPorts {
        sign_in: world.sign_in.clone(),
        sessions: world.sessions.clone(),
        hasher: hasher.clone(),
        factors: factors.clone(),
        keys: keys.clone(),
        signer: Arc::new(Jwts),
        verifier: Arc::new(Jwts),
        ambient: world.ambient(),
    };
    Sessions::new(ports, SessionRules::default())
}

/// A client of its own per number.
pub(crate) fn client(number: u8) -> Client {
    Client::remote(Door::new("bfore"), [192, 0, 2, number].into(), "test")
}

#[track_caller]
pub(crate) fn opened(outcome: SignInOutcome) -> Opened {
    match outcome {
        SignInOutcome::Opened(opened) => opened,
        SignInOutcome::NewPasswordRequired(_) => panic!("a new password is required"),
        SignInOutcome::SecondFactorRequired(_) => panic!("a second factor is required"),
    }
}

#[track_caller]
pub(crate) fn factor_challenge(outcome: SignInOutcome) -> Challenge {
    match outcome {
        SignInOutcome::SecondFactorRequired(challenge) => challenge,
        SignInOutcome::Opened(_) => panic!("a session was opened"),
        SignInOutcome::NewPasswordRequired(_) => panic!("a new password is required"),
    }
}

#[track_caller]
pub(crate) fn password_challenge(outcome: SignInOutcome) -> Challenge {
    match outcome {
        SignInOutcome::NewPasswordRequired(challenge) => challenge,
        SignInOutcome::Opened(_) => panic!("a session was opened"),
        SignInOutcome::SecondFactorRequired(_) => panic!("a second factor is required"),
    }
}

/// The error of an attempt that must have failed.
#[track_caller]
pub(crate) fn refusal<T, E>(result: Result<T, E>) -> E {
    match result {
        Ok(_) => panic!("it was not refused"),
        Err(refusal) => refusal,
    }
}

/// Verifies a contact.
pub(crate) fn verified<T>(contact: Option<Contact<T>>) -> Option<Contact<T>> {
    contact.map(|contact| Contact { verified_at: Some(build::NOW), ..contact })
}

/// Second factors: the code `right` is right, `used` was used, `often` came too often.
#[derive(Default)]
pub(crate) struct Factors {
    enrolled: AtomicBool,
    world: Mutex<Option<World>>,
    /// The budget that a code is charged to which is sent along with a session.
    pub(crate) sends: Mutex<Option<Budget>>,
}

impl Factors {
    pub(crate) fn enrol(&self) {
        self.enrolled.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl SecondFactor for Factors {
    async fn is_enrolled(&self, _account: AccountId) -> PortResult<bool> {
        Ok(self.enrolled.load(Ordering::SeqCst))
    }

    async fn check(
        &self,
        _company: CompanyId,
        _account: AccountId,
        code: String,
        _client: Client,
    ) -> PortResult<FactorCheck> {
        Ok(match code.as_str() {
            "right" => FactorCheck::Accepted,
            "used" => FactorCheck::AlreadyUsed,
            "often" => FactorCheck::Exhausted { retry_after: Duration::from_secs(9) },
            _ => FactorCheck::Wrong,
        })
    }

    /// One challenge to present a factor, if one is enrolled, and a code for it, if there is a budget.
    async fn demand(&self, order: FactorOrder) -> PortResult<FactorDemand> {
        let world = self.world.lock().unwrap().clone().unwrap();
        let account = world.accounts.find(order.company, vec![Identifier::Id(order.account)]).await?.unwrap();
        let session = Session { id: order.session, ..build::session(&account) };
        let mut demand = FactorDemand::default();
        if self.enrolled.load(Ordering::SeqCst) {
            let now = Clock::now(&*world.clock);
            let challenge = build::challenge(&session, ChallengeKind::Authentication);
            let expires_at = Some(now.plus(order.plan.lifetime));
            demand.challenges.push(SessionChallenge { created_at: now, expires_at, ..challenge });
        }
        if let Some(budget) = *self.sends.lock().unwrap() {
            let phone = build::sms(&account);
            let code = build::factor_code(&account, &phone, "123456").code;
            demand.sending = Some(Sending { code, charge: vec![budget], effects: build::effects() });
        }
        Ok(demand)
    }

    async fn challenges(&self, session: SessionId) -> PortResult<Vec<SessionChallenge>> {
        let world = self.world.lock().unwrap().clone().unwrap();
        world.challenges.of_session(session).await
    }
}

/// API keys: one, if any.
#[derive(Default)]
pub(crate) struct Keys(pub(crate) Mutex<Option<(TokenDigest, KeyHolder)>>);

#[async_trait]
impl KeyDirectory for Keys {
    async fn present(&self, digest: TokenDigest, _at: Timestamp) -> PortResult<Option<KeyHolder>> {
        let known = self.0.lock().unwrap().clone();
        Ok(known.filter(|(key, _)| *key == digest).map(|(_, holder)| holder))
    }
}

/// JWTs without the cryptography: the text of a good one is the id of its session.
pub(crate) struct Jwts;

#[async_trait]
impl TokenSigner for Jwts {
    async fn sign(&self, order: SigningOrder) -> PortResult<String> {
        Ok(order.claims.get_text("jti").unwrap_or_default().to_owned())
    }
}

#[async_trait]
impl TokenVerifier for Jwts {
    async fn verify(
        &self,
        compact: String,
        _expectation: JwtExpectation,
        _at: Timestamp,
    ) -> PortResult<Option<Claims>> {
        let good = compact != "forged";
        Ok(good.then(|| Claims::new().with("jti", ClaimValue::Text(compact))))
    }

    async fn examine(
        &self,
        _compact: String,
        _slot: KeySlot,
        _at: Timestamp,
    ) -> PortResult<Result<Claims, JwtFault>> {
        Ok(Err(JwtFault::Segments))
    }
}

/// Puts Ada's account into `state`.
pub(crate) async fn put_into(house: &House, state: AccountState) {
    let current = house.world.account(&house.ada).await;
    let write = build::amended(&Account { state, ..current });
    house.world.accounts.amend(write).await.unwrap();
}
