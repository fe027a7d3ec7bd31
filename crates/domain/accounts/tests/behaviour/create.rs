use std::time::Duration;

use portcullis_accounts::{AccountRules, CreateAccountError, NewAccount, Taken};
use portcullis_conformance::{PlainHasher, build};
use portcullis_kernel::{AuditAction, PolicyBreach, Timestamp, Username};

use crate::stage::{PASSWORD, Stage, email, password};

#[tokio::test]
async fn an_account_is_found_under_each_of_its_names() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    for typed in [&ada.id.to_string(), " ADA@example.com ", "+27 82 123 4567", "aDA", ada.uid.as_str()] {
        let found = stage.accounts.find(stage.company.id, typed).await.unwrap();
        assert_eq!(found.map(|account| account.id), Some(ada.id), "{typed}");
    }
    let elsewhere = stage.accounts.ensure_default_company().await.unwrap().id;
    for typed in ["ada", ada.uid.as_str()] {
        assert!(stage.accounts.find(elsewhere, typed).await.unwrap().is_none(), "{typed}");
    }
}

#[tokio::test]
async fn a_username_does_not_shadow_the_handle_of_another_account() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    let username = Some(Username::parse(ada.uid.as_str()).unwrap());
    stage.add(NewAccount { username, ..stage.nobody() }).await;
    let found = stage.accounts.find(stage.company.id, ada.uid.as_str()).await.unwrap();
    assert_eq!(found.unwrap().id, ada.id);
}

#[tokio::test]
async fn a_new_account_has_a_handle_a_role_and_a_place_in_the_trail() {
    let stage = Stage::new().await;
    let ada = stage.add(stage.ada()).await;
    assert!(ada.uid.as_str().starts_with("ID") && ada.uid.as_str().len() == 12);
    assert_eq!((ada.role.as_str(), ada.version), ("member", 1));
    let record = ada.password.as_ref().unwrap();
    assert_eq!((record.expires_at, record.temporary_until), (None, None));
    assert!(record.hash == PlainHasher::up_to_date(PASSWORD));
    let event = stage.last_event();
    assert_eq!((event.action, event.account), (AuditAction::AccountCreated, Some(ada.id)));
}

#[tokio::test]
async fn refuses_an_account_without_a_name() {
    let stage = Stage::new().await;
    let refused = stage.accounts.create(stage.nobody()).await;
    assert!(matches!(refused, Err(CreateAccountError::NoIdentifier)));
}

#[tokio::test]
async fn refuses_a_taken_name_whatever_its_case() {
    let stage = Stage::new().await;
    stage.add(stage.ada()).await;
    let same_email = NewAccount { email: Some(email("ADA@EXAMPLE.COM")), ..stage.nobody() };
    let same_name = NewAccount { username: Some(Username::parse("ADA").unwrap()), ..stage.nobody() };
    let same_number = NewAccount { mobile: stage.ada().mobile, ..stage.nobody() };
    let cases = [(same_email, Taken::Email), (same_name, Taken::Username), (same_number, Taken::Mobile)];
    for (new, taken) in cases {
        let refused = stage.accounts.create(new).await;
        assert!(matches!(refused, Err(CreateAccountError::Taken(what)) if what == taken), "{taken:?}");
    }
}

#[tokio::test]
async fn refuses_a_password_that_breaks_the_policy_before_hashing() {
    let stage = Stage::new().await;
    let weak = NewAccount { password: Some(password("x")), ..stage.ada() };
    match stage.accounts.create(weak).await {
        Err(CreateAccountError::WeakPassword(breaches)) => {
            assert_eq!(breaches, [PolicyBreach::TooShort { min: 8 }]);
        }
        other => panic!("expected a weak password, got {:?}", other.map(|account| account.id)),
    }
    let own = NewAccount { password: Some(password("ada@example.com")), ..stage.ada() };
    assert!(matches!(stage.accounts.create(own).await, Err(CreateAccountError::WeakPassword(_))));
    assert_eq!(stage.hasher.hashes(), 0);
}

#[tokio::test]
async fn joins_the_default_group_or_the_ones_it_names() {
    let stage = Stage::new().await;
    assert_eq!(stage.add(stage.ada()).await.groups, ["user"]);
    let named = |name: &str, groups: &[&str]| NewAccount {
        username: Some(Username::parse(name).unwrap()),
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        ..stage.nobody()
    };
    assert_eq!(stage.add(named("bob", &["admin", "admin"])).await.groups, ["admin"]);
    let refused = stage.accounts.create(named("eve", &["root"])).await;
    assert!(matches!(refused, Err(CreateAccountError::UnknownGroup(name)) if name == "root"));
}

#[tokio::test]
async fn temporary_and_expiring_passwords_carry_their_times() {
    let lifetime = Some(Duration::from_secs(90 * 86_400));
    let stage = Stage::with(AccountRules { password_lifetime: lifetime, ..AccountRules::default() }).await;
    let ada = stage.add(NewAccount { temporary_password: true, ..stage.ada() }).await;
    let record = ada.password.unwrap();
    assert_eq!(record.temporary_until, Some(build::later(7 * 86_400)));
    assert_eq!(record.expires_at, Some(build::later(90 * 86_400)));

    let at = Timestamp::from_seconds(5);
    let bob = NewAccount {
        username: Some(Username::parse("bob").unwrap()),
        password: Some(password(PASSWORD)),
        password_expires_at: Some(at),
        ..stage.nobody()
    };
    assert_eq!(stage.add(bob).await.password.unwrap().expires_at, Some(at));
}
