//! What a write-set causes beside its rows.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portcullis_kernel::{
    AuditEvent, Datum, Effects, Email, Event, Message, MessageId, Mobile, PortResult, Recipient, Sealer,
};
use portcullis_outbox::Status;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::audit::AuditRow;
use super::failure::Failure;
use super::schema::{audit, outbox};
use super::seals::{self, Place};
use super::transaction::Tx;
use super::values::{DbJson, DbTime, DbUuid, known, slug, time};
use crate::backend::{Db, insert_all};

/// The column that holds the content of a message.
pub(super) const PAYLOAD: &str = "outbox.payload";

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = outbox, check_for_backend(Db), treat_none_as_default_value = false)]
pub(super) struct MessageRow {
    id: DbUuid,
    event: String,
    company: String,
    payload: Vec<u8>,
    payload_key_id: String,
    created_at: DbTime,
}

/// The part of a message that is kept sealed.
#[derive(Serialize, Deserialize)]
struct Payload {
    to: To,
    subject: String,
    text: String,
    data: BTreeMap<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum To {
    Mail(String),
    Sms(String),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    Flag(bool),
    Text(String),
}

impl Tx<'_> {
    /// Puts the labels into place, queues the messages and writes the audit entries.
    pub(super) async fn record(&mut self, effects: &Effects) -> Result<(), Failure> {
        for change in &effects.labels {
            self.relabel(change).await?;
        }
        for message in &effects.messages {
            let row = MessageRow::seal(message, self.sealer).map_err(Failure::Port)?;
            let queued = (
                row,
                outbox::status.eq(Status::Waiting.as_str()),
                outbox::attempts.eq(0_i64),
                outbox::due_at.eq(time(message.created_at)),
            );
            diesel::insert_into(outbox::table).values(queued).execute(self.db).await.map_err(Failure::Sql)?;
        }
        self.audit(effects.audit.iter()).await.map_err(Failure::Sql)
    }

    /// Writes audit entries.
    pub(super) async fn audit(&mut self, events: impl Iterator<Item = &AuditEvent>) -> QueryResult<()> {
        let rows: Vec<AuditRow> = events.map(AuditRow::from).collect();
        if rows.is_empty() { Ok(()) } else { insert_all!(self.db, audit::table, &rows) }
    }
}

impl MessageRow {
    fn seal(message: &Message, sealer: &dyn Sealer) -> PortResult<Self> {
        let plain = Zeroizing::new(DbJson::write(&Payload::of(message))?.0);
        let (payload, payload_key_id) = seals::seal(sealer, &plain, &Place::new(PAYLOAD, message.id));
        Ok(Self {
            id: message.id.into(),
            event: message.event.as_str().to_owned(),
            company: message.company.as_str().to_owned(),
            payload,
            payload_key_id,
            created_at: time(message.created_at),
        })
    }

    pub(super) fn open(self, sealer: &dyn Sealer) -> PortResult<Message> {
        let id = MessageId::from(self.id);
        let plain = seals::open(sealer, self.payload, self.payload_key_id, &Place::new(PAYLOAD, id))?;
        let payload: Payload = serde_json::from_str(&plain).map_err(portcullis_kernel::PortError::broken)?;
        Ok(Message {
            id,
            event: known(Event::parse(&self.event), "outbox.event")?,
            company: slug(&self.company)?,
            recipient: payload.to.into_recipient()?,
            subject: payload.subject,
            text: payload.text,
            data: payload.data.into_iter().map(|(name, value)| (name, value.into())).collect(),
            created_at: self.created_at.0,
        })
    }

    pub(super) fn id(&self) -> DbUuid {
        self.id
    }
}

impl Payload {
    fn of(message: &Message) -> Self {
        let value = |datum: &Datum| match datum {
            Datum::Text(text) => Value::Text(text.clone()),
            Datum::Flag(flag) => Value::Flag(*flag),
        };
        Self {
            to: match &message.recipient {
                Recipient::Mail(email) => To::Mail(email.as_str().to_owned()),
                Recipient::Sms(mobile) => To::Sms(mobile.as_str().to_owned()),
            },
            subject: message.subject.clone(),
            text: message.text.clone(),
            data: message.data.iter().map(|(name, datum)| (name.clone(), value(datum))).collect(),
        }
    }
}

impl To {
    fn into_recipient(self) -> PortResult<Recipient> {
        let recipient = match &self {
            Self::Mail(text) => Email::parse(text).ok().map(Recipient::Mail),
            Self::Sms(text) => Mobile::parse(text).ok().map(Recipient::Sms),
        };
        known(recipient, PAYLOAD)
    }
}

impl From<Value> for Datum {
    fn from(value: Value) -> Self {
        match value {
            Value::Flag(flag) => Self::Flag(flag),
            Value::Text(text) => Self::Text(text),
        }
    }
}
