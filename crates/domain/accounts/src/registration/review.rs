//! What a company objects to in a registration.

use portcullis_kernel::{Identifier, PortResult};

use super::{Draft, Objection, Problem, RegistrationField};
use crate::{Accounts, Company, CompanySettings, Group, ProfileField};

/// What somebody will join.
pub(crate) enum Membership {
    /// These groups.
    Of(Vec<String>),
    /// The group for everybody, which the company does not have yet, nor any other.
    OfFirst,
}

impl Accounts {
    /// Everything about `draft` that `company` refuses, and the groups its author would join.
    pub(crate) async fn review(
        &self,
        company: &Company,
        draft: &Draft,
    ) -> PortResult<(Vec<Objection>, Membership)> {
        let mut wrong = consents(company, draft);
        wrong.extend(countries(company, draft));
        wrong.extend(self.taken_identifiers(company, draft).await?);
        wrong.extend(self.weaknesses(&company.settings, draft));
        wrong.extend(self.unknown_terms(company, &draft.legal_terms).await?);
        let membership = match membership(&self.groups(company.id).await?, &draft.groups) {
            Ok(membership) => membership,
            Err(problem) => {
                wrong.push(Objection::new(RegistrationField::Groups, problem));
                Membership::Of(Vec::new())
            }
        };
        Ok((wrong, membership))
    }

    /// How the password breaks the policy.
    pub(crate) fn weaknesses(&self, settings: &CompanySettings, draft: &Draft) -> Vec<Objection> {
        let Some(password) = &draft.password else { return Vec::new() };
        let policy = self.rules.policies.named(settings.password_policy);
        let breaches = policy.check(password, &draft.own_identifiers()).err().unwrap_or_default();
        let weak = |breach| Objection::new(RegistrationField::Password, Problem::Weak(breach));
        breaches.into_iter().map(weak).collect()
    }

    /// Asks for each identifier by itself, so that all that are taken are named. Parallel registrations meet in the
    /// write-set.
    async fn taken_identifiers(&self, company: &Company, draft: &Draft) -> PortResult<Vec<Objection>> {
        let identifiers = [
            draft.username.clone().map(|name| (RegistrationField::Username, Identifier::Username(name))),
            draft.email.clone().map(|email| (RegistrationField::Email, Identifier::Email(email))),
            draft.mobile.clone().map(|mobile| (RegistrationField::Mobile, Identifier::Mobile(mobile))),
        ];
        let mut wrong = Vec::new();
        for (field, identifier) in identifiers.into_iter().flatten() {
            if self.ports.accounts.find(company.id, vec![identifier]).await?.is_some() {
                wrong.push(Objection::new(field, Problem::Taken));
            }
        }
        Ok(wrong)
    }

    async fn unknown_terms(&self, company: &Company, accepted: &[i64]) -> PortResult<Option<Objection>> {
        if accepted.is_empty() {
            return Ok(None);
        }
        let terms = self.ports.legal_terms.list(company.id).await?;
        let known = |number: &i64| terms.iter().any(|term| i64::from(term.number) == *number);
        let unknown = Objection::new(RegistrationField::LegalTerms, Problem::Unknown);
        Ok((!accepted.iter().all(known)).then_some(unknown))
    }
}

fn consents(company: &Company, draft: &Draft) -> Vec<Objection> {
    let settings = &company.settings;
    let demanded = [
        (settings.require_terms_and_conditions, draft.terms_accepted, RegistrationField::Terms),
        (settings.require_privacy_policy, draft.privacy_accepted, RegistrationField::Privacy),
    ];
    let refused = |(demanded, given, field): (bool, bool, RegistrationField)| {
        (demanded && !given).then_some(Objection::new(field, Problem::NotAccepted))
    };
    demanded.into_iter().filter_map(refused).collect()
}

fn countries(company: &Company, draft: &Draft) -> Vec<Objection> {
    let lists = [
        (ProfileField::Nationality, &company.settings.nationalities),
        (ProfileField::Residency, &company.settings.residencies),
    ];
    let refused = |(field, served): (ProfileField, &Vec<String>)| {
        let named = draft.profile.get(field)?;
        let not_served = !served.is_empty() && !served.iter().any(|code| code == named);
        not_served.then_some(Objection::new(RegistrationField::Profile(field), Problem::NotServed))
    };
    lists.into_iter().filter_map(refused).collect()
}

fn membership(existing: &[Group], named: &[String]) -> Result<Membership, Problem> {
    let open = |name: &String| existing.iter().any(|group| group.public && group.name == *name);
    if named.is_empty() {
        let default = existing.iter().find(|group| group.is_default);
        return match default {
            Some(group) => Ok(Membership::Of(vec![group.name.clone()])),
            None if existing.is_empty() => Ok(Membership::OfFirst),
            None => Err(Problem::NoDefault),
        };
    }
    // More than one is an objection of the form already.
    if named.iter().all(open) { Ok(Membership::Of(named.to_vec())) } else { Err(Problem::Unknown) }
}
