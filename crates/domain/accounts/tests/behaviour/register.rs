use std::collections::BTreeMap;

use portcullis_accounts::{
    ConfigureCompanyCommand, NewGroup, NewLegalTerm, Objection, Problem, ProfileField, Register,
    RegisterError, Registered, RegistrationField, RegistrationForm, Section,
};
use portcullis_conformance::{build, race};
use portcullis_kernel::{AccountState, AuditAction, Client, Event, PolicyBreach, Secret};

use crate::stage::{PASSWORD, Stage, datum};

fn form() -> RegistrationForm {
    RegistrationForm {
        email: Some("Ada@example.com".to_owned()),
        password: Some(Secret::new(PASSWORD)),
        ..RegistrationForm::default()
    }
}

fn at(company: &str, form: RegistrationForm) -> Register {
    Register { company: Some(company.to_owned()), form, client: build::client() }
}

fn why(outcome: Result<Registered, RegisterError>) -> Vec<(RegistrationField, Problem)> {
    match outcome {
        Err(RegisterError::Refused(objections)) => objections.into_iter().map(pair).collect(),
        Err(error) => panic!("{error}"),
        Ok(registered) => panic!("registered {}", registered.account.id),
    }
}

fn pair(objection: Objection) -> (RegistrationField, Problem) {
    (objection.field, objection.problem)
}

async fn set(stage: &Stage, settings: &[(&str, &str)]) {
    let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let slug = stage.company.slug.clone();
    let command = ConfigureCompanyCommand { slug, settings, name: None, client: Client::operator() };
    stage.accounts.configure_company(command).await.unwrap();
}

#[tokio::test]
async fn a_registration_makes_an_active_account_and_proves_its_contacts() {
    let stage = Stage::new().await;
    let mobile = Some("+27 82 123 4567".to_owned());
    let profile = BTreeMap::from([(ProfileField::FirstName, "Ada".to_owned())]);
    let command = at("ACME", RegistrationForm { mobile, profile, ..form() });
    let ada = stage.accounts.register(command).await.unwrap().account;
    assert_eq!(
        (ada.state, ada.owner, ada.groups.as_slice()),
        (AccountState::Active, false, &["user".to_owned()][..])
    );
    assert_eq!(ada.profile.get(ProfileField::FirstName), Some("Ada"));
    assert_eq!(ada.profile.get(ProfileField::Language), Some("en"));
    assert!(ada.email.unwrap().verified_at.is_none());
    let messages = stage.store.messages();
    assert_eq!(
        messages.iter().map(|message| message.event).collect::<Vec<_>>(),
        [Event::EmailVerify, Event::MobileVerify]
    );
    assert_eq!(datum(&messages[1], "key").len(), 5);
    let event = stage.last_event();
    assert_eq!((event.action, event.detail), (AuditAction::AccountCreated, Some("registered")));
}

#[tokio::test]
async fn everything_wrong_is_named_at_once_and_nothing_is_written() {
    let stage = Stage::new().await;
    let taken = RegistrationForm { username: Some("ada".to_owned()), ..form() };
    stage.accounts.register(at("acme", taken)).await.unwrap();
    let hashes = stage.hasher.hashes();
    let wrong = RegistrationForm {
        username: Some("ADA".to_owned()),
        mobile: Some("0821234567".to_owned()),
        password: Some(Secret::new("12345")),
        groups: vec!["admin".to_owned()],
        legal_terms: vec![9],
        ..form()
    };
    let expected = [
        (RegistrationField::Mobile, Problem::NoMobile),
        (RegistrationField::Username, Problem::Taken),
        (RegistrationField::Email, Problem::Taken),
        (RegistrationField::Password, Problem::Weak(PolicyBreach::TooShort { min: 8 })),
        (RegistrationField::Password, Problem::Weak(PolicyBreach::Common)),
        (RegistrationField::Password, Problem::Weak(PolicyBreach::OnlyDigits)),
        (RegistrationField::LegalTerms, Problem::Unknown),
        (RegistrationField::Groups, Problem::Unknown),
    ];
    assert_eq!(why(stage.accounts.register(at("acme", wrong.clone())).await), expected);
    let reviewed = stage.accounts.review_registration(at("acme", wrong)).await.unwrap();
    assert_eq!(reviewed.into_iter().map(pair).collect::<Vec<_>>(), expected);
    assert_eq!((stage.hasher.hashes(), stage.store.messages().len()), (hashes, 1));
}

#[tokio::test]
async fn a_company_must_be_named_and_open() {
    let stage = Stage::new().await;
    let nowhere = Register { company: None, ..at("", form()) };
    assert_eq!(
        why(stage.accounts.register(nowhere).await),
        [(RegistrationField::Company, Problem::Required)]
    );
    for unknown in ["nowhere", "a b", "ä"] {
        let refused = why(stage.accounts.register(at(unknown, form())).await);
        assert_eq!(refused, [(RegistrationField::Company, Problem::Unknown)], "{unknown}");
    }
    set(&stage, &[("allow_registrations", "false")]).await;
    assert_eq!(
        why(stage.accounts.register(at("acme", form())).await),
        [(RegistrationField::Whole, Problem::Closed)]
    );
}

#[tokio::test]
async fn settings_of_the_company_demand_consent_and_limit_countries() {
    let stage = Stage::new().await;
    let demands = [
        ("require_terms_and_conditions", "true"),
        ("require_privacy_policy", "true"),
        ("nationalities", "ZA"),
        ("residencies", "ZA,DE"),
    ];
    set(&stage, &demands).await;
    let profile = |nationality: &str, residency: &str| {
        BTreeMap::from([
            (ProfileField::Nationality, nationality.to_owned()),
            (ProfileField::Residency, residency.to_owned()),
        ])
    };
    let refused = stage
        .accounts
        .register(at("acme", RegistrationForm { profile: profile("DE", "FR"), ..form() }))
        .await;
    assert_eq!(
        why(refused),
        [
            (RegistrationField::Terms, Problem::NotAccepted),
            (RegistrationField::Privacy, Problem::NotAccepted),
            (RegistrationField::Profile(ProfileField::Nationality), Problem::NotServed),
            (RegistrationField::Profile(ProfileField::Residency), Problem::NotServed),
        ]
    );
    let consent = RegistrationForm {
        terms_accepted: true,
        privacy_accepted: true,
        profile: profile("ZA", "DE"),
        ..form()
    };
    assert!(stage.accounts.register(at("acme", consent)).await.is_ok());
}

#[tokio::test]
async fn joins_one_public_group() {
    let stage = Stage::new().await;
    let new = NewGroup {
        company: stage.company.id,
        name: "pilots".to_owned(),
        label: None,
        section: Section::User,
        public: true,
        is_default: false,
        client: Client::operator(),
    };
    stage.accounts.create_group(new).await.unwrap();
    let named = |groups: &[&str]| {
        let groups = groups.iter().map(|name| (*name).to_owned()).collect();
        at("acme", RegistrationForm { groups, ..form() })
    };
    for (groups, problem) in [
        (&["admin"][..], Problem::Unknown),
        (&["ghosts"], Problem::Unknown),
        (&["user", "pilots"], Problem::TooMany),
    ] {
        assert_eq!(why(stage.accounts.register(named(groups)).await), [(RegistrationField::Groups, problem)]);
    }
    assert_eq!(stage.accounts.register(named(&["pilots"])).await.unwrap().account.groups, ["pilots"]);
}

#[tokio::test]
async fn a_company_without_groups_gets_one_from_its_first_registration() {
    let stage = Stage::new().await;
    let company = stage.accounts.ensure_default_company().await.unwrap();
    assert!(stage.accounts.groups(company.id).await.unwrap().is_empty());
    let password = Some(Secret::new("Kj8!vbQ2xwz-plum"));
    let registered =
        stage.accounts.register(at("default", RegistrationForm { password, ..form() })).await.unwrap();
    assert_eq!(registered.account.groups, ["user"]);
    let groups = stage.accounts.groups(company.id).await.unwrap();
    assert_eq!(
        groups.iter().map(|group| (group.public, group.is_default)).collect::<Vec<_>>(),
        [(true, true)]
    );
}

#[tokio::test]
async fn accepted_terms_are_kept_with_their_time() {
    let stage = Stage::new().await;
    for version in ["1", "2"] {
        let new = NewLegalTerm {
            company: stage.company.id,
            name: "Terms of use".to_owned(),
            version: version.to_owned(),
            client: Client::operator(),
        };
        stage.accounts.create_legal_term(new).await.unwrap();
    }
    let registered =
        stage.accounts.register(at("acme", RegistrationForm { legal_terms: vec![2], ..form() })).await;
    let ada = registered.unwrap().account;
    let accepted = stage.accounts.accepted_terms(ada.id).await.unwrap();
    assert_eq!(accepted.iter().map(|term| term.term.version.as_str()).collect::<Vec<_>>(), ["2"]);
    assert_eq!(accepted[0].accepted_at, ada.created_at);
}

#[tokio::test]
async fn of_many_registrations_of_one_address_one_succeeds() {
    let stage = Stage::new().await;
    let outcomes = race(8, |_| {
        let accounts = stage.accounts.clone();
        async move { accounts.register(at("acme", form())).await.map(drop) }
    })
    .await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for refused in outcomes.into_iter().filter_map(Result::err) {
        let RegisterError::Refused(objections) = refused else { panic!("{refused}") };
        assert_eq!(objections, [Objection::new(RegistrationField::Email, Problem::Taken)]);
    }
}
