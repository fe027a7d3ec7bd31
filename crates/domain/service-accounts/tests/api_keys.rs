//! What happens to API keys, told on the store in memory.
#![expect(clippy::unwrap_used, reason = "a test: a panic is its verdict")]

use portcullis_accounts::Account;
use portcullis_conformance::{World, build};
use portcullis_kernel::{AccountState, Client, CompanySlug, Door, Event, Recipient, Token, TokenDigest};
use portcullis_service_accounts::{
    ApiKey, ApiKeys, DeleteHeader, DeleteKeyError, IssueError, IssueHeader, KeyKind, KeyState,
};
use portcullis_store_memory::MemoryStore;
use tokio::task::JoinSet;

struct House {
    world: World,
    store: MemoryStore,
    keys: ApiKeys,
    ada: Account,
}

impl House {
    async fn new() -> Self {
        let store = MemoryStore::new();
        let world = World::new(store.clone());
        let ada = world.new_account().await;
        let keys = ApiKeys::new(world.api_keys.clone(), world.ambient());
        Self { world, store, keys, ada }
    }

    fn order(&self, name: &str) -> IssueHeader {
        IssueHeader {
            company: self.ada.company,
            company_slug: CompanySlug::parse("acme").unwrap(),
            account: self.ada.id,
            email: self.ada.email.as_ref().map(|email| email.value.clone()),
            name: name.to_owned(),
            limit: 3,
            client: client(),
        }
    }

    async fn issued(&self, name: &str) -> ApiKey {
        self.keys.issue(self.order(name)).await.unwrap()
    }

    fn deletion(&self, token: &str) -> DeleteHeader {
        DeleteHeader {
            company: self.ada.company,
            account: self.ada.id,
            token: token.to_owned(),
            client: client(),
        }
    }
}

fn client() -> Client {
    Client::remote(Door::new("bfore"), [192, 0, 2, 1].into(), "test")
}

fn token(key: &ApiKey) -> &Token {
    match &key.kind {
        KeyKind::Header { token } => token,
        KeyKind::Signed { .. } => panic!("not a header key"),
    }
}

fn digest(key: &ApiKey) -> TokenDigest {
    token(key).digest()
}

#[tokio::test]
async fn issues_a_key_and_tells_its_owner() {
    let house = House::new().await;
    let key = house.issued("  Nightly\u{7} job ").await;
    assert_eq!(key.name, "  Nightly\u{7} job ", "the name is kept as sent");
    assert_eq!(token(&key).reveal().len(), 64);
    let notice = house.store.messages().pop().unwrap();
    assert_eq!(notice.event, Event::NoticeNewApiKey);
    assert_eq!(notice.recipient, Recipient::Mail(house.ada.email.as_ref().unwrap().value.clone()));
    assert!(notice.text.contains("Nightly  job") && !notice.text.contains(token(&key).reveal()));
    assert!(notice.data.is_empty());
    let event = house.store.audit_events().pop().unwrap();
    assert_eq!((event.action.as_str(), event.account), ("key.issued", Some(house.ada.id)));
}

#[tokio::test]
async fn an_owner_without_mail_gets_a_key_and_no_notice() {
    let house = House::new().await;
    house.keys.issue(IssueHeader { email: None, ..house.order("quiet") }).await.unwrap();
    assert!(house.store.messages().is_empty());
}

#[tokio::test]
async fn wants_a_name_of_at_most_255_characters() {
    let house = House::new().await;
    for blank in ["", " \t"] {
        assert!(matches!(house.keys.issue(house.order(blank)).await, Err(IssueError::NameMissing)));
    }
    let long = house.keys.issue(house.order(&"ß".repeat(256))).await;
    assert!(matches!(long, Err(IssueError::NameTooLong)));
    house.issued(&"ß".repeat(255)).await;
}

#[tokio::test]
async fn stops_at_the_limit_even_for_many_at_once() {
    let house = House::new().await;
    let mut orders = JoinSet::new();
    for _ in 0..10 {
        let (keys, order) = (house.keys.clone(), house.order("same name"));
        orders.spawn(async move { keys.issue(order).await });
    }
    let answers = orders.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(IssueError::LimitReached))));
    assert_eq!(house.keys.list(house.ada.id).await.unwrap().len(), 3);
    assert_eq!(house.store.messages().len(), 3, "no notice for a key that was not issued");
}

#[tokio::test]
async fn lists_only_the_accounts_own_keys_with_their_tokens() {
    let house = House::new().await;
    let (first, second) = (house.issued("first").await, house.issued("second").await);
    let other = build::api_key(&house.world.new_account().await);
    house.world.add_key(&other).await;
    let listed = house.keys.list(house.ada.id).await.unwrap();
    let tokens: Vec<_> = listed.iter().map(|key| token(key).reveal()).collect();
    assert_eq!(tokens.len(), 2);
    assert!(tokens.contains(&token(&first).reveal()) && tokens.contains(&token(&second).reveal()));
}

#[tokio::test]
async fn a_deleted_key_stops_working_at_once() {
    let house = House::new().await;
    let key = house.issued("doomed").await;
    house.keys.delete(house.deletion(token(&key).reveal())).await.unwrap();
    assert_eq!(house.store.audit_events().pop().unwrap().action.as_str(), "key.deleted");
    assert_eq!(house.keys.present(digest(&key), build::NOW).await.unwrap(), None);
    let again = house.keys.delete(house.deletion(token(&key).reveal())).await;
    assert!(matches!(again, Err(DeleteKeyError::NotFound)));
}

#[tokio::test]
async fn somebody_elses_key_cannot_be_told_from_none() {
    let house = House::new().await;
    let other = build::api_key(&house.world.new_account().await);
    house.world.add_key(&other).await;
    for text in [token(&other).reveal(), "made up"] {
        let answer = house.keys.delete(house.deletion(text)).await;
        assert!(matches!(answer, Err(DeleteKeyError::NotFound)));
    }
    assert!(house.keys.present(digest(&other), build::NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn a_switched_off_key_is_not_recognised() {
    let house = House::new().await;
    let key = ApiKey { state: KeyState::inactive(), ..build::api_key(&house.ada) };
    house.world.add_key(&key).await;
    assert_eq!(house.keys.present(digest(&key), build::NOW).await.unwrap(), None);
    assert_eq!(house.keys.flush_uses().await.unwrap(), 0);
}

#[tokio::test]
async fn a_barred_holder_s_key_is_recognised_and_not_used() {
    let house = House::new().await;
    let company = house.world.new_company().await;
    for state in AccountState::ALL {
        let holder = Account { state, ..build::account(&company) };
        house.world.add_account(&holder).await;
        let key = build::api_key(&holder);
        house.world.add_key(&key).await;
        let found = house.keys.present(digest(&key), build::NOW).await.unwrap().unwrap();
        assert_eq!(found.state, state);
        assert_eq!(house.keys.flush_uses().await.unwrap(), usize::from(state.admits(true)), "{state}");
    }
}

#[tokio::test]
async fn uses_show_after_a_flush_and_survive_an_outage() {
    let house = House::new().await;
    let key = house.issued("busy").await;
    for seconds in [5, 9, 7] {
        let found = house.keys.present(digest(&key), build::later(seconds)).await.unwrap().unwrap();
        assert_eq!((found.id, found.account), (key.id, house.ada.id));
    }
    house.store.set_unavailable(true);
    assert!(house.keys.flush_uses().await.is_err());
    house.store.set_unavailable(false);
    assert_eq!(house.keys.clone().flush_uses().await.unwrap(), 1, "clones share what they noted");
    assert_eq!(house.keys.flush_uses().await.unwrap(), 0);
    let listed = house.keys.list(house.ada.id).await.unwrap();
    assert_eq!(listed[0].last_used_at, Some(build::later(9)));
}
