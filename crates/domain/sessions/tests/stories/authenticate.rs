//! Recognising credentials.

use crate::house::{HOUR, House, OPAQUE, client, put_into, refusal};
use portcullis_conformance::build;
use portcullis_kernel::{AccountState, Token};
use portcullis_sessions::{
    Authenticate, AuthenticateError, Caller, Credential, EndSession, JwtExpectation, KeyHolder, KeySlot,
    SessionKind, SessionPlan, Via,
};

async fn present(house: &House, credential: Credential) -> Result<Caller, AuthenticateError> {
    house.sessions.authenticate(Authenticate { credential, admit_pending: false }).await
}

fn jwt(text: impl Into<String>) -> Credential {
    let expectation = JwtExpectation { slot: KeySlot::Access, claims: Vec::new() };
    Credential::Jwt { compact: text.into(), expectation, session_claim: "jti" }
}

#[tokio::test]
async fn recognises_each_kind_of_session() {
    let house = House::new().await;
    for kind in [SessionKind::Opaque, SessionKind::Cookie, SessionKind::Jwt] {
        let opened = house.opened(SessionPlan { kind, ..OPAQUE }).await;
        let credential = match (kind, opened.credential) {
            (SessionKind::Opaque, Some(token)) => Credential::Opaque(token),
            (SessionKind::Cookie, Some(token)) => Credential::Cookie(token),
            (SessionKind::Jwt, None) => jwt(opened.session.id.to_string()),
            (kind, _) => panic!("the wrong credential for {kind:?}"),
        };
        let caller = present(&house, credential).await.unwrap();
        assert_eq!(caller.via, Via::Session(opened.session));
        assert_eq!((caller.account, caller.company), (house.ada.id, house.company.id));
        assert_eq!(caller.username.unwrap().as_str(), "Ada");
        assert!(caller.subject.is_some());
    }
}

#[tokio::test]
async fn refuses_a_credential_in_the_place_of_another_kind() {
    let house = House::new().await;
    let opened = house.opened(OPAQUE).await;
    let token = opened.credential.unwrap();
    for credential in
        [Credential::Cookie(token.clone()), Credential::ApiKey(token), jwt(opened.session.id.to_string())]
    {
        assert!(matches!(refusal(present(&house, credential).await), AuthenticateError::Refused));
    }
}

#[tokio::test]
async fn refuses_what_is_unknown_forged_or_malformed() {
    let house = House::new().await;
    let unknown = Credential::Opaque(Token::from_text("unknown"));
    let stranger = jwt("0191d3f0-0000-7000-8000-000000000001");
    for credential in [unknown, jwt("forged"), jwt("not an id"), stranger] {
        assert!(matches!(refusal(present(&house, credential).await), AuthenticateError::Refused));
    }
}

#[tokio::test]
async fn refuses_at_once_what_ended_or_expired() {
    let house = House::new().await;
    let (ended, expired) = (house.opened(OPAQUE).await, house.opened(OPAQUE).await);
    let command = EndSession {
        session: ended.session.id,
        account: house.ada.id,
        company: house.company.id,
        client: client(1),
    };
    assert!(house.sessions.end(command).await.unwrap());
    let credential = Credential::Opaque(ended.credential.unwrap());
    assert!(matches!(refusal(present(&house, credential).await), AuthenticateError::Refused));
    house.world.clock.advance(HOUR);
    let credential = Credential::Opaque(expired.credential.unwrap());
    assert!(matches!(refusal(present(&house, credential).await), AuthenticateError::Refused));
}

#[tokio::test]
async fn names_the_state_that_keeps_an_account_out() {
    let house = House::new().await;
    let credential = Credential::Opaque(house.opened(OPAQUE).await.credential.unwrap());
    put_into(&house, AccountState::Pending).await;
    let answer = present(&house, credential.clone()).await;
    assert!(matches!(refusal(answer), AuthenticateError::NotAdmitted(AccountState::Pending)));
    let lenient = Authenticate { credential, admit_pending: true };
    assert!(house.sessions.authenticate(lenient).await.is_ok());
}

#[tokio::test]
async fn an_api_key_speaks_for_its_holder_while_that_is_in_good_standing() {
    let house = House::new().await;
    let key = build::fresh_token();
    let holder = KeyHolder {
        key: build::id(),
        name: "nightly".to_owned(),
        account: house.ada.id,
        company: house.company.id,
        state: AccountState::Active,
        username: house.ada.username.clone(),
    };
    let hold = |holder| *house.keys.0.lock().unwrap() = Some((key.digest(), holder));
    hold(holder.clone());
    let caller = present(&house, Credential::ApiKey(key.clone())).await.unwrap();
    assert_eq!(caller.via, Via::ApiKey { id: holder.key, name: "nightly".to_owned() });
    assert_eq!((caller.account, caller.subject), (house.ada.id, None));

    hold(KeyHolder { state: AccountState::Locked, ..holder });
    let answer = present(&house, Credential::ApiKey(key.clone())).await;
    assert!(matches!(refusal(answer), AuthenticateError::NotAdmitted(AccountState::Locked)));
    let other = Credential::ApiKey(Token::from_text("other"));
    assert!(matches!(refusal(present(&house, other).await), AuthenticateError::Refused));
}
