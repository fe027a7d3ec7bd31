//! [`portcullis_accounts::AccountStore`], but for passwords.

use portcullis_accounts::{
    Account, AmendAccount, Amendment, Company, Contact, CreateAccount, Creation, Profile, Taken,
};
use portcullis_kernel::{
    AccountState, Effects, Email, Identifier, Mobile, PageRequest, Purpose, Role, SessionSweep, SweepScope,
    Uid, Username,
};

use crate::build::{self, later};
use crate::{PlainHasher, World, assert_same, race};

async fn create(world: &World, account: &Account, effects: Effects) -> Creation {
    world.accounts.create(CreateAccount { effects, ..build::create_account(account) }).await.unwrap()
}

async fn find(world: &World, company: &Company, identifiers: &[Identifier]) -> Option<Account> {
    world.accounts.find(company.id, identifiers.to_vec()).await.unwrap()
}

fn email(text: &str) -> Identifier {
    Identifier::Email(Email::parse(text).unwrap())
}

fn username(text: &str) -> Identifier {
    Identifier::Username(Username::parse(text).unwrap())
}

fn names(account: &Account) -> [Identifier; 4] {
    [
        Identifier::Id(account.id),
        Identifier::Email(account.email.clone().unwrap().value),
        Identifier::Mobile(account.mobile.clone().unwrap().value),
        Identifier::Username(account.username.clone().unwrap()),
    ]
}

pub async fn reads_back_every_field(world: World) {
    let company = world.new_company().await;
    for account in [build::full_account(&company), build::account(&company), build::bare_account(&company)] {
        let answer = world.written(async |effects| Ok(create(&world, &account, effects).await)).await;
        assert_eq!(answer, Creation::Done);
        assert_same(&world.account(&account).await, &account);
    }
}

pub async fn an_account_comes_with_the_secrets_of_its_contacts(world: World) {
    let account = build::account(&world.new_company().await);
    let (key, _) = build::token(&account, Purpose::VerifyEmail);
    let code = build::code(&account, Purpose::VerifyMobile, "04711");
    let write = |effects| CreateAccount {
        secrets: vec![key.clone(), code.clone()],
        effects,
        ..build::create_account(&account)
    };
    world.failed(async |effects| world.accounts.create(write(effects)).await).await;
    assert!(world.contacts.latest(account.id, Purpose::VerifyMobile).await.unwrap().is_none());
    let answer = world.written(async |effects| world.accounts.create(write(effects)).await).await;
    assert_eq!(answer, Creation::Done);
    assert_same(&world.secret(&key).await, &key);
    assert_same(&world.secret(&code).await, &code);
}

pub async fn reads_back_every_state(world: World) {
    let company = world.new_company().await;
    for state in AccountState::ALL {
        let account = Account { state, ..build::account(&company) };
        world.add_account(&account).await;
        assert_eq!(world.account(&account).await.state, state);
    }
}

pub async fn finds_an_account_by_each_identifier(world: World) {
    let company = world.new_company().await;
    let (account, other) = (build::full_account(&company), build::account(&company));
    for account in [&account, &other] {
        world.add_account(account).await;
        for name in names(account) {
            assert_same(&find(&world, &company, &[name]).await.unwrap(), account);
        }
    }
}

pub async fn tries_identifiers_in_order(world: World) {
    let company = world.new_company().await;
    let (ada, bob) = (build::account(&company), build::account(&company));
    world.add_account(&ada).await;
    world.add_account(&bob).await;
    for (first, second) in [(&ada, &bob), (&bob, &ada)] {
        for own in names(first) {
            for other in names(second) {
                let found = find(&world, &company, &[email("nobody@x.org"), own.clone(), other]).await;
                assert_eq!(found.unwrap().id, first.id, "{own:?} comes first");
            }
        }
    }
}

pub async fn finds_nothing_under_unknown_names(world: World) {
    let company = world.new_company().await;
    world.add_account(&build::account(&company)).await;
    world.add_account(&build::bare_account(&company)).await;
    let stranger = build::account(&company);
    assert!(find(&world, &company, &names(&stranger)).await.is_none());
    assert!(find(&world, &company, &[]).await.is_none());
    assert!(world.accounts.find_by_uid(stranger.uid).await.unwrap().is_none());
}

pub async fn folds_identifiers_and_keeps_their_spelling(world: World) {
    let company = world.new_company().await;
    let account = Account {
        username: Some(Username::parse("Ärger.ＡＤＡ").unwrap()),
        email: Some(Contact { value: Email::parse("ÄRGER@Größe.DE").unwrap(), verified_at: None }),
        ..build::account(&company)
    };
    world.add_account(&account).await;
    for name in [username("äRGER.ada"), username("Ärger.ａｄａ"), email("ärger@GRÖßE.de")] {
        assert_same(&find(&world, &company, &[name]).await.unwrap(), &account);
    }
    for name in [username("arger.ada"), email("arger@größe.de"), email("_rger@größe.de")] {
        assert!(find(&world, &company, &[name]).await.is_none(), "only case and width are folded");
    }
}

pub async fn identifiers_belong_to_one_company(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    let account = build::account(&company);
    let Account { username, email, mobile, .. } = account.clone();
    let twin = Account { username, email, mobile, ..build::account(&other) };
    world.add_account(&account).await;
    for name in names(&account) {
        assert!(find(&world, &other, &[name]).await.is_none());
    }
    world.add_account(&twin).await;
    for (company, own) in [(&company, &account), (&other, &twin)] {
        assert_eq!(find(&world, company, &names(own)[1..]).await.unwrap().id, own.id);
    }
}

pub async fn finds_an_account_by_its_handle_in_any_company(world: World) {
    for account in [world.new_account().await, world.new_account().await] {
        let found = world.accounts.find_by_uid(account.uid.clone()).await.unwrap().unwrap();
        assert_same(&found, &account);
    }
}

pub async fn lists_accounts_oldest_first_in_pages(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    world.add_account(&build::account(&other)).await;
    let mut accounts =
        [5, 1, 4, 2, 3].map(|age| Account { created_at: later(age), ..build::account(&company) });
    for account in &accounts {
        world.add_account(account).await;
    }
    accounts.sort_by_key(|account| account.created_at);
    for (number, expected) in [(1, &accounts[..2]), (2, &accounts[2..4]), (3, &accounts[4..]), (4, &[])] {
        let page = world.accounts.list(company.id, PageRequest::new(number, 2)).await.unwrap();
        assert_same(page.items.as_slice(), expected);
        assert_eq!(page.total, 5);
    }
}

pub async fn refuses_taken_identifiers(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    let account = build::account(&company);
    world.add_account(&account).await;
    for (rival, taken) in rivals(&account, &company, &other) {
        let answer = world.refused(async |effects| Ok(create(&world, &rival, effects).await)).await;
        assert_eq!(answer, Creation::Taken(taken));
        let own = [Identifier::Id(rival.id)];
        assert!(world.accounts.find(rival.company, own.into()).await.unwrap().is_none());
    }
}

/// Accounts that each share one name with `account`, spelled differently where that is possible.
fn rivals(account: &Account, company: &Company, other: &Company) -> [(Account, Taken); 4] {
    let shout = |text: &str| text.to_uppercase();
    let own = account.clone();
    let email = Email::parse(&shout(own.email.unwrap().value.as_str())).unwrap();
    let email = Some(Contact { value: email, verified_at: None });
    let username = Some(Username::parse(&shout(own.username.unwrap().as_str())).unwrap());
    [
        (Account { email, ..build::account(company) }, Taken::Email),
        (Account { mobile: own.mobile, ..build::account(company) }, Taken::Mobile),
        (Account { username, ..build::account(company) }, Taken::Username),
        (Account { uid: own.uid, ..build::account(other) }, Taken::Uid),
    ]
}

pub async fn identifiers_of_a_deleted_account_stay_taken(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    let account = Account { state: AccountState::Deleted, ..build::account(&company) };
    world.add_account(&account).await;
    for (rival, taken) in rivals(&account, &company, &other) {
        assert_eq!(create(&world, &rival, Effects::default()).await, Creation::Taken(taken));
    }
}

pub async fn of_many_accounts_with_one_email_one_is_created(world: World) {
    let company = world.new_company().await;
    let email = build::account(&company).email;
    let answers = race(8, |_| {
        let rival = Account { email: email.clone(), ..build::account(&company) };
        let world = world.clone();
        async move { create(&world, &rival, build::effects()).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Creation::Done).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == Creation::Taken(Taken::Email)).count(), 7);
    assert_eq!(world.accounts.list(company.id, PageRequest::new(1, 10)).await.unwrap().total, 1);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn of_many_first_accounts_one_is_created(world: World) {
    let company = world.new_company().await;
    let answers = race(8, |_| {
        let (world, account) = (world.clone(), build::account(&company));
        async move {
            let effects = build::effects();
            let write = CreateAccount { first: true, effects, ..build::create_account(&account) };
            world.accounts.create(write).await.unwrap()
        }
    })
    .await;
    let late = Creation::Taken(Taken::FirstPlace);
    assert_eq!(answers.iter().filter(|answer| **answer == Creation::Done).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == late).count(), 7);
    assert_eq!(world.accounts.list(company.id, PageRequest::new(1, 10)).await.unwrap().total, 1);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn a_first_account_is_an_account_like_others(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    let first = build::full_account(&company);
    let write = |effects| CreateAccount { first: true, effects, ..build::create_account(&first) };
    world.failed(async |effects| world.accounts.create(write(effects)).await).await;
    let answer = world.written(async |effects| world.accounts.create(write(effects)).await).await;
    assert_eq!(answer, Creation::Done);
    assert_same(&world.account(&first).await, &first);
    let twin = Account { uid: first.uid.clone(), ..build::account(&other) };
    let write = CreateAccount { first: true, ..build::create_account(&twin) };
    assert_eq!(world.accounts.create(write).await.unwrap(), Creation::Taken(Taken::Uid));
}

pub async fn a_failing_creation_leaves_nothing(world: World) {
    let company = world.new_company().await;
    let account = build::full_account(&company);
    world
        .failed(async |effects| {
            world.accounts.create(CreateAccount { effects, ..build::create_account(&account) }).await
        })
        .await;
    assert!(find(&world, &company, &names(&account)).await.is_none());
    assert_eq!(create(&world, &account, Effects::default()).await, Creation::Done);
}

pub async fn an_amendment_replaces_everything_but_the_password(world: World) {
    let account = world.new_account().await;
    let company = world.companies.find_by_id(account.company).await.unwrap().unwrap();
    let password = Some(build::password(PlainHasher::up_to_date("smuggled")));
    let Account { id, uid, version, created_at, .. } = account.clone();
    let full = Account { id, uid, version, created_at, ..build::full_account(&company) };
    let bare = Account {
        id,
        created_at,
        uid: full.uid.clone(),
        version: version + 1,
        ..build::bare_account(&company)
    };
    for wanted in [full, bare] {
        let write = |effects| AmendAccount {
            effects,
            ..build::amended(&Account { password: password.clone(), ..wanted.clone() })
        };
        let answer = world.written(async |effects| world.accounts.amend(write(effects)).await).await;
        assert_eq!(answer, Amendment::Done);
        let expected = Account { password: account.password.clone(), version: wanted.version + 1, ..wanted };
        assert_same(&world.account(&account).await, &expected);
    }
}

pub async fn refuses_an_amendment_of_an_older_version(world: World) {
    let account = world.new_account().await;
    assert_eq!(world.accounts.amend(build::amended(&account)).await.unwrap(), Amendment::Done);
    let late = Account { role: Role::new("admin"), profile: Profile::default(), ..account.clone() };
    let write = |effects| AmendAccount { effects, sweep: SessionSweep::ALL, ..build::amended(&late) };
    let session = world.new_session(&account).await;
    let answer = world.refused(async |effects| world.accounts.amend(write(effects)).await).await;
    assert_eq!(answer, Amendment::Stale);
    assert_eq!(world.account(&account).await.role, Role::default());
    assert_eq!(world.ended(&[session]).await, [false]);
}

pub async fn refuses_an_amendment_of_an_account_that_is_gone(world: World) {
    let stranger = build::account(&world.new_company().await);
    let write = |effects| AmendAccount { effects, ..build::amended(&stranger) };
    let answer = world.refused(async |effects| world.accounts.amend(write(effects)).await).await;
    assert_eq!(answer, Amendment::Stale);
}

pub async fn of_many_amendments_of_one_version_one_is_written(world: World) {
    let account = world.new_account().await;
    let answers = race(8, |number| {
        let wanted = Account { role: Role::new(format!("role-{number}")), ..account.clone() };
        let (world, effects) = (world.clone(), build::effects());
        async move { world.accounts.amend(AmendAccount { effects, ..build::amended(&wanted) }).await.unwrap() }
    })
    .await;
    let winner = answers.iter().position(|answer| *answer == Amendment::Done).unwrap();
    assert_eq!(answers.iter().filter(|answer| **answer == Amendment::Stale).count(), 7);
    let found = world.account(&account).await;
    assert_eq!((found.role, found.version), (Role::new(format!("role-{winner}")), account.version + 1));
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn refuses_an_amendment_to_taken_identifiers(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    let (account, second) = (build::account(&company), build::account(&company));
    world.add_account(&account).await;
    world.add_account(&second).await;
    for (rival, taken) in rivals(&account, &company, &other) {
        let Account { username, email, mobile, uid, .. } = rival;
        let wanted = Account { username, email, mobile, uid, ..second.clone() };
        let write = |effects| AmendAccount { effects, ..build::amended(&wanted) };
        let answer = world.refused(async |effects| world.accounts.amend(write(effects)).await).await;
        assert_eq!(answer, Amendment::Taken(taken));
        assert_same(&world.account(&second).await, &second);
    }
}

pub async fn an_account_may_respell_its_own_identifiers(world: World) {
    let account = world.new_account().await;
    let spelled = |text: &str| text.to_uppercase();
    let own = account.email.clone().unwrap().value;
    let value = Email::parse(&spelled(own.as_str())).unwrap();
    let wanted = Account {
        username: Some(Username::parse(&spelled(account.username.clone().unwrap().as_str())).unwrap()),
        email: Some(Contact { value, verified_at: None }),
        ..account.clone()
    };
    assert_eq!(world.accounts.amend(build::amended(&wanted)).await.unwrap(), Amendment::Done);
    assert_same(&world.account(&account).await, &Account { version: wanted.version + 1, ..wanted });
}

pub async fn given_up_identifiers_are_free_again(world: World) {
    let account = world.new_account().await;
    let company = world.companies.find_by_id(account.company).await.unwrap().unwrap();
    let mobile = Some(Contact { value: Mobile::parse("+4915112345678").unwrap(), verified_at: None });
    let moved = Account { username: None, email: None, mobile, ..account.clone() };
    assert_eq!(world.accounts.amend(build::amended(&moved)).await.unwrap(), Amendment::Done);
    let Account { username, email, mobile, .. } = account.clone();
    let heir = Account { username, email, mobile, ..build::account(&company) };
    assert_eq!(create(&world, &heir, Effects::default()).await, Creation::Done);
    assert_eq!(find(&world, &company, &names(&account)[1..]).await.unwrap().id, heir.id);
}

pub async fn an_amendment_ends_the_sessions_of_its_sweep(world: World) {
    for (scope, ended) in [
        (SweepScope::None, [false, false, false, false]),
        (SweepScope::Temporary, [true, false, false, false]),
        (SweepScope::All, [true, false, true, false]),
    ] {
        let account = world.new_account().await;
        let sessions = world.sessions_to_sweep(&account).await;
        let sweep = SessionSweep { scope, keep: Some(sessions[1].id) };
        let wanted = Account { updated_at: later(5), ..account };
        let write = AmendAccount { sweep, ..build::amended(&wanted) };
        assert_eq!(world.accounts.amend(write).await.unwrap(), Amendment::Done);
        assert_eq!(world.ended(&sessions).await, ended, "{scope:?}");
    }
}

pub async fn a_failing_amendment_leaves_nothing(world: World) {
    let account = world.new_account().await;
    let session = world.new_session(&account).await;
    let moved = Account { username: None, uid: Uid::from_text("IDMOVED"), ..account.clone() };
    let amend = AmendAccount { sweep: SessionSweep::ALL, ..build::amended(&moved) };
    world.failed(async |effects| world.accounts.amend(AmendAccount { effects, ..amend }).await).await;
    assert_same(&world.account(&account).await, &account);
    assert_eq!(world.ended(&[session]).await, [false]);
}
