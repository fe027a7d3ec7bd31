use portcullis_accounts::{
    Account, AccountRules, DataFault, KeepDataCommand, KeepDataError, KycCommand, KycError, KycField,
    KycProblem, KycState, ShowPassword, ShowPasswordError,
};
use portcullis_conformance::build;
use portcullis_kernel::{AccountState, AuditAction, CompanySlug, LabelRules};

use crate::stage::{PASSWORD, Stage, password};

async fn stage() -> (Stage, Account) {
    let company = CompanySlug::parse("acme").unwrap();
    let rules = AccountRules {
        labels: Some(LabelRules { company, standing: std::sync::Arc::default() }),
        storage_titles: vec!["passport".to_owned(), "phone".to_owned(), "a b".to_owned()],
        ..AccountRules::default()
    };
    let stage = Stage::with(rules).await;
    let ada = stage.add(stage.ada()).await;
    (stage, ada)
}

fn keep(account: &Account, title: &str, data: &str) -> KeepDataCommand {
    KeepDataCommand {
        account: account.clone(),
        title: title.to_owned(),
        data: data.to_owned(),
        client: build::client(),
    }
}

fn kyc(account: &Account, fields: &[(KycField, &str)], submit: bool) -> KycCommand {
    KycCommand {
        account: account.clone(),
        fields: fields.iter().map(|(field, text)| (*field, (*text).to_owned())).collect(),
        submit,
        client: build::client(),
    }
}

async fn labels(stage: &Stage, account: &Account) -> Vec<String> {
    let labels = stage.world.account(account).await.labels;
    labels.iter().map(|label| format!("{}:{}", label.key, label.value)).collect()
}

#[tokio::test]
async fn data_is_kept_under_its_title_and_labelled() {
    let (stage, ada) = stage().await;
    stage.accounts.keep_data(keep(&ada, "passport", "{\"number\": 7}")).await.unwrap();
    stage.accounts.keep_data(keep(&ada, "a b", "1")).await.unwrap();
    let kept = stage.accounts.dossier(ada.id).await.unwrap().data;
    assert_eq!(kept.iter().map(|kept| kept.title.as_str()).collect::<Vec<_>>(), ["a b", "passport"]);
    assert_eq!(labels(&stage, &ada).await, ["passport:recorded"], "a title with a blank is no label");
    assert_eq!(stage.world.account(&ada).await.state, AccountState::Active);
}

#[tokio::test]
async fn names_every_fault_of_data() {
    use DataFault::{NotJson, TitleReserved, TitleTaken, TitleUnknown, TooLong};
    let (stage, ada) = stage().await;
    stage.accounts.keep_data(keep(&ada, "passport", "{}")).await.unwrap();
    for (title, data, expected) in [
        ("passport", "[]", vec![TitleTaken]),
        ("Passport", "[]", vec![TitleTaken, TitleUnknown]),
        ("other", "{", vec![NotJson, TitleUnknown]),
        ("phone", "{}", vec![TitleReserved]),
        ("user", "{}", vec![TitleUnknown, TitleReserved]),
        ("a b", &format!("\"{}\"", "x".repeat(5119)), vec![TooLong]),
    ] {
        let refused = stage.accounts.keep_data(keep(&ada, title, data)).await;
        let Err(KeepDataError::Refused(faults)) = refused else { panic!("{title} was kept") };
        assert_eq!(faults, expected, "{title}");
    }
    stage.accounts.keep_data(keep(&ada, "a b", &format!("\"{}\"", "é".repeat(5118)))).await.unwrap();
}

#[tokio::test]
async fn a_profile_is_drafted_revised_and_submitted() {
    let (stage, ada) = stage().await;
    let none = stage.accounts.revise_profile(kyc(&ada, &[], false)).await;
    assert!(matches!(none, Err(KycError::NoDraft)));
    let first = [(KycField::FirstName, "Ada"), (KycField::Country, "GB")];
    let draft = stage.accounts.open_profile(kyc(&ada, &first, false)).await.unwrap();
    assert_eq!(
        (draft.state, labels(&stage, &ada).await),
        (KycState::Drafted, vec!["profile:drafted".to_owned()])
    );
    let second = stage.accounts.open_profile(kyc(&ada, &first, false)).await;
    assert!(matches!(second, Err(KycError::Open)));
    let more = [(KycField::LastName, "Lovelace"), (KycField::Country, "GBR")];
    let done = stage.accounts.revise_profile(kyc(&ada, &more, true)).await.unwrap();
    assert_eq!(done.fields[&KycField::FirstName], "Ada");
    assert_eq!(done.fields[&KycField::Country], "GBR");
    assert_eq!(
        (done.state, labels(&stage, &ada).await),
        (KycState::Submitted, vec!["profile:submitted".to_owned()])
    );
    let late = stage.accounts.revise_profile(kyc(&ada, &more, false)).await;
    assert!(matches!(late, Err(KycError::NoDraft)));
    assert_eq!(stage.accounts.dossier(ada.id).await.unwrap().profiles, [done]);
}

#[tokio::test]
async fn names_every_fault_of_a_profile_in_the_order_of_its_fields() {
    let (stage, ada) = stage().await;
    let wrong = [
        (KycField::Metadata, "{"),
        (KycField::Country, "Atlantis"),
        (KycField::Dob, "3000-01-01"),
        (KycField::FirstName, "<>"),
    ];
    let refused = stage.accounts.open_profile(kyc(&ada, &wrong, false)).await;
    let Err(KycError::Refused(faults)) = refused else { panic!("it was opened") };
    let expected = [
        (KycField::FirstName, KycProblem::Invalid),
        (KycField::Dob, KycProblem::Invalid),
        (KycField::Country, KycProblem::NoCountry),
        (KycField::Metadata, KycProblem::NotJson),
    ];
    assert_eq!(faults, expected);
}

#[tokio::test]
async fn a_password_is_shown_once_more_within_the_budgets_of_sign_in() {
    let (stage, ada) = stage().await;
    let show =
        |text: &str| ShowPassword { account: ada.clone(), password: password(text), client: build::client() };
    stage.accounts.show_password(show(PASSWORD)).await.unwrap();
    assert_eq!(stage.last_event().action, AuditAction::PasswordChecked);
    for _ in 0..6 {
        let wrong = stage.accounts.show_password(show("wrong-Horse-7")).await;
        assert!(matches!(wrong, Err(ShowPasswordError::Wrong)));
    }
    let locked = stage.accounts.show_password(show(PASSWORD)).await;
    assert!(matches!(locked, Err(ShowPasswordError::Throttled { .. })));
}

#[tokio::test]
async fn an_owner_s_deletion_shuts_the_account_and_says_who_asked() {
    let (stage, ada) = stage().await;
    let session = stage.world.new_session(&ada).await;
    stage.accounts.delete_as_owner(ada.clone(), build::client()).await.unwrap();
    assert_eq!(stage.world.account(&ada).await.state, AccountState::Deleted);
    assert_eq!(labels(&stage, &ada).await, ["delete:by_user"]);
    assert!(stage.world.session(&session).await.ended_at.is_some());
    assert!(stage.accounts.create(stage.ada()).await.is_err(), "its names stay taken");
}
