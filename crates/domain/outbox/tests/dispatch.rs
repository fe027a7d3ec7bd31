//! What becomes of queued messages, on the reference store.
#![expect(clippy::unwrap_used, reason = "a panic is the verdict of a test")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_conformance::{World, build};
use portcullis_kernel::{Effects, Message, MessageId, PageRequest};
use portcullis_outbox::{DeliveryError, DispatchRules, Dispatched, Entry, Outbox, Status, Transport};
use portcullis_store_memory::MemoryStore;

/// A transport that keeps what it carried, after refusing as often as it is told.
#[derive(Default)]
struct Post {
    carried: Mutex<Vec<MessageId>>,
    refusals: Mutex<VecDeque<DeliveryError>>,
}

impl Post {
    fn refusing(refusals: impl IntoIterator<Item = DeliveryError>) -> Arc<Self> {
        Arc::new(Self { refusals: Mutex::new(refusals.into_iter().collect()), ..Self::default() })
    }

    fn carried(&self) -> Vec<MessageId> {
        self.carried.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Post {
    async fn deliver(&self, message: Message) -> Result<(), DeliveryError> {
        if let Some(refusal) = self.refusals.lock().unwrap().pop_front() {
            return Err(refusal);
        }
        self.carried.lock().unwrap().push(message.id);
        Ok(())
    }
}

struct Office {
    world: World,
    outbox: Outbox,
    mail: Arc<Post>,
    sms: Arc<Post>,
}

fn office(mail: Arc<Post>, rules: DispatchRules) -> Office {
    let world = World::new(MemoryStore::new());
    let sms = Arc::new(Post::default());
    let outbox = Outbox::new(world.outbox.clone(), mail.clone(), sms.clone(), world.ambient(), rules);
    Office { world, outbox, mail, sms }
}

impl Office {
    async fn queue(&self, message: Message) -> MessageId {
        let id = message.id;
        self.world.record(Effects::default().and_send(message)).await;
        id
    }

    async fn entry(&self, id: MessageId) -> Entry {
        self.outbox.show(id).await.unwrap().unwrap()
    }
}

fn later(why: &str) -> DeliveryError {
    DeliveryError::Later(why.to_owned())
}

const ONE_SENT: Dispatched = Dispatched { sent: 1, deferred: 0, dead: 0 };

#[tokio::test]
async fn mail_goes_by_mail_and_sms_by_sms_once() {
    let office = office(Arc::default(), DispatchRules::default());
    let letter = office.queue(build::message()).await;
    let text = office.queue(build::sms_message()).await;
    assert_eq!(office.outbox.dispatch().await.unwrap().sent, 2);
    assert_eq!(office.outbox.dispatch().await.unwrap(), Dispatched::default());
    assert_eq!((office.mail.carried(), office.sms.carried()), (vec![letter], vec![text]));
    assert_eq!(office.entry(letter).await.status, Status::Sent);
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again_when_its_wait_is_over() {
    let office = office(Post::refusing([later("greylisted")]), DispatchRules::default());
    let letter = office.queue(build::message()).await;
    let deferred = Dispatched { deferred: 1, ..Dispatched::default() };
    assert_eq!(office.outbox.dispatch().await.unwrap(), deferred);
    let entry = office.entry(letter).await;
    assert_eq!((entry.status, entry.last_error.as_deref()), (Status::Waiting, Some("greylisted")));
    let wait = entry.due_at.since(build::NOW);
    assert!((10..=13).contains(&wait.as_secs()), "ten seconds and at most a quarter more, not {wait:?}");

    office.world.clock.advance(Duration::from_secs(9));
    assert_eq!(office.outbox.dispatch().await.unwrap(), Dispatched::default());
    office.world.clock.advance(Duration::from_secs(4));
    assert_eq!(office.outbox.dispatch().await.unwrap(), ONE_SENT);
}

#[tokio::test]
async fn a_refusal_for_good_is_a_dead_letter_at_once() {
    let refusal = DeliveryError::Never("no such mailbox".to_owned());
    let office = office(Post::refusing([refusal]), DispatchRules::default());
    let letter = office.queue(build::message()).await;
    assert_eq!(office.outbox.dispatch().await.unwrap().dead, 1);
    let dead = office.outbox.list(Some(Status::Dead), PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(dead.items.first().map(|entry| entry.message.id), Some(letter));
}

#[tokio::test]
async fn the_last_attempt_makes_a_dead_letter_and_an_operator_can_revive_it() {
    let mut rules = DispatchRules::default();
    rules.backoff.attempts = 2;
    let office = office(Post::refusing([later("down"), later("still down")]), rules);
    let letter = office.queue(build::message()).await;
    office.outbox.dispatch().await.unwrap();
    office.world.clock.advance(Duration::from_secs(20));
    assert_eq!(office.outbox.dispatch().await.unwrap().dead, 1);
    assert_eq!(office.entry(letter).await.last_error.as_deref(), Some("still down"));

    assert_eq!(office.outbox.retry(None).await.unwrap(), 1);
    assert_eq!(office.outbox.dispatch().await.unwrap(), ONE_SENT);
    assert_eq!(office.outbox.retry(Some(letter)).await.unwrap(), 0, "what was sent stays sent");
}

#[tokio::test]
async fn one_refused_recipient_does_not_hold_up_the_batch() {
    let office = office(Post::refusing([later("away")]), DispatchRules::default());
    for message in build::messages_at([build::NOW, build::NOW, build::NOW]) {
        office.queue(message).await;
    }
    let done = office.outbox.dispatch().await.unwrap();
    assert_eq!(done, Dispatched { sent: 2, deferred: 1, dead: 0 });
    assert_eq!(done.total(), 3);
}

#[tokio::test]
async fn a_batch_is_no_larger_than_the_rules_say() {
    let office = office(Arc::default(), DispatchRules { batch: 2, ..DispatchRules::default() });
    for message in build::messages_at([build::NOW, build::NOW, build::NOW]) {
        office.queue(message).await;
    }
    assert_eq!(office.outbox.dispatch().await.unwrap().sent, 2);
    assert_eq!(office.outbox.dispatch().await.unwrap().sent, 1);
}

/// A transport whose first message waits until the second one was settled.
struct SlowFirst {
    outbox: Arc<dyn portcullis_outbox::OutboxStore>,
    first: MessageId,
    second: MessageId,
}

impl SlowFirst {
    async fn second_is_settled(&self) -> bool {
        self.outbox.find(self.second).await.unwrap().unwrap().status == Status::Sent
    }
}

#[async_trait]
impl Transport for SlowFirst {
    async fn deliver(&self, message: Message) -> Result<(), DeliveryError> {
        if message.id == self.first {
            while !self.second_is_settled().await {
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_slow_recipient_does_not_keep_others_from_being_settled() {
    let world = World::new(MemoryStore::new());
    let messages = build::messages_at([build::NOW, build::later(1)]);
    world.clock.advance(Duration::from_secs(2));
    let (first, second) = (messages[0].id, messages[1].id);
    for message in messages {
        world.record(Effects::default().and_send(message)).await;
    }
    let mail = Arc::new(SlowFirst { outbox: world.outbox.clone(), first, second });
    let sms = Arc::new(Post::default());
    let outbox = Outbox::new(world.outbox.clone(), mail, sms, world.ambient(), DispatchRules::default());
    assert_eq!(outbox.dispatch().await.unwrap().sent, 2);
}
