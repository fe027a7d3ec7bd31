//! `portcullis audit`.

use std::collections::BTreeMap;

use clap::Subcommand;
use portcullis_accounts::AuditFilter;
use portcullis_kernel::{AuditEvent, CompanyId, CompanySlug, PageRequest, Timestamp};
use serde_json::{Value, json};

use super::context::{Context, company};
use super::parse;
use crate::failure::Failure;
use crate::wiring::Opened;

#[derive(Subcommand)]
pub(super) enum Audit {
    /// List entries, newest first
    List {
        /// Only those of this account: id, uid, e-mail address, mobile number or username
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// The company of that account
        #[arg(long, value_name = "ID", default_value = "default", value_parser = parse::company)]
        company: CompanySlug,
        /// Only from this instant on
        #[arg(long, value_name = "RFC3339", value_parser = parse::instant)]
        since: Option<Timestamp>,
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 1_000)]
        limit: usize,
    },
}

impl Audit {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let Self::List { account, company: slug, since, limit } = self;
        let opened = context.open().await?;
        let mut filter = AuditFilter { since, ..AuditFilter::default() };
        if let Some(typed) = account {
            let company = company(&opened, &slug).await?;
            let found = opened.app.accounts.find(company.id, &typed).await.map_err(Failure::from)?;
            let found = found.ok_or_else(|| anyhow::anyhow!("no such account in company {slug}"))?;
            filter.account = Some(found.id);
        }
        let events = read(&opened, filter, limit).await?;
        let slugs = slugs(&opened, &events).await?;
        let rows = events.iter().map(|event| facts(event, &slugs)).collect();
        context.list(rows, &["at", "action", "outcome", "company", "account", "door", "address", "detail"]);
        Ok(())
    }
}

async fn read(opened: &Opened, filter: AuditFilter, limit: usize) -> anyhow::Result<Vec<AuditEvent>> {
    let mut events = Vec::new();
    for number in 1.. {
        let request = PageRequest::new(number, PageRequest::MAX_SIZE);
        let page = opened.app.accounts.audit(filter, request).await.map_err(Failure::from)?;
        let is_last = page.items.len() < usize::try_from(PageRequest::MAX_SIZE)?;
        events.extend(page.items);
        if is_last || events.len() >= limit {
            break;
        }
    }
    events.truncate(limit);
    Ok(events)
}

async fn slugs(opened: &Opened, events: &[AuditEvent]) -> anyhow::Result<BTreeMap<CompanyId, String>> {
    let mut slugs = BTreeMap::new();
    for id in events.iter().filter_map(|event| event.company) {
        if let std::collections::btree_map::Entry::Vacant(vacant) = slugs.entry(id) {
            let found = opened.app.accounts.company_by_id(id).await.map_err(Failure::from)?;
            vacant.insert(found.map_or_else(|| id.to_string(), |company| company.slug.to_string()));
        }
    }
    Ok(slugs)
}

fn facts(event: &AuditEvent, slugs: &BTreeMap<CompanyId, String>) -> Value {
    json!({
        "id": event.id.to_string(),
        "at": event.at.to_string(),
        "action": event.action.as_str(),
        "outcome": event.outcome.as_str(),
        "company": event.company.and_then(|id| slugs.get(&id)),
        "account": event.account.map(|id| id.to_string()),
        "session": event.session.map(|id| id.to_string()),
        "door": event.client.door.as_str(),
        "address": event.client.address.map(|address| address.to_string()),
        "user_agent": event.client.user_agent,
        "detail": event.detail,
    })
}
