//! [`portcullis_sessions::SessionStore`]: find, list, end.

use portcullis_accounts::{Account, Amendment};
use portcullis_kernel::{AccountState, Client, Door, Effects, SessionSweep, SweepScope, TokenDigest};
use portcullis_sessions::{EndSessions, EndTarget, Session, SessionKey, SessionKind};

use crate::build::{self, later};
use crate::{World, assert_same, race};

fn end(target: EndTarget) -> EndSessions {
    EndSessions { target, at: later(5), effects: Effects::default() }
}

pub async fn reads_back_every_field(world: World) {
    let account = world.new_account().await;
    let full = Session {
        kind: SessionKind::Cookie,
        client: Client::remote(Door::new("barong"), "2001:db8::7".parse().unwrap(), &"ü".repeat(600)),
        label: Some(build::UNICODE.to_owned()),
        created_at: later(1),
        authenticated_at: later(2),
        expires_at: None,
        ..build::session(&account)
    };
    let jwt = Session {
        kind: SessionKind::Jwt,
        digest: None,
        client: Client::operator(),
        ..build::session(&account)
    };
    for session in [full, jwt.clone(), Session { id: build::id(), ..jwt }, build::session(&account)] {
        world.add_session(&session).await;
        assert_same(&world.session(&session).await, &session);
        if let Some(digest) = session.digest {
            let (found, _) = world.sessions.find(SessionKey::Digest(digest)).await.unwrap().unwrap();
            assert_same(&found, &session);
        }
    }
}

pub async fn finds_nothing_under_unknown_keys(world: World) {
    world.new_signed_in().await;
    for key in [SessionKey::Id(build::id()), SessionKey::Digest(TokenDigest::of("no such token"))] {
        assert!(world.sessions.find(key).await.unwrap().is_none());
    }
}

pub async fn finds_ended_and_expired_sessions_of_any_account(world: World) {
    let account = world.new_account().await;
    let expired = Session { expires_at: Some(later(1)), ..build::session(&account) };
    let ended = build::session(&account);
    for session in [&expired, &ended] {
        world.add_session(session).await;
    }
    world.sessions.end(end(EndTarget::One(ended.id))).await.unwrap();
    let mut present = account;
    for state in AccountState::ALL {
        let wanted = Account { state, ..present };
        assert_eq!(world.accounts.amend(build::amended(&wanted)).await.unwrap(), Amendment::Done);
        for session in [&expired, &ended] {
            let found = world.sessions.find(SessionKey::Digest(session.digest.unwrap())).await.unwrap();
            let (found, subject) = found.unwrap();
            assert_eq!((found.id, subject.state), (session.id, state));
        }
        present = world.account(&wanted).await;
    }
    assert_same(&world.session(&ended).await, &Session { ended_at: Some(later(5)), ..ended });
}

pub async fn lists_sessions_that_have_not_ended_newest_first(world: World) {
    let account = world.new_account().await;
    let other = world.new_colleague(&account).await;
    world.new_session(&other).await;
    assert_eq!(world.sessions.list(account.id).await.unwrap(), []);
    let mut sessions = [2, 4, 1, 3].map(|age| Session {
        id: build::id_at(later(age)),
        created_at: later(age),
        ..build::session(&account)
    });
    sessions[0].expires_at = Some(later(3));
    sessions[1].expires_at = None;
    for session in &sessions {
        world.add_session(session).await;
    }
    world.sessions.end(end(EndTarget::One(sessions[3].id))).await.unwrap();
    let [two, four, one, _] = sessions;
    assert_eq!(world.sessions.list(account.id).await.unwrap(), [four, two, one]);
}

pub async fn ends_one_session_once(world: World) {
    let (account, session) = world.new_signed_in().await;
    let other = world.new_session(&account).await;
    let write = end(EndTarget::One(session.id));
    let act = async |effects| world.sessions.end(EndSessions { effects, ..write }).await;
    assert_eq!(world.written(act).await, 1);
    let again = EndSessions { at: later(9), ..end(EndTarget::One(session.id)) };
    assert_eq!(world.sessions.end(again).await.unwrap(), 0);
    assert_eq!(world.session(&session).await.ended_at, Some(later(5)));
    assert_eq!(world.session(&other).await.ended_at, None);
    assert_eq!(world.sessions.end(end(EndTarget::One(build::id()))).await.unwrap(), 0);
}

pub async fn a_sweep_ends_what_it_reaches_and_counts_it(world: World) {
    let everything = SweepScope::All;
    for (scope, kept, expected) in [
        (SweepScope::None, false, [false, false, false, false]),
        (SweepScope::Temporary, false, [true, true, false, false]),
        (SweepScope::Temporary, true, [true, false, false, false]),
        (everything, false, [true, true, true, false]),
        (everything, true, [true, false, true, false]),
    ] {
        let account = world.new_account().await;
        let sessions = world.sessions_to_sweep(&account).await;
        let sweep = SessionSweep { scope, keep: kept.then_some(sessions[1].id) };
        let count = world.sessions.end(end(EndTarget::Account(account.id, sweep))).await.unwrap();
        assert_eq!(world.ended(&sessions).await, expected, "{sweep:?}");
        assert_eq!(count, u64::try_from(expected.iter().filter(|ended| **ended).count()).unwrap());
    }
}

pub async fn a_sweep_reaches_expired_sessions_and_leaves_ended_ones_alone(world: World) {
    let account = world.new_account().await;
    let expired = Session { expires_at: Some(later(1)), ..build::session(&account) };
    let ended = build::session(&account);
    for session in [&expired, &ended] {
        world.add_session(session).await;
    }
    world.sessions.end(end(EndTarget::One(ended.id))).await.unwrap();
    let sweep = EndSessions { at: later(9), ..end(EndTarget::Account(account.id, SessionSweep::ALL)) };
    assert_eq!(world.sessions.end(sweep).await.unwrap(), 1);
    assert_eq!(world.session(&expired).await.ended_at, Some(later(9)));
    assert_eq!(world.session(&ended).await.ended_at, Some(later(5)));
}

pub async fn parallel_sweeps_end_each_session_once(world: World) {
    let account = world.new_account().await;
    for _ in 0..5 {
        world.new_session(&account).await;
    }
    let counts = race(6, |_| {
        let (world, target) = (world.clone(), EndTarget::Account(account.id, SessionSweep::ALL));
        async move { world.sessions.end(end(target)).await.unwrap() }
    })
    .await;
    assert_eq!(counts.iter().sum::<u64>(), 5);
    assert_eq!(world.sessions.list(account.id).await.unwrap(), []);
}

pub async fn a_failing_end_leaves_nothing(world: World) {
    let (account, session) = world.new_signed_in().await;
    for target in [EndTarget::One(session.id), EndTarget::Account(account.id, SessionSweep::ALL)] {
        let write = end(target);
        world.failed(async |effects| world.sessions.end(EndSessions { effects, ..write }).await).await;
        assert_eq!(world.session(&session).await.ended_at, None);
    }
}
