//! The messages this crate sends. Plain text, one idea each; the same facts for machines in `data`.

use std::collections::BTreeMap;
use std::time::Duration;

use portcullis_kernel::{Ambient, Datum, Email, Event, Message, Recipient, in_words, link};

use crate::ResetSubject;

/// Carries a reset code.
pub(crate) fn reset_code(
    ambient: &Ambient,
    about: &ResetSubject,
    to: &Email,
    (code, lifetime): (&str, Duration),
) -> Message {
    let company = &about.company_name;
    let text = format!(
        "Your code to set a new password at {company} is\n\n{code}\n\n\
         It works for {}. If you did not ask for it, ignore this message: your password stays as it is.\n",
        in_words(lifetime)
    );
    let data = BTreeMap::from([("code".to_owned(), Datum::Text(code.to_owned()))]);
    let content =
        Content { event: Event::PasswordCode, subject: format!("Your code for {company}"), text, data };
    letter(ambient, about, Recipient::Mail(to.clone()), content)
}

/// A reset link to send.
pub(crate) struct ResetLink<'a> {
    pub(crate) event: Event,
    pub(crate) token: &'a str,
    pub(crate) page: &'a str,
    pub(crate) force: bool,
    pub(crate) lifetime: Duration,
}

/// Carries a reset link in the form its event promises: `{token, url}` for the barong door, and the members of the
/// rehive contract §8 for that one.
pub(crate) fn reset_link(
    ambient: &Ambient,
    about: &ResetSubject,
    to: Recipient,
    reset: &ResetLink<'_>,
) -> Message {
    let company = &about.company_name;
    let uid = about.account.to_string();
    let mut data = BTreeMap::from([("token".to_owned(), Datum::Text(reset.token.to_owned()))]);
    let url = if reset.event == Event::PasswordResetToken {
        link(reset.page, &[("reset_token", reset.token), ("lang", "en")])
    } else {
        data.insert("user".to_owned(), Datum::Text(uid.clone()));
        data.insert("uid".to_owned(), Datum::Text(uid.clone()));
        data.insert("force".to_owned(), Datum::Flag(reset.force));
        let mut parts = vec![("uid", uid.as_str()), ("token", reset.token)];
        if let Recipient::Mail(email) = &to {
            parts.push(("email", email.as_str()));
        }
        parts.push(("company", about.company_slug.as_str()));
        link(reset.page, &parts)
    };
    data.insert("url".to_owned(), Datum::Text(url.clone()));
    let text = format!(
        "Open this link to set a new password at {company}:\n\n{url}\n\n\
         It works for {}. If you did not ask for it, ignore this message: your password stays as it is.\n",
        in_words(reset.lifetime)
    );
    let subject = match &to {
        Recipient::Mail(_) => format!("Set a new password at {company}"),
        Recipient::Sms(_) => String::new(),
    };
    letter(ambient, about, to, Content { event: reset.event, subject, text, data })
}

/// Tells the owner that the password is another one now.
pub(crate) fn password_changed(ambient: &Ambient, about: &ResetSubject, to: &Email) -> Message {
    let company = &about.company_name;
    let text = format!(
        "The password of your account at {company} was changed on {}.\n\n\
         If that was you, there is nothing to do. If it was not, reset your password now.\n",
        ambient.now()
    );
    let subject = format!("Your password at {company} was changed");
    let content = Content { event: Event::NoticePasswordChanged, subject, text, data: BTreeMap::new() };
    letter(ambient, about, Recipient::Mail(to.clone()), content)
}

/// What a letter says.
struct Content {
    event: Event,
    subject: String,
    text: String,
    data: BTreeMap<String, Datum>,
}

fn letter(ambient: &Ambient, about: &ResetSubject, recipient: Recipient, content: Content) -> Message {
    Message {
        id: ambient.fresh(),
        event: content.event,
        company: about.company_slug.clone(),
        recipient,
        subject: content.subject,
        text: content.text,
        data: content.data,
        created_at: ambient.now(),
    }
}
