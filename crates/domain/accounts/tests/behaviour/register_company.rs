use std::collections::BTreeMap;

use portcullis_accounts::{
    CompanyField, CompanyForm, Problem, RegisterCompany, RegisterError, Registered, RegistrationField,
    RegistrationForm, Section,
};
use portcullis_conformance::{build, race};
use portcullis_kernel::{AuditAction, CompanySlug, Event, PolicyName, Secret};

use crate::stage::{PASSWORD, Stage};

fn owner() -> RegistrationForm {
    RegistrationForm {
        email: Some("olga@example.com".to_owned()),
        password: Some(Secret::new(PASSWORD)),
        terms_accepted: true,
        ..RegistrationForm::default()
    }
}

fn company(id: &str) -> CompanyForm {
    CompanyForm { id: Some(id.to_owned()), ..CompanyForm::default() }
}

fn registration(company: CompanyForm, form: RegistrationForm) -> RegisterCompany {
    RegisterCompany { company, form, client: build::client() }
}

fn why(outcome: Result<Registered, RegisterError>) -> Vec<(RegistrationField, Problem)> {
    match outcome {
        Err(RegisterError::Refused(objections)) => {
            objections.into_iter().map(|objection| (objection.field, objection.problem)).collect()
        }
        Err(error) => panic!("{error}"),
        Ok(registered) => panic!("registered {}", registered.account.id),
    }
}

#[tokio::test]
async fn a_company_its_groups_and_its_owner_are_made_together() {
    let stage = Stage::new().await;
    let details = BTreeMap::from([
        (CompanyField::Website, "https://shop.example".to_owned()),
        (CompanyField::Mode, "production".to_owned()),
    ]);
    let form = CompanyForm { name: Some(" The Shop ".to_owned()), details, ..company("Shop_1") };
    let Registered { company, account } =
        stage.accounts.register_company(registration(form, owner())).await.unwrap();
    assert_eq!((company.slug.as_str(), company.name.as_str()), ("shop_1", "The Shop"));
    assert_eq!(company.details.get(CompanyField::Website), Some("https://shop.example"));
    assert_eq!(company.settings.password_policy, PolicyName::Standard);
    assert_eq!((account.owner, account.groups.as_slice()), (true, &["admin".to_owned()][..]));
    let kept = stage.accounts.company(company.slug.clone()).await.unwrap();
    assert_eq!(kept, Some(company.clone()));
    let groups = stage.accounts.groups(company.id).await.unwrap();
    let facts: Vec<_> =
        groups.iter().map(|group| (group.name.as_str(), group.section, group.is_default)).collect();
    assert_eq!(facts, [("admin", Section::Admin, false), ("user", Section::User, true)]);
    assert_eq!(stage.last_message().event, Event::EmailVerify);
    let trail = stage.store.audit_events();
    let actions: Vec<_> = trail[trail.len() - 2..].iter().map(|event| event.action).collect();
    assert_eq!(actions, [AuditAction::CompanyCreated, AuditAction::AccountCreated]);
}

#[tokio::test]
async fn everything_wrong_is_named_at_once_and_no_company_is_made() {
    let stage = Stage::new().await;
    let details = BTreeMap::from([(CompanyField::Website, "shop".to_owned())]);
    let form = CompanyForm { name: Some("x".repeat(101)), details, ..company("acme") };
    let wrong = RegistrationForm {
        username: Some("olga".to_owned()),
        password: Some(Secret::new("short")),
        legal_terms: vec![1],
        ..RegistrationForm::default()
    };
    let refused = why(stage.accounts.register_company(registration(form, wrong)).await);
    assert_eq!(
        refused,
        [
            (RegistrationField::Company, Problem::Taken),
            (RegistrationField::CompanyName, Problem::TooLong { max: 100 }),
            (RegistrationField::Detail(CompanyField::Website), Problem::NoUrl),
            (RegistrationField::Email, Problem::Required),
            (RegistrationField::Terms, Problem::NotAccepted),
            (RegistrationField::LegalTerms, Problem::Unknown),
            (
                RegistrationField::Password,
                Problem::Weak(portcullis_kernel::PolicyBreach::TooShort { min: 8 })
            ),
        ]
    );
}

#[tokio::test]
async fn ids_have_a_form_and_belong_to_one_company() {
    let stage = Stage::new().await;
    let too_long = "x".repeat(101);
    for (id, problem) in [
        ("", Problem::Required),
        ("a b", Problem::NoSlug),
        ("a.b", Problem::NoSlug),
        (too_long.as_str(), Problem::NoSlug),
        ("ACME", Problem::Taken),
    ] {
        let refused = why(stage.accounts.register_company(registration(company(id), owner())).await);
        assert_eq!(refused, [(RegistrationField::Company, problem)], "{id}");
    }
}

#[tokio::test]
async fn of_many_companies_of_one_id_one_is_made_with_one_owner() {
    let stage = Stage::new().await;
    let outcomes = race(6, |_| {
        let accounts = stage.accounts.clone();
        async move { accounts.register_company(registration(company("shop"), owner())).await }
    })
    .await;
    let made: Vec<_> = outcomes.into_iter().filter_map(Result::ok).collect();
    assert_eq!(made.len(), 1);
    let shop = stage.accounts.company(CompanySlug::parse("shop").unwrap()).await.unwrap().unwrap();
    let owners = stage.accounts.list(shop.id, portcullis_kernel::PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(owners.total, 1);
}
