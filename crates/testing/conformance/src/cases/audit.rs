//! [`portcullis_accounts::AuditTrail`].

use portcullis_accounts::{AuditFilter, AuditKinds};
use portcullis_kernel::{AccountId, AuditAction, AuditEvent, Client, Door, Effects, Outcome, PageRequest};

use crate::World;
use crate::build::{self, later};

async fn write(world: &World, audit: &[AuditEvent]) {
    world.record(Effects { audit: audit.to_vec(), ..Effects::default() }).await;
}

async fn list(world: &World, filter: AuditFilter, page: u32, size: u32) -> (Vec<AuditEvent>, u64) {
    let page = world.audit.list(filter, PageRequest::new(page, size)).await.unwrap();
    (page.items, page.total)
}

fn entry(age: u64) -> AuditEvent {
    AuditEvent { at: later(age), id: build::id_at(later(age)), ..build::audit_event(AuditAction::SignIn) }
}

pub async fn reads_back_every_field(world: World) {
    let account = world.new_account().await;
    let session = world.new_session(&account).await;
    let plain = AuditEvent { client: Client::operator(), ..entry(3) };
    let full = AuditEvent {
        outcome: Outcome::Denied,
        company: Some(account.company),
        account: Some(account.id),
        session: Some(session.id),
        client: Client::remote(Door::new("barong"), "2001:db8::7".parse().unwrap(), &"ü".repeat(600)),
        detail: Some("the account is locked"),
        ..entry(2)
    };
    let failed = AuditEvent { outcome: Outcome::Failed, detail: Some("wrong password"), ..entry(1) };
    let entries = vec![plain, full, failed];
    write(&world, &entries).await;
    assert_eq!(list(&world, AuditFilter::default(), 1, 10).await, (entries, 3));
}

pub async fn reads_back_every_action(world: World) {
    let ages = 1_000..;
    let at = |(age, action): (u64, &AuditAction)| AuditEvent { action: *action, ..entry(age) };
    let mut entries: Vec<_> = ages.zip(AuditAction::ALL).map(at).collect();
    write(&world, &entries).await;
    entries.reverse();
    assert_eq!(list(&world, AuditFilter::default(), 1, 250).await.0, entries);
}

pub async fn lists_entries_newest_first_in_pages(world: World) {
    let [two, five, one, four, three] = [2, 5, 1, 4, 3].map(entry);
    write(&world, &[two.clone(), five.clone(), one.clone()]).await;
    write(&world, &[four.clone(), three.clone()]).await;
    let all = AuditFilter::default();
    assert_eq!(list(&world, all, 1, 2).await, (vec![five, four], 5));
    assert_eq!(list(&world, all, 2, 2).await, (vec![three, two], 5));
    assert_eq!(list(&world, all, 3, 2).await, (vec![one], 5));
    assert_eq!(list(&world, all, 4, 2).await, (vec![], 5));
}

pub async fn filters_by_account_and_time(world: World) {
    let (ada, bob) = (world.new_account().await.id, world.new_account().await.id);
    let of = |account: Option<AccountId>, age| AuditEvent { account, ..entry(age) };
    let entries = [of(Some(ada), 4), of(Some(bob), 3), of(None, 2), of(Some(ada), 1)];
    write(&world, &entries).await;
    let cases = [
        (Some(ada), None, vec![0, 3]),
        (Some(bob), None, vec![1]),
        (None, Some(later(3)), vec![0, 1]),
        (Some(ada), Some(later(1)), vec![0, 3]),
        (Some(ada), Some(later(2)), vec![0]),
        (Some(bob), Some(later(4)), vec![]),
    ];
    for (account, since, expected) in cases {
        let expected: Vec<_> = expected.into_iter().map(|index: usize| entries[index].clone()).collect();
        let total = u64::try_from(expected.len()).unwrap();
        assert_eq!(
            list(&world, AuditFilter { account, since, ..AuditFilter::default() }, 1, 10).await,
            (expected, total)
        );
    }
}

pub async fn filters_by_kind_and_outcome(world: World) {
    let of = |action, outcome, age| AuditEvent { action, outcome, ..entry(age) };
    let entries = [
        of(AuditAction::SignIn, Outcome::Succeeded, 5),
        of(AuditAction::SignIn, Outcome::Failed, 4),
        of(AuditAction::FactorChecked, Outcome::Succeeded, 3),
        of(AuditAction::FactorChecked, Outcome::Denied, 2),
        of(AuditAction::KeyIssued, Outcome::Succeeded, 1),
    ];
    write(&world, &entries).await;
    let kinds = Some(AuditKinds {
        all: &[AuditAction::SignIn],
        unsuccessful: &[AuditAction::FactorChecked],
        ..AuditKinds::default()
    });
    let nothing = Some(AuditKinds::default());
    let any = AuditFilter::default();
    for (filter, expected) in [
        (AuditFilter { kinds, ..any }, vec![0, 1, 3]),
        (AuditFilter { kinds, outcome: Some(Outcome::Failed), ..any }, vec![1]),
        (AuditFilter { kinds, until: Some(later(4)), ..any }, vec![3]),
        (AuditFilter { outcome: Some(Outcome::Succeeded), ..any }, vec![0, 2, 4]),
        (AuditFilter { until: Some(later(3)), since: Some(later(2)), ..any }, vec![3]),
        (AuditFilter { kinds: nothing, ..any }, vec![]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|index: usize| entries[index].clone()).collect();
        let total = u64::try_from(expected.len()).unwrap();
        assert_eq!(list(&world, filter, 1, 10).await, (expected, total), "{filter:?}");
    }
}

pub async fn filters_by_detail(world: World) {
    let of = |action, detail, age| AuditEvent { action, detail, ..entry(age) };
    let entries = [
        of(AuditAction::SessionsEnded, Some("signed out"), 5),
        of(AuditAction::SessionsEnded, Some("expired"), 4),
        of(AuditAction::SessionsEnded, None, 3),
        of(AuditAction::SignIn, None, 2),
        of(AuditAction::SignIn, Some("challenged"), 1),
    ];
    write(&world, &entries).await;
    let detailed = AuditKinds {
        detailed: &[AuditAction::SessionsEnded],
        details: &["signed out", "left"],
        ..AuditKinds::default()
    };
    let all = AuditKinds { all: &[AuditAction::SignIn], without: &["challenged"], ..detailed };
    let empty = AuditKinds { details: &[], ..detailed };
    let ruled_out = AuditKinds { without: &["signed out"], ..detailed };
    for (kinds, expected) in [(detailed, vec![0]), (all, vec![0, 3]), (empty, vec![]), (ruled_out, vec![])] {
        let expected: Vec<_> = expected.into_iter().map(|index: usize| entries[index].clone()).collect();
        let total = u64::try_from(expected.len()).unwrap();
        let filter = AuditFilter { kinds: Some(kinds), ..AuditFilter::default() };
        assert_eq!(list(&world, filter, 1, 10).await, (expected, total), "{kinds:?}");
    }
}
