//! The state matrix of the wikimedia contract (§3.4, §3.5, §7).

use portcullis_accounts::Account;
use portcullis_conformance::build;
use portcullis_kernel::AccountState;
use portcullis_password_reset::{CompleteByCodeError, Ineligible, Requested};

use crate::stage::{Stage, email, username};

#[derive(Debug, PartialEq)]
enum Confirm {
    WrongCode,
    Expired,
    Done,
}

type Change = fn(&mut Account);

const MATRIX: [(&str, Change, Requested, Confirm); 8] = [
    ("confirmed", |_| {}, Requested::Sent, Confirm::Done),
    (
        "temporary password",
        |account| account.password.as_mut().unwrap().temporary_until = Some(build::later(60)),
        Requested::NobodyEligible(Ineligible::TemporaryPassword),
        Confirm::Expired,
    ),
    (
        "unverified e-mail",
        |account| account.email.as_mut().unwrap().verified_at = None,
        Requested::NobodyEligible(Ineligible::NoVerifiedEmail),
        Confirm::Expired,
    ),
    (
        "pending",
        |account| account.state = AccountState::Pending,
        Requested::NobodyEligible(Ineligible::NoVerifiedEmail),
        Confirm::Expired,
    ),
    (
        "locked",
        |account| account.state = AccountState::Locked,
        Requested::NobodyEligible(Ineligible::Disabled),
        Confirm::WrongCode,
    ),
    (
        "banned",
        |account| account.state = AccountState::Banned,
        Requested::NobodyEligible(Ineligible::Disabled),
        Confirm::WrongCode,
    ),
    (
        "deactivated",
        |account| account.state = AccountState::Deactivated,
        Requested::NobodyEligible(Ineligible::Disabled),
        Confirm::WrongCode,
    ),
    (
        "deleted",
        |account| account.state = AccountState::Deleted,
        Requested::NobodyEligible(Ineligible::Disabled),
        Confirm::WrongCode,
    ),
];

#[tokio::test]
async fn every_state_is_answered_as_the_matrix_says() {
    for (name, change, requested, _) in MATRIX {
        let stage = Stage::new().await;
        let mut account = stage.ada();
        change(&mut account);
        stage.world.add_account(&account).await;
        for typed in [username(&account), email(&account)] {
            assert_eq!(stage.request(typed).await.unwrap(), requested, "{name} as {typed}");
        }
        let expected = if requested == Requested::Sent { 2 } else { 0 };
        assert_eq!(stage.store.messages().len(), expected, "{name}");
    }
}

#[tokio::test]
async fn a_code_sent_before_the_state_changed_is_answered_as_the_matrix_says() {
    for (name, change, _, expected) in MATRIX {
        let (stage, account) = Stage::with_ada().await;
        let code = stage.code_for(&account).await;
        let mut changed = stage.world.account(&account).await;
        change(&mut changed);
        stage.world.accounts.amend(build::amended(&changed)).await.unwrap();
        if let Some(password) = changed.password.filter(|record| record.temporary_until.is_some()) {
            let write =
                portcullis_accounts::SetPassword { password, ..build::new_password(&account, "unused") };
            stage.world.accounts.set_password(write).await.unwrap();
        }
        let confirm = match stage.complete(username(&account), &code).await {
            Ok(()) => Confirm::Done,
            Err(CompleteByCodeError::WrongCode) => Confirm::WrongCode,
            Err(CompleteByCodeError::Expired) => Confirm::Expired,
            Err(other) => panic!("{name}: {other}"),
        };
        assert_eq!(confirm, expected, "{name}");
        assert_eq!(stage.has_new_password(&account).await, expected == Confirm::Done, "{name}");
    }
}

#[tokio::test]
async fn nobody_answers_to_a_name_that_is_not_to_the_letter() {
    let (stage, ada) = Stage::with_ada().await;
    let upper = username(&ada).to_uppercase();
    for (typed, why) in [
        (upper.as_str(), Ineligible::UnknownUsername),
        (&ada.id.to_string(), Ineligible::UnknownUsername),
        (ada.mobile.as_ref().unwrap().value.as_str(), Ineligible::UnknownUsername),
        ("nobody", Ineligible::UnknownUsername),
        ("nobody@example.com", Ineligible::UnknownEmail),
        ("", Ineligible::UnknownUsername),
    ] {
        assert_eq!(stage.request(typed).await.unwrap(), Requested::NobodyEligible(why), "{typed}");
        let refused = stage.complete(typed, "123456").await;
        assert!(matches!(refused, Err(CompleteByCodeError::WrongCode)), "{typed}");
    }
    let upper = email(&ada).to_uppercase();
    assert_eq!(stage.request(&upper).await.unwrap(), Requested::Sent);
}
