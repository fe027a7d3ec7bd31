//! Accounts and passwords.

use portcullis_accounts::{
    Account, AmendAccount, Company, Contact, CreateAccount, Label, LabelScope, PasswordRecord, Profile,
    ProfileField, SetPassword,
};
use portcullis_kernel::{
    AccountState, Effects, Email, Mobile, PasswordHash, Role, SessionSweep, Throttle, Uid, Username,
};

use super::{ENTROPY, LONG_LABEL, NOW, UNICODE, id, later, serial};
use crate::PlainHasher;

/// An active account with a username, unverified contacts and the password `correct horse`, hashed as
/// [`PlainHasher`] does.
#[must_use]
pub fn account(company: &Company) -> Account {
    let number = serial();
    let contact = |value| Some(Contact { value, verified_at: None });
    Account {
        username: Some(Username::parse(&format!("Ada-{number}")).unwrap()),
        email: contact(Email::parse(&format!("Ada-{number}@Example.com")).unwrap()),
        mobile: Some(Contact {
            value: Mobile::parse(&format!("+2782{number:07}")).unwrap(),
            verified_at: None,
        }),
        password: Some(password(PlainHasher::up_to_date("correct horse"))),
        ..bare_account(company)
    }
}

/// An active account with nothing optional.
#[must_use]
pub fn bare_account(company: &Company) -> Account {
    Account {
        id: id(),
        uid: Uid::generate("ID", &ENTROPY),
        company: company.id,
        username: None,
        email: None,
        mobile: None,
        password: None,
        state: AccountState::Active,
        delete_requested_at: None,
        role: Role::default(),
        owner: false,
        groups: Vec::new(),
        labels: Vec::new(),
        profile: Profile::default(),
        referral: None,
        data: None,
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

/// An account with everything, as long and as odd as it may be. Its groups are the ones that
/// [`crate::World::new_company`] makes. One per company: its identifiers do not vary.
#[must_use]
pub fn full_account(company: &Company) -> Account {
    let email = format!("{}@{}.{}.{}", "Ä".repeat(64), "b".repeat(63), "C".repeat(63), "d".repeat(61));
    let mut profile = Profile::default();
    for field in ProfileField::ALL {
        profile.set(*field, &"字".repeat(field.max_chars())).unwrap();
    }
    let label = |key: &str, scope| Label {
        key: key.to_owned(),
        value: UNICODE.to_owned(),
        scope,
        created_at: later(1),
        updated_at: later(2),
    };
    Account {
        username: Some(Username::parse(&"É".repeat(150)).unwrap()),
        email: Some(Contact { value: Email::parse(&email).unwrap(), verified_at: Some(later(3)) }),
        mobile: Some(Contact {
            value: Mobile::parse("+123456789012345").unwrap(),
            verified_at: Some(later(4)),
        }),
        password: Some(PasswordRecord {
            hash: PasswordHash::from_text(format!("$argon2id$v=19${}", "x".repeat(400))),
            changed_at: later(5),
            expires_at: Some(later(6)),
            temporary_until: Some(later(7)),
        }),
        state: AccountState::Pending,
        delete_requested_at: Some(later(9)),
        role: Role::new("superadmin"),
        owner: true,
        groups: vec!["alpha".to_owned(), "beta".to_owned()],
        labels: vec![label("email", LabelScope::Public), label(LONG_LABEL, LabelScope::Private)],
        profile,
        referral: Some(Uid::from_text("ID0123456789")),
        data: Some(format!("\"{}\"", "字".repeat(1022))),
        updated_at: later(8),
        version: 7,
        ..bare_account(company)
    }
}

/// The write-set that adds `account` alone.
#[must_use]
pub fn create_account(account: &Account) -> CreateAccount {
    CreateAccount {
        account: account.clone(),
        first: false,
        secrets: Vec::new(),
        accepted: Vec::new(),
        effects: Effects::default(),
    }
}

/// A password that is set at [`NOW`] and never expires.
#[must_use]
pub fn password(hash: PasswordHash) -> PasswordRecord {
    PasswordRecord { hash, changed_at: NOW, expires_at: None, temporary_until: None }
}

/// The write-set that replaces `account`, ending no session.
#[must_use]
pub fn amended(account: &Account) -> AmendAccount {
    AmendAccount { account: account.clone(), sweep: SessionSweep::NONE, effects: Effects::default() }
}

/// The write-set that sets the password `text` at one second after [`NOW`], knowing the present hash.
#[must_use]
pub fn new_password(account: &Account, text: &str) -> SetPassword {
    SetPassword {
        account: account.id,
        expected: account.password.as_ref().map(|password| password.hash.clone()),
        password: PasswordRecord { changed_at: later(1), ..password(PlainHasher::up_to_date(text)) },
        sweep: SessionSweep::NONE,
        throttle: Throttle::default(),
        effects: Effects::default(),
    }
}
