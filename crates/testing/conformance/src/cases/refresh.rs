//! [`portcullis_sessions::SessionStore`]: refresh tokens.

use portcullis_kernel::{Effects, SessionSweep, TokenDigest};
use portcullis_sessions::{
    EndSessions, EndTarget, RefreshSession, RefreshToken, RefreshWrite, Refreshable, Session, SessionKey,
};

use crate::build::{self, NOW, later};
use crate::{World, assert_same, race};

async fn found(world: &World, token: &RefreshToken) -> Refreshable {
    world.sessions.find_refresh(token.digest).await.unwrap().unwrap()
}

async fn spend(world: &World, write: RefreshSession) -> RefreshWrite {
    world.sessions.refresh(write).await.unwrap()
}

/// Runs a refresh that must be refused, and asserts that it left nothing.
async fn refuses(world: &World, token: &RefreshToken, write: RefreshSession, expected: RefreshWrite) {
    let before = found(world, token).await;
    let successor = write.successor.clone();
    let act = async |effects| world.sessions.refresh(RefreshSession { effects, ..write }).await;
    assert_eq!(world.refused(act).await, expected);
    let after = found(world, token).await;
    assert_same(&after.token, &before.token);
    assert_same(&after.session, &before.session);
    if let Some(successor) = successor {
        assert!(world.sessions.find_refresh(successor.digest).await.unwrap().is_none());
    }
}

pub async fn reads_back_every_field(world: World) {
    let (session, token) = world.new_refresh_token().await;
    let read = found(&world, &token).await;
    assert_same(&read.token, &token);
    assert_same(&read.session, &session);
    assert_eq!((read.subject.id, read.successor_used), (session.account, false));
    let successor = build::successor(&token);
    let write = RefreshSession { at: later(7), ..build::rotate(&token, &successor) };
    assert_eq!(spend(&world, write).await, RefreshWrite::Done);
    assert_same(&found(&world, &successor).await.token, &successor);
    let spent = RefreshToken { used_at: Some(later(7)), refreshes: 1, ..token.clone() };
    assert_same(&found(&world, &token).await.token, &spent);
}

pub async fn an_unknown_token_is_not_found_and_pays_for_nothing(world: World) {
    let (session, _) = world.new_refresh_token().await;
    let unknown = build::refresh_token(&session);
    assert!(world.sessions.find_refresh(unknown.digest).await.unwrap().is_none());
    assert!(world.sessions.find_refresh(TokenDigest::of("")).await.unwrap().is_none());
    let write = build::refresh(&unknown);
    let act = async |effects| world.sessions.refresh(RefreshSession { effects, ..write }).await;
    assert_eq!(world.refused(act).await, RefreshWrite::Stale);
}

pub async fn counts_refreshes_of_a_token_that_does_not_rotate(world: World) {
    let (session, token) = world.new_refresh_token().await;
    for count in 1..=3 {
        let write = build::refresh(&token);
        let act = async |effects| world.sessions.refresh(RefreshSession { effects, ..write }).await;
        assert_eq!(world.written(act).await, RefreshWrite::Done);
        assert_same(&found(&world, &token).await.token, &RefreshToken { refreshes: count, ..token.clone() });
    }
    assert_same(&world.session(&session).await, &session);
}

pub async fn extends_the_session_if_asked(world: World) {
    let (session, token) = world.new_refresh_token().await;
    let write = RefreshSession { extends_to: Some(later(9_999)), ..build::refresh(&token) };
    assert_eq!(spend(&world, write).await, RefreshWrite::Done);
    assert_eq!(world.session(&session).await.expires_at, Some(later(9_999)));
    assert_eq!(spend(&world, build::refresh(&token)).await, RefreshWrite::Done);
    assert_eq!(world.session(&session).await.expires_at, Some(later(9_999)));
}

pub async fn replaces_the_credential_if_asked(world: World) {
    let (session, token) = world.new_refresh_token().await;
    let credential = build::fresh_token().digest();
    let write = RefreshSession { credential: Some(credential), ..build::refresh(&token) };
    assert_eq!(spend(&world, write).await, RefreshWrite::Done);
    let by = async |digest| world.sessions.find(SessionKey::Digest(digest)).await.unwrap();
    assert!(by(session.digest.unwrap()).await.is_none());
    assert_eq!(by(credential).await.unwrap().0, Session { digest: Some(credential), ..session });
}

pub async fn tells_when_a_descendant_was_used(world: World) {
    let (_, first) = world.new_refresh_token().await;
    let second = build::successor(&first);
    let third = build::successor(&second);
    assert_eq!(spend(&world, build::rotate(&first, &second)).await, RefreshWrite::Done);
    assert!(!found(&world, &first).await.successor_used);
    assert_eq!(spend(&world, build::rotate(&second, &third)).await, RefreshWrite::Done);
    for (token, used) in [(&first, true), (&second, false), (&third, false)] {
        assert_eq!(found(&world, token).await.successor_used, used);
    }
}

pub async fn a_token_in_its_grace_time_has_several_successors(world: World) {
    let (_, token) = world.new_refresh_token().await;
    let (one, other) = (build::successor(&token), build::successor(&token));
    assert_eq!(spend(&world, build::rotate(&token, &one)).await, RefreshWrite::Done);
    let again =
        RefreshSession { seen_used_at: Some(later(1)), at: later(3), ..build::rotate(&token, &other) };
    assert_eq!(spend(&world, again).await, RefreshWrite::Done);
    let spent = found(&world, &token).await.token;
    assert_eq!((spent.used_at, spent.refreshes), (Some(later(1)), 2), "its first use is kept");
    assert_same(&found(&world, &other).await.token, &other);
}

pub async fn a_session_that_ended_cannot_be_refreshed(world: World) {
    for by_sweep in [false, true] {
        let (session, token) = world.new_refresh_token().await;
        let account = EndTarget::Account(session.account, SessionSweep::ALL);
        let target = if by_sweep { account } else { EndTarget::One(session.id) };
        let end = EndSessions { target, at: NOW, effects: Effects::default() };
        assert_eq!(world.sessions.end(end).await.unwrap(), 1);
        for write in [build::refresh(&token), build::rotate(&token, &build::successor(&token))] {
            refuses(&world, &token, write, RefreshWrite::Stale).await;
        }
        assert_eq!(found(&world, &token).await.session.ended_at, Some(NOW), "it is found all the same");
    }
}

pub async fn a_token_that_expired_pays_for_nothing(world: World) {
    let (_, token) = world.new_refresh_token().await;
    let write = RefreshSession { at: token.expires_at, ..build::refresh(&token) };
    refuses(&world, &token, write, RefreshWrite::Stale).await;
    let just_in_time = token.expires_at.minus(std::time::Duration::from_micros(1));
    let write = RefreshSession { at: just_in_time, ..build::refresh(&token) };
    assert_eq!(spend(&world, write).await, RefreshWrite::Done);
}

pub async fn a_token_used_meanwhile_does_not_rotate(world: World) {
    let (_, token) = world.new_refresh_token().await;
    let (one, other) = (build::successor(&token), build::successor(&token));
    assert_eq!(spend(&world, build::rotate(&token, &one)).await, RefreshWrite::Done);
    for seen_used_at in [None, Some(NOW)] {
        let write = RefreshSession { seen_used_at, ..build::rotate(&token, &other) };
        refuses(&world, &token, write, RefreshWrite::Stale).await;
    }
}

pub async fn of_many_rotations_of_one_token_one_wins(world: World) {
    let (_, token) = world.new_refresh_token().await;
    let answers = race(8, |_| {
        let successor = build::successor(&token);
        let write = RefreshSession { effects: build::effects(), ..build::rotate(&token, &successor) };
        let world = world.clone();
        async move {
            let answer = world.sessions.refresh(write).await.unwrap();
            (answer, world.sessions.find_refresh(successor.digest).await.unwrap().is_some())
        }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == (RefreshWrite::Done, true)).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == (RefreshWrite::Stale, false)).count(), 7);
    assert_eq!(found(&world, &token).await.token.refreshes, 1);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn parallel_refreshes_never_outrun_the_cap(world: World) {
    let (_, token) = world.new_refresh_token().await;
    let answers = race(30, |_| {
        let write = RefreshSession { cap: Some(5), effects: build::effects(), ..build::refresh(&token) };
        let world = world.clone();
        async move { world.sessions.refresh(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == RefreshWrite::Done).count(), 5);
    assert_eq!(answers.iter().filter(|answer| **answer == RefreshWrite::CapReached).count(), 25);
    assert_eq!(found(&world, &token).await.token.refreshes, 5);
    assert_eq!(world.traces().await, (5, 5));
}

pub async fn refreshes_of_many_sessions_at_once_count_each_for_itself(world: World) {
    let mut tokens = Vec::new();
    for _ in 0..4 {
        tokens.push(world.new_refresh_token().await);
    }
    let (over, _) = &tokens[3];
    let end = EndSessions { target: EndTarget::One(over.id), at: NOW, effects: Effects::default() };
    assert_eq!(world.sessions.end(end).await.unwrap(), 1);
    let answers = race(20, |turn| {
        let (index, token) = (turn % 4, &tokens[turn % 4].1);
        // The last of those that live has a cap of its own.
        let cap = Some(if index == 2 { 3 } else { 90 });
        let effects = Effects { messages: Vec::new(), ..build::effects() };
        let write = RefreshSession { cap, effects, ..build::refresh(token) };
        let world = world.clone();
        async move { (index, world.sessions.refresh(write).await.unwrap()) }
    })
    .await;
    let told = |index, answer| answers.iter().filter(|told| **told == (index, answer)).count();
    assert_eq!([0, 1, 2, 3].map(|index| told(index, RefreshWrite::Done)), [5, 5, 3, 0]);
    assert_eq!((told(2, RefreshWrite::CapReached), told(3, RefreshWrite::Stale)), (2, 5));
    for (index, refreshes) in [5, 5, 3, 0].into_iter().enumerate() {
        assert_eq!(found(&world, &tokens[index].1).await.token.refreshes, refreshes, "{index}");
    }
    assert_eq!(world.traces().await, (0, 13));
}

pub async fn a_reached_cap_writes_nothing(world: World) {
    let (_, token) = world.new_refresh_token().await;
    assert_eq!(spend(&world, build::refresh(&token)).await, RefreshWrite::Done);
    let write = RefreshSession {
        cap: Some(1),
        extends_to: Some(later(9_999)),
        ..build::rotate(&token, &build::successor(&token))
    };
    refuses(&world, &token, write, RefreshWrite::CapReached).await;
}

pub async fn a_failing_refresh_leaves_nothing(world: World) {
    let (session, token) = world.new_refresh_token().await;
    let successor = build::successor(&token);
    let write = RefreshSession { extends_to: Some(later(9_999)), ..build::rotate(&token, &successor) };
    world.failed(async |effects| world.sessions.refresh(RefreshSession { effects, ..write }).await).await;
    assert_same(&found(&world, &token).await.token, &token);
    assert_same(&world.session(&session).await, &session);
    assert!(world.sessions.find_refresh(successor.digest).await.unwrap().is_none());
}
