//! Refusals in an operator's words.

use portcullis_accounts::Taken;
use portcullis_kernel::PolicyBreach;

use crate::failure::Failure;

/// What a command says when a use case refused.
pub(super) fn refusal(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Taken(taken) => anyhow::anyhow!("{} is taken", thing(taken)),
        Failure::WeakPassword(breaches) => {
            let breaches: Vec<String> = breaches.into_iter().map(breach).collect();
            anyhow::anyhow!("the password breaks the company's policy: {}", breaches.join(", "))
        }
        other => other.into(),
    }
}

fn thing(taken: Taken) -> &'static str {
    match taken {
        Taken::Email => "the e-mail address",
        Taken::Mobile => "the mobile number",
        Taken::Username => "the username",
        Taken::Uid => "the account handle",
        Taken::Slug => "the company id",
        Taken::GroupName => "the group name",
        Taken::LegalTerm => "this version of the legal term",
        Taken::FirstPlace => "the place of the first account",
    }
}

fn breach(breach: PolicyBreach) -> String {
    match breach {
        PolicyBreach::TooShort { min } => format!("shorter than {min} characters"),
        PolicyBreach::TooLong { max } => format!("longer than {max} characters"),
        PolicyBreach::NoUppercase => "no upper-case letter".to_owned(),
        PolicyBreach::NoLowercase => "no lower-case letter".to_owned(),
        PolicyBreach::NoDigit => "no digit".to_owned(),
        PolicyBreach::OnlyDigits => "only digits".to_owned(),
        PolicyBreach::Common => "too common".to_owned(),
        PolicyBreach::OwnIdentifier => "one of the account's own names".to_owned(),
        PolicyBreach::Weak => "too weak".to_owned(),
    }
}
