//! `portcullis legal-term`.

use clap::Subcommand;
use portcullis_accounts::{self as accounts, NewLegalTerm};
use portcullis_kernel::CompanySlug;
use serde_json::{Value, json};

use super::context::{Context, company, operator};
use super::parse;
use crate::failure::Failure;

#[derive(Subcommand)]
pub(super) enum LegalTerm {
    /// Make a version of a legal term that can be accepted when registering
    Create {
        /// In which company
        #[arg(long, value_name = "ID", value_parser = parse::company)]
        company: CompanySlug,
        /// What it is called: 1 to 100 characters
        name: String,
        /// Its version: 1 to 50 characters
        version: String,
    },
    /// List the legal terms of a company
    List {
        /// Of which company
        #[arg(long, value_name = "ID", value_parser = parse::company)]
        company: CompanySlug,
    },
}

impl LegalTerm {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let opened = context.open().await?;
        match self {
            Self::Create { company: slug, name, version } => {
                let company = company(&opened, &slug).await?;
                let new = NewLegalTerm { company: company.id, name, version, client: operator() };
                let made = opened.app.accounts.create_legal_term(new).await?;
                context.show(&facts(&company, &made));
            }
            Self::List { company: slug } => {
                let company = company(&opened, &slug).await?;
                let terms = opened.app.accounts.legal_terms(company.id).await.map_err(Failure::from)?;
                let rows = terms.iter().map(|term| facts(&company, term)).collect();
                context.list(rows, &["id", "name", "version", "created"]);
            }
        }
        Ok(())
    }
}

fn facts(company: &accounts::Company, term: &accounts::LegalTerm) -> Value {
    json!({
        "id": term.number,
        "company": company.slug.as_str(),
        "name": term.name,
        "version": term.version,
        "created": term.created_at.to_string(),
    })
}
