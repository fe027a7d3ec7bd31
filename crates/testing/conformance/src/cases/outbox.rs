//! [`portcullis_outbox::OutboxStore`].

use std::collections::{BTreeMap, BTreeSet};

use portcullis_kernel::{
    CompanySlug, Datum, Effects, Email, Event, Message, MessageId, Mobile, PageRequest, Recipient, Timestamp,
};
use portcullis_outbox::{Claim, Claimed, Entry, Settled, Settlement, Status};

use crate::build::{self, NOW, later, settle_with};
use crate::{World, assert_same, race};

async fn queue(world: &World, messages: &[Message]) {
    world.record(Effects { messages: messages.to_vec(), ..Effects::default() }).await;
}

/// Claims up to `limit` messages for a minute.
async fn claim(world: &World, now: Timestamp, limit: u32) -> Vec<Claimed> {
    let leased_until = now.plus(std::time::Duration::from_secs(60));
    world.outbox.claim(Claim { now, leased_until, limit }).await.unwrap()
}

/// Queues one message and claims it.
async fn claimed(world: &World) -> Claimed {
    queue(world, &[build::message()]).await;
    claim(world, NOW, 1).await.remove(0)
}

async fn settle(world: &World, claimed: &Claimed, result: Settled) -> bool {
    world.outbox.settle(settle_with(claimed, result)).await.unwrap()
}

async fn entry(world: &World, claimed: &Claimed) -> Entry {
    world.outbox.find(claimed.message.id).await.unwrap().unwrap()
}

fn ids(claimed: &[Claimed]) -> Vec<MessageId> {
    claimed.iter().map(|claimed| claimed.message.id).collect()
}

fn dead() -> Settled {
    Settled::Dead { error: "550 no such mailbox".to_owned() }
}

pub async fn reads_back_every_field_of_a_message(world: World) {
    let data = BTreeMap::from([
        ("code".to_owned(), Datum::Text("012345".to_owned())),
        (build::UNICODE.to_owned(), Datum::Text(build::UNICODE.to_owned())),
        ("no".to_owned(), Datum::Flag(false)),
        ("true".to_owned(), Datum::Text("true".to_owned())),
        ("yes".to_owned(), Datum::Flag(true)),
        ("empty".to_owned(), Datum::Text(String::new())),
    ]);
    let full = Message {
        company: CompanySlug::parse(&"x".repeat(100)).unwrap(),
        recipient: Recipient::Mail(Email::parse("Ärger@Größe.DE").unwrap()),
        subject: build::UNICODE.to_owned(),
        text: format!("{}\r\n\t{}", build::UNICODE, "long ".repeat(4_000)),
        data,
        ..build::message()
    };
    let recipient = Recipient::Sms(Mobile::parse("+123456789012345").unwrap());
    let plain = Message { recipient, data: BTreeMap::new(), text: String::new(), ..build::sms_message() };
    for message in [full, plain, build::message()] {
        queue(&world, std::slice::from_ref(&message)).await;
        let entry = world.outbox.find(message.id).await.unwrap().unwrap();
        assert_same(&entry.message, &message);
        assert_eq!((entry.status, entry.attempts), (Status::Waiting, 0));
        assert_eq!((entry.settled_at, entry.last_error), (None, None));
        let claimed = claim(&world, NOW, 10).await;
        assert_eq!((claimed.len(), claimed[0].attempt), (1, 1));
        assert_same(&claimed[0].message, &message);
    }
}

pub async fn reads_back_every_event(world: World) {
    for event in Event::ALL {
        let message = Message { event: *event, ..build::message() };
        queue(&world, std::slice::from_ref(&message)).await;
        assert_eq!(world.outbox.find(message.id).await.unwrap().unwrap().message.event, *event);
    }
    assert!(world.outbox.find(build::id()).await.unwrap().is_none());
}

pub async fn claims_due_messages_oldest_first(world: World) {
    let messages = build::messages_at([3, 1, 2, 9, 4].map(later));
    queue(&world, &messages).await;
    let [three, one, two, nine, four] = [0, 1, 2, 3, 4].map(|index: usize| messages[index].id);
    assert_eq!(ids(&claim(&world, NOW, 10).await), []);
    assert_eq!(ids(&claim(&world, later(4), 2).await), [one, two]);
    assert_eq!(ids(&claim(&world, later(4), 10).await), [three, four]);
    assert_eq!(ids(&claim(&world, later(4), 10).await), []);
    assert_eq!(ids(&claim(&world, later(9), 10).await), [nine]);
}

pub async fn a_lease_that_ran_out_is_claimed_again(world: World) {
    let first = claimed(&world).await;
    assert_eq!(ids(&claim(&world, later(59), 1).await), []);
    let second = claim(&world, later(60), 1).await.remove(0);
    assert_eq!((second.message.id, second.attempt), (first.message.id, 2));
    assert_eq!(ids(&claim(&world, later(119), 1).await), []);
    assert_eq!(claim(&world, later(120), 1).await[0].attempt, 3);
    assert_eq!(entry(&world, &first).await.attempts, 3);
}

pub async fn claimers_never_share_a_message(world: World) {
    let messages: Vec<_> = (0..40).map(|_| build::message()).collect();
    queue(&world, &messages).await;
    let hauls = race(8, |_| {
        let world = world.clone();
        async move {
            let mut haul = Vec::new();
            loop {
                let claimed = claim(&world, NOW, 3).await;
                if claimed.is_empty() {
                    break haul;
                }
                haul.extend(claimed);
            }
        }
    })
    .await;
    let claimed: Vec<_> = hauls.into_iter().flatten().collect();
    assert!(claimed.iter().all(|claimed| claimed.attempt == 1));
    let distinct: BTreeSet<_> = ids(&claimed).into_iter().collect();
    assert_eq!((claimed.len(), distinct.len()), (40, 40));
}

pub async fn an_expired_lease_goes_to_one_claimer(world: World) {
    let first = claimed(&world).await;
    let hauls = race(8, |_| {
        let world = world.clone();
        async move { claim(&world, later(60), 5).await }
    })
    .await;
    let claimed: Vec<_> = hauls.into_iter().flatten().collect();
    assert_eq!(ids(&claimed), [first.message.id]);
    assert_eq!(claimed[0].attempt, 2);
}

pub async fn a_sent_message_is_done(world: World) {
    let claimed = claimed(&world).await;
    assert!(settle(&world, &claimed, Settled::Sent).await);
    let entry = entry(&world, &claimed).await;
    assert_eq!((entry.status, entry.attempts, entry.settled_at), (Status::Sent, 1, Some(later(60))));
    assert_same(&entry.message, &claimed.message);
    assert_eq!(ids(&claim(&world, later(100_000), 1).await), []);
}

pub async fn a_deferred_message_is_due_later(world: World) {
    let first = claimed(&world).await;
    let error = build::UNICODE.to_owned();
    assert!(settle(&world, &first, Settled::Deferred { until: later(90), error: error.clone() }).await);
    let found = entry(&world, &first).await;
    assert_eq!((found.status, found.attempts, found.settled_at), (Status::Waiting, 1, None));
    assert_eq!((found.due_at, found.last_error), (later(90), Some(error)));
    assert_eq!(ids(&claim(&world, later(89), 1).await), []);
    assert_eq!(claim(&world, later(90), 1).await[0].attempt, 2);
}

pub async fn a_deferred_message_can_be_due_before_its_lease_ends(world: World) {
    let first = claimed(&world).await;
    let error = "try again".to_owned();
    assert!(settle(&world, &first, Settled::Deferred { until: later(10), error }).await);
    assert_eq!(claim(&world, later(10), 1).await[0].attempt, 2);
}

pub async fn a_dead_message_is_kept_and_never_claimed(world: World) {
    let claimed = claimed(&world).await;
    assert!(settle(&world, &claimed, dead()).await);
    let found = entry(&world, &claimed).await;
    assert_eq!((found.status, found.settled_at), (Status::Dead, Some(later(60))));
    assert_eq!(found.last_error.as_deref(), Some("550 no such mailbox"));
    assert_eq!(ids(&claim(&world, later(100_000), 1).await), []);
}

pub async fn a_late_settlement_of_a_reclaimed_message_does_nothing(world: World) {
    let first = claimed(&world).await;
    let second = claim(&world, later(60), 1).await.remove(0);
    let before = entry(&world, &first).await;
    for result in [Settled::Sent, dead(), Settled::Deferred { until: NOW, error: String::new() }] {
        assert!(!settle(&world, &first, result).await);
        assert_same(&entry(&world, &first).await, &before);
    }
    assert!(settle(&world, &second, Settled::Sent).await);
}

pub async fn a_late_settlement_of_a_message_nobody_reclaimed_counts(world: World) {
    let claimed = claimed(&world).await;
    let late = Settlement { at: later(500), ..settle_with(&claimed, Settled::Sent) };
    assert!(world.outbox.settle(late).await.unwrap());
    assert_eq!(entry(&world, &claimed).await.settled_at, Some(later(500)));
}

pub async fn settled_and_unknown_messages_are_not_settled_again(world: World) {
    for first in [Settled::Sent, dead()] {
        let claimed = claimed(&world).await;
        assert!(settle(&world, &claimed, first).await);
        let before = entry(&world, &claimed).await;
        for result in [Settled::Sent, dead(), Settled::Deferred { until: NOW, error: String::new() }] {
            assert!(!settle(&world, &claimed, result).await);
            assert_same(&entry(&world, &claimed).await, &before);
        }
    }
    assert!(!settle(&world, &Claimed { message: build::message(), attempt: 1 }, Settled::Sent).await);
}

pub async fn of_many_settlements_of_one_attempt_one_counts(world: World) {
    let claimed = claimed(&world).await;
    let answers = race(8, |_| {
        let (world, claimed) = (world.clone(), claimed.clone());
        async move { settle(&world, &claimed, Settled::Sent).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer).count(), 1);
}

pub async fn lists_messages_newest_first_by_status_in_pages(world: World) {
    let messages = build::messages_at([1, 2, 3, 4, 5].map(later));
    queue(&world, &messages).await;
    let claimed = claim(&world, later(9), 3).await;
    assert!(settle(&world, &claimed[0], Settled::Sent).await);
    assert!(settle(&world, &claimed[1], dead()).await);
    for (status, number, expected, total) in [
        (None, 1, vec![4, 3], 5),
        (None, 3, vec![0], 5),
        (None, 4, vec![], 5),
        (Some(Status::Waiting), 1, vec![4, 3], 3),
        (Some(Status::Waiting), 2, vec![2], 3),
        (Some(Status::Sent), 1, vec![0], 1),
        (Some(Status::Dead), 1, vec![1], 1),
    ] {
        let page = world.outbox.list(status, PageRequest::new(number, 2)).await.unwrap();
        let found: Vec<_> = page.items.iter().map(|entry| entry.message.id).collect();
        let expected: Vec<_> = expected.into_iter().map(|index: usize| messages[index].id).collect();
        assert_eq!((found, page.total), (expected, total), "{status:?} page {number}");
        for listed in &page.items {
            assert_same(&world.outbox.find(listed.message.id).await.unwrap().unwrap(), listed);
        }
    }
}

pub async fn requeues_a_dead_or_waiting_message_with_attempts_from_zero(world: World) {
    for result in [dead(), Settled::Deferred { until: later(5_000), error: "later".to_owned() }] {
        let first = claimed(&world).await;
        assert!(settle(&world, &first, result).await);
        assert_eq!(world.outbox.requeue(Some(first.message.id), later(70)).await.unwrap(), 1);
        let found = entry(&world, &first).await;
        assert_eq!((found.status, found.attempts, found.settled_at), (Status::Waiting, 0, None));
        assert_eq!(ids(&claim(&world, later(69), 1).await), []);
        let again = claim(&world, later(70), 1).await.remove(0);
        assert_eq!((again.message.id, again.attempt), (first.message.id, 1));
        assert!(settle(&world, &again, Settled::Sent).await);
    }
}

pub async fn sent_and_unknown_messages_are_not_requeued(world: World) {
    let claimed = claimed(&world).await;
    assert!(settle(&world, &claimed, Settled::Sent).await);
    for id in [Some(claimed.message.id), Some(build::id()), None] {
        assert_eq!(world.outbox.requeue(id, later(70)).await.unwrap(), 0);
    }
    assert_eq!(entry(&world, &claimed).await.status, Status::Sent);
}

pub async fn requeues_every_dead_message_at_once(world: World) {
    let messages: Vec<_> = (0..4).map(|_| build::message()).collect();
    queue(&world, &messages).await;
    let claimed = claim(&world, NOW, 4).await;
    for (claimed, result) in claimed.iter().zip([dead(), Settled::Sent, dead()]) {
        assert!(settle(&world, claimed, result).await);
    }
    assert_eq!(world.outbox.requeue(None, NOW).await.unwrap(), 2);
    let again: BTreeSet<_> = ids(&claim(&world, later(1), 10).await).into_iter().collect();
    assert_eq!(again, BTreeSet::from([claimed[0].message.id, claimed[2].message.id]));
}
