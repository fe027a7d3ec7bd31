//! `portcullis permission`.

use clap::Subcommand;
use portcullis_kernel::PermissionId;
use portcullis_sessions::{self as sessions, NewPermission, PermissionAction};
use serde_json::{Value, json};

use super::context::{Context, barong_company, operator};
use super::parse;
use crate::failure::Failure;

#[derive(Subcommand)]
pub(super) enum Permission {
    /// Add a permission
    Create {
        /// For which role
        role: String,
        /// For which verb; ALL for every one
        verb: String,
        /// For paths that start with this
        path: String,
        /// ACCEPT, DROP or AUDIT
        #[arg(value_parser = parse::action)]
        action: PermissionAction,
        /// What noted requests are filed under
        #[arg(long, value_name = "T")]
        topic: Option<String>,
    },
    /// List every permission, oldest first
    List,
    /// Withdraw a permission
    Delete {
        /// Which
        #[arg(value_name = "ID", value_parser = parse::permission)]
        id: PermissionId,
    },
}

impl Permission {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let opened = context.open().await?;
        let (company, gate) = (barong_company(&opened).await?.id, &opened.app.gate);
        match self {
            Self::Create { role, verb, path, action, topic } => {
                let new = NewPermission { company, role, verb, path, action, topic, client: operator() };
                context.show(&facts(&gate.permit(new).await.map_err(Failure::from)?));
            }
            Self::List => {
                let rows = gate.permissions(company).await.map_err(Failure::from)?;
                let rows = rows.iter().map(facts).collect();
                context.list(rows, &["id", "role", "verb", "path", "action", "topic"]);
            }
            Self::Delete { id } => {
                let withdrawn = gate.withdraw(company, id, &operator()).await.map_err(Failure::from)?;
                anyhow::ensure!(withdrawn, "no such permission");
                context.show(&json!({ "deleted": id.to_string() }));
            }
        }
        Ok(())
    }
}

fn facts(permission: &sessions::Permission) -> Value {
    json!({
        "id": permission.id.to_string(),
        "role": permission.role.as_str(),
        "verb": permission.verb,
        "path": permission.path,
        "action": permission.action.as_str(),
        "topic": permission.topic,
        "created": permission.created_at.to_string(),
    })
}
