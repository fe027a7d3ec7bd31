//! [`portcullis_accounts::CompanyStore`].

use portcullis_accounts::{
    Account, AddGroup, Company, CompanySettings, ConfigureCompany, CreateCompany, Creation, Founder, Group,
    Section, Taken,
};
use portcullis_kernel::{CompanySlug, Effects, PageRequest, Purpose};

use crate::build::{self, create_company as create, later};
use crate::{World, assert_same, race};

async fn found(world: &World, company: &Company) -> Option<Company> {
    world.companies.find(company.slug.clone()).await.unwrap()
}

pub async fn reads_back_every_field(world: World) {
    for company in [build::company(), build::full_company()] {
        world
            .written(async |effects| {
                world.companies.create(CreateCompany { effects, ..create(&company) }).await
            })
            .await;
        assert_same(&found(&world, &company).await.unwrap(), &company);
        assert_same(&world.companies.find_by_id(company.id).await.unwrap().unwrap(), &company);
    }
}

pub async fn finds_nothing_under_unknown_names(world: World) {
    let stranger = build::company();
    assert_eq!(found(&world, &stranger).await, None);
    assert_eq!(world.companies.find_by_id(stranger.id).await.unwrap(), None);
}

pub async fn lists_companies_oldest_first_in_pages(world: World) {
    let mut companies = [5, 1, 4, 2, 3].map(|age| Company { created_at: later(age), ..build::company() });
    for company in &companies {
        world.companies.create(create(company)).await.unwrap();
    }
    companies.sort_by_key(|company| company.created_at);
    for (number, expected) in [(1, &companies[..2]), (2, &companies[2..4]), (3, &companies[4..]), (4, &[])] {
        let page = world.companies.list(PageRequest::new(number, 2)).await.unwrap();
        assert_eq!((page.items.as_slice(), page.total), (expected, 5), "page {number}");
    }
}

pub async fn refuses_a_taken_slug(world: World) {
    let company = build::company();
    world.companies.create(create(&company)).await.unwrap();
    let upper = CompanySlug::parse(&company.slug.as_str().to_uppercase()).unwrap();
    let rival = Company { slug: upper, ..build::company() };
    let answer = world
        .refused(async |effects| {
            let groups = vec![build::group(&rival, "alpha")];
            world.companies.create(CreateCompany { groups, effects, ..create(&rival) }).await
        })
        .await;
    assert_eq!(answer, Creation::Taken(Taken::Slug));
    assert_eq!(found(&world, &company).await, Some(company));
    assert_eq!(world.companies.groups(rival.id).await.unwrap(), []);
}

pub async fn of_many_companies_with_one_slug_one_is_created(world: World) {
    let slug = build::company().slug;
    let answers = race(8, |_| {
        let (world, rival) = (world.clone(), Company { slug: slug.clone(), ..build::company() });
        async move { world.companies.create(create(&rival)).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Creation::Done).count(), 1);
    assert_eq!(world.companies.list(PageRequest::new(1, 10)).await.unwrap().total, 1);
}

pub async fn a_failing_creation_leaves_nothing(world: World) {
    let company = build::company();
    let groups = vec![build::group(&company, "alpha")];
    world
        .failed(async |effects| {
            world.companies.create(CreateCompany { groups, effects, ..create(&company) }).await
        })
        .await;
    assert_eq!(found(&world, &company).await, None);
    assert_eq!(world.companies.groups(company.id).await.unwrap(), []);
}

pub async fn configuring_replaces_name_and_settings_only(world: World) {
    let company = world.new_company().await;
    let full = build::full_company();
    let wanted = Company { id: company.id, created_at: later(9), ..full.clone() };
    let write = |effects| ConfigureCompany { company: wanted, effects };
    assert!(world.written(async |effects| world.companies.configure(write(effects)).await).await);
    let expected = Company { name: full.name, settings: full.settings, ..company.clone() };
    assert_eq!(found(&world, &company).await, Some(expected));
}

pub async fn settings_return_to_their_defaults(world: World) {
    let full = build::full_company();
    world.add_company(&full).await;
    let plain = Company { settings: CompanySettings::default(), ..full };
    let write = ConfigureCompany { company: plain.clone(), effects: Effects::default() };
    assert!(world.companies.configure(write).await.unwrap());
    assert_eq!(found(&world, &plain).await, Some(plain));
}

pub async fn configuring_a_company_that_is_gone_writes_nothing(world: World) {
    let company = build::company();
    let write = |effects| ConfigureCompany { company: company.clone(), effects };
    assert!(!world.refused(async |effects| world.companies.configure(write(effects)).await).await);
    assert_eq!(found(&world, &company).await, None);
}

pub async fn a_failing_configuration_leaves_nothing(world: World) {
    let company = world.new_company().await;
    let wanted = Company { name: "Other".to_owned(), ..company.clone() };
    world
        .failed(async |effects| {
            world.companies.configure(ConfigureCompany { company: wanted, effects }).await
        })
        .await;
    assert_eq!(found(&world, &company).await, Some(company));
}

pub async fn reads_back_every_field_of_a_group(world: World) {
    let company = build::company();
    world.companies.create(create(&company)).await.unwrap();
    let full = Group {
        label: Some(build::UNICODE.to_owned()),
        section: Section::Admin,
        public: true,
        is_default: true,
        created_at: later(1),
        ..build::group(&company, build::LONG_LABEL)
    };
    let machine = Group { section: Section::System, created_at: later(2), ..build::group(&company, "a") };
    let groups = vec![build::group(&company, "z"), full, machine];
    for group in &groups {
        let add = |effects| AddGroup { effects, ..build::add_group(group) };
        let answer = world.written(async |effects| world.companies.add_group(add(effects)).await).await;
        assert_eq!(answer, Creation::Done);
    }
    assert_eq!(world.companies.groups(company.id).await.unwrap(), groups);
}

pub async fn a_company_comes_with_its_first_groups(world: World) {
    let company = build::company();
    let group = |name, age| Group { created_at: later(age), ..build::group(&company, name) };
    let (old, new) = (group("old", 1), Group { is_default: true, ..group("new", 2) });
    let write = CreateCompany { groups: vec![new.clone(), old.clone()], ..create(&company) };
    assert_eq!(world.companies.create(write).await.unwrap(), Creation::Done);
    assert_eq!(world.companies.groups(company.id).await.unwrap(), [old, new]);
}

pub async fn a_company_comes_with_its_founder(world: World) {
    let company = build::company();
    let (create, founder) = with_founder(&company);
    let write = |effects| CreateCompany { effects, ..create.clone() };
    world.failed(async |effects| world.companies.create(write(effects)).await).await;
    assert_eq!(found(&world, &company).await, None);
    let answer = world.written(async |effects| world.companies.create(write(effects)).await).await;
    assert_eq!(answer, Creation::Done);
    assert_same(&world.account(&founder.account).await, &founder.account);
    assert_same(&world.secret(&founder.secrets[0]).await, &founder.secrets[0]);
}

pub async fn a_founder_with_a_taken_handle_founds_nothing(world: World) {
    let elder = world.new_account().await;
    let company = build::company();
    let (mut create, mut founder) = with_founder(&company);
    founder.account.uid = elder.uid;
    create.founder = Some(Box::new(founder.clone()));
    let write = |effects| CreateCompany { effects, ..create };
    let answer = world.refused(async |effects| world.companies.create(write(effects)).await).await;
    assert_eq!(answer, Creation::Taken(Taken::Uid));
    assert_eq!(found(&world, &company).await, None);
    assert_eq!(world.companies.groups(company.id).await.unwrap(), []);
}

fn with_founder(company: &Company) -> (CreateCompany, Founder) {
    let account = Account { owner: true, groups: vec!["alpha".to_owned()], ..build::account(company) };
    let (key, _) = build::token(&account, Purpose::VerifyEmail);
    let founder = Founder { account, secrets: vec![key] };
    let groups = vec![build::group(company, "alpha")];
    (CreateCompany { groups, founder: Some(Box::new(founder.clone())), ..create(company) }, founder)
}

pub async fn refuses_a_taken_group_name(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    let rival = Group { is_default: true, ..build::group(&company, "alpha") };
    let add = |effects| AddGroup { effects, ..build::add_group(&rival) };
    let answer = world.refused(async |effects| world.companies.add_group(add(effects)).await).await;
    assert_eq!(answer, Creation::Taken(Taken::GroupName));
    let groups = world.companies.groups(company.id).await.unwrap();
    assert_eq!(groups, ["alpha", "beta"].map(|name| build::group(&company, name)));
    assert_eq!(world.companies.groups(other.id).await.unwrap().len(), 2, "names are unique per company");
}

pub async fn of_many_groups_with_one_name_one_is_added(world: World) {
    let company = world.new_company().await;
    let answers = race(8, |_| {
        let (world, write) = (world.clone(), build::add_group(&build::group(&company, "gamma")));
        async move { world.companies.add_group(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Creation::Done).count(), 1);
    assert_eq!(world.companies.groups(company.id).await.unwrap().len(), 3);
}

pub async fn a_new_default_group_replaces_the_former(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    for (company, name) in [(&company, "gamma"), (&other, "gamma"), (&company, "delta")] {
        let group = Group { is_default: true, ..build::group(company, name) };
        assert_eq!(world.companies.add_group(build::add_group(&group)).await.unwrap(), Creation::Done);
    }
    assert_eq!(defaults(&world, &company).await, ["delta"]);
    assert_eq!(defaults(&world, &other).await, ["gamma"]);
}

pub async fn many_new_default_groups_leave_one_default(world: World) {
    let company = world.new_company().await;
    race(6, |number| {
        let group = Group { is_default: true, ..build::group(&company, &format!("group-{number}")) };
        let world = world.clone();
        async move { world.companies.add_group(build::add_group(&group)).await.unwrap() }
    })
    .await;
    assert_eq!(world.companies.groups(company.id).await.unwrap().len(), 8);
    assert_eq!(defaults(&world, &company).await.len(), 1);
}

pub async fn a_failing_group_leaves_nothing(world: World) {
    let company = world.new_company().await;
    let first = Group { is_default: true, ..build::group(&company, "gamma") };
    world.companies.add_group(build::add_group(&first)).await.unwrap();
    let group = Group { is_default: true, ..build::group(&company, "delta") };
    world
        .failed(async |effects| {
            world.companies.add_group(AddGroup { effects, ..build::add_group(&group) }).await
        })
        .await;
    assert_eq!(defaults(&world, &company).await, ["gamma"]);
}

async fn defaults(world: &World, company: &Company) -> Vec<String> {
    let groups = world.companies.groups(company.id).await.unwrap();
    groups.into_iter().filter(|group| group.is_default).map(|group| group.name).collect()
}
