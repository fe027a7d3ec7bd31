//! Refreshing and revoking.

use std::time::Duration;

use crate::house::{DAY, HOUR, House, client, put_into, refusal};
use portcullis_conformance::build;
use portcullis_kernel::{AccountState, Token};
use portcullis_sessions::{
    Opened, Refresh, RefreshError, RefreshPolicy, Refreshed, RevokeRefresh, RevokeRefreshError, SessionKind,
    SessionPlan,
};
use tokio::task::JoinSet;

const FIXED: RefreshPolicy = RefreshPolicy::Fixed { cap: Some(3) };
const ROTATING: RefreshPolicy =
    RefreshPolicy::Rotating { grace: Duration::from_secs(10), lifetime: Duration::from_secs(86_400) };
const PLAN: SessionPlan =
    SessionPlan { kind: SessionKind::Jwt, lifetime: None, refresh_lifetime: Some(DAY), challenges: None };

fn command(token: &Token, policy: RefreshPolicy) -> Refresh {
    Refresh {
        token: token.reveal().to_owned(),
        kinds: &[SessionKind::Jwt],
        typed: None,
        policy,
        extend: None,
        cookie: None,
        admit_pending: false,
        client: client(1),
    }
}

async fn refresh(house: &House, token: &Token, policy: RefreshPolicy) -> Result<Refreshed, RefreshError> {
    house.sessions.refresh(command(token, policy)).await
}

async fn signed_in() -> (House, Opened, Token) {
    let house = House::new().await;
    let opened = house.opened(PLAN).await;
    let token = opened.refresh.clone().unwrap();
    (house, opened, token)
}

#[tokio::test]
async fn a_fixed_token_refreshes_up_to_its_cap_and_stays_the_same() {
    let (house, opened, token) = signed_in().await;
    for _ in 0..3 {
        let refreshed = refresh(&house, &token, FIXED).await.unwrap();
        assert!(refreshed.refresh.is_none());
        assert_eq!(refreshed.session, opened.session);
        assert_eq!(house.last_audit(), ("session.refreshed", "succeeded", None));
    }
    assert!(matches!(refusal(refresh(&house, &token, FIXED).await), RefreshError::CapReached));
    let misnamed = Refresh { typed: Some("ada".to_owned()), ..command(&token, FIXED) };
    assert!(matches!(refusal(house.sessions.refresh(misnamed).await), RefreshError::CapReached));
}

#[tokio::test]
async fn parallel_refreshes_do_not_outrun_the_cap() {
    let (house, _, token) = signed_in().await;
    let mut refreshes = JoinSet::new();
    for _ in 0..20 {
        let (sessions, command) = (house.sessions.clone(), command(&token, FIXED));
        refreshes.spawn(async move { sessions.refresh(command).await.is_ok() });
    }
    let granted = refreshes.join_all().await.into_iter().filter(|granted| *granted).count();
    assert_eq!(granted, 3);
}

#[tokio::test]
async fn a_name_must_be_the_accounts_to_the_letter() {
    let (house, _, token) = signed_in().await;
    let named = |name: &str| Refresh { typed: Some(name.to_owned()), ..command(&token, FIXED) };
    for name in ["ada", "Ada ", house.ada.email.as_ref().unwrap().value.as_str()] {
        assert!(matches!(refusal(house.sessions.refresh(named(name)).await), RefreshError::Refused));
    }
    assert!(house.sessions.refresh(named("Ada")).await.is_ok());
}

#[tokio::test]
async fn refuses_unknown_and_expired_tokens_and_accounts_kept_out() {
    let (house, _, token) = signed_in().await;
    let unknown = Token::from_text("unknown");
    assert!(matches!(refusal(refresh(&house, &unknown, FIXED).await), RefreshError::Refused));
    put_into(&house, AccountState::Deactivated).await;
    assert!(matches!(refusal(refresh(&house, &token, FIXED).await), RefreshError::Refused));
    put_into(&house, AccountState::Active).await;
    house.world.clock.advance(DAY);
    assert!(matches!(refusal(refresh(&house, &token, FIXED).await), RefreshError::Refused));
}

#[tokio::test]
async fn revives_a_session_past_its_time_only_by_extending_it() {
    let house = House::new().await;
    let opened = house.opened(SessionPlan { lifetime: Some(HOUR), ..PLAN }).await;
    let token = opened.refresh.unwrap();
    house.world.clock.advance(HOUR * 2);
    assert!(matches!(refusal(refresh(&house, &token, FIXED).await), RefreshError::Refused));
    let extending = Refresh { extend: Some(HOUR), ..command(&token, FIXED) };
    let refreshed = house.sessions.refresh(extending).await.unwrap();
    assert_eq!(refreshed.session.expires_at, Some(build::later(3 * 3_600)));
    assert_eq!(house.world.session(&opened.session).await, refreshed.session);
}

#[tokio::test]
async fn a_rotating_token_is_replaced_at_every_use() {
    let (house, _, first) = signed_in().await;
    let second = refresh(&house, &first, ROTATING).await.unwrap().refresh.unwrap();
    house.world.clock.advance(HOUR * 20);
    let third = refresh(&house, &second, ROTATING).await.unwrap().refresh.unwrap();
    house.world.clock.advance(HOUR * 20);
    assert!(refresh(&house, &third, ROTATING).await.is_ok(), "each lasts as long as the first");
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again() {
    let (house, _, token) = signed_in().await;
    let _lost = refresh(&house, &token, ROTATING).await.unwrap();
    house.world.clock.advance(HOUR);
    let again = refresh(&house, &token, ROTATING).await.unwrap().refresh.unwrap();
    assert!(refresh(&house, &again, ROTATING).await.is_ok());
}

#[tokio::test]
async fn two_tabs_can_share_a_token_for_a_moment() {
    let (house, _, token) = signed_in().await;
    let mut tabs = JoinSet::new();
    for _ in 0..2 {
        let (sessions, command) = (house.sessions.clone(), command(&token, ROTATING));
        tabs.spawn(async move { sessions.refresh(command).await.unwrap().refresh.unwrap() });
    }
    for successor in tabs.join_all().await {
        assert!(refresh(&house, &successor, ROTATING).await.is_ok());
    }
    house.world.clock.advance(Duration::from_secs(10));
    assert!(refresh(&house, &token, ROTATING).await.is_ok());
}

#[tokio::test]
async fn a_stolen_token_that_comes_back_ends_the_session() {
    let (house, opened, token) = signed_in().await;
    let second = refresh(&house, &token, ROTATING).await.unwrap().refresh.unwrap();
    let third = refresh(&house, &second, ROTATING).await.unwrap().refresh.unwrap();
    house.world.clock.advance(Duration::from_secs(11));
    assert!(matches!(refusal(refresh(&house, &token, ROTATING).await), RefreshError::Reused));
    assert_eq!(house.last_audit(), ("session.refresh_reused", "denied", Some("session ended")));
    assert!(house.world.session(&opened.session).await.ended_at.is_some());
    assert!(matches!(refusal(refresh(&house, &third, ROTATING).await), RefreshError::Refused));
}

#[tokio::test]
async fn revoking_ends_the_session_and_again_is_as_good_as_once() {
    let (house, opened, token) = signed_in().await;
    let revoke = |token: &str| RevokeRefresh { token: token.to_owned(), client: client(1) };
    for _ in 0..2 {
        house.sessions.revoke_refresh(revoke(token.reveal())).await.unwrap();
    }
    assert!(house.world.session(&opened.session).await.ended_at.is_some());
    assert!(matches!(refusal(refresh(&house, &token, FIXED).await), RefreshError::Refused));
    let garbage = house.sessions.revoke_refresh(revoke("garbage")).await;
    assert!(matches!(refusal(garbage), RevokeRefreshError::Refused));
    let ended =
        house.store.audit_events().into_iter().filter(|event| event.action.as_str() == "session.ended");
    assert_eq!(ended.count(), 1);
}
