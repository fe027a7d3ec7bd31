//! [`portcullis_sessions::SessionStore`]: sessions opened from another one.

use portcullis_accounts::Account;
use portcullis_kernel::Effects;
use portcullis_sessions::{DeriveSession, DeriveWrite, EndSessions, EndTarget, Session};

use crate::build::{self, later};
use crate::{World, assert_same, race};

fn derive(session: &Session, from: &Session) -> DeriveSession {
    DeriveSession {
        session: session.clone(),
        refresh: None,
        challenges: Vec::new(),
        from: from.id,
        ends_origin: false,
        effects: Effects::default(),
    }
}

fn descendant(account: &Account) -> Session {
    Session { created_at: later(1), label: Some("derived".to_owned()), ..build::session(account) }
}

pub async fn opens_a_session_with_its_refresh_token(world: World) {
    let (account, origin) = world.new_signed_in().await;
    let session = descendant(&account);
    let token = build::refresh_token(&session);
    let write = DeriveSession { refresh: Some(token.clone()), ..derive(&session, &origin) };
    let act = async |effects| world.sessions.derive(DeriveSession { effects, ..write }).await;
    assert_eq!(world.written(act).await, DeriveWrite::Done);
    assert_same(&world.session(&session).await, &session);
    assert_same(&world.session(&origin).await, &origin);
    let found = world.sessions.find_refresh(token.digest).await.unwrap().unwrap();
    assert_same(&found.token, &token);
}

pub async fn a_permanent_session_is_live_for_ever(world: World) {
    let account = world.new_account().await;
    let origin = Session { expires_at: None, ..build::session(&account) };
    world.add_session(&origin).await;
    let session = Session { created_at: later(1_000_000_000), ..descendant(&account) };
    assert_eq!(world.sessions.derive(derive(&session, &origin)).await.unwrap(), DeriveWrite::Done);
}

pub async fn ends_the_origin_if_asked(world: World) {
    let (account, origin) = world.new_signed_in().await;
    let session = descendant(&account);
    let write = DeriveSession { ends_origin: true, ..derive(&session, &origin) };
    assert_eq!(world.sessions.derive(write).await.unwrap(), DeriveWrite::Done);
    assert_eq!(world.session(&origin).await.ended_at, Some(session.created_at));
    assert_eq!(world.session(&session).await.ended_at, None);
}

pub async fn a_session_that_is_not_live_opens_nothing(world: World) {
    let (account, ended) = world.new_signed_in().await;
    let write = EndSessions { target: EndTarget::One(ended.id), at: later(1), effects: Effects::default() };
    world.sessions.end(write).await.unwrap();
    let expired = Session { expires_at: Some(later(1)), ..build::session(&account) };
    world.add_session(&expired).await;
    for origin in [&ended, &expired, &build::session(&account)] {
        let session = descendant(&account);
        let write = DeriveSession { ends_origin: true, ..derive(&session, origin) };
        let act = async |effects| world.sessions.derive(DeriveSession { effects, ..write }).await;
        assert_eq!(world.refused(act).await, DeriveWrite::Stale);
        assert!(!world.has_session(&session).await);
    }
    assert_same(&world.session(&expired).await, &expired);
}

pub async fn refuses_the_handle_of_another_session(world: World) {
    let (account, origin) = world.new_signed_in().await;
    let session = Session { handle: origin.handle.clone(), ..descendant(&account) };
    let write = derive(&session, &origin);
    let act = async |effects| world.sessions.derive(DeriveSession { effects, ..write }).await;
    assert_eq!(world.refused(act).await, DeriveWrite::HandleTaken);
    assert!(!world.has_session(&session).await);
    let replacing = DeriveSession { ends_origin: true, ..derive(&session, &origin) };
    assert_eq!(world.sessions.derive(replacing).await.unwrap(), DeriveWrite::Done);
}

pub async fn of_many_sessions_that_end_one_origin_one_opens(world: World) {
    let (account, origin) = world.new_signed_in().await;
    let answers = race(8, |_| {
        let effects = build::effects();
        let write = DeriveSession { ends_origin: true, effects, ..derive(&descendant(&account), &origin) };
        let world = world.clone();
        async move { world.sessions.derive(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == DeriveWrite::Done).count(), 1);
    assert_eq!(world.unended(&account).await.len(), 1);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn a_failing_derivation_leaves_nothing(world: World) {
    let (account, origin) = world.new_signed_in().await;
    let session = descendant(&account);
    let write = DeriveSession { ends_origin: true, ..derive(&session, &origin) };
    world.failed(async |effects| world.sessions.derive(DeriveSession { effects, ..write }).await).await;
    assert!(!world.has_session(&session).await);
    assert_same(&world.session(&origin).await, &origin);
}
