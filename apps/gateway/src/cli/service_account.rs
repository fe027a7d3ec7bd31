//! `portcullis service-account`.

use clap::Subcommand;
use portcullis_kernel::{AccountState, CompanySlug, Email, PageRequest};
use portcullis_service_accounts::{self as services, NewServiceAccount};
use serde_json::{Value, json};

use super::context::{Context, barong_company, company, operator};
use super::parse;
use crate::failure::Failure;
use crate::wiring::Opened;

#[derive(Subcommand)]
pub(super) enum ServiceAccount {
    /// Make a service account
    Create {
        /// In which company
        #[arg(long, value_name = "ID", value_parser = parse::company)]
        company: CompanySlug,
        /// Whose it is: id, uid, e-mail address, mobile number or username
        #[arg(long, value_name = "ACCOUNT")]
        owner: String,
        /// Its role; `sa_maker` unless said
        #[arg(long, value_name = "R")]
        role: Option<String>,
        /// Its e-mail address; made from the owner's unless said
        #[arg(long, value_name = "E", value_parser = parse::email)]
        email: Option<Email>,
    },
    /// List the service accounts of the barong door's company, oldest first
    List {
        /// Which page of 100
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        page: u32,
    },
    /// Change a service account
    Set {
        /// Its uid
        #[arg(value_name = "SA")]
        uid: String,
        /// Where it shall stand
        #[arg(long, value_name = "S", value_parser = parse::state)]
        state: AccountState,
    },
}

impl ServiceAccount {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let opened = context.open().await?;
        let services = &opened.app.services;
        match self {
            Self::Create { company: slug, owner, role, email } => {
                let company = company(&opened, &slug).await?;
                let found = opened.app.accounts.find(company.id, &owner).await.map_err(Failure::from)?;
                let owner = found.ok_or_else(|| anyhow::anyhow!("no such account in company {slug}"))?;
                let new = NewServiceAccount {
                    company: company.id,
                    owner: owner.id,
                    owner_email: owner.email.as_ref().map(|contact| contact.value.clone()),
                    email,
                    role,
                    client: operator(),
                };
                let made = services.create(new).await.map_err(Failure::from)?;
                context.show(&facts(&made, owner.uid.as_str()));
            }
            Self::List { page } => list(context, &opened, page).await?,
            Self::Set { uid, state } => {
                let company = barong_company(&opened).await?;
                let found = services.find(company.id, &uid).await.map_err(Failure::from)?;
                let service = found.ok_or_else(|| anyhow::anyhow!("no such service account"))?;
                let changed = services.set_state(service, state, &operator()).await.map_err(Failure::from)?;
                context.show(&named(&opened, &changed).await?);
            }
        }
        Ok(())
    }
}

async fn list(context: &Context, opened: &Opened, page: u32) -> anyhow::Result<()> {
    let company = barong_company(opened).await?;
    let page = PageRequest::new(page, 100);
    let services = opened.app.services.list(company.id, page).await.map_err(Failure::from)?;
    let mut rows = Vec::new();
    for service in &services.items {
        rows.push(named(opened, service).await?);
    }
    context.list(rows, &["id", "uid", "owner", "email", "role", "state", "level"]);
    Ok(())
}

async fn named(opened: &Opened, service: &services::ServiceAccount) -> anyhow::Result<Value> {
    let id = service.owner.to_string();
    let owner = opened.app.accounts.find(service.company, &id).await.map_err(Failure::from)?;
    Ok(facts(service, owner.as_ref().map_or("", |owner| owner.uid.as_str())))
}

fn facts(service: &services::ServiceAccount, owner: &str) -> Value {
    json!({
        "id": service.id.to_string(),
        "uid": service.uid.as_str(),
        "owner": owner,
        "email": service.email.as_ref().map(Email::as_str),
        "role": service.role.as_str(),
        "state": service.state.as_str(),
        "level": service.level,
        "created": service.created_at.to_string(),
    })
}
