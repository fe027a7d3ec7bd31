//! Accounts and sessions as JSON. The names are a promise to scripts.

use std::collections::BTreeMap;

use portcullis_accounts::{AcceptedTerm, Account, Company, LabelScope, ProfileField};
use portcullis_kernel::{Email, Mobile, Timestamp, Username};
use portcullis_sessions::Session;
use serde_json::{Value, json};

pub(super) fn account(company: &Company, account: &Account) -> Value {
    let (email, mobile) = (account.email.as_ref(), account.mobile.as_ref());
    let password = account.password.as_ref();
    json!({
        "id": account.id.to_string(),
        "uid": account.uid.as_str(),
        "company": company.slug.as_str(),
        "username": account.username.as_ref().map(Username::as_str),
        "email": email.map(|contact| &contact.value).map(Email::as_str),
        "email_verified": email.is_some_and(|contact| contact.verified_at.is_some()),
        "mobile": mobile.map(|contact| &contact.value).map(Mobile::as_str),
        "mobile_verified": mobile.is_some_and(|contact| contact.verified_at.is_some()),
        "state": account.state.as_str(),
        "retention": account.retention().as_str(),
        "role": account.role.as_str(),
        "owner": account.owner,
        "groups": account.groups,
        "labels": account.labels.iter().map(|label| json!({
            "key": label.key,
            "value": label.value,
            "scope": match label.scope { LabelScope::Public => "public", LabelScope::Private => "private" },
        })).collect::<Vec<_>>(),
        "first_name": account.profile.get(ProfileField::FirstName),
        "last_name": account.profile.get(ProfileField::LastName),
        "profile": account.profile.iter().map(|(field, value)| (field.as_str(), value)).collect::<BTreeMap<_, _>>(),
        "has_password": password.is_some(),
        "password_expires_at": password.and_then(|password| password.expires_at).map(text),
        "temporary_password_until": password.and_then(|password| password.temporary_until).map(text),
        "created": text(account.created_at),
        "updated": text(account.updated_at),
    })
}

/// An account and the legal terms it accepted.
pub(super) fn account_with_terms(company: &Company, account: &Account, terms: &[AcceptedTerm]) -> Value {
    let mut facts = self::account(company, account);
    let accepted = terms.iter().map(|accepted| {
        json!({
            "id": accepted.term.number,
            "name": accepted.term.name,
            "version": accepted.term.version,
            "accepted": text(accepted.accepted_at),
        })
    });
    if let Value::Object(facts) = &mut facts {
        facts.insert("legal_terms".to_owned(), accepted.collect());
    }
    facts
}

pub(super) fn session(session: &Session) -> Value {
    json!({
        "id": session.id.to_string(),
        "kind": session.kind.as_str(),
        "door": session.client.door.as_str(),
        "address": session.client.address.map(|address| address.to_string()),
        "user_agent": session.client.user_agent,
        "label": session.label,
        "created": text(session.created_at),
        "expires": session.expires_at.map(text),
    })
}

fn text(at: Timestamp) -> String {
    at.to_string()
}
