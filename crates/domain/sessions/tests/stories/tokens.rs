//! Handles, labels, filters, and refreshing the way rehive does.

use std::time::Duration;

use crate::house::{DAY, HOUR, House, OPAQUE, client, refusal};
use portcullis_conformance::build;
use portcullis_kernel::{Budget, BudgetKey, SweepScope, Token};
use portcullis_sessions::{
    Authenticate, ChargeError, Credential, EndMatching, Opened, Refresh, RefreshError, RefreshPolicy,
    Refreshed, SessionFilter, SessionKind, SessionPlan, SignOut,
};

const PERMANENT: SessionPlan = SessionPlan { lifetime: None, ..OPAQUE };
const REFRESHED: SessionPlan = SessionPlan { refresh_lifetime: Some(DAY), ..OPAQUE };

async fn handles(house: &House, filter: SessionFilter) -> Vec<String> {
    let sessions = house.sessions.list_matching(house.ada.id, filter).await.unwrap();
    sessions.into_iter().map(|session| session.handle).collect()
}

async fn is_honoured(house: &House, opened: &Opened) -> bool {
    let credential = Credential::Opaque(opened.credential.clone().unwrap());
    house.sessions.authenticate(Authenticate { credential, admit_pending: false }).await.is_ok()
}

fn refresh(token: &Token, cookie: Option<&Token>) -> Refresh {
    Refresh {
        token: token.reveal().to_owned(),
        kinds: &[SessionKind::Opaque, SessionKind::Cookie],
        typed: None,
        policy: RefreshPolicy::SingleUse { lifetime: DAY },
        extend: Some(HOUR),
        cookie: cookie.cloned(),
        admit_pending: false,
        client: client(1),
    }
}

#[tokio::test]
async fn the_handle_is_the_beginning_of_the_token() {
    let house = House::new().await;
    let opened = house.opened(OPAQUE).await;
    let token = opened.credential.unwrap();
    assert!(token.reveal().starts_with(&opened.session.handle));
    assert_eq!(opened.session.handle.len(), 8);
    let jwt = house.opened(SessionPlan { kind: SessionKind::Jwt, ..OPAQUE }).await;
    assert_eq!(jwt.session.handle.len(), 8);
    assert_ne!(jwt.session.handle, opened.session.handle);
}

#[tokio::test]
async fn filters_narrow_the_live_sessions() {
    let house = House::new().await;
    let (permanent, passing) = (house.opened(PERMANENT).await, house.opened(OPAQUE).await);
    let temporary = SessionFilter { permanent: Some(false), ..SessionFilter::default() };
    assert_eq!(handles(&house, temporary.clone()).await, std::slice::from_ref(&passing.session.handle));
    house.world.clock.advance(HOUR);
    assert_eq!(handles(&house, temporary).await, Vec::<String>::new());
    assert_eq!(handles(&house, SessionFilter::default()).await, [permanent.session.handle]);
    assert!(house.sessions.by_handle(house.ada.id, &passing.session.handle).await.unwrap().is_none());
}

#[tokio::test]
async fn a_label_is_changed_on_the_accounts_own_live_session_only() {
    let house = House::new().await;
    let opened = house.opened(OPAQUE).await;
    let handle = opened.session.handle;
    let label = async |account, label: Option<&str>| {
        let labelled = house.sessions.label(account, handle.clone(), label.map(str::to_owned)).await.unwrap();
        labelled.map(|session| session.label)
    };
    assert_eq!(label(house.ada.id, Some("phone")).await, Some(Some("phone".to_owned())));
    assert_eq!(label(build::id(), Some("mine")).await, None);
    assert_eq!(label(house.ada.id, None).await, Some(None));
    house.world.clock.advance(HOUR);
    assert_eq!(label(house.ada.id, Some("late")).await, None);
}

#[tokio::test]
async fn signing_out_ends_the_session_in_any_case_and_others_as_told() {
    for (others, survivors) in [
        (SweepScope::None, [true, true, false]),
        (SweepScope::Temporary, [true, false, false]),
        (SweepScope::All, [false, false, false]),
    ] {
        let house = House::new().await;
        let sessions =
            [house.opened(PERMANENT).await, house.opened(OPAQUE).await, house.opened(PERMANENT).await];
        let command = SignOut { session: sessions[2].session.clone(), others, client: client(1) };
        house.sessions.sign_out(command).await.unwrap();
        for (opened, survives) in sessions.iter().zip(survivors) {
            assert_eq!(is_honoured(&house, opened).await, survives, "{others:?}");
        }
        assert_eq!(house.last_event().session, Some(sessions[2].session.id));
    }
}

#[tokio::test]
async fn ends_what_a_filter_admits_expired_sessions_included() {
    let house = House::new().await;
    let (expired, kept) = (house.opened(REFRESHED).await, house.opened(PERMANENT).await);
    house.world.clock.advance(HOUR);
    let filter =
        SessionFilter { except_handle: Some(kept.session.handle.clone()), ..SessionFilter::default() };
    let command = EndMatching { account: house.ada.id, company: house.company.id, filter, client: client(1) };
    assert_eq!(house.sessions.end_matching(command).await.unwrap(), 1);
    assert!(is_honoured(&house, &kept).await);
    let revived = house.sessions.refresh(refresh(&expired.refresh.unwrap(), None)).await;
    assert!(matches!(refusal(revived), RefreshError::Refused));
}

#[tokio::test]
async fn a_single_use_token_revives_the_same_session_and_is_replaced() {
    let house = House::new().await;
    let opened = house.opened(REFRESHED).await;
    house.world.clock.advance(HOUR);
    assert!(!is_honoured(&house, &opened).await);
    let first = opened.refresh.clone().unwrap();
    let Refreshed { refresh: second, credential, .. } =
        house.sessions.refresh(refresh(&first, None)).await.unwrap();
    assert!(is_honoured(&house, &opened).await, "the token is the same");
    assert!(credential.is_none());
    assert!(matches!(refusal(house.sessions.refresh(refresh(&first, None)).await), RefreshError::Refused));
    assert!(is_honoured(&house, &opened).await, "a used token harms nobody");
    assert!(house.sessions.refresh(refresh(&second.unwrap(), None)).await.is_ok());
}

#[tokio::test]
async fn of_many_uses_of_a_single_use_token_one_is_granted() {
    let house = House::new().await;
    let token = house.opened(REFRESHED).await.refresh.unwrap();
    let mut uses = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (sessions, command) = (house.sessions.clone(), refresh(&token, None));
        uses.spawn(async move { sessions.refresh(command).await.is_ok() });
    }
    assert_eq!(uses.join_all().await.into_iter().filter(|granted| *granted).count(), 1);
}

#[tokio::test]
async fn a_cookie_session_whose_browser_forgot_the_cookie_gets_a_new_one() {
    let house = House::new().await;
    let opened = house.opened(SessionPlan { kind: SessionKind::Cookie, ..REFRESHED }).await;
    let old = opened.credential.unwrap();
    let kept = house.sessions.refresh(refresh(&opened.refresh.unwrap(), Some(&old))).await.unwrap();
    assert_eq!(kept.credential.unwrap().reveal(), old.reveal());
    let stale = Token::from_text("stale");
    let renewed = house.sessions.refresh(refresh(&kept.refresh.unwrap(), Some(&stale))).await.unwrap();
    let new = renewed.credential.unwrap();
    let honoured = async |token: &Token| {
        let credential = Credential::Cookie(token.clone());
        house.sessions.authenticate(Authenticate { credential, admit_pending: false }).await.is_ok()
    };
    assert!(honoured(&new).await);
    assert!(!honoured(&old).await);
    assert_eq!(renewed.session.handle, opened.session.handle);
}

#[tokio::test]
async fn a_charge_is_refused_when_one_budget_is_exhausted() {
    let house = House::new().await;
    let budget = |subject, limit| Budget {
        key: BudgetKey::new("test", subject),
        limit,
        period: Duration::from_secs(60),
    };
    let (narrow, wide) = (budget("narrow", 1), budget("wide", 2));
    assert!(house.sessions.charge(vec![narrow, wide]).await.is_ok());
    let refused = refusal(house.sessions.charge(vec![narrow, wide]).await);
    assert!(matches!(refused, ChargeError::Throttled { retry_after } if retry_after == narrow.period));
    assert!(house.sessions.charge(vec![wide]).await.is_ok(), "a refused charge spends nothing");
}
