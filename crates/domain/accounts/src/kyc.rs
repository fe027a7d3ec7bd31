//! KYC profiles: what an account says about its owner's identity (barong contract §8.10).

use std::collections::BTreeMap;

use portcullis_kernel::{AuditAction, AuditEvent, Client, Effects, PortError, Timestamp, is_json};

use crate::edit::{EDIT_ATTEMPTS, too_busy};
use crate::model::is_any_country;
use crate::{Account, Accounts, KycField, KycProfile, KycState, ReviseKycProfile, WriteKycProfile};

/// What an owner writes into a KYC profile.
#[derive(Clone)]
pub struct KycCommand {
    /// Whose.
    pub account: Account,
    /// The fields to set; others stay. Blank ones are set as they are.
    pub fields: BTreeMap<KycField, String>,
    /// Whether the profile is finished and waits for an operator from now on.
    pub submit: bool,
    /// Who asks.
    pub client: Client,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KycProblem {
    /// Characters that such a field does not have, or a date that is none or to come.
    Invalid,
    /// More than 255 characters.
    TooLong,
    /// No JSON.
    NotJson,
    /// No country.
    NoCountry,
}

/// Why no KYC profile was opened or changed.
#[derive(Debug, thiserror::Error)]
pub enum KycError {
    /// These fields are wrong, all of them.
    #[error("the profile has faults")]
    Refused(Vec<(KycField, KycProblem)>),
    /// Another one is drafted or submitted.
    #[error("a profile is open already")]
    Open,
    /// The account has no drafted one.
    #[error("no profile to change")]
    NoDraft,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Opens a KYC profile and answers it; labels the account `profile:<state>`. Of many at once one is opened.
    pub async fn open_profile(&self, command: KycCommand) -> Result<KycProfile, KycError> {
        let now = self.ports.ambient.now();
        refuse_faults(&command.fields, now)?;
        let profile = KycProfile {
            id: self.ports.ambient.fresh(),
            account: command.account.id,
            fields: command.fields.clone(),
            state: state(command.submit),
            created_at: now,
            updated_at: now,
        };
        let effects = self.kyc_effects(&command, profile.state, now).await?;
        let write = WriteKycProfile { profile: profile.clone(), effects };
        if self.ports.dossiers.open_profile(write).await? { Ok(profile) } else { Err(KycError::Open) }
    }

    /// Changes the drafted KYC profile of the account and answers it.
    pub async fn revise_profile(&self, command: KycCommand) -> Result<KycProfile, KycError> {
        for _ in 0..EDIT_ATTEMPTS {
            let profiles = self.ports.dossiers.find(command.account.id).await?.profiles;
            let drafted = profiles.into_iter().find(|profile| profile.state == KycState::Drafted);
            let draft = drafted.ok_or(KycError::NoDraft)?;
            let now = self.ports.ambient.now();
            refuse_faults(&command.fields, now)?;
            let seen = draft.updated_at;
            let mut fields = draft.fields;
            fields.extend(command.fields.clone());
            let profile = KycProfile { fields, state: state(command.submit), updated_at: now, ..draft };
            let effects = self.kyc_effects(&command, profile.state, now).await?;
            let write = ReviseKycProfile { profile: profile.clone(), seen, effects };
            if self.ports.dossiers.revise_profile(write).await? {
                return Ok(profile);
            }
        }
        Err(too_busy().into())
    }

    async fn kyc_effects(
        &self,
        command: &KycCommand,
        state: KycState,
        at: Timestamp,
    ) -> Result<Effects, KycError> {
        let account = &command.account;
        let about = (account.company, account.id);
        let label = self.relabel(about, ("profile", Some(state.as_str())), at).await?;
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::AccountChanged, &command.client)
            .company(account.company)
            .account(account.id)
            .detail("KYC profile");
        Ok(Effects::audit(event).and_relabel(label))
    }
}

const fn state(submit: bool) -> KycState {
    if submit { KycState::Submitted } else { KycState::Drafted }
}

fn refuse_faults(fields: &BTreeMap<KycField, String>, now: Timestamp) -> Result<(), KycError> {
    let faults: Vec<_> = fields
        .iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .filter_map(|(field, text)| Some((*field, problem(*field, text.trim(), now)?)))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(KycError::Refused(faults)) }
}

fn problem(field: KycField, text: &str, now: Timestamp) -> Option<KycProblem> {
    let made_of = |marks: &str| {
        text.chars().all(|c| c.is_alphanumeric() || c == '_' || c.is_whitespace() || marks.contains(c))
    };
    let invalid = |is_valid: bool| (!is_valid).then_some(KycProblem::Invalid);
    match field {
        KycField::Metadata => (!is_json(text)).then_some(KycProblem::NotJson),
        KycField::Country => (!is_any_country(text)).then_some(KycProblem::NoCountry),
        KycField::Dob => {
            let born = Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z")).ok();
            invalid(text.len() == 10 && born.is_some_and(|born| born <= now))
        }
        _ if text.chars().count() > 255 => Some(KycProblem::TooLong),
        KycField::FirstName | KycField::LastName | KycField::City => invalid(made_of("-'.")),
        KycField::Postcode => invalid(made_of("-")),
        KycField::Address => invalid(made_of("-,.'/\\#()&")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_a_shape() {
        use KycField::{Address, City, Country, Dob, FirstName, LastName, Metadata, Postcode};
        use KycProblem::{Invalid, NoCountry, NotJson, TooLong};
        let now = Timestamp::from_seconds(1_600_000_000);
        for (field, text, found) in [
            (FirstName, "Zoë-Marie O'Neil", None),
            (FirstName, "R2<D2>", Some(Invalid)),
            (LastName, &"x".repeat(256), Some(TooLong)),
            (City, "Aix-en-Provence", None),
            (Postcode, "SW1A 1AA", None),
            (Postcode, "12345!", Some(Invalid)),
            (Address, "12/3 High Street, #4", None),
            (Dob, "1984-05-17", None),
            (Dob, "2184-05-17", Some(Invalid)),
            (Dob, "1984-02-30", Some(Invalid)),
            (Country, "FR", None),
            (Country, "zaf", None),
            (Country, "Atlantis", Some(NoCountry)),
            (Metadata, "{\"nationality\": \"FR\"}", None),
            (Metadata, "{bad}", Some(NotJson)),
        ] {
            assert_eq!(problem(field, text, now), found, "{field:?} {text}");
        }
    }
}
