//! [`portcullis_accounts::LegalTermStore`].

use std::collections::BTreeSet;

use portcullis_accounts::{AcceptedTerm, AddLegalTerm, Company, CreateAccount, LegalTerm};
use portcullis_kernel::Effects;

use crate::build::{self, later};
use crate::{World, assert_same, race};

fn add(company: &Company, name: &str, version: &str) -> AddLegalTerm {
    AddLegalTerm {
        company: company.id,
        name: name.to_owned(),
        version: version.to_owned(),
        created_at: later(3),
        effects: Effects::default(),
    }
}

async fn added(world: &World, company: &Company, name: &str, version: &str) -> LegalTerm {
    world.legal_terms.add(add(company, name, version)).await.unwrap().unwrap()
}

pub async fn reads_back_every_field_by_number(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    let write = |effects| AddLegalTerm { effects, ..add(&company, build::UNICODE, "1") };
    let first = world.written(async |effects| world.legal_terms.add(write(effects)).await).await.unwrap();
    let expected = LegalTerm {
        company: company.id,
        number: 1,
        name: build::UNICODE.to_owned(),
        version: "1".to_owned(),
        created_at: later(3),
    };
    assert_same(&first, &expected);
    let second = added(&world, &company, "a", "1").await;
    assert_eq!(second.number, 2);
    assert_eq!(added(&world, &other, "a", "1").await.number, 1, "companies count for themselves");
    assert_eq!(world.legal_terms.list(company.id).await.unwrap(), [first, second]);
}

pub async fn refuses_a_version_that_exists(world: World) {
    let company = world.new_company().await;
    let first = added(&world, &company, "terms", "1").await;
    let write = |effects| AddLegalTerm { effects, ..add(&company, "terms", "1") };
    assert_eq!(world.refused(async |effects| world.legal_terms.add(write(effects)).await).await, None);
    let second = added(&world, &company, "terms", "2").await;
    assert_eq!(world.legal_terms.list(company.id).await.unwrap(), [first, second]);
}

pub async fn many_terms_get_numbers_of_their_own(world: World) {
    let company = world.new_company().await;
    let numbers = race(6, |number| {
        let (world, write) = (world.clone(), add(&company, "terms", &number.to_string()));
        async move { world.legal_terms.add(write).await.unwrap().unwrap().number }
    })
    .await;
    assert_eq!(numbers.into_iter().collect::<BTreeSet<_>>(), (1..=6).collect());
}

pub async fn of_many_terms_of_one_version_one_is_added(world: World) {
    let company = world.new_company().await;
    let answers = race(6, |_| {
        let (world, write) = (world.clone(), add(&company, "terms", "1"));
        async move { world.legal_terms.add(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().flatten().count(), 1);
    assert_eq!(world.legal_terms.list(company.id).await.unwrap().len(), 1);
}

pub async fn a_failing_addition_leaves_nothing(world: World) {
    let company = world.new_company().await;
    let write = |effects| AddLegalTerm { effects, ..add(&company, "terms", "1") };
    world.failed(async |effects| world.legal_terms.add(write(effects)).await).await;
    assert_eq!(world.legal_terms.list(company.id).await.unwrap(), []);
}

pub async fn an_account_accepts_terms_when_it_is_made(world: World) {
    let company = world.new_company().await;
    let mut terms = Vec::new();
    for version in ["1", "2", "3"] {
        terms.push(added(&world, &company, "terms", version).await);
    }
    let (account, other) = (build::account(&company), build::account(&company));
    let write = CreateAccount { accepted: vec![3, 1, 3], ..build::create_account(&account) };
    world.accounts.create(write).await.unwrap();
    world.add_account(&other).await;
    let accepted = |term: &LegalTerm| AcceptedTerm { term: term.clone(), accepted_at: account.created_at };
    let expected = [accepted(&terms[0]), accepted(&terms[2])];
    assert_same(world.legal_terms.accepted(account.id).await.unwrap().as_slice(), expected.as_slice());
    assert_eq!(world.legal_terms.accepted(other.id).await.unwrap(), []);
}
