//! `portcullis group`.

use clap::Subcommand;
use portcullis_accounts::{self as accounts, NewGroup, Section};
use portcullis_kernel::CompanySlug;
use serde_json::{Value, json};

use super::context::{Context, company, operator};
use super::parse;

#[derive(Subcommand)]
pub(super) enum Group {
    /// Make a group
    Create {
        /// In which company
        #[arg(long, value_name = "ID", value_parser = parse::company)]
        company: CompanySlug,
        /// Its name: 1 to 80 of a-z, digits, - and _
        name: String,
        /// What people call it
        #[arg(long)]
        label: Option<String>,
        /// Let anybody join it when registering
        #[arg(long)]
        public: bool,
        /// What its members are: user, admin or system
        #[arg(long, default_value = "user", value_parser = parse::section)]
        section: Section,
        /// Put new accounts that name no group into it
        #[arg(long = "default")]
        is_default: bool,
    },
}

impl Group {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let Self::Create { company: slug, name, label, public, section, is_default } = self;
        let opened = context.open().await?;
        let company = company(&opened, &slug).await?;
        let new =
            NewGroup { company: company.id, name, label, section, public, is_default, client: operator() };
        let made = opened.app.accounts.create_group(new).await?;
        let mut facts = facts(&made);
        if let Value::Object(facts) = &mut facts {
            facts.insert("company".to_owned(), company.slug.as_str().into());
        }
        context.show(&facts);
        Ok(())
    }
}

pub(super) fn facts(group: &accounts::Group) -> Value {
    json!({
        "name": group.name,
        "label": group.label,
        "section": group.section.as_str(),
        "public": group.public,
        "default": group.is_default,
        "created": group.created_at.to_string(),
    })
}
