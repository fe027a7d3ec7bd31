//! Register a company with its owner.

use std::collections::BTreeMap;

use portcullis_kernel::{AuditAction, AuditEvent, Client, CompanySlug, Effects, PortResult};

use crate::create::UID_ATTEMPTS;
use crate::create_company::first_groups;
use crate::register::taken_objection;
use crate::registration::Draft;
use crate::{
    Accounts, Company, CompanyDetails, CompanyField, CompanySettings, CreateCompany, Creation, Founder,
    Objection, Problem, RegisterError, Registered, RegistrationField, RegistrationForm, Taken,
};

/// The greatest number of characters of a company's name.
const NAME_MAX: usize = 100;

/// What is filled in about a new company, as typed. Empty texts count as absent.
#[derive(Clone, Debug, Default)]
pub struct CompanyForm {
    /// The text by which clients shall name it; needed.
    pub id: Option<String>,
    /// What people call it: at most 100 characters; its id, if absent.
    pub name: Option<String>,
    /// What it says about itself.
    pub details: BTreeMap<CompanyField, String>,
}

/// A company and its owner to register.
#[derive(Clone)]
pub struct RegisterCompany {
    /// The company.
    pub company: CompanyForm,
    /// The owner: must have an e-mail address and accept the terms and conditions. Groups are ignored.
    pub form: RegistrationForm,
    /// Who asks.
    pub client: Client,
}

impl Accounts {
    /// Registers a company (rehive contract §7.2): company, settings, its groups `admin` and `user`, and the owner's
    /// account in `admin` with the secrets and messages that prove its contacts are one write-set.
    ///
    /// As with [`Accounts::register`], the caller opens the owner's session next.
    pub async fn register_company(&self, command: RegisterCompany) -> Result<Registered, RegisterError> {
        let RegisterCompany { company, form, client } = command;
        let (company, draft) = self.examine_company(company, form).await?;
        let groups = first_groups(&company);
        let mut account = self.newcomer(&company, draft, vec!["admin".to_owned()], &client).await?;
        account.owner = true;
        let (secrets, messages) = self.contact_secrets(&company, &account);
        let event = |action| AuditEvent::new(&self.ports.ambient, action, &client).company(company.id);
        let made = event(AuditAction::CompanyCreated).account(account.id).detail(AuditEvent::REGISTERED);
        let owner = event(AuditAction::AccountCreated).account(account.id).detail(AuditEvent::REGISTERED);
        let effects = Effects { messages, audit: vec![made, owner], ..Effects::default() };
        for _ in 0..UID_ATTEMPTS {
            let founder = Founder { account: account.clone(), secrets: secrets.clone() };
            let write = CreateCompany {
                company: company.clone(),
                groups: groups.clone(),
                founder: Some(Box::new(founder)),
                effects: effects.clone(),
            };
            match self.ports.companies.create(write).await? {
                Creation::Done => return Ok(Registered { company, account }),
                Creation::Taken(Taken::Uid) => account.uid = self.fresh_uid(),
                Creation::Taken(taken) => return Err(RegisterError::Refused(vec![taken_objection(taken)])),
            }
        }
        Err(crate::create::no_handle_left().into())
    }

    /// Everything that [`Self::register_company`] would object to now.
    pub async fn review_company_registration(&self, command: RegisterCompany) -> PortResult<Vec<Objection>> {
        match self.examine_company(command.company, command.form).await {
            Ok(_) => Ok(Vec::new()),
            Err(RegisterError::Refused(objections)) => Ok(objections),
            Err(RegisterError::Port(error)) => Err(error),
        }
    }

    async fn examine_company(
        &self,
        form: CompanyForm,
        owner: RegistrationForm,
    ) -> Result<(Company, Draft), RegisterError> {
        let (draft, mut wrong) = Draft::read(RegistrationForm { groups: Vec::new(), ..owner });
        // An owner needs an e-mail address; any identifier would not do.
        wrong.retain(|objection| objection.problem != Problem::NoIdentifier);
        let slug = match self.free_slug(form.id.as_deref()).await? {
            Ok(slug) => Some(slug),
            Err(problem) => {
                wrong.push(Objection::new(RegistrationField::Company, problem));
                None
            }
        };
        let name = company_name(form.name.as_deref(), &mut wrong);
        let details = details(&form.details, &mut wrong);
        wrong.extend(owner_duties(&draft, &wrong));
        wrong.extend(self.weaknesses(&CompanySettings::default(), &draft));
        match slug {
            Some(slug) if wrong.is_empty() => Ok((self.fresh_company(slug, name, details), draft)),
            Some(_) | None => Err(RegisterError::Refused(wrong)),
        }
    }

    async fn free_slug(&self, typed: Option<&str>) -> PortResult<Result<CompanySlug, Problem>> {
        let typed = typed.map(str::trim).unwrap_or_default();
        if typed.is_empty() {
            return Ok(Err(Problem::Required));
        }
        let Ok(slug) = CompanySlug::parse(typed) else { return Ok(Err(Problem::NoSlug)) };
        let taken = self.company(slug.clone()).await?.is_some();
        Ok(if taken { Err(Problem::Taken) } else { Ok(slug) })
    }

    fn fresh_company(&self, slug: CompanySlug, name: Option<String>, details: CompanyDetails) -> Company {
        Company {
            id: self.ports.ambient.fresh(),
            name: name.unwrap_or_else(|| slug.to_string()),
            slug,
            details,
            settings: CompanySettings::default(),
            created_at: self.ports.ambient.now(),
        }
    }
}

fn company_name(typed: Option<&str>, wrong: &mut Vec<Objection>) -> Option<String> {
    let name = typed.map(str::trim).filter(|name| !name.is_empty())?;
    let problem = if name.chars().count() > NAME_MAX {
        Problem::TooLong { max: NAME_MAX }
    } else if name.contains(char::is_control) {
        Problem::Suspicious
    } else {
        return Some(name.to_owned());
    };
    wrong.push(Objection::new(RegistrationField::CompanyName, problem));
    None
}

fn details(texts: &BTreeMap<CompanyField, String>, wrong: &mut Vec<Objection>) -> CompanyDetails {
    let mut details = CompanyDetails::default();
    for (field, text) in texts {
        if let Err(problem) = details.set(*field, text.trim()) {
            wrong.push(Objection::new(RegistrationField::Detail(*field), problem));
        }
    }
    details
}

/// What an owner owes beyond what everybody does: an address to be reached at, consent, and no legal terms, for a new
/// company has none.
fn owner_duties(draft: &Draft, wrong: &[Objection]) -> Vec<Objection> {
    let named = |field| wrong.iter().any(|objection| objection.field == field);
    let duties = [
        (
            draft.email.is_none() && !named(RegistrationField::Email),
            RegistrationField::Email,
            Problem::Required,
        ),
        (!draft.terms_accepted, RegistrationField::Terms, Problem::NotAccepted),
        (!draft.legal_terms.is_empty(), RegistrationField::LegalTerms, Problem::Unknown),
    ];
    let owed = duties.into_iter().filter(|(owed, ..)| *owed);
    owed.map(|(_, field, problem)| Objection::new(field, problem)).collect()
}
