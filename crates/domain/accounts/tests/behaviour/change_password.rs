use std::time::Duration;

use portcullis_accounts::{Account, ChangePassword, ChangePasswordError, NewAccount, Who};
use portcullis_conformance::PlainHasher;
use portcullis_conformance::build;
use portcullis_kernel::{AccountState, AuditAction, Event, Outcome, PolicyBreach, SweepScope, Timestamp};

use crate::stage::{PASSWORD, Stage, password};

const NEW: &str = "another-Horse-8";

fn change(stage: &Stage, who: Who, previous: &str) -> ChangePassword {
    ChangePassword {
        company: stage.company.id,
        who,
        lookup_admits_pending: false,
        previous: password(previous),
        proposed: password(NEW),
        keep: None,
        sweep: SweepScope::All,
        client: build::client(),
    }
}

fn ada() -> Who {
    Who::Typed("ada".to_owned())
}

async fn has(stage: &Stage, account: &Account, text: &str) -> bool {
    stage.world.hash(account).await == Some(PlainHasher::up_to_date(text))
}

#[tokio::test]
async fn the_owner_changes_the_password_and_is_told_so() {
    let stage = Stage::new().await;
    let account = stage.add(stage.ada()).await;
    for who in [ada(), Who::Account(account.id)] {
        let previous = if has(&stage, &account, NEW).await { NEW } else { PASSWORD };
        stage.accounts.change_password(change(&stage, who, previous)).await.unwrap();
        assert!(has(&stage, &account, NEW).await);
    }
    let notice = stage.last_message();
    assert_eq!((notice.event, notice.company.as_str()), (Event::NoticePasswordChanged, "acme"));
    assert!(notice.data.is_empty() && !notice.text.contains(NEW));
    let event = stage.last_event();
    assert_eq!((event.action, event.outcome), (AuditAction::PasswordChanged, Outcome::Succeeded));
}

#[tokio::test]
async fn other_sessions_end_and_the_one_that_asked_survives() {
    let stage = Stage::new().await;
    let account = stage.add(stage.ada()).await;
    let [other, own, permanent, stranger] = stage.world.sessions_to_sweep(&account).await;
    let command = ChangePassword { keep: Some(own.id), ..change(&stage, ada(), PASSWORD) };
    stage.accounts.change_password(command).await.unwrap();
    let ended = stage.world.ended(&[other, own, permanent, stranger]).await;
    assert_eq!(ended, [true, false, true, false]);
}

#[tokio::test]
async fn a_door_may_keep_permanent_sessions_or_all() {
    for (sweep, expected) in [
        (SweepScope::Temporary, [true, true, false, false]),
        (SweepScope::None, [false, false, false, false]),
    ] {
        let stage = Stage::new().await;
        let account = stage.add(stage.ada()).await;
        let sessions = stage.world.sessions_to_sweep(&account).await;
        let command = ChangePassword { sweep, ..change(&stage, ada(), PASSWORD) };
        stage.accounts.change_password(command).await.unwrap();
        assert_eq!(stage.world.ended(&sessions).await, expected, "{sweep:?}");
    }
}

#[tokio::test]
async fn every_state_answers_a_right_password_as_it_should() {
    for state in AccountState::ALL {
        for admits_pending in [false, true] {
            let stage = Stage::new().await;
            let account = stage.add(NewAccount { state, ..stage.ada() }).await;
            let command = ChangePassword {
                lookup_admits_pending: admits_pending,
                ..change(&stage, Who::Account(account.id), PASSWORD)
            };
            let changed = stage.accounts.change_password(command).await;
            if state.admits(admits_pending) {
                assert!(changed.is_ok(), "{state}");
            } else {
                assert!(matches!(changed, Err(ChangePasswordError::WrongPassword)), "{state}");
                assert!(has(&stage, &account, PASSWORD).await, "{state}");
            }
        }
    }
}

#[tokio::test]
async fn a_stranger_and_a_refused_account_cost_the_same_work_and_get_the_same_answer() {
    let stage = Stage::new().await;
    stage.add(NewAccount { state: AccountState::Banned, ..stage.ada() }).await;
    for (typed, expected) in [("ada", 1), ("nobody", 2), ("", 3)] {
        let command = change(&stage, Who::Typed(typed.to_owned()), PASSWORD);
        let refused = stage.accounts.change_password(command).await;
        assert!(matches!(refused, Err(ChangePasswordError::WrongPassword)), "{typed}");
        assert_eq!(stage.hasher.for_nobody(), expected);
        assert_eq!(stage.last_event().detail, Some("wrong password"));
    }
}

#[tokio::test]
async fn a_temporary_password_can_be_changed_until_its_time_is_over() {
    let stage = Stage::new().await;
    let account = stage.add(NewAccount { temporary_password: true, ..stage.ada() }).await;
    stage.world.clock.advance(Duration::from_secs(7 * 86_400));
    let late = stage.accounts.change_password(change(&stage, ada(), PASSWORD)).await;
    assert!(matches!(late, Err(ChangePasswordError::WrongPassword)));

    stage.world.clock.set(build::later(7 * 86_400 - 1));
    stage.accounts.change_password(change(&stage, ada(), PASSWORD)).await.unwrap();
    assert_eq!(stage.world.account(&account).await.password.unwrap().temporary_until, None);
}

#[tokio::test]
async fn an_expired_password_can_be_changed() {
    let stage = Stage::new().await;
    let expired = Some(Timestamp::from_seconds(1));
    let account = stage.add(NewAccount { password_expires_at: expired, ..stage.ada() }).await;
    stage.accounts.change_password(change(&stage, ada(), PASSWORD)).await.unwrap();
    assert_eq!(stage.world.account(&account).await.password.unwrap().expires_at, None);
}

#[tokio::test]
async fn a_weak_password_is_named_only_to_the_owner_and_not_charged() {
    let stage = Stage::new().await;
    stage.add(stage.ada()).await;
    let weak = |previous: &str| ChangePassword { proposed: password("x"), ..change(&stage, ada(), previous) };
    let guessed = stage.accounts.change_password(weak("guess")).await;
    assert!(matches!(guessed, Err(ChangePasswordError::WrongPassword)));
    for _ in 0..10 {
        match stage.accounts.change_password(weak(PASSWORD)).await {
            Err(ChangePasswordError::Weak(breaches)) => {
                assert_eq!(breaches, [PolicyBreach::TooShort { min: 8 }]);
            }
            other => panic!("expected a weak password, got {other:?}"),
        }
    }
}

#[tokio::test]
async fn guessing_locks_the_account_even_for_the_right_password_until_the_minute_is_over() {
    let stage = Stage::new().await;
    stage.add(stage.ada()).await;
    for _ in 0..6 {
        let wrong = stage.accounts.change_password(change(&stage, ada(), "guess")).await;
        assert!(matches!(wrong, Err(ChangePasswordError::WrongPassword)));
    }
    let minute = Duration::from_secs(60);
    let weak = ChangePassword { proposed: password("x"), ..change(&stage, ada(), PASSWORD) };
    for command in [change(&stage, ada(), "guess"), change(&stage, ada(), PASSWORD), weak] {
        match stage.accounts.change_password(command).await {
            Err(ChangePasswordError::Throttled { retry_after }) => assert_eq!(retry_after, minute),
            other => panic!("expected a throttle, got {other:?}"),
        }
    }
    stage.world.clock.advance(minute);
    stage.accounts.change_password(change(&stage, ada(), PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn strangers_lock_like_accounts_do() {
    let stage = Stage::new().await;
    let nobody = || change(&stage, Who::Typed("nobody".to_owned()), "guess");
    for _ in 0..6 {
        let wrong = stage.accounts.change_password(nobody()).await;
        assert!(matches!(wrong, Err(ChangePasswordError::WrongPassword)));
    }
    let locked = stage.accounts.change_password(nobody()).await;
    assert!(matches!(locked, Err(ChangePasswordError::Throttled { .. })));
}
