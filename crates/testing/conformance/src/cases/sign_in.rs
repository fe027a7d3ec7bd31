//! [`portcullis_sessions::SignInStore`], but for challenges and budgets.

use std::time::Duration;

use portcullis_accounts::{Account, PasswordChange, PasswordRecord};
use portcullis_kernel::{
    AccountState, Client, Door, Email, Identifier, Label, Role, SessionSweep, TokenDigest, Username,
};
use portcullis_sessions::{
    Candidate, CandidateQuery, OpenSession, OpenWrite, PasswordState, Session, SessionKind, Subject,
};

use crate::build::{self, NOW, later};
use crate::{PlainHasher, World, assert_same, race};

async fn candidate(world: &World, account: &Account, identifiers: &[Identifier]) -> Option<Candidate> {
    let device = build::client().device();
    let query = CandidateQuery { company: account.company, identifiers: identifiers.to_vec(), device };
    world.sign_in.candidate(query).await.unwrap()
}

async fn knows(world: &World, account: &Account, device: TokenDigest) -> bool {
    let query =
        CandidateQuery { company: account.company, identifiers: vec![Identifier::Id(account.id)], device };
    world.sign_in.candidate(query).await.unwrap().unwrap().known_device
}

fn right_hash(session: &Session) -> OpenSession {
    OpenSession { expected_hash: Some(PlainHasher::up_to_date("correct horse")), ..build::open(session) }
}

/// What every store should make of `account` when it signs in.
async fn subject(world: &World, account: &Account) -> Subject {
    let company = world.companies.find_by_id(account.company).await.unwrap().unwrap();
    Subject {
        id: account.id,
        uid: account.uid.clone(),
        company: account.company,
        company_slug: company.slug,
        username: account.username.clone(),
        email: account.email.as_ref().map(|contact| contact.value.clone()),
        email_verified: account.email.as_ref().is_some_and(|contact| contact.verified_at.is_some()),
        mobile: account.mobile.as_ref().map(|contact| contact.value.clone()),
        mobile_verified: account.mobile.as_ref().is_some_and(|contact| contact.verified_at.is_some()),
        profile: account
            .profile
            .iter()
            .map(|(field, text)| (field.as_str().to_owned(), text.to_owned()))
            .collect(),
        owner: account.owner,
        groups: account.groups.clone(),
        role: account.role.clone(),
        level: Label::level(&account.labels).into(),
        referrer: account.referral.clone(),
        state: account.state,
        created_at: account.created_at,
        updated_at: account.updated_at,
        last_sign_in_at: None,
        password_expires_at: account.password.as_ref().and_then(|password| password.expires_at),
    }
}

pub async fn a_candidate_has_every_field(world: World) {
    let company = world.new_company().await;
    let temporary =
        PasswordRecord { temporary_until: Some(later(7)), ..build::password(PlainHasher::outdated("first")) };
    let halfway = Account { password: Some(temporary), ..build::account(&company) };
    for account in [build::full_account(&company), halfway, build::bare_account(&company)] {
        world.add_account(&account).await;
        let found = candidate(&world, &account, &[Identifier::Id(account.id)]).await.unwrap();
        assert_same(&found.subject, &subject(&world, &account).await);
        let password = account.password.map(|password| PasswordState {
            hash: password.hash,
            temporary_until: password.temporary_until,
            expires_at: password.expires_at,
        });
        assert_same(&found.password, &password);
        assert!(!found.known_device);
    }
}

pub async fn a_session_comes_with_the_subject_of_its_account(world: World) {
    let company = world.new_company().await;
    for account in [build::full_account(&company), build::bare_account(&company)] {
        world.add_account(&account).await;
        let session = world.new_session(&account).await;
        let key = portcullis_sessions::SessionKey::Id(session.id);
        let (_, found) = world.sessions.find(key).await.unwrap().unwrap();
        let last_sign_in_at = Some(session.created_at);
        assert_same(&found, &Subject { last_sign_in_at, ..subject(&world, &account).await });
    }
}

pub async fn tries_identifiers_in_order_inside_one_company(world: World) {
    let (ada, stranger) = (world.new_account().await, world.new_account().await);
    let bob = world.new_colleague(&ada).await;
    let email = |account: &Account| Identifier::Email(account.email.clone().unwrap().value);
    let name = |account: &Account| Identifier::Username(account.username.clone().unwrap());
    let nobody = Identifier::Email(Email::parse("nobody@example.com").unwrap());
    let found = candidate(&world, &ada, &[nobody.clone(), email(&stranger), name(&bob), email(&ada)]).await;
    assert_eq!(found.unwrap().subject.id, bob.id);
    let shouted = Username::parse(&ada.username.clone().unwrap().as_str().to_uppercase()).unwrap();
    let found = candidate(&world, &ada, &[Identifier::Username(shouted), email(&bob)]).await;
    assert_eq!(found.unwrap().subject.id, ada.id);
    assert!(candidate(&world, &ada, &[nobody, Identifier::Id(stranger.id)]).await.is_none());
    assert!(candidate(&world, &ada, &[]).await.is_none());
}

pub async fn opens_a_session_with_its_refresh_token(world: World) {
    let account = world.new_account().await;
    let session = Session { kind: SessionKind::Jwt, digest: None, ..build::session(&account) };
    let token = build::refresh_token(&session);
    let write = OpenSession { refresh: Some(token.clone()), ..right_hash(&session) };
    let open = async |effects| world.sign_in.open(OpenSession { effects, ..write }).await;
    assert_eq!(world.written(open).await, OpenWrite::Done);
    let found = world.sessions.find_refresh(token.digest).await.unwrap().unwrap();
    assert_same(&found.token, &token);
    assert_same(&found.session, &session);
    let last_sign_in_at = Some(session.created_at);
    assert_same(&found.subject, &Subject { last_sign_in_at, ..subject(&world, &account).await });
}

pub async fn remembers_the_device(world: World) {
    let (account, session) = world.new_signed_in().await;
    let other = world.new_colleague(&account).await;
    let device = session.client.device();
    assert!(knows(&world, &account, device).await);
    assert!(!knows(&world, &other, device).await, "of that account only");
    let elsewhere = Client::remote(Door::new("rehive"), [192, 0, 2, 8].into(), "curl/8").device();
    assert!(!knows(&world, &account, elsewhere).await, "that device only");
    world.new_session(&account).await;
    assert!(knows(&world, &account, device).await, "however often it signs in");
}

pub async fn many_sign_ins_from_one_device_all_open(world: World) {
    let account = world.new_account().await;
    let answers = race(8, |_| {
        let (world, session) = (world.clone(), build::session(&account));
        async move { world.sign_in.open(right_hash(&session)).await.unwrap() }
    })
    .await;
    assert_eq!(answers, [OpenWrite::Done; 8]);
    assert_eq!(world.unended(&account).await.len(), 8);
}

/// Runs a write-set that must be refused, and asserts that it left nothing.
async fn refuses(world: &World, account: &Account, write: OpenSession, expected: OpenWrite) {
    let budget = world.budget(5, 2).await;
    let session = write.session.clone();
    let mut throttle = build::require(budget);
    throttle.within.extend(write.throttle.within.clone());
    let write = OpenSession { throttle, ..write };
    let open = async |effects| world.sign_in.open(OpenSession { effects, ..write }).await;
    assert_eq!(world.refused(open).await, expected);
    assert!(!world.has_session(&session).await);
    assert!(!knows(world, account, session.client.device()).await);
    assert_eq!(world.room(budget, NOW).await, 3, "the budget is not cleared");
}

pub async fn a_password_that_changed_opens_nothing(world: World) {
    let account = world.new_account().await;
    let write = build::new_password(&account, "new");
    assert_eq!(world.accounts.set_password(write).await.unwrap(), PasswordChange::Done);
    let write = OpenSession {
        upgraded_hash: Some(PlainHasher::up_to_date("upgraded")),
        ..right_hash(&build::session(&account))
    };
    refuses(&world, &account, write, OpenWrite::Stale).await;
    assert!(world.hash(&account).await == Some(PlainHasher::up_to_date("new")));
}

pub async fn a_password_that_is_not_there_opens_nothing(world: World) {
    let account = build::bare_account(&world.new_company().await);
    world.add_account(&account).await;
    refuses(&world, &account, right_hash(&build::session(&account)), OpenWrite::Stale).await;
}

pub async fn an_account_that_was_shut_opens_nothing(world: World) {
    let company = world.new_company().await;
    for state in AccountState::ALL {
        let account = Account { state, ..build::account(&company) };
        world.add_account(&account).await;
        let write = right_hash(&build::session(&account));
        if state.admits(true) {
            assert_eq!(world.sign_in.open(write).await.unwrap(), OpenWrite::Done, "{state}");
        } else {
            refuses(&world, &account, write, OpenWrite::Stale).await;
        }
    }
}

pub async fn an_exhausted_budget_opens_nothing(world: World) {
    let account = world.new_account().await;
    let throttle = build::require(world.budget(1, 1).await);
    let write = OpenSession {
        throttle,
        upgraded_hash: Some(PlainHasher::up_to_date("upgraded")),
        ..right_hash(&build::session(&account))
    };
    let retry_after = Duration::from_secs(60);
    refuses(&world, &account, write, OpenWrite::Exhausted { retry_after }).await;
    assert_same(&world.account(&account).await, &account);
}

pub async fn opening_clears_its_budgets(world: World) {
    let account = world.new_account().await;
    let budget = world.budget(3, 2).await;
    let write = OpenSession { throttle: build::require(budget), ..right_hash(&build::session(&account)) };
    assert_eq!(world.sign_in.open(write).await.unwrap(), OpenWrite::Done);
    assert_eq!(world.room(budget, NOW).await, 3);
}

pub async fn replaces_the_hash_and_nothing_else_of_the_password(world: World) {
    let company = world.new_company().await;
    let record = PasswordRecord {
        changed_at: later(1),
        expires_at: Some(later(2)),
        temporary_until: Some(later(3)),
        ..build::password(PlainHasher::outdated("correct horse"))
    };
    let account = Account { password: Some(record.clone()), ..build::account(&company) };
    world.add_account(&account).await;
    let upgraded = PlainHasher::up_to_date("correct horse");
    let write = OpenSession {
        expected_hash: Some(record.hash.clone()),
        upgraded_hash: Some(upgraded.clone()),
        ..build::open(&build::session(&account))
    };
    assert_eq!(world.sign_in.open(write).await.unwrap(), OpenWrite::Done);
    let found = world.account(&account).await;
    assert_same(&found.password, &Some(PasswordRecord { hash: upgraded, ..record }));
}

pub async fn a_new_hash_never_overwrites_a_new_password(world: World) {
    for _ in 0..8 {
        let account = world.new_account().await;
        let opened = race(2, |task| {
            let change = build::new_password(&account, "new");
            let upgraded_hash = Some(PlainHasher::outdated("correct horse"));
            let open = OpenSession { upgraded_hash, ..right_hash(&build::session(&account)) };
            let world = world.clone();
            async move {
                match task {
                    0 => world.sign_in.open(open).await.unwrap() == OpenWrite::Done,
                    _ => world.accounts.set_password(change).await.unwrap() == PasswordChange::Done,
                }
            }
        })
        .await;
        let hash = world.hash(&account).await.unwrap();
        match opened[..] {
            [true, false] => assert!(hash == PlainHasher::outdated("correct horse")),
            [false, true] => assert!(hash == PlainHasher::up_to_date("new")),
            _ => panic!("one of the two wins: {opened:?}"),
        }
    }
}

pub async fn a_sign_in_that_races_with_a_shut_down_leaves_no_live_session(world: World) {
    for _ in 0..8 {
        let account = world.new_account().await;
        race(2, |task| {
            let locked = Account { state: AccountState::Locked, role: Role::default(), ..account.clone() };
            let sweep = SessionSweep::ALL;
            let amend = portcullis_accounts::AmendAccount { sweep, ..build::amended(&locked) };
            let (world, open) = (world.clone(), right_hash(&build::session(&account)));
            async move {
                match task {
                    0 => drop(world.sign_in.open(open).await.unwrap()),
                    _ => drop(world.accounts.amend(amend).await.unwrap()),
                }
            }
        })
        .await;
        assert_eq!(world.account(&account).await.state, AccountState::Locked);
        assert_eq!(world.unended(&account).await, []);
    }
}

pub async fn a_failing_open_leaves_nothing(world: World) {
    let account = world.new_account().await;
    let session = build::session(&account);
    let token = build::refresh_token(&session);
    let budget = world.budget(3, 2).await;
    let write = OpenSession {
        refresh: Some(token.clone()),
        upgraded_hash: Some(PlainHasher::up_to_date("upgraded")),
        throttle: build::require(budget),
        ..right_hash(&session)
    };
    world.failed(async |effects| world.sign_in.open(OpenSession { effects, ..write }).await).await;
    assert!(!world.has_session(&session).await);
    assert!(world.sessions.find_refresh(token.digest).await.unwrap().is_none());
    assert!(!knows(&world, &account, session.client.device()).await);
    assert_same(&world.account(&account).await, &account);
    assert_eq!(world.room(budget, NOW).await, 1);
}
