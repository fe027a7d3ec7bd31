use std::time::Duration;

use portcullis_accounts::{
    Account, AccountRules, AmendCommand, Departure, Leave, LeaveError, LeaveRequested, NewAccount,
    RequestLeave, RequestLeaveError, Retention,
};
use portcullis_conformance::build;
use portcullis_kernel::{
    AccountId, AccountState, AuditAction, Client, Event, Mobile, Outcome, Quota, Recipient, Username,
};

use crate::stage::{Stage, datum, email};

const DAY: Duration = Duration::from_secs(86_400);
const BOTH: [Departure; 2] = [Departure::Deactivation, Departure::Deletion];

async fn stage() -> (Stage, Account) {
    let rules = AccountRules { public_url: "https://id.example".to_owned(), ..AccountRules::default() };
    let stage = Stage::with(rules).await;
    let ada = stage.add(stage.ada()).await;
    (stage, ada)
}

fn request(stage: &Stage, typed: &str, departure: Departure) -> RequestLeave {
    RequestLeave {
        company: Some(stage.company.clone()),
        company_typed: "acme".to_owned(),
        typed: typed.to_owned(),
        departure,
        lifetime: DAY,
        quotas: vec![Quota { limit: 4, period: Duration::from_secs(60) }],
        client: build::client(),
    }
}

async fn ask(stage: &Stage, typed: &str, departure: Departure) -> Result<LeaveRequested, RequestLeaveError> {
    stage.accounts.request_leave(request(stage, typed, departure)).await
}

async fn key_for(stage: &Stage, typed: &str, departure: Departure) -> String {
    assert_eq!(ask(stage, typed, departure).await.unwrap(), LeaveRequested::Sent);
    datum(&stage.last_message(), "key")
}

async fn leave(stage: &Stage, key: &str, departure: Departure) -> Result<AccountId, LeaveError> {
    let command = Leave { key: key.to_owned(), departure, client: build::client() };
    stage.accounts.leave(command).await
}

fn to_state(account: Account, state: AccountState) -> AmendCommand {
    AmendCommand {
        account,
        state: Some(state),
        role: None,
        labels: Vec::new(),
        remove_labels: Vec::new(),
        password_expires_at: None,
        client: Client::operator(),
    }
}

#[tokio::test]
async fn a_mailed_key_deactivates_the_account_once() {
    let (stage, ada) = stage().await;
    let session = stage.world.new_session(&ada).await;
    let key = key_for(&stage, "ADA@example.com", Departure::Deactivation).await;
    let mail = stage.last_message();
    assert_eq!(
        (mail.event, &mail.recipient),
        (Event::DeactivateVerify, &Recipient::Mail(email("ada@example.com")))
    );
    let url = format!("https://id.example/deactivate/verify?key={key}&company=acme");
    assert_eq!((datum(&mail, "url"), datum(&mail, "user")), (url.clone(), ada.id.to_string()));
    assert!(mail.text.contains(&url) && mail.text.contains("1 day"));

    assert_eq!(leave(&stage, &key, Departure::Deactivation).await.unwrap(), ada.id);
    let left = stage.world.account(&ada).await;
    assert_eq!((left.state, left.retention()), (AccountState::Deactivated, Retention::Retaining));
    assert!(stage.world.session(&session).await.ended_at.is_some());
    let event = stage.last_event();
    assert_eq!((event.action, event.account), (AuditAction::AccountDeactivated, Some(ada.id)));
    assert!(matches!(leave(&stage, &key, Departure::Deactivation).await, Err(LeaveError::Used)));
}

#[tokio::test]
async fn a_deletion_is_asked_for_and_an_operator_can_wake_the_account() {
    let (stage, ada) = stage().await;
    let key = key_for(&stage, "ada", Departure::Deletion).await;
    let mail = stage.last_message();
    assert_eq!(mail.event, Event::RequestDeleteVerify);
    assert!(datum(&mail, "url").starts_with("https://id.example/request-delete/verify?key="));
    leave(&stage, &key, Departure::Deletion).await.unwrap();
    let left = stage.world.account(&ada).await;
    assert_eq!((left.state, left.retention()), (AccountState::Deactivated, Retention::DeleteRequested));
    assert_eq!(stage.last_event().action, AuditAction::DeletionRequested);

    let woken = stage.accounts.amend(to_state(left.clone(), AccountState::Active)).await.unwrap();
    assert_eq!(woken.retention(), Retention::Retaining);
    stage.accounts.delete(woken, build::client()).await.unwrap();
    assert_eq!(stage.world.account(&ada).await.retention(), Retention::Deleted);
}

#[tokio::test]
async fn refuses_unknown_late_replaced_and_misused_keys() {
    let (stage, ada) = stage().await;
    for departure in BOTH {
        assert!(matches!(leave(&stage, "x", departure).await, Err(LeaveError::Unknown)));
    }
    let first = key_for(&stage, "ada", Departure::Deactivation).await;
    let second = key_for(&stage, "ada", Departure::Deactivation).await;
    assert!(matches!(leave(&stage, &first, Departure::Deactivation).await, Err(LeaveError::Used)));
    assert!(matches!(leave(&stage, &second, Departure::Deletion).await, Err(LeaveError::Unknown)));
    stage.world.clock.advance(DAY);
    assert!(matches!(leave(&stage, &second, Departure::Deactivation).await, Err(LeaveError::Expired)));
    assert_eq!(stage.world.account(&ada).await.state, AccountState::Active);
}

#[tokio::test]
async fn who_is_refused_gets_no_key_and_who_rests_may_still_ask_for_deletion() {
    for state in AccountState::ALL {
        let (stage, _) = stage().await;
        let bob = NewAccount { email: Some(email("bob@example.com")), state, ..stage.nobody() };
        stage.add(bob).await;
        for departure in BOTH {
            let open = state.admits(true)
                || (state == AccountState::Deactivated && departure == Departure::Deletion);
            let expected = if open { LeaveRequested::Sent } else { LeaveRequested::NothingSent };
            let answer = ask(&stage, "bob@example.com", departure).await.unwrap();
            assert_eq!(answer, expected, "{state} {departure:?}");
        }
    }
}

#[tokio::test]
async fn a_key_is_worthless_once_the_account_was_refused() {
    let (stage, ada) = stage().await;
    let key = key_for(&stage, "ada", Departure::Deactivation).await;
    stage.accounts.amend(to_state(ada.clone(), AccountState::Banned)).await.unwrap();
    assert!(matches!(leave(&stage, &key, Departure::Deactivation).await, Err(LeaveError::Used)));
    assert_eq!(stage.world.account(&ada).await.state, AccountState::Banned);
}

#[tokio::test]
async fn without_an_address_the_key_goes_by_sms_and_without_a_mobile_nowhere() {
    let (stage, _) = stage().await;
    let mobile = Mobile::parse("+27829999999").unwrap();
    stage.add(NewAccount { mobile: Some(mobile.clone()), ..stage.nobody() }).await;
    key_for(&stage, "+27 82 999 9999", Departure::Deletion).await;
    assert_eq!(stage.last_message().recipient, Recipient::Sms(mobile));
    let bare = NewAccount { username: Some(Username::parse("bob").unwrap()), ..stage.nobody() };
    stage.add(bare).await;
    assert_eq!(ask(&stage, "bob", Departure::Deletion).await.unwrap(), LeaveRequested::NothingSent);
}

#[tokio::test]
async fn requests_are_counted_by_name_whoever_answers_to_it() {
    let (stage, _) = stage().await;
    for (names, known) in [
        (["ada@example.com", "ADA@Example.com "], true),
        (["nobody", "NOBODY"], true),
        (["ada@example.com", "Ada@example.com"], false),
    ] {
        let company_typed = if known { "acme" } else { "nowhere" }.to_owned();
        let company = Some(stage.company.clone()).filter(|_| known);
        let named = |typed: &str| RequestLeave {
            company: company.clone(),
            company_typed: company_typed.clone(),
            ..request(&stage, typed, Departure::Deactivation)
        };
        for number in 0..4 {
            stage.accounts.request_leave(named(names[number % 2])).await.unwrap();
        }
        for name in names {
            let refused = stage.accounts.request_leave(named(name)).await;
            assert!(matches!(refused, Err(RequestLeaveError::Throttled { .. })), "{name}");
        }
    }
    let sent = stage.store.messages().len();
    let other_name = ask(&stage, "ada", Departure::Deactivation).await.unwrap();
    assert_eq!(other_name, LeaveRequested::NothingSent, "the account was sent enough");
    assert_eq!(stage.last_event().outcome, Outcome::Denied);
    assert_eq!(stage.store.messages().len(), sent);
    assert_eq!(ask(&stage, "ada", Departure::Deletion).await.unwrap(), LeaveRequested::Sent);
}
