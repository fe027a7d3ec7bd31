use std::time::Duration;

use portcullis_kernel::{AuditAction, Event, Outcome, PolicyBreach};
use portcullis_password_reset::{CompleteByCodeError, RequestResetError, Requested};

use crate::stage::{HOUR, Stage, email, username};

#[tokio::test]
async fn a_mailed_code_sets_a_new_password_and_ends_every_session() {
    let (stage, ada) = Stage::with_ada().await;
    let session = stage.world.new_session(&ada).await;
    let code = stage.code_for(&ada).await;
    let mail = stage.last_message();
    assert_eq!((mail.event, code.len(), mail.data.len()), (Event::PasswordCode, 6, 1));
    assert!(mail.text.contains(&code) && mail.text.contains("1 hour"));
    assert!(mail.text.contains(&stage.company.name) && !mail.subject.contains(&code));

    stage.complete(email(&ada), &format!(" {code} ")).await.unwrap();
    assert!(stage.has_new_password(&ada).await);
    assert!(stage.world.session(&session).await.ended_at.is_some());
    let notice = stage.last_message();
    assert_eq!((notice.event, notice.data.len()), (Event::NoticePasswordChanged, 0));
    let event = stage.store.audit_events().pop().unwrap();
    assert_eq!((event.action, event.outcome), (AuditAction::PasswordReset, Outcome::Succeeded));
    assert_eq!((event.account, event.company), (Some(ada.id), Some(ada.company)));
}

#[tokio::test]
async fn a_code_works_once() {
    let (stage, ada) = Stage::with_ada().await;
    let code = stage.code_for(&ada).await;
    stage.complete(username(&ada), &code).await.unwrap();
    let again = stage.complete(username(&ada), &code).await;
    assert!(matches!(again, Err(CompleteByCodeError::Expired)));
}

#[tokio::test]
async fn a_code_expires_and_one_never_sent_counts_as_expired() {
    let (stage, ada) = Stage::with_ada().await;
    let never = stage.complete(username(&ada), "123456").await;
    assert!(matches!(never, Err(CompleteByCodeError::Expired)));
    let code = stage.code_for(&ada).await;
    stage.world.clock.advance(HOUR);
    let late = stage.complete(username(&ada), &code).await;
    assert!(matches!(late, Err(CompleteByCodeError::Expired)));
    assert_eq!(stage.hasher.hashes(), 0);
}

#[tokio::test]
async fn a_later_code_voids_an_earlier_one() {
    let (stage, ada) = Stage::with_ada().await;
    let earlier = stage.code_for(&ada).await;
    stage.world.clock.advance(Duration::from_secs(1));
    let later = stage.code_for(&ada).await;
    let replaced = stage.complete(username(&ada), &earlier).await;
    assert!(matches!(replaced, Err(CompleteByCodeError::WrongCode)));
    stage.complete(username(&ada), &later).await.unwrap();
}

#[tokio::test]
async fn a_weak_password_is_named_only_to_who_has_the_code_and_leaves_it_usable() {
    let (stage, ada) = Stage::with_ada().await;
    let code = stage.code_for(&ada).await;
    let guessed = stage.complete_with(username(&ada), "000000", "x").await;
    assert!(matches!(guessed, Err(CompleteByCodeError::WrongCode)));
    for _ in 0..10 {
        match stage.complete_with(username(&ada), &code, "x").await {
            Err(CompleteByCodeError::Weak(breaches)) => {
                assert_eq!(breaches, [PolicyBreach::TooShort { min: 8 }]);
            }
            other => panic!("expected a weak password, got {other:?}"),
        }
    }
    assert_eq!(stage.hasher.hashes(), 0, "nothing is hashed before the password may be set");
    stage.complete(username(&ada), &code).await.unwrap();
}

#[tokio::test]
async fn five_wrong_guesses_refuse_the_right_code_too() {
    let (stage, ada) = Stage::with_ada().await;
    let code = stage.code_for(&ada).await;
    for _ in 0..5 {
        let wrong = stage.complete(username(&ada), "wrong").await;
        assert!(matches!(wrong, Err(CompleteByCodeError::WrongCode)));
    }
    for (typed, guess, new) in [
        (username(&ada), code.as_str(), "another-Horse-8"),
        (email(&ada), "wrong", "another-Horse-8"),
        (email(&ada), code.as_str(), "x"),
    ] {
        match stage.complete_with(typed, guess, new).await {
            Err(CompleteByCodeError::Throttled { retry_after }) => assert_eq!(retry_after, HOUR),
            other => panic!("expected a throttle, got {other:?}"),
        }
    }
    stage.world.clock.advance(HOUR);
    let fresh = stage.code_for(&ada).await;
    stage.complete(username(&ada), &fresh).await.unwrap();
}

#[tokio::test]
async fn a_reset_forgives_the_wrong_guesses_before_it() {
    let (stage, ada) = Stage::with_ada().await;
    for _ in 0..2 {
        stage.world.clock.advance(Duration::from_secs(1));
        let code = stage.code_for(&ada).await;
        for _ in 0..4 {
            assert!(stage.complete(username(&ada), "wrong").await.is_err());
        }
        stage.complete(username(&ada), &code).await.unwrap();
    }
}

#[tokio::test]
async fn strangers_are_counted_like_accounts() {
    let stage = Stage::new().await;
    for _ in 0..5 {
        let wrong = stage.complete("nobody", "123456").await;
        assert!(matches!(wrong, Err(CompleteByCodeError::WrongCode)));
        assert!(matches!(stage.request("nobody").await, Ok(Requested::NobodyEligible(_))));
    }
    let guessed = stage.complete("NOBODY ", "123456").await;
    assert!(matches!(guessed, Err(CompleteByCodeError::Throttled { .. })));
    let asked = stage.request("nobody").await;
    assert!(matches!(asked, Err(RequestResetError::Throttled { retry_after }) if retry_after == HOUR));
}

#[tokio::test]
async fn five_requests_an_hour_under_whatever_name() {
    let (stage, ada) = Stage::with_ada().await;
    for typed in [username(&ada), email(&ada)].iter().cycle().take(5) {
        assert_eq!(stage.request(typed).await.unwrap(), Requested::Sent);
    }
    let refused = stage.request(username(&ada)).await;
    assert!(matches!(refused, Err(RequestResetError::Throttled { .. })));
    assert_eq!(stage.store.messages().len(), 5);
}
