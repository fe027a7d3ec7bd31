//! Sessions that are challenged once they are open.

use std::time::Duration;

use crate::house::{HOUR, House, OPAQUE, opened, refusal};
use portcullis_conformance::build;
use portcullis_kernel::{ChallengeKind, FactorSet, Token};
use portcullis_mfa::{AcceptProof, Acceptance, Proof};
use portcullis_sessions::{
    Authenticate, AuthenticateError, ChallengePlan, Credential, DoorRules, Opened, RenewError, SessionPlan,
    SignIn,
};

const TEN_MINUTES: Duration = Duration::from_secs(600);
const PLAN: SessionPlan = SessionPlan {
    challenges: Some(ChallengePlan { lifetime: TEN_MINUTES, setup: FactorSet::NONE }),
    ..OPAQUE
};

fn credential(opened: &Opened) -> Authenticate {
    let token: Token = opened.credential.clone().unwrap();
    Authenticate { credential: Credential::Opaque(token), admit_pending: false }
}

/// Ada with a second factor, signed in at a door that asks for it afterwards.
async fn challenged() -> (House, Opened) {
    let house = House::new().await;
    house.factors.enrol();
    let opened = house.opened(PLAN).await;
    (house, opened)
}

async fn answer(house: &House, opened: &Opened) -> Acceptance {
    let app = build::totp(&house.ada);
    house.world.enrol(&app).await;
    let answers = Some(opened.challenges.first().unwrap().id);
    let at = portcullis_kernel::Clock::now(&*house.world.clock);
    let write = AcceptProof { answers, at, ..build::accept(&app, Proof::TimeStep(1)) };
    house.world.authenticators.accept(write).await.unwrap()
}

#[tokio::test]
async fn a_right_password_opens_a_session_that_is_no_credential_yet() {
    let (house, opened) = challenged().await;
    assert_eq!(opened.challenges.len(), 1);
    assert_eq!(house.last_audit(), ("session.sign_in", "succeeded", Some("challenged")));
    let refused = refusal(house.sessions.authenticate(credential(&opened)).await);
    let AuthenticateError::Challenged(named) = refused else { panic!("{refused}") };
    assert_eq!(named, opened.challenges);
    let found = house.sessions.authenticate_challenged(credential(&opened)).await.unwrap();
    assert_eq!((found.caller.account, found.challenges), (house.ada.id, opened.challenges.clone()));
}

#[tokio::test]
async fn an_answer_makes_the_same_session_a_credential() {
    let (house, opened) = challenged().await;
    assert_eq!(answer(&house, &opened).await, Acceptance::Accepted);
    assert_eq!(house.sessions.authenticate(credential(&opened)).await.unwrap().account, house.ada.id);
    house.world.clock.advance(TEN_MINUTES);
    assert!(
        house.sessions.authenticate(credential(&opened)).await.is_ok(),
        "it does not die of its challenge"
    );
}

#[tokio::test]
async fn a_session_dies_when_its_challenge_is_not_answered_in_time() {
    let (house, opened) = challenged().await;
    house.world.clock.advance(TEN_MINUTES);
    for refused in [
        house.sessions.authenticate(credential(&opened)).await.err(),
        house.sessions.authenticate_challenged(credential(&opened)).await.err(),
    ] {
        assert!(matches!(refused, Some(AuthenticateError::Refused)));
    }
    assert_eq!(answer(&house, &opened).await, Acceptance::Closed);
    assert!(TEN_MINUTES < HOUR, "it would have lasted otherwise");
}

#[tokio::test]
async fn who_has_no_factor_is_not_challenged() {
    let house = House::new().await;
    let opened = house.opened(PLAN).await;
    assert!(opened.challenges.is_empty());
    assert!(house.sessions.authenticate(credential(&opened)).await.is_ok());
    assert_eq!(house.last_audit(), ("session.sign_in", "succeeded", None));
}

#[tokio::test]
async fn challenges_about_requests_do_not_shut_the_session() {
    let house = House::new().await;
    let opened = house.opened(PLAN).await;
    let put = build::put(&build::authorization(&opened.session, "a request"));
    house.world.challenges.put(put).await.unwrap();
    assert!(house.sessions.authenticate(credential(&opened)).await.is_ok());
    let found = house.sessions.authenticate_challenged(credential(&opened)).await.unwrap();
    assert_eq!(found.challenges.len(), 1);
}

#[tokio::test]
async fn a_code_is_sent_with_the_session_while_its_budget_has_room() {
    let house = House::new().await;
    house.factors.enrol();
    *house.factors.sends.lock().unwrap() = Some(build::budget(1));
    let rules = DoorRules { session: PLAN, ..crate::house::PLAIN };
    for sent in [1, 1] {
        let attempt = SignIn { rules, ..house.attempt(crate::house::PASSWORD) };
        let session = opened(house.sign_in(attempt).await.unwrap());
        assert_eq!(session.challenges.len(), 1);
        assert_eq!(house.store.messages().len(), sent);
    }
}

#[tokio::test]
async fn a_session_made_from_another_one_is_challenged_for_itself() {
    let (house, first) = challenged().await;
    answer(&house, &first).await;
    let caller = house.sessions.authenticate(credential(&first)).await.unwrap();
    let renew = portcullis_sessions::Renew {
        caller,
        plan: PLAN,
        ends_origin: false,
        client: crate::house::client(1),
    };
    let second = house.sessions.renew(renew).await.unwrap_or_else(|error: RenewError| panic!("{error}"));
    assert_eq!(second.challenges[0].kind, ChallengeKind::Authentication);
    assert!(house.sessions.authenticate(credential(&second)).await.is_err());
    assert!(house.sessions.authenticate(credential(&first)).await.is_ok());
}
