//! What people are told about their second factors.

use std::collections::BTreeMap;

use portcullis_kernel::{AccountId, Ambient, CompanySlug, Datum, Email, Event, Message, Mobile, Recipient};

use portcullis_kernel::FactorKind;

/// The SMS that carries a code.
pub(crate) fn code(
    ambient: &Ambient,
    company: CompanySlug,
    (to, account): (&Mobile, AccountId),
    code: &str,
) -> Message {
    let datum = |name: &str, value: &str| (name.to_owned(), Datum::Text(value.to_owned()));
    let user = account.to_string();
    Message {
        id: ambient.fresh(),
        event: Event::FactorCode,
        company,
        recipient: Recipient::Sms(to.clone()),
        subject: String::new(),
        text: format!("{code} is your verification code. Do not share it with anyone."),
        data: BTreeMap::from([datum("user", &user), datum("mobile", to.as_str()), datum("token", code)]),
        created_at: ambient.now(),
    }
}

/// Tells an owner that a second factor counts from now on.
pub(crate) fn added(ambient: &Ambient, company: CompanySlug, to: Email, kind: FactorKind) -> Message {
    let text = format!(
        "Hello,\n\n{} was added to your account as a second factor at {}. From now on you will be asked for a code \
         when you sign in.\n\nIf that was you, there is nothing to do. If it was not, change your password and tell \
         your operator.\n",
        phrase(kind),
        ambient.now()
    );
    notice(ambient, (Event::NoticeFactorAdded, company), to, "A second factor was added", text)
}

/// Tells an owner that a second factor no longer counts.
pub(crate) fn removed(ambient: &Ambient, company: CompanySlug, to: Email, kind: FactorKind) -> Message {
    let text = format!(
        "Hello,\n\n{} was removed from your account at {} and is no longer a second factor.\n\nIf that was you, there \
         is nothing to do. If it was not, change your password and tell your operator.\n",
        phrase(kind),
        ambient.now()
    );
    notice(ambient, (Event::NoticeFactorRemoved, company), to, "A second factor was removed", text)
}

fn phrase(kind: FactorKind) -> &'static str {
    match kind {
        FactorKind::Totp => "An authenticator app",
        FactorKind::Sms => "A mobile number",
        FactorKind::Static => "A list of recovery codes",
    }
}

fn notice(
    ambient: &Ambient,
    (event, company): (Event, CompanySlug),
    to: Email,
    subject: &str,
    text: String,
) -> Message {
    Message {
        id: ambient.fresh(),
        event,
        company,
        recipient: Recipient::Mail(to),
        subject: subject.to_owned(),
        text,
        data: BTreeMap::new(),
        created_at: ambient.now(),
    }
}
