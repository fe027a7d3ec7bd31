use portcullis_accounts::{
    ConfigureCompanyCommand, ConfigureCompanyError, CreateCompanyError, CreateGroupError, NewGroup, Section,
};
use portcullis_kernel::{AuditAction, Client, CompanySlug, PageRequest, PolicyName};

use crate::stage::{Stage, new_company};

fn slug(text: &str) -> CompanySlug {
    CompanySlug::parse(text).unwrap()
}

fn group(stage: &Stage, name: &str) -> NewGroup {
    NewGroup {
        company: stage.company.id,
        name: name.to_owned(),
        label: None,
        section: Section::User,
        public: false,
        is_default: false,
        client: Client::operator(),
    }
}

#[tokio::test]
async fn the_default_company_is_made_once_and_found_ever_after() {
    let stage = Stage::new().await;
    let made = stage.accounts.ensure_default_company().await.unwrap();
    assert_eq!((made.name.as_str(), made.settings.password_policy), ("Default", PolicyName::Barong));
    assert_eq!(stage.accounts.ensure_default_company().await.unwrap(), made);
    assert_eq!(stage.accounts.groups(made.id).await.unwrap(), []);
}

#[tokio::test]
async fn a_new_company_has_staff_customers_and_the_standard_policy() {
    let stage = Stage::new().await;
    let company = stage.accounts.company(slug("ACME")).await.unwrap().unwrap();
    assert_eq!(company.settings.password_policy, PolicyName::Standard);
    assert_eq!(stage.accounts.company_by_id(company.id).await.unwrap().as_ref(), Some(&company));
    let groups = stage.accounts.groups(company.id).await.unwrap();
    let mut facts: Vec<_> =
        groups.iter().map(|g| (g.name.as_str(), g.section, g.public, g.is_default)).collect();
    facts.sort_by_key(|fact| fact.0);
    assert_eq!(facts, [("admin", Section::Admin, false, false), ("user", Section::User, true, true)]);
    assert_eq!(stage.last_event().action, AuditAction::CompanyCreated);
}

#[tokio::test]
async fn refuses_a_taken_slug() {
    let stage = Stage::new().await;
    let again = stage.accounts.create_company(new_company("acme")).await;
    assert!(matches!(again, Err(CreateCompanyError::Taken)));
    assert_eq!(stage.accounts.companies(PageRequest::new(1, 10)).await.unwrap().total, 1);
}

#[tokio::test]
async fn settings_are_applied_all_or_none() {
    let stage = Stage::new().await;
    let set = |pairs: &[(&str, &str)]| ConfigureCompanyCommand {
        slug: slug("acme"),
        settings: pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        name: Some("Acme Inc".to_owned()),
        client: Client::operator(),
    };
    let wrong = set(&[("allow_registrations", "false"), ("no_such_key", "1")]);
    let refused = stage.accounts.configure_company(wrong).await;
    assert!(matches!(refused, Err(ConfigureCompanyError::Invalid(invalid)) if invalid.key == "no_such_key"));
    assert!(stage.accounts.company(slug("acme")).await.unwrap().unwrap().settings.allow_registrations);

    let right = set(&[("allow_registrations", "false")]);
    let changed = stage.accounts.configure_company(right).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.settings.allow_registrations), ("Acme Inc", false));
    assert_eq!(stage.accounts.company(slug("acme")).await.unwrap(), Some(changed));

    let nowhere = ConfigureCompanyCommand { slug: slug("nowhere"), ..set(&[]) };
    let refused = stage.accounts.configure_company(nowhere).await;
    assert!(matches!(refused, Err(ConfigureCompanyError::NotFound)));
}

#[tokio::test]
async fn groups_have_plain_names_of_their_own_and_one_default() {
    let stage = Stage::new().await;
    let refused = stage.accounts.create_group(group(&stage, "Not Plain")).await;
    assert!(matches!(refused, Err(CreateGroupError::InvalidName)));
    let taken = stage.accounts.create_group(group(&stage, "user")).await;
    assert!(matches!(taken, Err(CreateGroupError::Taken)));

    let vip = NewGroup { is_default: true, ..group(&stage, "vip") };
    stage.accounts.create_group(vip).await.unwrap();
    let groups = stage.accounts.groups(stage.company.id).await.unwrap();
    let defaults: Vec<_> = groups.iter().filter(|g| g.is_default).map(|g| g.name.as_str()).collect();
    assert_eq!(defaults, ["vip"]);
}
