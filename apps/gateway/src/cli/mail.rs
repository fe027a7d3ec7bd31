//! `portcullis mail`: mail and SMS on their way.

use clap::Subcommand;
use portcullis_kernel::{Datum, MessageId, PageRequest, Recipient, Timestamp};
use portcullis_outbox::{Entry, Status};
use serde_json::{Map, Value, json};

use super::context::Context;
use super::parse;
use crate::failure::Failure;

#[derive(Subcommand)]
pub(super) enum Mail {
    /// List messages, newest first
    List {
        /// Only those that are waiting, sent or dead
        #[arg(long, value_parser = status)]
        status: Option<Status>,
        /// Which page of 100
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        page: u32,
    },
    /// Show a message with its content
    Show {
        /// Which
        #[arg(value_parser = parse::message)]
        id: MessageId,
    },
    /// Try again at once: one message, or every dead one
    Retry {
        /// Which
        #[arg(value_parser = parse::message)]
        id: Option<MessageId>,
    },
}

impl Mail {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let opened = context.open().await?;
        let outbox = &opened.app.outbox;
        match self {
            Self::List { status, page } => {
                let page = outbox.list(status, PageRequest::new(page, 100)).await.map_err(Failure::from)?;
                let rows = page.items.iter().map(summary).collect();
                context.list(rows, &["id", "event", "to", "status", "attempts", "created", "error"]);
            }
            Self::Show { id } => {
                let found = outbox.show(id).await.map_err(Failure::from)?;
                context.show(&whole(&found.ok_or_else(|| anyhow::anyhow!("no message {id}"))?));
            }
            Self::Retry { id } => {
                let retried = outbox.retry(id).await.map_err(Failure::from)?;
                anyhow::ensure!(id.is_none() || retried > 0, "no message of that id is waiting or dead");
                context.show(&json!({ "retried": retried }));
            }
        }
        Ok(())
    }
}

fn status(text: &str) -> Result<Status, String> {
    Status::parse(text).ok_or_else(|| "expected waiting, sent or dead".to_owned())
}

fn summary(entry: &Entry) -> Value {
    let message = &entry.message;
    let (kind, to) = match &message.recipient {
        Recipient::Mail(email) => ("mail", email.as_str()),
        Recipient::Sms(mobile) => ("sms", mobile.as_str()),
    };
    json!({
        "id": message.id.to_string(),
        "kind": kind,
        "event": message.event.as_str(),
        "company": message.company.as_str(),
        "to": to,
        "status": entry.status.as_str(),
        "attempts": entry.attempts,
        "created": message.created_at.to_string(),
        "due": (entry.status == Status::Waiting).then(|| entry.due_at.to_string()),
        "settled": entry.settled_at.map(|at: Timestamp| at.to_string()),
        "error": entry.last_error,
    })
}

fn whole(entry: &Entry) -> Value {
    let mut facts = summary(entry);
    let data: Map<String, Value> = entry
        .message
        .data
        .iter()
        .map(|(key, datum)| {
            let value = match datum {
                Datum::Text(text) => text.as_str().into(),
                Datum::Flag(flag) => (*flag).into(),
            };
            (key.clone(), value)
        })
        .collect();
    if let Value::Object(facts) = &mut facts {
        facts.insert("subject".to_owned(), entry.message.subject.as_str().into());
        facts.insert("text".to_owned(), entry.message.text.as_str().into());
        facts.insert("data".to_owned(), data.into());
    }
    facts
}
