//! [`portcullis_sessions::SessionStore`]: find, list, end.

use portcullis_accounts::{Account, Amendment};
use portcullis_kernel::{AccountState, Client, Door, Effects, SessionSweep, SweepScope, TokenDigest};
use portcullis_sessions::{
    EndSessions, EndTarget, LabelSession, OpenSession, OpenWrite, Session, SessionFilter, SessionKey,
    SessionKind,
};

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
    for session in [
        full,
        jwt.clone(),
        Session { id: build::id(), handle: "0123abcd".to_owned(), ..jwt },
        build::session(&account),
    ] {
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
    assert_eq!(world.unended(&account).await, []);
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
    assert_eq!(world.unended(&account).await, [four, two, one]);
}

pub async fn lists_what_the_filter_admits(world: World) {
    let account = world.new_account().await;
    let stranger = world.new_colleague(&account).await;
    let session = |age: u64, ends: Option<u64>| Session {
        id: build::id_at(later(age)),
        created_at: later(age),
        expires_at: ends.map(later),
        ..build::session(&account)
    };
    let own = [session(1, Some(10)), session(2, Some(20)), session(3, None), session(4, Some(40))];
    for session in own.iter().chain([&build::session(&stranger)]) {
        world.add_session(session).await;
    }
    let (first, third) = (own[0].handle.clone(), own[2].handle.clone());
    let filters = [
        SessionFilter::default(),
        SessionFilter::live(later(10)),
        SessionFilter::handle(&third, later(999)),
        SessionFilter::handle(&first, later(10)),
        SessionFilter { created_from: Some(later(2)), ..SessionFilter::default() },
        SessionFilter { created_before: Some(later(3)), ..SessionFilter::default() },
        SessionFilter { permanent: Some(true), ..SessionFilter::default() },
        SessionFilter { permanent: Some(false), ..SessionFilter::default() },
        SessionFilter { handles: Some(vec![first.clone(), third.clone()]), ..SessionFilter::default() },
        SessionFilter { handles: Some(Vec::new()), ..SessionFilter::default() },
        SessionFilter { except_handle: Some(third.clone()), ..SessionFilter::default() },
        SessionFilter {
            live_at: Some(later(5)),
            created_from: Some(later(1)),
            created_before: Some(later(4)),
            permanent: Some(false),
            handles: Some(own.iter().map(|session| session.handle.clone()).collect()),
            except_handle: Some(first),
        },
    ];
    for filter in filters {
        let expected: Vec<_> = own.iter().rev().filter(|session| filter.admits(session)).cloned().collect();
        assert_eq!(world.sessions.list(account.id, filter.clone()).await.unwrap(), expected, "{filter:?}");
    }
}

pub async fn ends_what_a_filter_admits(world: World) {
    let account = world.new_account().await;
    let sessions = world.sessions_to_sweep(&account).await;
    let filter = SessionFilter { permanent: Some(false), ..SessionFilter::default() };
    let except = SessionFilter { except_handle: Some(sessions[1].handle.clone()), ..filter };
    let write = end(EndTarget::Matching(account.id, except));
    let act = async |effects| world.sessions.end(EndSessions { effects, ..write }).await;
    assert_eq!(world.written(act).await, 1);
    assert_eq!(world.ended(&sessions).await, [true, false, false, false]);
    let everything = end(EndTarget::Matching(account.id, SessionFilter::default()));
    assert_eq!(world.sessions.end(everything).await.unwrap(), 2);
    assert_eq!(world.ended(&sessions).await, [true, true, true, false]);
}

pub async fn ends_one_session_and_those_of_a_sweep(world: World) {
    for (scope, expected) in [
        (SweepScope::None, [false, false, true, false]),
        (SweepScope::Temporary, [true, true, true, false]),
        (SweepScope::All, [true, true, true, false]),
    ] {
        let account = world.new_account().await;
        let sessions = world.sessions_to_sweep(&account).await;
        let sweep = SessionSweep { scope, keep: None };
        let count = world.sessions.end(end(EndTarget::Both(sessions[2].id, account.id, sweep))).await;
        assert_eq!(world.ended(&sessions).await, expected, "{scope:?}");
        assert_eq!(count.unwrap(), u64::try_from(expected.iter().filter(|ended| **ended).count()).unwrap());
    }
}

pub async fn a_handle_belongs_to_one_unended_session_of_an_account(world: World) {
    let (account, first) = world.new_signed_in().await;
    let twin = |account: &Account| Session { handle: first.handle.clone(), ..build::session(account) };
    let second = twin(&account);
    let write = build::open(&second);
    let act = async |effects| world.sign_in.open(OpenSession { effects, ..write }).await;
    assert_eq!(world.refused(act).await, OpenWrite::HandleTaken);
    assert!(!world.has_session(&second).await);
    world.add_session(&twin(&world.new_colleague(&account).await)).await;
    world.sessions.end(end(EndTarget::One(first.id))).await.unwrap();
    world.add_session(&second).await;
}

pub async fn labels_a_live_session_of_the_account(world: World) {
    let (account, session) = world.new_signed_in().await;
    let stranger = world.new_colleague(&account).await;
    let label = |account: &Account, label: Option<&str>, at| LabelSession {
        account: account.id,
        handle: session.handle.clone(),
        label: label.map(str::to_owned),
        at,
    };
    assert!(world.sessions.label(label(&account, Some(build::UNICODE), later(1))).await.unwrap());
    assert_eq!(world.session(&session).await.label.as_deref(), Some(build::UNICODE));
    for (who, at) in [(&stranger, later(1)), (&account, later(3_600))] {
        assert!(!world.sessions.label(label(who, None, at)).await.unwrap());
    }
    assert!(world.sessions.label(label(&account, None, later(1))).await.unwrap());
    assert_eq!(world.session(&session).await.label, None);
    world.sessions.end(end(EndTarget::One(session.id))).await.unwrap();
    assert!(!world.sessions.label(label(&account, None, later(1))).await.unwrap());
}

pub async fn notes_when_an_account_last_signed_in(world: World) {
    let (account, first) = world.new_signed_in().await;
    let last = async |session: &Session| {
        let (_, subject) = world.sessions.find(SessionKey::Id(session.id)).await.unwrap().unwrap();
        subject.last_sign_in_at
    };
    assert_eq!(last(&first).await, Some(first.created_at));
    let second = Session { created_at: later(7), ..build::session(&account) };
    world.add_session(&second).await;
    assert_eq!(last(&first).await, Some(later(7)));
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
    assert_eq!(world.unended(&account).await, []);
}

pub async fn a_failing_end_leaves_nothing(world: World) {
    let (account, session) = world.new_signed_in().await;
    for target in [EndTarget::One(session.id), EndTarget::Account(account.id, SessionSweep::ALL)] {
        let write = end(target);
        world.failed(async |effects| world.sessions.end(EndSessions { effects, ..write }).await).await;
        assert_eq!(world.session(&session).await.ended_at, None);
    }
}
