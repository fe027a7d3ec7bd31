//! How dispatching behaves when its ports fail, seen through mocks.

use std::sync::Arc;

use portcullis_kernel::{
    Ambient, CompanySlug, Email, Event, FreshId, Message, MessageId, MockClock, MockEntropy, PortError,
    Recipient, Timestamp,
};

use crate::{
    Claimed, DispatchRules, Dispatched, MockOutboxStore, MockTransport, Outbox, Settled, Settlement,
};

fn ambient() -> Ambient {
    let (mut clock, mut entropy) = (MockClock::new(), MockEntropy::new());
    clock.expect_now().return_const(Timestamp::from_seconds(1_000));
    entropy.expect_fill().returning(|buffer| buffer.fill(0));
    Ambient::new(Arc::new(clock), Arc::new(entropy))
}

fn letter(second: i64) -> Message {
    let mut entropy = MockEntropy::new();
    entropy.expect_fill().returning(|buffer| buffer.fill(1));
    Message {
        id: MessageId::fresh(Timestamp::from_seconds(second), &entropy),
        event: Event::PasswordCode,
        company: CompanySlug::parse("default").unwrap(),
        recipient: Recipient::Mail(Email::parse("ada@example.com").unwrap()),
        subject: String::new(),
        text: String::new(),
        data: std::collections::BTreeMap::new(),
        created_at: Timestamp::from_seconds(second),
    }
}

fn outbox(store: MockOutboxStore, mail: MockTransport) -> Outbox {
    let sms = Arc::new(MockTransport::new());
    Outbox::new(Arc::new(store), Arc::new(mail), sms, ambient(), DispatchRules::default())
}

#[tokio::test]
async fn nothing_is_delivered_while_the_store_is_away() {
    let mut store = MockOutboxStore::new();
    store.expect_claim().returning(|_| Err(PortError::unavailable("away")));
    let outbox = outbox(store, MockTransport::new());
    assert!(matches!(outbox.dispatch().await, Err(PortError::Unavailable(_))));
}

#[tokio::test]
async fn a_failed_settlement_is_reported_after_the_others_were_settled() {
    let (first, second) = (letter(1), letter(2));
    let (first_id, second_id) = (first.id, second.id);
    let mut store = MockOutboxStore::new();
    store.expect_claim().return_once(move |_| {
        Ok(vec![Claimed { message: first, attempt: 1 }, Claimed { message: second, attempt: 3 }])
    });
    store
        .expect_settle()
        .withf(move |settlement| settlement.message == first_id)
        .times(1)
        .returning(|_| Err(PortError::unavailable("away")));
    let sent = Settlement {
        message: second_id,
        attempt: 3,
        at: Timestamp::from_seconds(1_000),
        result: Settled::Sent,
    };
    store.expect_settle().withf(move |settlement| *settlement == sent).times(1).returning(|_| Ok(true));
    let mut mail = MockTransport::new();
    mail.expect_deliver().times(2).returning(|_| Ok(()));
    assert!(matches!(outbox(store, mail).dispatch().await, Err(PortError::Unavailable(_))));
}

#[tokio::test]
async fn a_message_that_another_claim_took_over_is_not_counted() {
    let mut store = MockOutboxStore::new();
    store.expect_claim().return_once(|_| Ok(vec![Claimed { message: letter(1), attempt: 1 }]));
    store.expect_settle().returning(|_| Ok(false));
    let mut mail = MockTransport::new();
    mail.expect_deliver().returning(|_| Ok(()));
    assert_eq!(outbox(store, mail).dispatch().await.unwrap(), Dispatched::default());
}

#[tokio::test]
async fn the_lease_outlives_the_minute_a_transport_may_take() {
    let mut store = MockOutboxStore::new();
    store
        .expect_claim()
        .withf(|claim| claim.leased_until.since(claim.now).as_secs() == 120 && claim.limit == 16)
        .times(1)
        .returning(|_| Ok(Vec::new()));
    outbox(store, MockTransport::new()).dispatch().await.unwrap();
}
