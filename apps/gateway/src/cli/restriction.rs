//! `portcullis restriction`.

use clap::Subcommand;
use portcullis_kernel::RestrictionId;
use portcullis_sessions::{self as sessions, NewRestriction, RestrictionCategory, RestrictionScope};
use serde_json::{Value, json};

use super::context::{Context, barong_company, operator};
use super::parse;
use crate::failure::Failure;

#[derive(Subcommand)]
pub(super) enum Restriction {
    /// Put up a restriction
    Create {
        /// whitelist, maintenance, blacklist or blocklogin
        #[arg(value_parser = parse::category)]
        category: RestrictionCategory,
        /// all, ip, `ip_subnet`, continent or country
        #[arg(value_parser = parse::scope)]
        scope: RestrictionScope,
        /// An address, a network, a code or English name; `all` for everybody
        #[arg(default_value = "all")]
        value: String,
        /// The HTTP status of refusals, 400 to 599
        #[arg(long, value_name = "N")]
        code: Option<u16>,
    },
    /// List every restriction, oldest first
    List,
    /// Lift a restriction
    Delete {
        /// Which
        #[arg(value_name = "ID", value_parser = parse::restriction)]
        id: RestrictionId,
    },
}

impl Restriction {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let opened = context.open().await?;
        let (company, gate) = (barong_company(&opened).await?.id, &opened.app.gate);
        match self {
            Self::Create { category, scope, value, code } => {
                let new = NewRestriction { company, category, scope, value, code, client: operator() };
                context.show(&facts(&gate.restrict(new).await.map_err(Failure::from)?));
            }
            Self::List => {
                let rows = gate.restrictions(company).await.map_err(Failure::from)?;
                let rows = rows.iter().map(facts).collect();
                context.list(rows, &["id", "category", "scope", "value", "code", "created"]);
            }
            Self::Delete { id } => {
                let lifted = gate.lift(company, id, &operator()).await.map_err(Failure::from)?;
                anyhow::ensure!(lifted, "no such restriction");
                context.show(&json!({ "deleted": id.to_string() }));
            }
        }
        Ok(())
    }
}

fn facts(restriction: &sessions::Restriction) -> Value {
    json!({
        "id": restriction.id.to_string(),
        "category": restriction.category.as_str(),
        "scope": restriction.scope.as_str(),
        "value": restriction.value,
        "code": restriction.code,
        "created": restriction.created_at.to_string(),
    })
}
