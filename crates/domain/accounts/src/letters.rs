//! The messages this crate sends. Plain text, one idea each; the same facts for machines in `data`.

use std::collections::BTreeMap;
use std::time::Duration;

use portcullis_kernel::{Ambient, Datum, Email, Event, Message, Mobile, Recipient, in_words, link};

use crate::{Account, Company, ConfirmationLetter, Departure};

/// Tells the owner that the password is another one now.
pub(crate) fn password_changed(ambient: &Ambient, company: &Company, to: &Email) -> Message {
    let text = format!(
        "The password of your account at {} was changed on {}.\n\n\
         If that was you, there is nothing to do. If it was not, reset your password now.\n",
        company.name,
        ambient.now()
    );
    Message {
        id: ambient.fresh(),
        event: Event::NoticePasswordChanged,
        company: company.slug.clone(),
        recipient: Recipient::Mail(to.clone()),
        subject: format!("Your password at {} was changed", company.name),
        text,
        data: BTreeMap::new(),
        created_at: ambient.now(),
    }
}

/// What a verification message is about.
pub(crate) struct Verification<'a> {
    pub(crate) company: &'a Company,
    pub(crate) account: &'a Account,
    pub(crate) lifetime: Duration,
}

/// Carries the key that proves an e-mail address (rehive contract §8).
pub(crate) fn verify_email(
    ambient: &Ambient,
    about: &Verification<'_>,
    to: &Email,
    (key, public_url): (&str, &str),
) -> Message {
    let company = about.company;
    let own_page = company.settings.urls.get("email_verification_url").cloned();
    let page = own_page.unwrap_or_else(|| format!("{public_url}/email/verify/"));
    let url = link(&page, &[("key", key), ("email", to.as_str()), ("company", company.slug.as_str())]);
    let text = format!(
        "Open this link to confirm that this address belongs to your account at {}:\n\n{url}\n\n\
         The link works for {}. If you did not ask for it, ignore this message.\n",
        company.name,
        in_words(about.lifetime)
    );
    let data = [("user", about.account.id.to_string()), ("email", to.as_str().to_owned())];
    Message {
        id: ambient.fresh(),
        event: Event::EmailVerify,
        company: company.slug.clone(),
        recipient: Recipient::Mail(to.clone()),
        subject: format!("Confirm your e-mail address for {}", company.name),
        text,
        data: texts(data.into_iter().chain([("key", key.to_owned()), ("url", url)])),
        created_at: ambient.now(),
    }
}

/// Carries the token that confirms an account (barong contract §11).
pub(crate) fn confirm_account(
    ambient: &Ambient,
    company: &Company,
    to: &Email,
    letter: &ConfirmationLetter,
) -> Message {
    let url = link(&letter.page, &[("confirmation_token", &letter.token), ("lang", "en")]);
    let text = format!(
        "Open this link to confirm your account at {}:\n\n{url}\n\n\
         The link works for {}. If you did not ask for it, ignore this message.\n",
        company.name,
        in_words(letter.lifetime)
    );
    Message {
        id: ambient.fresh(),
        event: Event::AccountConfirm,
        company: company.slug.clone(),
        recipient: Recipient::Mail(to.clone()),
        subject: format!("Confirm your account at {}", company.name),
        text,
        data: texts([("token", letter.token.clone()), ("url", url)]),
        created_at: ambient.now(),
    }
}

/// Carries the code that proves a mobile number (rehive contract §8).
pub(crate) fn verify_mobile(ambient: &Ambient, about: &Verification<'_>, to: &Mobile, code: &str) -> Message {
    let company = about.company;
    let text = format!(
        "{code} confirms your mobile number for {}. It works for {}.",
        company.name,
        in_words(about.lifetime)
    );
    let data = [
        ("user", about.account.id.to_string()),
        ("mobile", to.as_str().to_owned()),
        ("key", code.to_owned()),
    ];
    Message {
        id: ambient.fresh(),
        event: Event::MobileVerify,
        company: company.slug.clone(),
        recipient: Recipient::Sms(to.clone()),
        subject: String::new(),
        text,
        data: texts(data),
        created_at: ambient.now(),
    }
}

/// Carries the code that proves a phone (barong contract §8.10).
pub(crate) fn verify_phone(
    ambient: &Ambient,
    company: &Company,
    to: &Mobile,
    (code, lifetime): (&str, Duration),
) -> Message {
    let text =
        format!("{code} confirms your phone for {}. It works for {}.", company.name, in_words(lifetime));
    Message {
        id: ambient.fresh(),
        event: Event::PhoneVerify,
        company: company.slug.clone(),
        recipient: Recipient::Sms(to.clone()),
        subject: String::new(),
        text,
        data: texts([("code", code.to_owned())]),
        created_at: ambient.now(),
    }
}

/// An account whose owner wants to leave, and the key for it.
pub(crate) struct Leaving<'a> {
    pub(crate) company: &'a Company,
    pub(crate) account: &'a Account,
    pub(crate) departure: Departure,
    pub(crate) key: &'a str,
    pub(crate) lifetime: Duration,
}

/// Carries the key that deactivates an account or asks for its deletion (rehive contract §8).
pub(crate) fn leave(ambient: &Ambient, about: &Leaving<'_>, to: Recipient, public_url: &str) -> Message {
    let company = about.company;
    let (event, setting, page, deed) = match about.departure {
        Departure::Deactivation => {
            (Event::DeactivateVerify, "deactivate_verification_url", "/deactivate/verify", "deactivate")
        }
        Departure::Deletion => (
            Event::RequestDeleteVerify,
            "request_delete_verification_url",
            "/request-delete/verify",
            "deactivate and delete",
        ),
    };
    let page = company.settings.urls.get(setting).cloned().unwrap_or_else(|| format!("{public_url}{page}"));
    let url = link(&page, &[("key", about.key), ("company", company.slug.as_str())]);
    let text = format!(
        "Open this link to {deed} your account at {}:\n\n{url}\n\n\
         The link works for {}. If you did not ask for it, ignore this message: your account stays as it is.\n",
        company.name,
        in_words(about.lifetime)
    );
    let data = [("user", about.account.id.to_string()), ("key", about.key.to_owned()), ("url", url)];
    Message {
        id: ambient.fresh(),
        event,
        company: company.slug.clone(),
        subject: match &to {
            Recipient::Mail(_) => format!("Confirm that you want to leave {}", company.name),
            Recipient::Sms(_) => String::new(),
        },
        recipient: to,
        text,
        data: texts(data),
        created_at: ambient.now(),
    }
}

fn texts(pairs: impl IntoIterator<Item = (&'static str, String)>) -> BTreeMap<String, Datum> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), Datum::Text(value))).collect()
}
