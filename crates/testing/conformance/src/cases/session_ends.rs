//! [`portcullis_sessions::SessionExtender`].

use portcullis_kernel::{Effects, Timestamp};
use portcullis_sessions::{EndSessions, EndTarget, Session};

use crate::build::{self, later};
use crate::{World, assert_same};

async fn end(world: &World, session: &Session) -> Option<Timestamp> {
    world.session(session).await.expires_at
}

pub async fn an_end_only_moves_forward(world: World) {
    let account = world.new_account().await;
    let (one, other) = (world.new_session(&account).await, world.new_session(&account).await);
    let untouched = world.new_session(&account).await;
    let (first, second) = (one.digest.unwrap(), other.digest.unwrap());
    world.extender.extend(Vec::new()).await.unwrap();
    let ends = vec![(first, later(4_000)), (build::fresh_token().digest(), later(5_000)), (second, later(3))];
    world.extender.extend(ends).await.unwrap();
    assert_eq!(end(&world, &one).await, Some(later(4_000)));
    assert_same(&world.session(&other).await, &other);
    world.extender.extend(vec![(first, later(3_999)), (second, later(3_601))]).await.unwrap();
    let extended = Session { expires_at: Some(later(4_000)), ..one.clone() };
    assert_same(&world.session(&one).await, &extended);
    assert_eq!(end(&world, &other).await, Some(later(3_601)));
    assert_same(&world.session(&untouched).await, &untouched);
}

pub async fn ended_and_permanent_sessions_stay_as_they_are(world: World) {
    let account = world.new_account().await;
    let ended = world.new_session(&account).await;
    let target = EndTarget::One(ended.id);
    world.sessions.end(EndSessions { target, at: later(1), effects: Effects::default() }).await.unwrap();
    let permanent = Session { expires_at: None, ..build::session(&account) };
    world.add_session(&permanent).await;
    let ends = [&ended, &permanent].map(|session| (session.digest.unwrap(), later(9_000)));
    world.extender.extend(ends.into()).await.unwrap();
    assert_eq!(end(&world, &ended).await, ended.expires_at);
    assert_eq!(world.session(&ended).await.ended_at, Some(later(1)));
    assert_eq!(end(&world, &permanent).await, None);
}
