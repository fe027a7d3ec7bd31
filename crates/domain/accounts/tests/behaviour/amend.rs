use portcullis_accounts::{
    Account, AmendCommand, AmendError, LabelScope, SetPasswordCommand, SetPasswordError,
};
use portcullis_conformance::{PlainHasher, build};
use portcullis_kernel::{AccountState, AuditAction, Client, Role, Timestamp};

use crate::stage::{Stage, password};

fn nothing(account: &Account) -> AmendCommand {
    AmendCommand {
        account: account.clone(),
        state: None,
        role: None,
        labels: Vec::new(),
        remove_labels: Vec::new(),
        password_expires_at: None,
        client: Client::operator(),
    }
}

fn label(key: &str, value: &str) -> (String, String, LabelScope) {
    (key.to_owned(), value.to_owned(), LabelScope::Private)
}

#[tokio::test]
async fn sessions_end_when_an_account_may_no_longer_sign_in_and_only_then() {
    for (to, ends) in [
        (AccountState::Active, false),
        (AccountState::Pending, false),
        (AccountState::Locked, true),
        (AccountState::Banned, true),
        (AccountState::Deactivated, true),
        (AccountState::Deleted, true),
    ] {
        let stage = Stage::new().await;
        let ada = stage.add(stage.ada()).await;
        let session = stage.world.new_session(&ada).await;
        let command = AmendCommand { state: Some(to), ..nothing(&ada) };
        assert_eq!(stage.accounts.amend(command).await.unwrap().state, to);
        assert_eq!(stage.world.session(&session).await.ended_at.is_some(), ends, "{to}");
    }
}

#[tokio::test]
async fn a_change_made_meanwhile_is_kept() {
    let stage = Stage::new().await;
    let read = stage.add(stage.ada()).await;
    let promote = AmendCommand { role: Some(Role::new("admin")), ..nothing(&read) };
    stage.accounts.amend(promote).await.unwrap();
    let lock = AmendCommand { state: Some(AccountState::Locked), ..nothing(&read) };
    let both = stage.accounts.amend(lock).await.unwrap();
    assert_eq!((both.role.as_str(), both.state), ("admin", AccountState::Locked));
    assert!(stage.world.account(&read).await == both);
}

#[tokio::test]
async fn labels_are_folded_replaced_and_removed() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    let labels = vec![label("Email", " Verified "), label("phone", "verified")];
    let ada = stage.accounts.amend(AmendCommand { labels, ..nothing(&ada) }).await.unwrap();
    let labels = vec![label("email", "expired")];
    let remove_labels = vec!["PHONE".to_owned()];
    let ada = stage.accounts.amend(AmendCommand { labels, remove_labels, ..nothing(&ada) }).await.unwrap();
    let kept: Vec<_> = ada.labels.iter().map(|label| (label.key.as_str(), label.value.as_str())).collect();
    assert_eq!(kept, [("email", "expired")]);
    assert_eq!(stage.last_event().detail, Some("labels"));
}

#[tokio::test]
async fn refuses_labels_of_another_shape_and_changes_nothing() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    for (key, value) in [("ab", "verified"), ("email", "no"), ("e mail", "verified"), ("email", "größe")] {
        let labels = vec![label(key, value)];
        let command = AmendCommand { labels, state: Some(AccountState::Banned), ..nothing(&ada) };
        let refused = stage.accounts.amend(command).await;
        assert!(matches!(refused, Err(AmendError::InvalidLabel)), "{key}={value}");
    }
    assert_eq!(stage.world.account(&ada).await.state, AccountState::Active);
}

#[tokio::test]
async fn the_expiry_of_a_password_changes_without_touching_it_or_its_sessions() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    let session = stage.world.new_session(&ada).await;
    let at = Timestamp::from_seconds(1);
    let command = AmendCommand { password_expires_at: Some(at), ..nothing(&ada) };
    let changed = stage.accounts.amend(command).await.unwrap().password.unwrap();
    let before = ada.password.unwrap();
    assert!(changed.hash == before.hash && changed.changed_at == before.changed_at);
    assert_eq!(changed.expires_at, Some(at));
    assert_eq!(stage.world.session(&session).await.ended_at, None);
}

#[tokio::test]
async fn changing_nothing_leaves_no_trace() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    let before = stage.store.audit_events().len();
    let role = Some(Role::default());
    stage.accounts.amend(AmendCommand { role, ..nothing(&ada) }).await.unwrap();
    assert_eq!(stage.store.audit_events().len(), before);
}

#[tokio::test]
async fn a_deleted_account_is_shut_at_once_and_its_names_stay_taken() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    let session = stage.world.new_session(&ada).await;
    stage.accounts.delete(ada.clone(), build::client()).await.unwrap();
    assert_eq!(stage.world.account(&ada).await.state, AccountState::Deleted);
    assert!(stage.world.session(&session).await.ended_at.is_some());
    assert_eq!(stage.last_event().action, AuditAction::AccountDeleted);
    assert!(stage.accounts.create(stage.ada()).await.is_err());
    stage.accounts.delete(ada, build::client()).await.unwrap();
}

#[tokio::test]
async fn an_operator_sets_a_password_and_every_session_ends() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    let session = stage.world.new_session(&ada).await;
    let command = |text: &str| SetPasswordCommand {
        account: ada.clone(),
        password: password(text),
        temporary: true,
        expires_at: None,
        client: Client::operator(),
    };
    let weak = stage.accounts.set_password(command("short")).await;
    assert!(matches!(weak, Err(SetPasswordError::WeakPassword(_))));
    stage.accounts.set_password(command("another-Horse-8")).await.unwrap();
    let record = stage.world.account(&ada).await.password.unwrap();
    assert!(record.hash == PlainHasher::up_to_date("another-Horse-8"));
    assert_eq!(record.temporary_until, Some(build::later(7 * 86_400)));
    assert!(stage.world.session(&session).await.ended_at.is_some());
    assert_eq!(stage.last_event().action, AuditAction::PasswordSet);
}
