//! What tokens look like, and who makes the keys.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis_kernel::{AuditAction, PortError};
use portcullis_sessions::{Algorithm, Claims, KeySlot, SigningOrder, TokenSigner as _};

use crate::support::{ALGORITHMS, World, kid, stranger_verifies};

fn segment(token: &str, index: usize) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_plain_header_has_the_members_and_order_of_the_contract() {
    let world = World::new();
    let token = world.token(&world.node(), Algorithm::Rs256).await;
    assert_eq!(segment(&token, 0), format!(r#"{{"kid":"{}","alg":"RS256"}}"#, kid(&token)));
}

#[tokio::test]
async fn a_typed_header_says_so() {
    let world = World::new();
    let order = SigningOrder { typed: true, ..world.order(Algorithm::EdDsa) };
    let token = world.node().sign(order).await.unwrap();
    assert_eq!(segment(&token, 0), format!(r#"{{"kid":"{}","alg":"EdDSA","typ":"JWT"}}"#, kid(&token)));
}

#[tokio::test]
async fn claims_are_written_in_the_order_given() {
    let world = World::new();
    let token = world.token(&world.node(), Algorithm::Es256).await;
    let payload = r#"{"sub":"ada","token_use":"access","iat":1800000000,"exp":1800000060}"#;
    assert_eq!(segment(&token, 1), payload);
}

#[tokio::test]
async fn several_are_signed_as_each_would_be_and_in_their_order() {
    let world = World::new();
    let ring = world.node();
    // Signatures of these are the same each time.
    for algorithms in [[Algorithm::Rs256; 2], [Algorithm::EdDsa; 2], [Algorithm::EdDsa, Algorithm::Rs256]] {
        let [one, other] = algorithms.map(|algorithm| world.order(algorithm));
        let other = SigningOrder { claims: Claims::new().text("sub", "bob"), ..other };
        let alone = [ring.sign(one.clone()).await.unwrap(), ring.sign(other.clone()).await.unwrap()];
        assert_eq!(ring.sign_all(vec![one, other]).await.unwrap(), alone, "{algorithms:?}");
    }
    let long = SigningOrder {
        claims: Claims::new().text("sub", "a".repeat(9_000)),
        ..world.order(Algorithm::EdDsa)
    };
    let refused = ring.sign_all(vec![world.order(Algorithm::EdDsa), long]).await;
    assert!(matches!(refused, Err(PortError::Broken(_))));
}

#[tokio::test]
async fn a_stranger_with_the_key_set_verifies_every_algorithm() {
    let (world, node) = (World::new(), World::new());
    let ring = node.node();
    for algorithm in ALGORITHMS {
        let token = world.token(&ring, algorithm).await;
        let claims = stranger_verifies(&ring.jwks(), &token).unwrap();
        assert_eq!(claims.get("sub").unwrap(), "ada", "{algorithm:?}");
    }
}

#[tokio::test]
async fn the_key_set_tells_public_members_only() {
    let world = World::new();
    let ring = world.node();
    assert_eq!(&*ring.jwks(), r#"{"keys":[]}"#);
    ring.prepare(&ALGORITHMS.map(|algorithm| (algorithm, KeySlot::Access))).await.unwrap();
    let set: serde_json::Value = serde_json::from_str(&ring.jwks()).unwrap();
    let mut members: Vec<String> = set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" "))
        .collect();
    members.sort();
    assert_eq!(members, ["alg crv kid kty use x", "alg crv kid kty use x y", "alg e kid kty n use"]);
}

#[tokio::test]
async fn access_and_id_tokens_are_signed_by_different_keys() {
    let world = World::new();
    let ring = world.node();
    let access = world.token(&ring, Algorithm::EdDsa).await;
    let order = SigningOrder { slot: KeySlot::Id, ..world.order(Algorithm::EdDsa) };
    assert_ne!(kid(&access), kid(&ring.sign(order).await.unwrap()));
}

#[tokio::test]
async fn keys_are_kept_as_pkcs8_that_other_tools_read() {
    let world = World::new();
    let ring = world.node();
    ring.prepare(&ALGORITHMS.map(|algorithm| (algorithm, KeySlot::Access))).await.unwrap();
    let kept = portcullis_sessions::SigningKeyStore::list(&world.memory).await.unwrap();
    for key in kept {
        let pem = key.private_pem.reveal().as_bytes();
        let read = match key.algorithm {
            Algorithm::Rs256 => jsonwebtoken::EncodingKey::from_rsa_pem(pem),
            Algorithm::Es256 => jsonwebtoken::EncodingKey::from_ec_pem(pem),
            Algorithm::EdDsa => jsonwebtoken::EncodingKey::from_ed_pem(pem),
        };
        assert!(read.is_ok(), "{:?}", key.algorithm);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_makes_the_first_key_once() {
    let world = World::new();
    let ring = Arc::new(world.node());
    let crowd: Vec<_> = (0..16)
        .map(|_| {
            let (ring, order) = (Arc::clone(&ring), world.order(Algorithm::EdDsa));
            tokio::spawn(async move { kid(&ring.sign(order).await.unwrap()) })
        })
        .collect();
    let mut kids = std::collections::HashSet::new();
    for signed in crowd {
        kids.insert(signed.await.unwrap());
    }
    assert_eq!(kids.len(), 1);
    let made: Vec<_> = world.memory.audit_events().iter().map(|event| (event.action, event.detail)).collect();
    assert_eq!(made, [(AuditAction::SigningKeyRotated, Some("first key"))]);
}

#[tokio::test]
async fn a_node_that_comes_second_signs_with_the_key_of_the_first() {
    let world = World::new();
    let (first, second) = (world.node(), world.node());
    second.reload().await.unwrap();
    let key = kid(&world.token(&first, Algorithm::Es256).await);
    assert_eq!(kid(&world.token(&second, Algorithm::Es256).await), key);
    assert_eq!(second.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_lost_race_uses_the_key_of_the_winner() {
    let world = World::new();
    let (ours, theirs) = (world.node(), world.node());
    let (ours_key, theirs_key) =
        tokio::join!(world.token(&ours, Algorithm::Rs256), world.token(&theirs, Algorithm::Rs256));
    assert_eq!(kid(&ours_key), kid(&theirs_key));
    assert_eq!(ours.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn signs_and_verifies_while_the_store_is_away() {
    let world = World::new();
    let ring = world.node();
    ring.prepare(&[(Algorithm::EdDsa, KeySlot::Access)]).await.unwrap();
    world.memory.set_unavailable(true);
    let token = world.token(&ring, Algorithm::EdDsa).await;
    assert!(world.verified(&ring, &token).await.is_some());
    let missing = ring.sign(world.order(Algorithm::Es256)).await;
    assert!(matches!(missing, Err(PortError::Unavailable(_))));
}

#[tokio::test]
async fn does_not_sign_what_it_would_not_verify() {
    let world = World::new();
    let claims = Claims::new().text("sub", "x".repeat(8 << 10));
    let order = SigningOrder { claims, ..world.order(Algorithm::EdDsa) };
    assert!(matches!(world.node().sign(order).await, Err(PortError::Broken(_))));
}
