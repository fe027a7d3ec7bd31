//! Register an account.

use portcullis_kernel::{
    AccountState, AuditAction, AuditEvent, Client, CompanySlug, Effects, Message, OneTime, Password,
    PortError, PortResult,
};

use crate::create_company::first_group;
use crate::registration::{Draft, Membership};
use crate::{
    Account, Accounts, AddGroup, Company, ContactAddress, CreateAccount, NewAccount, Objection, Problem,
    RegistrationField, RegistrationForm, Section, Taken,
};

/// A registration.
#[derive(Clone)]
pub struct Register {
    /// In which company, as typed.
    pub company: Option<String>,
    /// What was filled in.
    pub form: RegistrationForm,
    /// Who asks.
    pub client: Client,
}

/// An account that registered.
#[derive(Clone)]
pub struct Registered {
    /// In this company.
    pub company: Company,
    /// The account.
    pub account: Account,
}

/// Why nobody was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// These things are wrong, all of them.
    #[error("the registration has faults")]
    Refused(Vec<Objection>),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// A registration that nobody objects to.
struct Examined {
    company: Company,
    draft: Draft,
    membership: Membership,
}

impl Accounts {
    /// Registers an account (rehive contract §7.20): the account, the legal terms it accepted and the secrets that
    /// prove its contacts are one write-set, and so are the messages that carry them. Identifiers are unique in the
    /// company, so of many parallel registrations of one identifier one succeeds.
    ///
    /// No session is opened: the caller does that next. Should it fail the registration stands, and its owner signs
    /// in.
    pub async fn register(&self, command: Register) -> Result<Registered, RegisterError> {
        let client = command.client;
        let Examined { company, draft, membership } = self.examine(command.company, command.form).await?;
        let groups = match membership {
            Membership::Of(groups) => groups,
            Membership::OfFirst => self.first_membership(&company, &client).await?,
        };
        let accepted = draft.legal_terms.iter().filter_map(|number| u32::try_from(*number).ok()).collect();
        let account = self.newcomer(&company, draft, groups, &client).await?;
        let (secrets, messages) = self.contact_secrets(&company, &account);
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::AccountCreated, &client);
        let event = event.company(company.id).account(account.id).detail(AuditEvent::REGISTERED);
        let effects = Effects { messages, audit: vec![event], ..Effects::default() };
        let write = CreateAccount { account, first: false, secrets, accepted, effects };
        match self.add(write).await? {
            Ok(account) => Ok(Registered { company, account }),
            Err(taken) => Err(RegisterError::Refused(vec![taken_objection(taken)])),
        }
    }

    /// Everything that [`Self::register`] would object to now. For doors that found faults of their own and want to
    /// name all of them at once.
    pub async fn review_registration(&self, command: Register) -> PortResult<Vec<Objection>> {
        match self.examine(command.company, command.form).await {
            Ok(_) => Ok(Vec::new()),
            Err(RegisterError::Refused(objections)) => Ok(objections),
            Err(RegisterError::Port(error)) => Err(error),
        }
    }

    async fn examine(
        &self,
        company: Option<String>,
        form: RegistrationForm,
    ) -> Result<Examined, RegisterError> {
        let (draft, mut wrong) = Draft::read(form);
        let company = match self.named_company(company.as_deref()).await? {
            Ok(company) if !company.settings.allow_registrations => {
                let closed = Objection::new(RegistrationField::Whole, Problem::Closed);
                return Err(RegisterError::Refused(vec![closed]));
            }
            Ok(company) => company,
            Err(problem) => {
                wrong.push(Objection::new(RegistrationField::Company, problem));
                return Err(RegisterError::Refused(wrong));
            }
        };
        let (more, membership) = self.review(&company, &draft).await?;
        wrong.extend(more);
        if wrong.is_empty() {
            Ok(Examined { company, draft, membership })
        } else {
            Err(RegisterError::Refused(wrong))
        }
    }

    async fn named_company(&self, typed: Option<&str>) -> PortResult<Result<Company, Problem>> {
        let typed = typed.map(str::trim).unwrap_or_default();
        if typed.is_empty() {
            return Ok(Err(Problem::Required));
        }
        let Ok(slug) = CompanySlug::parse(typed) else { return Ok(Err(Problem::Unknown)) };
        Ok(self.company(slug).await?.ok_or(Problem::Unknown))
    }

    /// A company without any group gets the one for everybody from its first registration.
    async fn first_membership(&self, company: &Company, client: &Client) -> PortResult<Vec<String>> {
        let group = first_group(company, "user", Section::User, true);
        let name = group.name.clone();
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::CompanyChanged, client);
        let effects = Effects::audit(event.company(company.id).detail("group added"));
        // Taken means that a parallel registration was faster.
        self.ports.companies.add_group(AddGroup { group, effects }).await?;
        Ok(vec![name])
    }

    pub(crate) async fn newcomer(
        &self,
        company: &Company,
        mut draft: Draft,
        groups: Vec<String>,
        client: &Client,
    ) -> PortResult<Account> {
        let password = draft.password.take();
        let new = NewAccount {
            company: company.clone(),
            username: draft.username,
            email: draft.email,
            email_verified: false,
            mobile: draft.mobile,
            mobile_verified: false,
            password: None,
            temporary_password: false,
            password_expires_at: None,
            state: AccountState::Active,
            role: None,
            groups: Vec::new(),
            profile: draft.profile,
            client: client.clone(),
        };
        let mut account = self.draft(new, groups);
        account.password = self.hashed(company, password).await?;
        Ok(account)
    }

    async fn hashed(
        &self,
        company: &Company,
        password: Option<Password>,
    ) -> PortResult<Option<crate::PasswordRecord>> {
        let Some(password) = password else { return Ok(None) };
        let hash = self.ports.hasher.hash(company.id, password).await?;
        Ok(Some(self.record(hash, false, None)))
    }

    /// A secret for each contact of a new account, and the messages that carry them.
    pub(crate) fn contact_secrets(
        &self,
        company: &Company,
        account: &Account,
    ) -> (Vec<OneTime>, Vec<Message>) {
        let email = account.email.clone().map(|contact| ContactAddress::Email(contact.value));
        let mobile = account.mobile.clone().map(|contact| ContactAddress::Mobile(contact.value));
        let addresses = [email, mobile].into_iter().flatten();
        addresses.map(|address| self.contact_secret(company, account, &address)).unzip()
    }
}

/// An identifier that somebody took while this registration was on its way.
pub(crate) fn taken_objection(taken: Taken) -> Objection {
    let field = match taken {
        Taken::Email => RegistrationField::Email,
        Taken::Mobile => RegistrationField::Mobile,
        Taken::Username => RegistrationField::Username,
        Taken::Slug => RegistrationField::Company,
        Taken::Uid | Taken::GroupName | Taken::LegalTerm | Taken::FirstPlace => RegistrationField::Whole,
    };
    Objection::new(field, Problem::Taken)
}
