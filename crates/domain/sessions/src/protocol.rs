//! What the use cases ask of their ports, and what they make of failures; everything against mocks.

use std::sync::Arc;
use std::time::Duration;

use portcullis_kernel::{
    Ambient, MockClock, MockEntropy, MockPasswordHasher, Password, PasswordHash, PortError, Spending, Token,
    Verdict,
};

use crate::examples::{at, refreshable, session, subject};
use crate::{
    Authenticate, AuthenticateError, Candidate, Credential, DoorRules, LookupRule, MockKeyDirectory,
    MockSecondFactor, MockSessionStore, MockSignInStore, MockTokenSigner, MockTokenVerifier, OpenWrite,
    PasswordState, Refresh, RefreshError, RefreshPolicy, RefreshWrite, SessionKind, SessionPlan,
    SessionPorts, SessionRules, Sessions, SignIn, SignInError, SignInOutcome,
};

/// Ports that expect nothing yet.
#[derive(Default)]
struct Mocks {
    sign_in: MockSignInStore,
    sessions: MockSessionStore,
    hasher: MockPasswordHasher,
    factors: MockSecondFactor,
    keys: MockKeyDirectory,
    verifier: MockTokenVerifier,
}

impl Mocks {
    fn build(self) -> Sessions {
        let (mut clock, mut entropy) = (MockClock::new(), MockEntropy::new());
        clock.expect_now().return_const(at(100));
        entropy.expect_fill().returning(|buffer| buffer.fill(7));
        let ports = SessionPorts {
            sign_in: Arc::new(self.sign_in),
            sessions: Arc::new(self.sessions),
            hasher: Arc::new(self.hasher),
            factors: Arc::new(self.factors),
            keys: Arc::new(self.keys),
            signer: Arc::new(MockTokenSigner::new()),
            verifier: Arc::new(self.verifier),
            ambient: Ambient::new(Arc::new(clock), Arc::new(entropy)),
        };
        Sessions::new(ports, SessionRules::default())
    }

    /// Ada can be found and has room for attempts.
    fn with_ada() -> Self {
        let mut mocks = Self::default();
        let hash = PasswordHash::from_text("stored");
        let password = PasswordState { hash, temporary_until: None, expires_at: None };
        let ada = Candidate { subject: subject(), password: Some(password), known_device: false };
        mocks.sign_in.expect_candidate().times(1).returning(move |_| Ok(Some(ada.clone())));
        mocks.sign_in.expect_spending().times(1).returning(|_, _| Ok(Spending::Within));
        mocks
    }

    fn verifying(mut self, verdict: Verdict) -> Self {
        self.hasher.expect_verify().times(1).returning(move |_, _, _| Ok(verdict));
        self.factors.expect_is_enrolled().returning(|_| Ok(false));
        self
    }
}

fn attempt() -> SignIn {
    SignIn {
        company: subject().company,
        typed: "Ada".to_owned(),
        password: Password::parse("secret").unwrap(),
        second_factor: None,
        client: session().client,
        rules: DoorRules {
            lookup: LookupRule::Any,
            admit_pending: false,
            state_first: false,
            challenge_lifetime: None,
            session: SessionPlan {
                kind: SessionKind::Jwt,
                lifetime: None,
                refresh_lifetime: None,
                challenges: None,
            },
        },
    }
}

fn unavailable() -> PortError {
    PortError::unavailable("switched off")
}

#[tokio::test]
async fn an_exhausted_budget_costs_no_hashing() {
    let mut mocks = Mocks::default();
    mocks.sign_in.expect_candidate().returning(|_| Ok(None));
    let retry_after = Duration::from_secs(7);
    mocks.sign_in.expect_spending().returning(move |_, _| Ok(Spending::Exhausted { retry_after }));
    let answer = mocks.build().sign_in(attempt()).await;
    assert!(
        matches!(answer.err(), Some(SignInError::Throttled { retry_after: wait }) if wait == retry_after)
    );
}

#[tokio::test]
async fn nobody_costs_one_comparison_too() {
    let mut mocks = Mocks::default();
    mocks.sign_in.expect_candidate().returning(|_| Ok(None));
    mocks.sign_in.expect_spending().returning(|_, _| Ok(Spending::Within));
    mocks.hasher.expect_verify_nobody().times(1).returning(|_, _| Ok(()));
    mocks.sign_in.expect_refuse().times(1).returning(|_| Ok(Spending::Within));
    assert!(matches!(mocks.build().sign_in(attempt()).await.err(), Some(SignInError::WrongCredentials)));
}

#[tokio::test]
async fn a_budget_that_ran_out_meanwhile_hides_every_answer() {
    let retry_after = Duration::from_secs(7);
    for verdict in [Verdict::Match, Verdict::Mismatch] {
        let mut mocks = Mocks::with_ada().verifying(verdict);
        mocks.sign_in.expect_refuse().returning(move |_| Ok(Spending::Exhausted { retry_after }));
        mocks.sign_in.expect_open().returning(move |_| Ok(OpenWrite::Exhausted { retry_after }));
        let answer = mocks.build().sign_in(attempt()).await;
        assert!(matches!(answer.err(), Some(SignInError::Throttled { .. })));
    }
}

#[tokio::test]
async fn a_refused_right_password_is_charged_nothing_but_must_have_room() {
    let mut mocks = Mocks::with_ada();
    mocks.hasher.expect_verify().returning(|_, _, _| Ok(Verdict::Match));
    mocks.factors.expect_is_enrolled().returning(|_| Ok(true));
    mocks
        .sign_in
        .expect_refuse()
        .withf(|write| !write.throttle.within.is_empty() && write.throttle.charge.is_empty())
        .times(1)
        .returning(|_| Ok(Spending::Within));
    let answer = mocks.build().sign_in(attempt()).await;
    assert!(matches!(answer.err(), Some(SignInError::SecondFactorRequired)));
}

#[tokio::test]
async fn a_password_that_changed_meanwhile_was_wrong() {
    let mut mocks = Mocks::with_ada().verifying(Verdict::Match);
    let stored = |hash: &Option<PasswordHash>| hash.as_ref().is_some_and(|hash| hash.as_str() == "stored");
    mocks
        .sign_in
        .expect_open()
        .withf(move |write| stored(&write.expected_hash) && write.upgraded_hash.is_none())
        .times(1)
        .returning(|_| Ok(OpenWrite::Stale));
    assert!(matches!(mocks.build().sign_in(attempt()).await.err(), Some(SignInError::WrongCredentials)));
}

#[tokio::test]
async fn a_busy_machine_puts_off_a_better_hash_not_the_sign_in() {
    let mut mocks = Mocks::with_ada().verifying(Verdict::MatchOutdated);
    let busy = || PortError::Overloaded { retry_after: Duration::from_secs(1) };
    mocks.hasher.expect_hash().times(1).returning(move |_, _| Err(busy()));
    mocks
        .sign_in
        .expect_open()
        .withf(|write| write.upgraded_hash.is_none())
        .returning(|_| Ok(OpenWrite::Done));
    assert!(matches!(mocks.build().sign_in(attempt()).await, Ok(SignInOutcome::Opened(_))));
}

#[tokio::test]
async fn outages_of_the_hasher_and_of_the_factors_are_outages() {
    let mut mocks = Mocks::with_ada();
    mocks.hasher.expect_verify().returning(|_, _, _| Err(unavailable()));
    assert!(matches!(mocks.build().sign_in(attempt()).await.err(), Some(SignInError::Port(_))));

    let mut mocks = Mocks::with_ada();
    mocks.hasher.expect_verify().returning(|_, _, _| Ok(Verdict::Match));
    mocks.factors.expect_is_enrolled().returning(|_| Err(unavailable()));
    assert!(matches!(mocks.build().sign_in(attempt()).await.err(), Some(SignInError::Port(_))));
}

#[tokio::test]
async fn recognising_a_token_takes_one_read() {
    let mut mocks = Mocks::default();
    let found = crate::Session { kind: SessionKind::Opaque, ..session() };
    mocks.sessions.expect_find().times(1).returning(move |_| Ok(Some((found.clone(), subject()))));
    let credential = Credential::Opaque(Token::from_text("token"));
    let command = Authenticate { credential, admit_pending: false };
    assert!(mocks.build().authenticate(command).await.is_ok());
}

#[tokio::test]
async fn an_outage_is_not_a_refused_token() {
    let mut mocks = Mocks::default();
    mocks.keys.expect_present().returning(|_, _| Err(unavailable()));
    let credential = Credential::ApiKey(Token::from_text("key"));
    let command = Authenticate { credential, admit_pending: false };
    let answer = mocks.build().authenticate(command).await;
    assert!(matches!(answer.err(), Some(AuthenticateError::Port(PortError::Unavailable(_)))));
}

fn refresh() -> Refresh {
    let (grace, lifetime) = (Duration::ZERO, Duration::from_secs(60));
    Refresh {
        token: "token".to_owned(),
        kinds: &[SessionKind::Jwt],
        typed: None,
        policy: RefreshPolicy::Rotating { grace, lifetime },
        extend: None,
        cookie: None,
        admit_pending: false,
        client: session().client,
    }
}

#[tokio::test]
async fn a_refresh_that_lost_a_race_is_judged_again() {
    let mut mocks = Mocks::default();
    let mut reads = 0;
    mocks.sessions.expect_find_refresh().times(2).returning(move |_| {
        reads += 1;
        let mut found = refreshable();
        found.token.used_at = (reads > 1).then(|| at(100));
        Ok(Some(found))
    });
    mocks.sessions.expect_refresh().times(2).returning(|write| {
        Ok(if write.seen_used_at.is_some() { RefreshWrite::Done } else { RefreshWrite::Stale })
    });
    assert!(mocks.build().refresh(refresh()).await.is_ok());
}

#[tokio::test]
async fn a_refresh_does_not_try_for_ever() {
    let mut mocks = Mocks::default();
    mocks.sessions.expect_find_refresh().returning(|_| Ok(Some(refreshable())));
    mocks.sessions.expect_refresh().returning(|_| Ok(RefreshWrite::Stale));
    assert!(matches!(mocks.build().refresh(refresh()).await.err(), Some(RefreshError::Refused)));
}
