//! Registering accounts and companies (contract §7.2, §7.20).
//!
//! The account and everything that belongs to it is one write-set; its first session is another. Should that fail, the
//! registration stands and its owner signs in.

use std::time::Duration;

use actix_web::web::Data;
use portcullis_accounts::{Objection, Problem, Register, RegisterCompany, RegisterError, Registered};
use portcullis_kernel::{Client, PortResult};
use portcullis_sessions::{OpenFor, OpenForError, Opened, SignInOutcome};

use super::refusal::{Names, Refusal};
use super::sessions::handed_over;
use super::wire::{
    Answer, Applicant, FieldErrors, RegisterCompanyFields, RegisterCompanyRequest, RegisterFields,
    RegisterRequest, SessionAnswer, SessionObject, SessionUser, User, created, field_errors,
};
use super::{DOOR, Rehive};
use crate::body::Decoded;
use crate::failure::chain;
use crate::middleware::Origin;

/// What an account is found by.
const IDENTIFIERS: [&str; 3] = ["email", "mobile", "username"];

/// Registers an account and signs it in.
#[utoipa::path(post, path = "/3/auth/register/", tag = "accounts", request_body = RegisterFields, responses(
    (status = 201, description = "The account and its first session", body = SessionAnswer),
    (status = 400, description = "Some fields are wrong; all of them are named", body = Refusal),
    (status = 429, description = "Too many registrations from this address", body = Refusal),
))]
pub async fn register(door: Data<Rehive>, origin: Origin, Decoded(body): Decoded<RegisterRequest>) -> Answer {
    door.charge_registration(origin.address).await?;
    let RegisterRequest { company, session_duration, mut applicant } = body;
    let lifetime = door.wanted_lifetime(company.as_deref(), session_duration, &mut applicant.faults).await?;
    let client = origin.client(DOOR);
    let command = Register { company, form: applicant.form.clone(), client: client.clone() };
    let accounts = door.app.accounts.clone();
    let registered = if applicant.faults.is_empty() {
        door.register(&applicant, async move { accounts.register(command).await }).await?
    } else {
        let review = async move { accounts.review_registration(command).await };
        return Err(door.object(applicant, review).await);
    };
    door.welcome(&applicant, registered, lifetime, client).await
}

/// Registers a company with its owner, and signs the owner in.
#[utoipa::path(post, path = "/3/auth/company/register/", tag = "accounts", request_body = RegisterCompanyFields,
    responses(
        (status = 201, description = "The owner and their first session", body = SessionAnswer),
        (status = 400, description = "Some fields are wrong; all of them are named", body = Refusal),
        (status = 429, description = "Too many registrations from this address", body = Refusal),
    )
)]
pub async fn register_company(
    door: Data<Rehive>,
    origin: Origin,
    Decoded(body): Decoded<RegisterCompanyRequest>,
) -> Answer {
    door.charge_registration(origin.address).await?;
    let RegisterCompanyRequest { company, applicant } = body;
    let client = origin.client(DOOR);
    let command = RegisterCompany { company, form: applicant.form.clone(), client: client.clone() };
    let app = door.app.clone();
    let registered = if applicant.faults.is_empty() {
        let work = async move {
            let registered = app.accounts.register_company(command).await?;
            // The company stands already; what fails here is made up for at the next start or command.
            if let Err(failure) = app.stock_permissions().await {
                tracing::warn!(cause = chain(&failure), "a new company has no permissions yet");
            }
            Ok(registered)
        };
        door.register(&applicant, work).await?
    } else {
        let accounts = app.accounts.clone();
        let review = async move { accounts.review_company_registration(command).await };
        return Err(door.object(applicant, review).await);
    };
    let lifetime = registered.company.settings.session_lifetime(None).unwrap_or_default();
    door.welcome(&applicant, registered, lifetime, client).await
}

impl Rehive {
    /// How long the first session shall last; notes a duration that the company does not grant. What is wrong with the
    /// company itself is said elsewhere.
    async fn wanted_lifetime(
        &self,
        company: Option<&str>,
        wanted: Option<u64>,
        faults: &mut FieldErrors,
    ) -> Result<Duration, Refusal> {
        let Some(company) = self.company(company.unwrap_or_default()).await? else {
            return Ok(Duration::ZERO);
        };
        Ok(company.settings.session_lifetime(wanted).unwrap_or_else(|refused| {
            faults.add("session_duration", refused.to_string());
            Duration::ZERO
        }))
    }

    async fn register(
        &self,
        applicant: &Applicant,
        use_case: impl Future<Output = Result<Registered, RegisterError>> + Send + 'static,
    ) -> Result<Registered, Refusal> {
        let names = Names { password: applicant.password_field, ..Names::NONE };
        self.run("rehive.register", names, use_case).await
    }

    /// The refusal of a request with faults of its own: those, and all that a use case would object to. An identifier
    /// that could not be read was given all the same.
    async fn object(
        &self,
        applicant: Applicant,
        review: impl Future<Output = PortResult<Vec<Objection>>> + Send + 'static,
    ) -> Refusal {
        match self.run("rehive.review_registration", Names::NONE, review).await {
            Ok(mut objections) => {
                let mut faults = applicant.faults;
                let named = IDENTIFIERS.iter().any(|field| faults.mentions(field));
                objections.retain(|objection| !named || objection.problem != Problem::NoIdentifier);
                faults.extend(field_errors(&objections, applicant.password_field));
                faults.into()
            }
            Err(refusal) => refusal,
        }
    }

    /// Opens the first session of an account, and answers both.
    async fn welcome(
        &self,
        applicant: &Applicant,
        registered: Registered,
        lifetime: Duration,
        client: Client,
    ) -> Answer {
        let Registered { company, account } = registered;
        let method = applicant.auth_method;
        let rules = self.door_rules(method, Some(lifetime), company.settings.factors.setup);
        let command =
            OpenFor { company: company.id, account: account.id, factor_checked: false, client, rules };
        let app = self.app.clone();
        let opened = async move { opened(app.sessions.open_for(command).await?) };
        let opened = self.run("rehive.first_session", Names::NONE, opened).await?;
        let accounts = self.app.accounts.clone();
        let groups = async move { accounts.groups(company.id).await };
        let groups = self.run("company.groups", Names::NONE, groups).await?;
        let user = SessionUser::Full(Box::new(User::new(&opened.subject, &groups)));
        Ok(handed_over(self, &opened, method, created(SessionObject::new(&opened, method, user))))
    }
}

/// A new account has neither a second factor nor a password to replace.
fn opened(outcome: SignInOutcome) -> Result<Opened, OpenForError> {
    match outcome {
        SignInOutcome::Opened(opened) => Ok(opened),
        SignInOutcome::NewPasswordRequired(_) | SignInOutcome::SecondFactorRequired(_) => {
            Err(OpenForError::Refused)
        }
    }
}
