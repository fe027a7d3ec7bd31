//! [`portcullis_accounts::DossierStore`], and the confirmation of phones.

use std::time::Duration;

use portcullis_accounts::{
    Account, AddPhone, ConfirmContact, Confirmation, KeepData, KycField, KycProfile, KycState, Phone,
    PhoneAdded, ReviseKycProfile, StoredData, WriteKycProfile,
};
use portcullis_kernel::{Effects, Mobile, OneTime, OneTimeSecret, Purpose, Throttle};

use crate::build::{self, NOW, UNICODE, later};
use crate::{World, race};

const NUMBER: &str = "+27821234567";

fn number(text: &str) -> Mobile {
    Mobile::parse(text).unwrap()
}

fn phone(account: &Account, text: &str) -> AddPhone {
    let code = build::code(account, Purpose::VerifyPhone, "12345");
    AddPhone {
        phone: Phone {
            company: account.company,
            account: account.id,
            number: number(text),
            validated_at: None,
            created_at: NOW,
        },
        code: OneTime { target: Some(text.to_owned()), ..code },
        throttle: Throttle::default(),
        effects: Effects::default(),
    }
}

fn confirm(code: &OneTime) -> ConfirmContact {
    ConfirmContact {
        secret: code.id,
        throttle: Throttle::default(),
        at: later(1),
        effects: Effects::default(),
    }
}

fn data(account: &Account, title: &str) -> KeepData {
    let stored = StoredData {
        account: account.id,
        title: title.to_owned(),
        data: format!("{{\"text\": \"{UNICODE}\"}}"),
        created_at: NOW,
    };
    KeepData { stored, effects: Effects::default() }
}

fn profile(account: &Account, state: KycState) -> WriteKycProfile {
    let fields = KycField::ALL.into_iter().map(|field| (field, UNICODE.to_owned())).collect();
    let (created_at, updated_at) = (NOW, later(1));
    let profile = KycProfile { id: build::id(), account: account.id, fields, state, created_at, updated_at };
    WriteKycProfile { profile, effects: Effects::default() }
}

fn revision(of: &KycProfile, state: KycState) -> ReviseKycProfile {
    let fields = [(KycField::City, "Aix".to_owned())].into();
    let profile = KycProfile { fields, state, updated_at: later(9), ..of.clone() };
    ReviseKycProfile { profile, seen: of.updated_at, effects: Effects::default() }
}

async fn add(world: &World, account: &Account, text: &str) -> OneTime {
    let write = phone(account, text);
    let code = write.code.clone();
    assert_eq!(world.dossiers.add_phone(write).await.unwrap(), PhoneAdded::Done);
    code
}

async fn opened(world: &World, account: &Account, state: KycState) -> KycProfile {
    let write = profile(account, state);
    let profile = write.profile.clone();
    assert!(world.dossiers.open_profile(write).await.unwrap());
    profile
}

pub async fn reads_back_every_field(world: World) {
    let account = world.new_account().await;
    let stranger = world.new_colleague(&account).await;
    add(&world, &stranger, NUMBER).await;
    let (kept, verified) = (data(&account, UNICODE), opened(&world, &account, KycState::Verified).await);
    let add = async |effects| world.dossiers.add_phone(AddPhone { effects, ..phone(&account, NUMBER) }).await;
    assert_eq!(world.written(add).await, PhoneAdded::Done);
    let keep = async |effects| world.dossiers.keep_data(KeepData { effects, ..kept.clone() }).await;
    assert!(world.written(keep).await);
    let open = profile(&account, KycState::Drafted);
    let opening =
        async |effects| world.dossiers.open_profile(WriteKycProfile { effects, ..open.clone() }).await;
    assert!(world.written(opening).await);
    let dossier = world.dossiers.find(account.id).await.unwrap();
    assert_eq!(dossier.phones, [phone(&account, NUMBER).phone]);
    assert_eq!(dossier.data, [kept.stored]);
    let mut profiles = vec![verified, open.profile];
    profiles.sort_by_key(|profile| profile.id);
    assert_eq!(dossier.profiles, profiles);
}

pub async fn nobody_has_an_empty_dossier(world: World) {
    let account = world.new_account().await;
    let dossier = world.dossiers.find(account.id).await.unwrap();
    assert!(dossier.phones.is_empty() && dossier.profiles.is_empty() && dossier.data.is_empty());
}

pub async fn an_account_has_a_number_once(world: World) {
    let account = world.new_account().await;
    add(&world, &account, NUMBER).await;
    let again =
        async |effects| world.dossiers.add_phone(AddPhone { effects, ..phone(&account, NUMBER) }).await;
    assert_eq!(world.refused(again).await, PhoneAdded::Exists);
    add(&world, &account, "+27829999999").await;
    add(&world, &world.new_colleague(&account).await, NUMBER).await;
}

pub async fn an_exhausted_budget_adds_no_phone(world: World) {
    let account = world.new_account().await;
    let throttle = build::charge(world.budget(1, 1).await);
    let write = AddPhone { throttle, ..phone(&account, NUMBER) };
    let add = async |effects| world.dossiers.add_phone(AddPhone { effects, ..write }).await;
    let retry_after = Duration::from_secs(60);
    assert_eq!(world.refused(add).await, PhoneAdded::Exhausted { retry_after });
    assert!(world.dossiers.find(account.id).await.unwrap().phones.is_empty());
}

pub async fn a_failing_phone_leaves_nothing(world: World) {
    let account = world.new_account().await;
    let write = phone(&account, NUMBER);
    world.failed(async |effects| world.dossiers.add_phone(AddPhone { effects, ..write }).await).await;
    assert!(world.dossiers.find(account.id).await.unwrap().phones.is_empty());
    assert!(world.dossiers.phone_code(account.id, number(NUMBER)).await.unwrap().is_none());
}

pub async fn the_code_of_a_phone_is_the_newest_for_its_number(world: World) {
    let account = world.new_account().await;
    let first = add(&world, &account, NUMBER).await;
    add(&world, &account, "+27829999999").await;
    add(&world, &world.new_colleague(&account).await, NUMBER).await;
    let found = async || world.dossiers.phone_code(account.id, number(NUMBER)).await.unwrap().unwrap();
    assert_eq!(found().await.id, first.id);
    let newer = OneTime {
        issued_at: later(1),
        target: Some(NUMBER.to_owned()),
        ..build::code(&account, Purpose::VerifyPhone, "54321")
    };
    world.contacts.issue(build::contact_secret(&newer, NUMBER)).await.unwrap();
    let found = found().await;
    assert!(matches!(&found.secret, OneTimeSecret::Code(code) if code.matches("54321")));
    assert_eq!(world.contacts.confirm(confirm(&first)).await.unwrap(), Confirmation::NotUsable);
}

pub async fn a_code_validates_its_phone_once(world: World) {
    let account = world.new_account().await;
    let code = add(&world, &account, NUMBER).await;
    add(&world, &account, "+27829999999").await;
    let has = async || world.dossiers.has_phone(account.company, number(NUMBER)).await.unwrap();
    assert!(!has().await);
    let write = confirm(&code);
    let confirming =
        async |effects| world.contacts.confirm(ConfirmContact { effects, ..write.clone() }).await;
    assert_eq!(world.written(confirming).await, Confirmation::Done);
    assert!(has().await);
    let phones = world.dossiers.find(account.id).await.unwrap().phones;
    let validated: Vec<_> = phones.iter().map(|phone| (phone.number.as_str(), phone.validated_at)).collect();
    assert!(validated.contains(&(NUMBER, Some(later(1)))) && validated.contains(&("+27829999999", None)));
    assert_eq!(world.contacts.confirm(confirm(&code)).await.unwrap(), Confirmation::NotUsable);
    let elsewhere = world.new_account().await;
    assert!(!world.dossiers.has_phone(elsewhere.company, number(NUMBER)).await.unwrap());
}

pub async fn a_number_is_validated_by_one_account_of_a_company(world: World) {
    let account = world.new_account().await;
    let mut codes = vec![add(&world, &account, NUMBER).await];
    for _ in 0..4 {
        codes.push(add(&world, &world.new_colleague(&account).await, NUMBER).await);
    }
    let answers = race(codes.len(), |index| {
        let (world, write) = (world.clone(), confirm(&codes[index]));
        async move { world.contacts.confirm(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Confirmation::Done).count(), 1);
    let other = world.new_account().await;
    let code = add(&world, &other, NUMBER).await;
    assert_eq!(world.contacts.confirm(confirm(&code)).await.unwrap(), Confirmation::Done);
}

pub async fn a_failing_validation_leaves_the_phone_unproved(world: World) {
    let account = world.new_account().await;
    let write = confirm(&add(&world, &account, NUMBER).await);
    world.failed(async |effects| world.contacts.confirm(ConfirmContact { effects, ..write }).await).await;
    assert!(!world.dossiers.has_phone(account.company, number(NUMBER)).await.unwrap());
}

pub async fn a_title_is_kept_once_whatever_its_case(world: World) {
    let account = world.new_account().await;
    assert!(world.dossiers.keep_data(data(&account, "Passport")).await.unwrap());
    let again =
        async |effects| world.dossiers.keep_data(KeepData { effects, ..data(&account, "PASSPORT") }).await;
    assert!(!world.refused(again).await);
    assert!(world.dossiers.keep_data(data(&world.new_colleague(&account).await, "passport")).await.unwrap());
    let answers = race(6, |_| {
        let (world, write) = (world.clone(), data(&account, "other"));
        async move { world.dossiers.keep_data(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|kept| **kept).count(), 1);
}

pub async fn failing_data_is_not_kept(world: World) {
    let account = world.new_account().await;
    let write = data(&account, "title");
    world.failed(async |effects| world.dossiers.keep_data(KeepData { effects, ..write }).await).await;
    assert!(world.dossiers.find(account.id).await.unwrap().data.is_empty());
}

pub async fn one_profile_is_open_at_a_time(world: World) {
    let account = world.new_account().await;
    for closed in [KycState::Rejected, KycState::Verified, KycState::Rejected] {
        opened(&world, &account, closed).await;
    }
    let answers = race(6, |index| {
        let state = if index % 2 == 0 { KycState::Drafted } else { KycState::Submitted };
        let (world, write) = (world.clone(), profile(&account, state));
        async move { world.dossiers.open_profile(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|opened| **opened).count(), 1);
    let write = profile(&account, KycState::Drafted);
    let another = async |effects| world.dossiers.open_profile(WriteKycProfile { effects, ..write }).await;
    assert!(!world.refused(another).await);
    opened(&world, &world.new_colleague(&account).await, KycState::Drafted).await;
}

pub async fn a_draft_is_revised_as_it_was_read(world: World) {
    let account = world.new_account().await;
    let draft = opened(&world, &account, KycState::Drafted).await;
    let write = revision(&draft, KycState::Submitted);
    let stale = ReviseKycProfile { seen: later(5), ..write.clone() };
    let revise = async |effects| world.dossiers.revise_profile(ReviseKycProfile { effects, ..stale }).await;
    assert!(!world.refused(revise).await);
    let revised = write.profile.clone();
    let again = write.clone();
    let revise = async |effects| world.dossiers.revise_profile(ReviseKycProfile { effects, ..write }).await;
    assert!(world.written(revise).await);
    assert_eq!(world.dossiers.find(account.id).await.unwrap().profiles, std::slice::from_ref(&revised));
    assert!(!world.dossiers.revise_profile(again).await.unwrap());
    let submitted = revision(&revised, KycState::Drafted);
    assert!(!world.dossiers.revise_profile(submitted).await.unwrap(), "what is submitted is not revised");
}

pub async fn a_failing_revision_leaves_the_draft(world: World) {
    let account = world.new_account().await;
    let draft = opened(&world, &account, KycState::Drafted).await;
    let write = revision(&draft, KycState::Submitted);
    world
        .failed(async |effects| world.dossiers.revise_profile(ReviseKycProfile { effects, ..write }).await)
        .await;
    assert_eq!(world.dossiers.find(account.id).await.unwrap().profiles, [draft]);
}

pub async fn a_failing_profile_is_not_opened(world: World) {
    let account = world.new_account().await;
    let write = profile(&account, KycState::Drafted);
    world
        .failed(async |effects| world.dossiers.open_profile(WriteKycProfile { effects, ..write }).await)
        .await;
    assert!(world.dossiers.find(account.id).await.unwrap().profiles.is_empty());
}
