//! What is refused.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header};
use portcullis_kernel::Timestamp;
use portcullis_sessions::{
    Algorithm, ClaimValue, Claims, JwtExpectation, JwtFault, KeySlot, SigningOrder, TokenSigner as _,
    TokenVerifier as _,
};
use portcullis_token_jwt::KeyRing;
use proptest::prelude::*;

use crate::support::{ALGORITHMS, MINUTE, World, access, kid};

async fn signed(ring: &KeyRing, claims: Claims) -> String {
    let order = SigningOrder { algorithm: Algorithm::EdDsa, slot: KeySlot::Access, typed: false, claims };
    ring.sign(order).await.unwrap()
}

fn encoded(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

#[tokio::test]
async fn accepts_its_own_tokens_of_every_algorithm() {
    let world = World::new();
    let ring = world.node();
    for algorithm in ALGORITHMS {
        let token = world.token(&ring, algorithm).await;
        assert_eq!(world.verified(&ring, &token).await, Some(world.claims()), "{algorithm:?}");
    }
}

#[tokio::test]
async fn refuses_any_changed_character() {
    let world = World::new();
    let ring = world.node();
    for algorithm in ALGORITHMS {
        let token = world.token(&ring, algorithm).await;
        for at in (0..token.len()).step_by(7).chain([token.len() - 1]) {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(world.verified(&ring, &changed).await, None, "{algorithm:?} at {at}");
        }
    }
}

#[tokio::test]
async fn names_what_is_wrong_first() {
    let world = World::new();
    let ring = world.node();
    let token = world.token(&ring, Algorithm::EdDsa).await;
    let parts: Vec<&str> = token.split('.').collect();
    let (header, payload, signature) = (parts[0], parts[1], parts[2]);
    let examine =
        async |text: &str| ring.examine(text.to_owned(), KeySlot::Access, world.now()).await.unwrap();
    assert_eq!(examine(&token).await, Ok(world.claims()));
    let none = encoded(r#"{"alg":"none"}"#);
    let other = encoded(&format!(r#"{{"alg":"RS256","kid":"{}"}}"#, kid(&token)));
    let stranger = encoded(r#"{"alg":"EdDSA","kid":"nobody"}"#);
    for (text, fault) in [
        ("garbage".to_owned(), JwtFault::Segments),
        (format!("{token}.x"), JwtFault::Segments),
        (format!("{header}.{payload}.{}", "A".repeat(100_000)), JwtFault::Segments),
        ("a.b.c".to_owned(), JwtFault::Encoding),
        (format!("{header}.{payload}.!"), JwtFault::Encoding),
        (format!("{none}.{payload}."), JwtFault::Algorithm),
        (format!("{other}.{payload}.{signature}"), JwtFault::Algorithm),
        (format!("{stranger}.{payload}.{signature}"), JwtFault::Signature),
        (format!("{header}.{}.{signature}", encoded("{}")), JwtFault::Signature),
    ] {
        assert_eq!(examine(&text).await, Err(fault), "{text:.60}");
    }
    let elsewhere = ring.examine(token.clone(), KeySlot::Id, world.now()).await.unwrap();
    assert_eq!(elsewhere, Err(JwtFault::Signature));
    world.pass(MINUTE);
    assert_eq!(examine(&token).await, Err(JwtFault::Expired));
}

#[tokio::test]
async fn refuses_the_public_key_as_an_hmac_secret() {
    let world = World::new();
    let ring = world.node();
    let token = world.token(&ring, Algorithm::Rs256).await;
    let set: serde_json::Value = serde_json::from_str(&ring.jwks()).unwrap();
    let modulus = set["keys"][0]["n"].as_str().unwrap();
    let mut header = Header::new(jsonwebtoken::Algorithm::HS256);
    header.kid = Some(kid(&token));
    let claims = serde_json::json!({"sub": "ada", "exp": 1_900_000_000});
    for secret in [modulus.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(modulus).unwrap()] {
        let forged = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&secret)).unwrap();
        assert_eq!(world.verified(&ring, &forged).await, None);
    }
}

#[tokio::test]
async fn refuses_other_algorithms_than_that_of_the_key() {
    let world = World::new();
    let ring = world.node();
    let token = world.token(&ring, Algorithm::Rs256).await;
    let [_, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    for alg in ["none", "None", "NONE", "RS384", "PS256", "ES256", "EdDSA", "HS256", ""] {
        let header = encoded(&format!(r#"{{"kid":"{}","alg":"{alg}"}}"#, kid(&token)));
        for signature in [signature, ""] {
            let forged = format!("{header}.{payload}.{signature}");
            assert_eq!(world.verified(&ring, &forged).await, None, "{alg}");
        }
    }
}

#[tokio::test]
async fn refuses_a_genuine_token_under_the_name_of_another_key() {
    let world = World::new();
    let ring = world.node();
    let mine = world.token(&ring, Algorithm::EdDsa).await;
    let other = world.token(&ring, Algorithm::Es256).await;
    let (header, _) = other.split_once('.').unwrap();
    let (_, rest) = mine.split_once('.').unwrap();
    assert_eq!(world.verified(&ring, &format!("{header}.{rest}")).await, None);
}

#[tokio::test]
async fn refuses_a_token_of_another_installation() {
    let (ours, theirs) = (World::new(), World::new());
    let token = theirs.token(&theirs.node(), Algorithm::EdDsa).await;
    assert_eq!(ours.verified(&ours.node(), &token).await, None);
}

#[tokio::test]
async fn a_token_expires_at_its_second_without_grace() {
    let world = World::new();
    let ring = world.node();
    let token = world.token(&ring, Algorithm::EdDsa).await;
    let verify = async |seconds: i64| {
        let at = Timestamp::from_seconds(seconds);
        ring.verify(token.clone(), access(&[]), at).await.unwrap().is_some()
    };
    assert!(verify(1_800_000_059).await);
    assert!(!verify(1_800_000_060).await);
}

#[tokio::test]
async fn a_token_begins_with_five_seconds_of_grace() {
    let world = World::new();
    let ring = world.node();
    for name in ["nbf", "iat"] {
        for (ahead, good) in [(0, true), (5, true), (6, false)] {
            let begins = world.now().plus(Duration::from_secs(ahead));
            let claims = Claims::new().instant(name, begins).instant("exp", world.now().plus(MINUTE));
            let token = signed(&ring, claims).await;
            assert_eq!(world.verified(&ring, &token).await.is_some(), good, "{name} {ahead} s ahead");
        }
    }
}

#[tokio::test]
async fn refuses_tokens_without_a_proper_expiry() {
    let world = World::new();
    let ring = world.node();
    let forever = ClaimValue::Text("never".to_owned());
    for claims in [Claims::new().text("sub", "ada"), Claims::new().with("exp", forever)] {
        let token = signed(&ring, claims).await;
        assert_eq!(world.verified(&ring, &token).await, None);
    }
}

#[tokio::test]
async fn refuses_a_token_that_does_not_meet_an_expectation() {
    let world = World::new();
    let ring = world.node();
    let token = world.token(&ring, Algorithm::EdDsa).await;
    let verify = async |claims: &[(&'static str, &str)]| {
        ring.verify(token.clone(), access(claims), world.now()).await.unwrap().is_some()
    };
    assert!(verify(&[("token_use", "access"), ("sub", "ada")]).await);
    assert!(!verify(&[("token_use", "id")]).await);
    assert!(!verify(&[("token_use", "access"), ("client_id", "x")]).await);
    assert!(!verify(&[("exp", "1800000060")]).await, "a number is no text");
}

#[tokio::test]
async fn refuses_a_token_of_the_other_slot() {
    let world = World::new();
    let ring = world.node();
    let token = world.token(&ring, Algorithm::EdDsa).await;
    let expectation = JwtExpectation { slot: KeySlot::Id, claims: Vec::new() };
    assert_eq!(ring.verify(token, expectation, world.now()).await.unwrap(), None);
}

#[tokio::test]
async fn refuses_critical_extensions_and_other_types() {
    let world = World::new();
    let ring = world.node();
    let token = world.token(&ring, Algorithm::EdDsa).await;
    let kept = portcullis_sessions::SigningKeyStore::list(&world.memory).await.unwrap();
    let key = EncodingKey::from_ed_pem(kept[0].private_pem.reveal().as_bytes()).unwrap();
    let payload = token.split('.').nth(1).unwrap();
    for (more, good) in
        [("", true), (r#","typ":"jwt""#, true), (r#","typ":"at+jwt""#, false), (r#","crit":["b64"]"#, false)]
    {
        let header = encoded(&format!(r#"{{"kid":"{}","alg":"EdDSA"{more}}}"#, kid(&token)));
        let message = format!("{header}.{payload}");
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, jsonwebtoken::Algorithm::EdDSA).unwrap();
        let verified = world.verified(&ring, &format!("{message}.{signature}")).await;
        assert_eq!(verified.is_some(), good, "{more}");
    }
}

#[tokio::test]
async fn does_not_look_at_long_texts() {
    let world = World::new();
    let ring = world.node();
    let token = world.token(&ring, Algorithm::EdDsa).await;
    let reads = world.reads();
    assert_eq!(world.verified(&ring, &format!("{}{token}", "A".repeat(8 << 10))).await, None);
    assert_eq!(world.reads(), reads);
}

#[tokio::test]
async fn unknown_keys_make_it_look_into_the_store_once_a_second() {
    let world = World::new();
    let (ring, stranger) = (world.node(), World::new());
    let foreign = stranger.token(&stranger.node(), Algorithm::EdDsa).await;
    for _ in 0..20 {
        assert_eq!(world.verified(&ring, &foreign).await, None);
    }
    assert_eq!(world.reads(), 1);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.verified(&ring, &foreign).await, None);
    assert_eq!(world.reads(), 2);
}

#[tokio::test]
async fn a_key_made_on_another_node_is_found_at_once() {
    let world = World::new();
    let (here, there) = (world.node(), world.node());
    here.reload().await.unwrap();
    let token = world.token(&there, Algorithm::EdDsa).await;
    assert!(world.verified(&here, &token).await.is_some());
}

proptest! {
    #[test]
    fn garbage_is_refused_without_panic(text in ".{0,200}", parts in prop::collection::vec("[A-Za-z0-9_-]{0,60}", 0..5)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            let ring = world.node();
            for garbage in [text, parts.join(".")] {
                assert_eq!(world.verified(&ring, &garbage).await, None);
            }
        });
    }

    #[test]
    fn garbage_in_a_header_or_payload_is_refused_without_panic(json in "[{}\\[\\]\",:a-z0-9.-]{0,80}", kid in "[a-zA-Z0-9\\\\\"]{0,50}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            let ring = world.node();
            let header = encoded(&format!(r#"{{"kid":"{kid}","alg":"EdDSA"}}"#));
            for token in [format!("{header}.{}.AA", encoded(&json)), format!("{}.e30.AA", encoded(&json))] {
                assert_eq!(world.verified(&ring, &token).await, None);
            }
        });
    }
}
