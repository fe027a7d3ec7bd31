use portcullis_accounts::{
    Account, AccountRules, AmendCommand, ContactAddress, ContactProof, ContactRequested, Label, LabelCommand,
    LabelError, LabelFault, LabelScope, NewAccount, RequestContactVerification, VerifyContact,
};
use portcullis_conformance::build;
use portcullis_kernel::{AccountState, Client, CompanySlug, LabelRules};

use crate::stage::{Stage, datum};

/// A stage whose company is the one that labels decide about.
async fn ruled() -> Stage {
    let company = CompanySlug::parse("acme").unwrap();
    let labels = Some(LabelRules { company, standing: std::sync::Arc::default() });
    Stage::with(AccountRules { labels, ..AccountRules::default() }).await
}

async fn pending(stage: &Stage) -> Account {
    stage.add(NewAccount { state: AccountState::Pending, ..stage.ada() }).await
}

fn amend(account: &Account, labels: &[(&str, &str)]) -> AmendCommand {
    let private = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned(), LabelScope::Private);
    AmendCommand {
        account: account.clone(),
        state: None,
        role: None,
        labels: labels.iter().map(private).collect(),
        remove_labels: Vec::new(),
        password_expires_at: None,
        client: Client::operator(),
    }
}

fn command(account: &Account, key: &str, value: &str) -> LabelCommand {
    LabelCommand {
        account: account.clone(),
        key: key.to_owned(),
        value: value.to_owned(),
        client: build::client(),
    }
}

async fn verify_email(stage: &Stage, account: &Account) {
    let address = account.email.clone().unwrap().value;
    let request = RequestContactVerification {
        company: Some(stage.company.clone()),
        company_typed: "acme".to_owned(),
        address: ContactAddress::Email(address),
        quotas: Vec::new(),
        client: build::client(),
    };
    let sent = stage.accounts.request_contact_verification(request).await.unwrap();
    assert_eq!(sent, ContactRequested::Sent);
    let key = datum(&stage.last_message(), "key");
    let proof = ContactProof::EmailKey(key);
    stage.accounts.verify_contact(VerifyContact { proof, client: build::client() }).await.unwrap();
}

#[tokio::test]
async fn a_verified_address_makes_a_pending_account_active() {
    let stage = ruled().await;
    let ada = pending(&stage).await;
    verify_email(&stage, &ada).await;
    let ada = stage.world.account(&ada).await;
    assert_eq!((ada.state, ada.level()), (AccountState::Active, 1));
    assert!(ada.email.unwrap().verified_at.is_some());
}

#[tokio::test]
async fn in_other_companies_labels_decide_nothing() {
    let stage = Stage::new().await;
    let ada = pending(&stage).await;
    verify_email(&stage, &ada).await;
    let ada = stage.world.account(&ada).await;
    assert!(ada.labels.is_empty() && ada.state == AccountState::Pending);
    let ada = stage.accounts.amend(amend(&ada, &[("ban", "yes-sir")])).await.unwrap();
    assert_eq!(ada.state, AccountState::Pending);
}

#[tokio::test]
async fn contacts_that_count_as_proved_are_labelled_from_the_start() {
    let stage = ruled().await;
    let ada = stage.add(NewAccount { email_verified: true, mobile_verified: true, ..stage.ada() }).await;
    assert_eq!(ada.level(), 2);
    assert!(stage.world.account(&ada).await == ada);
}

#[tokio::test]
async fn an_operator_s_label_moves_the_account_and_ends_its_sessions() {
    let stage = ruled().await;
    let ada = pending(&stage).await;
    let session = stage.world.new_session(&ada).await;
    let ada = stage.accounts.amend(amend(&ada, &[("email", "verified")])).await.unwrap();
    assert_eq!(ada.state, AccountState::Active);
    assert_eq!(stage.world.session(&session).await.ended_at, None);
    let ada = stage.accounts.amend(amend(&ada, &[("fraud", "reported")])).await.unwrap();
    assert_eq!(ada.state, AccountState::Banned);
    assert!(stage.world.session(&session).await.ended_at.is_some());
    let remove_labels = vec!["fraud".to_owned()];
    let ada = stage.accounts.amend(AmendCommand { remove_labels, ..amend(&ada, &[]) }).await.unwrap();
    assert_eq!(ada.state, AccountState::Active);
}

#[tokio::test]
async fn a_state_that_is_named_outweighs_the_labels() {
    let stage = ruled().await;
    let ada = pending(&stage).await;
    let state = Some(AccountState::Locked);
    let command = AmendCommand { state, ..amend(&ada, &[("email", "verified")]) };
    assert_eq!(stage.accounts.amend(command).await.unwrap().state, AccountState::Locked);
}

#[tokio::test]
async fn owners_add_change_and_remove_public_labels_only() {
    let stage = ruled().await;
    let ada = pending(&stage).await;
    let added = stage.accounts.add_label(command(&ada, " Email ", "Verified")).await.unwrap();
    assert_eq!(
        (added.key.as_str(), added.value.as_str(), added.scope),
        ("email", "verified", LabelScope::Public)
    );
    let ada = stage.world.account(&ada).await;
    assert_eq!((ada.state, ada.level()), (AccountState::Pending, 0));
    let again = stage.accounts.add_label(command(&ada, "email", "verified")).await;
    assert!(matches!(again, Err(LabelError::Taken)));
    let changed = stage.accounts.change_label(command(&ada, "EMAIL", "other")).await.unwrap();
    assert_eq!((changed.value.as_str(), changed.created_at), ("other", added.created_at));
    stage.accounts.remove_label(ada.clone(), "email", build::client()).await.unwrap();
    assert!(stage.world.account(&ada).await.labels.is_empty());
    let gone = stage.accounts.remove_label(ada, "email", build::client()).await;
    assert!(matches!(gone, Err(LabelError::NotFound)));
}

#[tokio::test]
async fn private_labels_are_not_their_owner_s_to_change() {
    let stage = ruled().await;
    let ada = stage.add(NewAccount { email_verified: true, ..stage.ada() }).await;
    let changed = stage.accounts.change_label(command(&ada, "email", "expired")).await;
    assert!(matches!(changed, Err(LabelError::Private)));
    let removed = stage.accounts.remove_label(ada.clone(), "email", build::client()).await;
    assert!(matches!(removed, Err(LabelError::Private)));
    stage.accounts.add_label(command(&ada, "email", "mine-too")).await.unwrap();
    let scopes: Vec<_> = stage.world.account(&ada).await.labels.iter().map(|label| label.scope).collect();
    assert_eq!(scopes, [LabelScope::Private, LabelScope::Public]);
}

#[tokio::test]
async fn names_every_fault_of_key_and_value() {
    let stage = ruled().await;
    let ada = pending(&stage).await;
    let refused = stage.accounts.add_label(command(&ada, "e!", "x")).await;
    let Err(LabelError::Invalid { key, value }) = refused else { panic!("it was taken") };
    assert_eq!(key, [LabelFault::TooShort, LabelFault::Invalid]);
    assert_eq!(value, [LabelFault::TooShort]);
}

#[tokio::test]
async fn parallel_labels_of_one_key_have_one_winner() {
    let stage = ruled().await;
    let ada = pending(&stage).await;
    let answers = portcullis_conformance::race(6, |_| {
        let (accounts, command) = (stage.accounts.clone(), command(&ada, "colour", "red"));
        async move { accounts.add_label(command).await.map(|label: Label| label.key) }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
}
