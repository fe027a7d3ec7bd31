//! [`portcullis_sessions::AccessStore`] and [`portcullis_sessions::WhitelinkStore`].

use portcullis_accounts::Company;
use portcullis_kernel::{Client, Door, Effects, Role};
use portcullis_sessions::{
    AddPermission, AddRestriction, KeepWhitelink, LiftRestriction, Permission, PermissionAction, Restriction,
    RestrictionCategory, RestrictionScope, Session, StockPermissions, Whitelink, WithdrawPermission,
};

use crate::build::{self, NOW, later};
use crate::{World, assert_same, race};

fn restriction(company: &Company, value: &str) -> Restriction {
    Restriction {
        id: build::id(),
        company: company.id,
        category: RestrictionCategory::Blacklist,
        scope: RestrictionScope::Country,
        value: value.to_owned(),
        code: 423,
        created_at: NOW,
    }
}

fn permission(company: &Company, path: &str) -> Permission {
    Permission {
        id: build::id(),
        company: company.id,
        role: Role::new("member"),
        verb: "ALL".to_owned(),
        path: path.to_owned(),
        action: PermissionAction::Accept,
        topic: None,
        created_at: NOW,
    }
}

fn restrict(restriction: &Restriction) -> AddRestriction {
    let restriction = restriction.clone();
    AddRestriction { restriction, ends_sessions_of: None, effects: Effects::default() }
}

fn permit(permission: &Permission) -> AddPermission {
    AddPermission { permission: permission.clone(), effects: Effects::default() }
}

async fn rules(world: &World, company: &Company) -> (Vec<Restriction>, Vec<Permission>) {
    world.access.rules(company.id).await.unwrap()
}

pub async fn reads_back_every_rule_oldest_first(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    let mut restrictions = Vec::new();
    for (age, category) in (1..).zip(RestrictionCategory::ALL) {
        for scope in RestrictionScope::ALL {
            let (category, scope) = (*category, *scope);
            let rule = Restriction { category, scope, code: 599, ..restriction(&company, build::UNICODE) };
            restrictions.push(Restriction { created_at: later(age), ..rule });
        }
    }
    for rule in restrictions.iter().rev() {
        let write = restrict(rule);
        let act = async |effects| world.access.restrict(AddRestriction { effects, ..write }).await;
        assert!(world.written(act).await);
    }
    let mut permissions = Vec::new();
    for (age, action) in (1..).zip(PermissionAction::ALL) {
        let topic = (age == 2).then(|| build::UNICODE.to_owned());
        let rule = Permission { action: *action, topic, ..permission(&company, build::UNICODE) };
        permissions.push(Permission { created_at: later(age), ..rule });
    }
    for rule in permissions.iter().rev() {
        let write = permit(rule);
        let act = async |effects| world.access.permit(AddPermission { effects, ..write }).await;
        assert!(world.written(act).await);
    }
    restrictions.sort_by_key(|rule| (rule.created_at, rule.id));
    let found = rules(&world, &company).await;
    assert_same(&found.0, &restrictions);
    assert_same(&found.1, &permissions);
    let elsewhere = rules(&world, &other).await;
    assert!(elsewhere.0.is_empty() && elsewhere.1.is_empty(), "companies have rules of their own");
}

pub async fn refuses_a_rule_that_exists(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    let (barred, allowed) = (restriction(&company, "de"), permission(&company, "api"));
    assert!(world.access.restrict(restrict(&barred)).await.unwrap());
    assert!(world.access.permit(permit(&allowed)).await.unwrap());
    let again = restrict(&Restriction { code: 401, ..restriction(&company, "de") });
    let act = async |effects| world.access.restrict(AddRestriction { effects, ..again }).await;
    assert!(!world.refused(act).await);
    let again = permit(&permission(&company, "api"));
    let act = async |effects| world.access.permit(AddPermission { effects, ..again }).await;
    assert!(!world.refused(act).await);
    assert!(world.access.restrict(restrict(&restriction(&other, "de"))).await.unwrap());
    assert!(world.access.permit(permit(&permission(&other, "api"))).await.unwrap());
    let found = rules(&world, &company).await;
    assert_same(&found.0, &vec![barred]);
    assert_same(&found.1, &vec![allowed]);
}

pub async fn of_many_restrictions_of_one_value_one_is_put_up(world: World) {
    let company = world.new_company().await;
    let answers = race(6, |_| {
        let (world, write) = (world.clone(), restrict(&restriction(&company, "de")));
        async move { world.access.restrict(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer).count(), 1);
    assert_eq!(rules(&world, &company).await.0.len(), 1);
}

pub async fn takes_down_rules_of_the_company_only(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    let (barred, allowed) = (restriction(&company, "de"), permission(&company, "api"));
    world.access.restrict(restrict(&barred)).await.unwrap();
    world.access.permit(permit(&allowed)).await.unwrap();
    let lift =
        |company: &Company, effects| LiftRestriction { company: company.id, restriction: barred.id, effects };
    let withdraw = |company: &Company, effects| WithdrawPermission {
        company: company.id,
        permission: allowed.id,
        effects,
    };
    assert!(!world.refused(async |effects| world.access.lift(lift(&other, effects)).await).await);
    assert!(!world.refused(async |effects| world.access.withdraw(withdraw(&other, effects)).await).await);
    world.failed(async |effects| world.access.lift(lift(&company, effects)).await).await;
    world.failed(async |effects| world.access.withdraw(withdraw(&company, effects)).await).await;
    let found = rules(&world, &company).await;
    assert_eq!((found.0.len(), found.1.len()), (1, 1));
    assert!(world.written(async |effects| world.access.lift(lift(&company, effects)).await).await);
    assert!(world.written(async |effects| world.access.withdraw(withdraw(&company, effects)).await).await);
    assert!(!world.refused(async |effects| world.access.lift(lift(&company, effects)).await).await);
    let found = rules(&world, &company).await;
    assert!(found.0.is_empty() && found.1.is_empty());
}

pub async fn a_restriction_can_end_the_sessions_of_a_door(world: World) {
    let account = world.new_account().await;
    let company = world.companies.find_by_id(account.company).await.unwrap().unwrap();
    let at = |door| Client { door: Door::new(door), ..build::client() };
    let stranger = world.new_account().await;
    let sessions = [
        Session { client: at("barong"), ..build::session(&account) },
        Session { client: at("rehive"), ..build::session(&account) },
        Session { client: at("barong"), ..build::session(&stranger) },
    ];
    for session in &sessions {
        world.add_session(session).await;
    }
    let rule = Restriction { created_at: later(5), ..restriction(&company, "de") };
    let write = AddRestriction { ends_sessions_of: Some(Door::new("barong")), ..restrict(&rule) };
    assert!(world.access.restrict(write).await.unwrap());
    assert_eq!(world.ended(&sessions).await, [true, false, false]);
    assert_eq!(world.session(&sessions[0]).await.ended_at, Some(later(5)));
}

fn stocking(company: &Company) -> StockPermissions {
    let permissions = ["one", "two"].map(|path| permission(company, path)).into();
    StockPermissions { company: company.id, permissions, at: NOW }
}

pub async fn a_company_is_given_its_first_permissions_once(world: World) {
    let company = world.new_company().await;
    world.access.permit(permit(&permission(&company, "one"))).await.unwrap();
    assert!(world.access.stock(stocking(&company)).await.unwrap());
    let found = rules(&world, &company).await.1;
    assert_eq!(found.len(), 2, "one of them was there");
    for rule in found {
        let (company, effects) = (company.id, Effects::default());
        world.access.withdraw(WithdrawPermission { company, permission: rule.id, effects }).await.unwrap();
    }
    assert!(!world.access.stock(stocking(&company)).await.unwrap());
    assert!(rules(&world, &company).await.1.is_empty(), "what was withdrawn stays so");
}

pub async fn of_many_stockings_one_counts(world: World) {
    let company = world.new_company().await;
    let answers = race(6, |_| {
        let (world, write) = (world.clone(), stocking(&company));
        async move { world.access.stock(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer).count(), 1);
    assert_eq!(rules(&world, &company).await.1.len(), 2);
}

pub async fn failing_writes_leave_nothing(world: World) {
    let (account, company) = {
        let account = world.new_account().await;
        let company = world.companies.find_by_id(account.company).await.unwrap().unwrap();
        (account, company)
    };
    let session = world.new_session(&account).await;
    let door = Some(session.client.door.clone());
    let write = AddRestriction { ends_sessions_of: door, ..restrict(&restriction(&company, "de")) };
    world.failed(async |effects| world.access.restrict(AddRestriction { effects, ..write }).await).await;
    let write = permit(&permission(&company, "api"));
    world.failed(async |effects| world.access.permit(AddPermission { effects, ..write }).await).await;
    let link = whitelink(&company);
    world.failed(async |effects| world.whitelinks.keep(KeepWhitelink { link, effects }).await).await;
    let found = rules(&world, &company).await;
    assert!(found.0.is_empty() && found.1.is_empty());
    assert!(world.session(&session).await.ended_at.is_none());
    assert!(world.whitelinks.find(link.digest).await.unwrap().is_none());
}

pub async fn notes_effects_alone(world: World) {
    world.written(async |effects| world.access.note(effects).await).await;
}

fn whitelink(company: &Company) -> Whitelink {
    let digest = build::fresh_token().digest();
    Whitelink { digest, company: company.id, created_at: NOW, expires_at: later(60) }
}

pub async fn reads_back_a_whitelink(world: World) {
    let link = whitelink(&world.new_company().await);
    world.written(async |effects| world.whitelinks.keep(KeepWhitelink { link, effects }).await).await;
    assert_same(&world.whitelinks.find(link.digest).await.unwrap(), &Some(link));
    assert!(world.whitelinks.find(build::fresh_token().digest()).await.unwrap().is_none());
}

pub async fn keeping_a_whitelink_forgets_those_that_are_over(world: World) {
    let (company, other) = (world.new_company().await, world.new_company().await);
    let over = whitelink(&company);
    let good = Whitelink { expires_at: later(61), ..whitelink(&company) };
    let elsewhere = whitelink(&other);
    let new = Whitelink { created_at: later(60), expires_at: later(120), ..whitelink(&company) };
    for link in [over, good, elsewhere, new] {
        world.whitelinks.keep(KeepWhitelink { link, effects: Effects::default() }).await.unwrap();
    }
    for (link, kept) in [(over, false), (good, true), (elsewhere, true), (new, true)] {
        assert_eq!(world.whitelinks.find(link.digest).await.unwrap().is_some(), kept);
    }
}
