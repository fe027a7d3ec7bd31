//! Listing, renewing and ending sessions.

use crate::house::{HOUR, House, OPAQUE, client, refusal};
use portcullis_conformance::build;
use portcullis_kernel::{SessionSweep, SweepScope};
use portcullis_sessions::{
    Authenticate, Caller, Claims, Credential, EndAll, EndSession, KeySlot, Opened, Renew, RenewError,
    SessionPlan, SigningOrder, Via,
};

async fn caller(house: &House, opened: &Opened) -> Caller {
    let credential = Credential::Opaque(opened.credential.clone().unwrap());
    house.sessions.authenticate(Authenticate { credential, admit_pending: false }).await.unwrap()
}

fn end(house: &House, opened: &Opened) -> EndSession {
    EndSession {
        session: opened.session.id,
        account: house.ada.id,
        company: house.company.id,
        client: client(1),
    }
}

#[tokio::test]
async fn lists_live_sessions_newest_first() {
    let house = House::new().await;
    let permanent = house.opened(SessionPlan { lifetime: None, ..OPAQUE }).await;
    let passing = house.opened(OPAQUE).await;
    house.world.clock.advance(HOUR / 2);
    let ended = house.opened(OPAQUE).await;
    let newest = house.opened(OPAQUE).await;
    assert!(house.sessions.end(end(&house, &ended)).await.unwrap());
    let listed = async || {
        let sessions = house.sessions.list(house.ada.id).await.unwrap();
        sessions.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(listed().await.first(), Some(&newest.session.id));
    assert_eq!(listed().await.len(), 3);
    house.world.clock.advance(HOUR / 2);
    assert!(!listed().await.contains(&passing.session.id));
    house.world.clock.advance(HOUR);
    assert_eq!(listed().await, [permanent.session.id]);
}

#[tokio::test]
async fn ends_only_the_accounts_own_sessions_and_each_once() {
    let house = House::new().await;
    let opened = house.opened(OPAQUE).await;
    let own = end(&house, &opened);
    let anothers = EndSession { account: build::id(), ..own.clone() };
    let elsewhere = EndSession { company: build::id(), ..own.clone() };
    let unknown = EndSession { session: build::id(), ..own.clone() };
    for command in [anothers, elsewhere, unknown] {
        assert!(!house.sessions.end(command).await.unwrap());
    }
    assert!(house.sessions.end(own.clone()).await.unwrap());
    assert_eq!(house.last_audit(), ("session.ended", "succeeded", None));
    assert!(!house.sessions.end(own).await.unwrap());
}

#[tokio::test]
async fn sweeps_what_the_scope_says() {
    let house = House::new().await;
    let permanent = house.opened(SessionPlan { lifetime: None, ..OPAQUE }).await;
    let (kept, other) = (house.opened(OPAQUE).await, house.opened(OPAQUE).await);
    let sweep = SessionSweep { scope: SweepScope::Temporary, keep: Some(kept.session.id) };
    let command = EndAll { account: house.ada.id, company: house.company.id, sweep, client: client(1) };
    assert_eq!(house.sessions.end_all(command.clone()).await.unwrap(), 1);
    let sessions = [permanent.session, kept.session, other.session];
    assert_eq!(house.world.ended(&sessions).await, [false, false, true]);
    let everything = EndAll { sweep: SessionSweep::ALL, ..command };
    assert_eq!(house.sessions.end_all(everything).await.unwrap(), 2);
}

#[tokio::test]
async fn a_renewed_session_remembers_when_its_owner_proved_who_they_are() {
    let house = House::new().await;
    let origin = house.opened(OPAQUE).await;
    house.world.clock.advance(HOUR / 2);
    let command =
        Renew { caller: caller(&house, &origin).await, plan: OPAQUE, ends_origin: false, client: client(1) };
    let renewed = house.sessions.renew(command.clone()).await.unwrap();
    assert_eq!(renewed.session.authenticated_at, origin.session.authenticated_at);
    assert_eq!(renewed.session.expires_at, Some(build::later(5_400)));
    assert_eq!(house.world.session(&origin.session).await, origin.session);
    assert_eq!(caller(&house, &renewed).await.account, house.ada.id);

    let last = house.sessions.renew(Renew { ends_origin: true, ..command.clone() }).await.unwrap();
    assert_eq!(house.world.ended(&[origin.session, last.session]).await, [true, false]);
    assert!(matches!(refusal(house.sessions.renew(command).await), RenewError::Refused));
}

#[tokio::test]
async fn an_api_key_cannot_be_renewed_into_a_session() {
    let house = House::new().await;
    let with_key = Caller {
        via: Via::ApiKey { id: build::id(), name: "nightly".to_owned() },
        subject: None,
        ..caller(&house, &house.opened(OPAQUE).await).await
    };
    let command = Renew { caller: with_key, plan: OPAQUE, ends_origin: false, client: client(1) };
    assert!(matches!(refusal(house.sessions.renew(command).await), RenewError::Refused));
}

#[tokio::test]
async fn hands_claims_to_the_signer() {
    let house = House::new().await;
    let order = SigningOrder {
        algorithm: portcullis_sessions::Algorithm::EdDsa,
        slot: KeySlot::Access,
        typed: true,
        claims: Claims::new().text("jti", "this one"),
    };
    let other = SigningOrder { claims: Claims::new().text("jti", "that one"), ..order.clone() };
    assert_eq!(house.sessions.sign(order.clone()).await.unwrap(), "this one");
    assert_eq!(house.sessions.sign_pair([other, order]).await.unwrap(), ["that one", "this one"]);
}
