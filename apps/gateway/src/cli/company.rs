//! `portcullis company`.

use clap::Subcommand;
use portcullis_accounts::{self as accounts, ConfigureCompanyCommand, NewCompany};
use portcullis_kernel::{CompanySlug, PageRequest};
use serde_json::{Map, Value, json};

use super::context::{Context, company, operator};
use super::{group, parse};
use crate::failure::Failure;
use crate::wiring::Opened;

#[derive(Subcommand)]
pub(super) enum Company {
    /// Make a company
    Create {
        /// The text by which clients name it
        #[arg(value_name = "ID", value_parser = parse::company)]
        id: CompanySlug,
        /// What people call it
        #[arg(long)]
        name: Option<String>,
    },
    /// List companies, oldest first
    List,
    /// Show a company with its settings and groups
    Show {
        /// Which
        #[arg(value_name = "ID", value_parser = parse::company)]
        id: CompanySlug,
    },
    /// Change settings of a company
    Set {
        /// Which
        #[arg(value_name = "ID", value_parser = parse::company)]
        id: CompanySlug,
        /// A setting, or name=…
        #[arg(id = "pairs", value_name = "KEY=VALUE", required = true, value_parser = parse::pair)]
        settings: Vec<(String, String)>,
    },
}

impl Company {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let opened = context.open().await?;
        match self {
            Self::Create { id, name } => {
                let new = NewCompany { slug: id, name, client: operator() };
                let made = opened.app.accounts.create_company(new).await?;
                opened.app.stock_permissions().await?;
                context.show(&facts(&opened, &made).await?);
            }
            Self::List => context.list(all(&opened).await?, &["id", "name", "created"]),
            Self::Show { id } => {
                let found = company(&opened, &id).await?;
                context.show(&facts(&opened, &found).await?);
            }
            Self::Set { id, settings } => {
                let (names, settings): (Vec<_>, Vec<_>) =
                    settings.into_iter().partition(|(key, _)| key == "name");
                let name = names.into_iter().next_back().map(|(_, name)| name);
                let command = ConfigureCompanyCommand { slug: id, settings, name, client: operator() };
                let changed = opened.app.accounts.configure_company(command).await?;
                context.show(&facts(&opened, &changed).await?);
            }
        }
        Ok(())
    }
}

async fn all(opened: &Opened) -> anyhow::Result<Vec<Value>> {
    let mut rows = Vec::new();
    for number in 1.. {
        let request = PageRequest::new(number, PageRequest::MAX_SIZE);
        let page = opened.app.accounts.companies(request).await.map_err(Failure::from)?;
        rows.extend(page.items.iter().map(summary));
        if page.items.is_empty() || u64::try_from(rows.len())? >= page.total {
            break;
        }
    }
    Ok(rows)
}

async fn facts(opened: &Opened, company: &accounts::Company) -> anyhow::Result<Value> {
    let groups = opened.app.accounts.groups(company.id).await.map_err(Failure::from)?;
    let settings: Map<String, Value> =
        company.settings.entries().into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    let mut facts = summary(company);
    if let Value::Object(facts) = &mut facts {
        let details = company.details.iter().map(|(field, value)| (field.as_str().to_owned(), value.into()));
        facts.insert("details".to_owned(), details.collect::<Map<String, Value>>().into());
        facts.insert("settings".to_owned(), settings.into());
        facts.insert("groups".to_owned(), groups.iter().map(group::facts).collect());
    }
    Ok(facts)
}

fn summary(company: &accounts::Company) -> Value {
    json!({
        "id": company.slug.as_str(),
        "name": company.name,
        "uuid": company.id.to_string(),
        "created": company.created_at.to_string(),
    })
}
