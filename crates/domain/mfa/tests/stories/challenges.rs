//! What sessions are asked, and what answers it.

use std::time::Duration;

use portcullis_conformance::build;
use portcullis_kernel::{ChallengeKind, Client, Event, FactorKind, FactorSet, SessionChallenge, TokenDigest};
use portcullis_mfa::{
    Aim, AuthorizeError, AuthorizeRequest, DeliverCode, DeliverError, DemandFactors, FactorDemands,
    NewFactor, PresentFactor, PresentFactorError,
};
use portcullis_sessions::{OpenWrite, Session};

use crate::house::{House, sms};

const TEN_MINUTES: Duration = Duration::from_secs(600);

async fn demand(house: &House, session: &Session, setup: &str) -> FactorDemands {
    let command = DemandFactors {
        session: session.id,
        company: house.company.id,
        company_slug: house.company.slug.clone(),
        account: house.ada.id,
        lifetime: TEN_MINUTES,
        setup: FactorSet::parse(setup).unwrap(),
        client: Client::operator(),
    };
    house.factors.demand(command).await.unwrap()
}

/// Opens a session of Ada with what it is asked.
async fn opened(house: &House, setup: &str) -> (Session, Vec<SessionChallenge>) {
    let now = portcullis_kernel::Clock::now(&*house.world.clock);
    let session = Session { created_at: now, ..build::session(&house.ada) };
    let challenges = demand(house, &session, setup).await.challenges;
    let write = build::challenged(&session, &challenges);
    assert_eq!(house.world.sign_in.open(write).await.unwrap(), OpenWrite::Done);
    (session, challenges)
}

async fn present(house: &House, session: &Session, aim: Aim, code: &str) -> Result<(), PresentFactorError> {
    let command = PresentFactor {
        company: house.company.id,
        company_slug: house.company.slug.clone(),
        account: house.ada.id,
        session: session.id,
        email: None,
        aim,
        code: code.to_owned(),
        client: Client::operator(),
    };
    house.factors.present(command).await
}

fn at(open: &[SessionChallenge], challenge: &SessionChallenge) -> Aim {
    Aim { open: open.to_vec(), challenge: Some(challenge.id.to_string()), authenticator: None }
}

fn kinds(challenges: &[SessionChallenge]) -> Vec<(ChallengeKind, String)> {
    challenges.iter().map(|challenge| (challenge.kind, challenge.factors.to_text())).collect()
}

#[tokio::test]
async fn a_session_is_asked_for_what_is_verified_and_for_what_is_missing() {
    let house = House::new().await;
    let session = build::session(&house.ada);
    house.enrolled(NewFactor::Static).await;
    assert!(demand(&house, &session, "").await.challenges.is_empty());
    let setup = demand(&house, &session, "totp,sms").await;
    assert_eq!(kinds(&setup.challenges), [(ChallengeKind::Setup, "totp,sms".to_owned())]);
    assert!(setup.sending.is_none() && setup.challenges[0].expires_at.is_none());

    house.app().await;
    let both = demand(&house, &session, "sms").await;
    assert_eq!(
        kinds(&both.challenges),
        [(ChallengeKind::Authentication, "totp".to_owned()), (ChallengeKind::Setup, "sms".to_owned())]
    );
    assert!(both.sending.is_none());
    assert_eq!(kinds(&demand(&house, &session, "totp,sms").await.challenges).len(), 1);
}

#[tokio::test]
async fn a_verified_number_is_sent_a_code_with_the_session() {
    let house = House::new().await;
    let id = house.enrolled(sms()).await.authenticator.id;
    house.verify(id, &house.sent_code()).await.unwrap();
    let sending = demand(&house, &build::session(&house.ada), "").await.sending.unwrap();
    assert_eq!(sending.code.target, Some(id.to_string()));
    assert_eq!((sending.charge.len(), sending.effects.messages.len()), (2, 1));
    assert_eq!(house.sent(Event::FactorCode), 1, "it is drafted, not sent");
}

#[tokio::test]
async fn an_answer_is_judged_among_the_kinds_that_are_asked_for() {
    let house = House::new().await;
    house.app().await;
    let (session, open) = opened(&house, "").await;
    let codes = house.recovery_codes().await;
    let late = present(&house, &session, at(&open, &open[0]), &codes[0]).await;
    assert!(
        matches!(late, Err(PresentFactorError::WrongCode)),
        "it was verified after the challenge was put"
    );
    present(&house, &session, at(&open, &open[0]), &house.code()).await.unwrap();
    assert_eq!(house.last_audit(), ("session.challenge_answered", "succeeded", None));
    assert!(house.factors.challenges(session.id).await.unwrap().is_empty());
    let again = present(&house, &session, at(&open, &open[0]), &codes[1]).await;
    assert!(matches!(again, Err(PresentFactorError::WrongCode | PresentFactorError::ChallengeNotFound)));
}

#[tokio::test]
async fn enrolment_waits_until_the_session_is_authenticated() {
    let house = House::new().await;
    house.app().await;
    let (session, open) = opened(&house, "").await;
    let draft = house.enrolled(NewFactor::Totp).await.authenticator.id;
    let aim = Aim { open, challenge: None, authenticator: Some(draft.to_string()) };
    let refused = present(&house, &session, aim, &house.code()).await;
    assert!(matches!(refused, Err(PresentFactorError::Challenged(first)) if first.len() == 1));
}

#[tokio::test]
async fn a_challenge_to_set_up_takes_a_draft() {
    let house = House::new().await;
    let (session, open) = opened(&house, "totp").await;
    house.enrolled(NewFactor::Totp).await;
    house.enrolled(NewFactor::Static).await;
    let aim = Aim { open, ..Aim::default() };
    present(&house, &session, aim, &house.code()).await.unwrap();
    assert!(house.factors.is_enrolled(house.ada.id).await.unwrap());
    assert!(!house.world.session(&session).await.is_challenged());
}

#[tokio::test]
async fn what_is_meant_must_be_clear_and_fitting() {
    let house = House::new().await;
    let app = house.app().await;
    let draft = house.enrolled(sms()).await.authenticator.id;
    let (session, open) = opened(&house, "static").await;
    let aim = |challenge: Option<&str>, authenticator: Option<&str>| Aim {
        open: open.clone(),
        challenge: challenge.map(str::to_owned),
        authenticator: authenticator.map(str::to_owned),
    };
    let id = open[0].id.to_string();
    let present = async |aim| present(&house, &session, aim, "000000").await.unwrap_err();
    assert!(matches!(present(aim(None, None)).await, PresentFactorError::Unnamed));
    assert!(matches!(present(aim(Some("x"), None)).await, PresentFactorError::ChallengeNotFound));
    assert!(matches!(present(aim(Some(&id), Some("x"))).await, PresentFactorError::AuthenticatorNotFound));
    let unsuitable = present(aim(Some(&id), Some(&draft.to_string()))).await;
    assert!(matches!(unsuitable, PresentFactorError::Unsuitable));
    assert!(matches!(present(aim(Some(&id), Some(&app.to_string()))).await, PresentFactorError::WrongCode));
}

#[tokio::test]
async fn a_challenge_is_delivered_to_the_newest_number_that_answers_it() {
    let house = House::new().await;
    let deliver = async |open: &[SessionChallenge]| {
        let command = DeliverCode {
            company: house.company.id,
            company_slug: house.company.slug.clone(),
            account: house.ada.id,
            aim: Aim { open: open.to_vec(), ..Aim::default() },
            client: Client::operator(),
        };
        house.factors.deliver(command).await
    };
    assert!(matches!(deliver(&[]).await, Err(DeliverError::Unnamed)));
    house.app().await;
    let (_, open) = opened(&house, "").await;
    assert!(matches!(deliver(&open).await, Err(DeliverError::ChallengeWithoutDelivery)));
    for _ in 0..2 {
        let id = house.enrolled(sms()).await.authenticator.id;
        house.verify(id, &house.sent_code()).await.unwrap();
        house.world.clock.advance(Duration::from_secs(1));
    }
    let newest = house.factors.list(house.ada.id).await.unwrap().pop().unwrap();
    assert_eq!(newest.factor.kind(), FactorKind::Sms);
    let (session, open) = opened(&house, "").await;
    deliver(&open).await.unwrap();
    assert_eq!(house.sent(Event::FactorCode), 3);
    let aim = Aim { open, challenge: None, authenticator: None };
    present(&house, &session, aim, &house.sent_code()).await.unwrap();
}

#[tokio::test]
async fn a_request_is_admitted_once_for_each_answer() {
    let house = House::new().await;
    let (session, _) = opened(&house, "").await;
    let request = |answered: Option<&SessionChallenge>| AuthorizeRequest {
        session: session.id,
        company: house.company.id,
        account: house.ada.id,
        request: TokenDigest::of("DELETE everything"),
        answered: answered.map(|challenge| challenge.id.to_string()),
        lifetime: TEN_MINUTES,
        client: Client::operator(),
    };
    house.factors.authorize(request(None)).await.unwrap();
    house.app().await;
    let put = house.factors.authorize(request(None)).await.unwrap_err();
    let AuthorizeError::Challenged(challenge) = put else { panic!("{put}") };
    assert_eq!(house.last_audit(), ("session.challenged", "succeeded", None));
    assert!(house.factors.authorize(request(Some(&challenge))).await.is_err(), "it is not answered");
    let open = house.factors.challenges(session.id).await.unwrap();
    assert_eq!(open.len(), 1, "a newer one took its place");
    present(&house, &session, at(&open, &open[0]), &house.code()).await.unwrap();
    house.factors.authorize(request(Some(&open[0]))).await.unwrap();
    assert_eq!(house.last_audit(), ("session.challenge_redeemed", "succeeded", None));
    assert!(house.factors.authorize(request(Some(&open[0]))).await.is_err());
}
