//! What is read and written, in which order, and what happens when a port fails; seen through mocks.

use std::sync::Arc;
use std::time::Duration;

use portcullis_kernel::{
    AccountState, Ambient, Client, CompanySlug, Email, FreshId, MockClock, MockEntropy, MockPasswordHasher,
    Password, PasswordHash, PortError, Role, Spending, SweepScope, Timestamp, Uid, Verdict,
};

use crate::{
    Account, AccountPorts, AccountRules, Accounts, AmendCommand, AmendError, Amendment, ChangePassword,
    ChangePasswordError, Company, CompanySettings, Contact, CreateAccountError, Creation, MockAccountStore,
    MockAuditTrail, MockCompanyStore, MockContactStore, NewAccount, PasswordChange, PasswordRecord, Profile,
    Taken, Who,
};

const NOW: Timestamp = Timestamp::from_seconds(1_000);
const MINUTE: Duration = Duration::from_secs(60);

fn entropy() -> MockEntropy {
    let mut entropy = MockEntropy::new();
    entropy.expect_fill().returning(|buffer| buffer.fill(1));
    entropy
}

fn id<T: FreshId>() -> T {
    T::fresh(NOW, &entropy())
}

#[derive(Default)]
struct Mocks {
    companies: MockCompanyStore,
    accounts: MockAccountStore,
    hasher: MockPasswordHasher,
}

impl Mocks {
    fn knowing_ada() -> Self {
        let mut mocks = Self::default();
        mocks.companies.expect_find_by_id().returning(|_| Ok(Some(company())));
        mocks.companies.expect_groups().returning(|_| Ok(Vec::new()));
        mocks.accounts.expect_find().returning(|_, _| Ok(Some(ada())));
        mocks
    }

    fn accounts(self) -> Accounts {
        let mut clock = MockClock::new();
        clock.expect_now().return_const(NOW);
        let ports = AccountPorts {
            companies: Arc::new(self.companies),
            accounts: Arc::new(self.accounts),
            contacts: Arc::new(MockContactStore::new()),
            dossiers: Arc::new(crate::MockDossierStore::new()),
            legal_terms: Arc::new(crate::MockLegalTermStore::new()),
            audit: Arc::new(MockAuditTrail::new()),
            hasher: Arc::new(self.hasher),
            ambient: Ambient::new(Arc::new(clock), Arc::new(entropy())),
        };
        Accounts::new(ports, AccountRules::default())
    }
}

fn company() -> Company {
    Company {
        details: crate::CompanyDetails::default(),
        id: id(),
        slug: CompanySlug::parse("default").unwrap(),
        name: "Default".to_owned(),
        settings: CompanySettings::default(),
        created_at: NOW,
    }
}

fn ada() -> Account {
    let hash = PasswordHash::from_text("old");
    Account {
        id: id(),
        uid: Uid::from_text("ID0123456789"),
        company: id(),
        username: None,
        email: Some(Contact { value: Email::parse("ada@example.com").unwrap(), verified_at: None }),
        mobile: None,
        password: Some(PasswordRecord { hash, changed_at: NOW, expires_at: None, temporary_until: None }),
        state: AccountState::Active,
        delete_requested_at: None,
        role: Role::default(),
        owner: false,
        groups: Vec::new(),
        labels: Vec::new(),
        profile: Profile::default(),
        referral: None,
        data: None,
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

fn change() -> ChangePassword {
    ChangePassword {
        company: id(),
        who: Who::Account(id()),
        lookup_admits_pending: false,
        previous: Password::parse("old").unwrap(),
        proposed: Password::parse("another-Horse-8").unwrap(),
        keep: None,
        sweep: SweepScope::All,
        client: Client::operator(),
    }
}

fn lock() -> AmendCommand {
    AmendCommand {
        account: ada(),
        state: Some(AccountState::Locked),
        role: None,
        labels: Vec::new(),
        remove_labels: Vec::new(),
        password_expires_at: None,
        client: Client::operator(),
    }
}

fn new_account() -> NewAccount {
    NewAccount {
        company: company(),
        username: None,
        email: Some(Email::parse("bob@example.com").unwrap()),
        email_verified: false,
        mobile: None,
        mobile_verified: false,
        password: None,
        temporary_password: false,
        password_expires_at: None,
        state: AccountState::Active,
        role: None,
        groups: Vec::new(),
        profile: Profile::default(),
        client: Client::operator(),
    }
}

#[tokio::test]
async fn an_outage_at_the_look_up_is_the_answer_and_nothing_else_is_called() {
    let mut mocks = Mocks::default();
    mocks.accounts.expect_find().times(1).returning(|_, _| Err(PortError::unavailable("away")));
    let refused = mocks.accounts().change_password(change()).await;
    assert!(matches!(refused, Err(ChangePasswordError::Port(PortError::Unavailable(_)))));
}

#[tokio::test]
async fn an_overloaded_hasher_charges_nobody() {
    let mut mocks = Mocks::knowing_ada();
    let busy = || Err(PortError::Overloaded { retry_after: MINUTE });
    mocks.hasher.expect_verify().times(1).returning(move |_, _, _| busy());
    let refused = mocks.accounts().change_password(change()).await;
    assert!(matches!(refused, Err(ChangePasswordError::Port(PortError::Overloaded { .. }))));
}

#[tokio::test]
async fn a_password_that_changed_while_the_new_one_was_hashed_is_wrong_now() {
    let mut mocks = Mocks::knowing_ada();
    mocks.hasher.expect_verify().times(1).returning(|_, _, _| Ok(Verdict::MatchOutdated));
    mocks.hasher.expect_hash().times(1).returning(|_, _| Ok(PasswordHash::from_text("new")));
    mocks
        .accounts
        .expect_set_password()
        .withf(|write| {
            write.expected == Some(PasswordHash::from_text("old"))
                && write.throttle.charge.is_empty()
                && write.throttle.within.len() == 2
                && write.throttle.clear.len() == 2
                && (write.effects.messages.len(), write.effects.audit.len()) == (1, 1)
        })
        .times(1)
        .returning(|_| Ok(PasswordChange::Stale));
    let refused = mocks.accounts().change_password(change()).await;
    assert!(matches!(refused, Err(ChangePasswordError::WrongPassword)));
}

#[tokio::test]
async fn a_weak_password_is_named_only_while_the_budgets_have_room() {
    let mut mocks = Mocks::knowing_ada();
    mocks.hasher.expect_verify().times(1).returning(|_, _, _| Ok(Verdict::Match));
    mocks
        .accounts
        .expect_reject_password()
        .withf(|throttle, _, _| throttle.charge.is_empty() && throttle.within.len() == 2)
        .times(1)
        .returning(|_, _, _| Ok(Spending::Exhausted { retry_after: MINUTE }));
    let weak = ChangePassword { proposed: Password::parse("x").unwrap(), ..change() };
    let refused = mocks.accounts().change_password(weak).await;
    assert!(matches!(refused, Err(ChangePasswordError::Throttled { retry_after: MINUTE })));
}

#[tokio::test]
async fn a_stale_account_is_read_again_a_few_times_and_then_given_up() {
    let mut mocks = Mocks::knowing_ada();
    mocks.accounts.expect_amend().times(5).returning(|_| Ok(Amendment::Stale));
    let refused = mocks.accounts().amend(lock()).await;
    assert!(matches!(refused, Err(AmendError::Port(PortError::Unavailable(_)))));
}

#[tokio::test]
async fn a_taken_handle_is_replaced_by_another() {
    let mut mocks = Mocks::knowing_ada();
    let mut answers = [Creation::Taken(Taken::Uid), Creation::Done].into_iter();
    mocks.accounts.expect_create().times(2).returning(move |_| Ok(answers.next().unwrap()));
    assert!(mocks.accounts().create(new_account()).await.is_ok());
}

#[tokio::test]
async fn handles_that_stay_taken_are_a_fault_and_not_a_refusal() {
    let mut mocks = Mocks::knowing_ada();
    mocks.accounts.expect_create().times(5).returning(|_| Ok(Creation::Taken(Taken::Uid)));
    let refused = mocks.accounts().create(new_account()).await;
    assert!(matches!(refused, Err(CreateAccountError::Port(PortError::Broken(_)))));
}

#[tokio::test]
async fn two_nodes_that_start_at_once_agree_on_the_default_company() {
    let mut mocks = Mocks::default();
    let mut found = [None, Some(company())].into_iter();
    mocks.companies.expect_find().times(2).returning(move |_| Ok(found.next().unwrap()));
    mocks.companies.expect_create().times(1).returning(|_| Ok(Creation::Taken(Taken::Slug)));
    assert_eq!(mocks.accounts().ensure_default_company().await.unwrap(), company());
}

#[test]
fn every_use_case_can_be_spawned() {
    fn spawnable(_: &impl Send) {}
    let accounts = Mocks::default().accounts();
    spawnable(&accounts.change_password(change()));
    spawnable(&accounts.amend(lock()));
    spawnable(&accounts.create(new_account()));
    spawnable(&accounts.delete(ada(), Client::operator()));
    spawnable(&accounts.ensure_default_company());
    spawnable(&accounts.find(id(), "ada"));
}
