//! Keys come, and never go.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};

use portcullis_kernel::{AuditAction, Client, Door, Secret};
use portcullis_sessions::{AddSigningKey, Algorithm, KeySlot, SigningKeyStore as _};

use crate::support::{MINUTE, World, access, kid, stranger_verifies};

#[tokio::test]
async fn a_new_key_is_published_before_it_signs() {
    let world = World::new();
    let ring = world.node();
    let old = kid(&world.token(&ring, Algorithm::EdDsa).await);
    let made = ring.rotate(MINUTE, &Client::operator()).await.unwrap();
    let new = &made[0].kid;
    assert_eq!((made[0].generation, made[0].signs_from), (2, world.now().plus(MINUTE)));
    assert!(ring.jwks().contains(new.as_str()), "published");
    assert_eq!(kid(&world.token(&ring, Algorithm::EdDsa).await), old, "not signing yet");
    world.pass(MINUTE);
    assert_eq!(&kid(&world.token(&ring, Algorithm::EdDsa).await), new, "signing");
}

#[tokio::test]
async fn old_tokens_verify_for_ever_and_old_keys_stay_published() {
    let world = World::new();
    let ring = world.node();
    let first = world.token(&ring, Algorithm::EdDsa).await;
    let at = world.now();
    for _ in 0..3 {
        ring.rotate(MINUTE, &Client::operator()).await.unwrap();
        world.pass(MINUTE);
    }
    let verified = portcullis_sessions::TokenVerifier::verify(&ring, first.clone(), access(&[]), at);
    assert!(verified.await.unwrap().is_some());
    assert!(stranger_verifies(&ring.jwks(), &first).is_some());
    assert_eq!(ring.list().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_rotation_turns_every_place_that_has_a_key() {
    let world = World::new();
    let ring = world.node();
    assert_eq!(ring.rotate(MINUTE, &Client::operator()).await.unwrap(), [], "nothing to rotate yet");
    let places = [
        (Algorithm::Es256, KeySlot::Access),
        (Algorithm::Es256, KeySlot::Id),
        (Algorithm::EdDsa, KeySlot::Access),
    ];
    ring.prepare(&places).await.unwrap();
    let made = ring.rotate(MINUTE, &Client::operator()).await.unwrap();
    let turned: Vec<_> = made.iter().map(|key| (key.algorithm, key.slot)).collect();
    assert_eq!(turned, places);
    let kids: HashSet<_> = ring.list().await.unwrap().into_iter().map(|key| key.kid).collect();
    assert_eq!(kids.len(), 6);
}

#[tokio::test]
async fn a_rotation_is_in_the_audit_trail_with_its_caller() {
    let world = World::new();
    let ring = world.node();
    ring.prepare(&[(Algorithm::EdDsa, KeySlot::Access)]).await.unwrap();
    let client = Client::remote(Door::new("console"), IpAddr::V4(Ipv4Addr::LOCALHOST), "browser");
    ring.rotate(MINUTE, &client).await.unwrap();
    let last = world.memory.audit_events().pop().unwrap();
    assert_eq!((last.action, last.detail), (AuditAction::SigningKeyRotated, Some("rotation")));
    assert_eq!(last.client, client);
}

#[tokio::test]
async fn other_nodes_follow_a_rotation_after_a_reload() {
    let world = World::new();
    let (here, there) = (world.node(), world.node());
    here.prepare(&[(Algorithm::EdDsa, KeySlot::Access)]).await.unwrap();
    there.reload().await.unwrap();
    let made = here.rotate(MINUTE, &Client::operator()).await.unwrap();
    there.reload().await.unwrap();
    assert_eq!(here.jwks(), there.jwks());
    world.pass(MINUTE);
    assert_eq!(kid(&world.token(&there, Algorithm::EdDsa).await), made[0].kid);
}

#[tokio::test]
async fn two_rotations_at_once_make_two_generations() {
    let world = World::new();
    let (here, there) = (world.node(), world.node());
    here.prepare(&[(Algorithm::EdDsa, KeySlot::Access)]).await.unwrap();
    let client = Client::operator();
    let (one, other) = tokio::join!(here.rotate(MINUTE, &client), there.rotate(MINUTE, &client));
    let mut generations = [one.unwrap()[0].generation, other.unwrap()[0].generation];
    generations.sort_unstable();
    assert_eq!(generations, [2, 3]);
}

#[tokio::test]
async fn a_first_key_from_a_clock_ahead_of_ours_signs_at_once() {
    let world = World::new();
    let ring = world.node();
    ring.prepare(&[(Algorithm::EdDsa, KeySlot::Access)]).await.unwrap();
    let kept = world.memory.list().await.unwrap();
    let late = World::new();
    let mut keys = kept.clone();
    keys[0].signs_from = late.now().plus(MINUTE);
    late.memory.add(AddSigningKey { keys, effects: portcullis_kernel::Effects::default() }).await.unwrap();
    assert_eq!(kid(&late.token(&late.node(), Algorithm::EdDsa).await), kept[0].kid);
}

#[tokio::test]
async fn a_damaged_key_stops_a_reload_but_not_the_ring() {
    let world = World::new();
    let ring = world.node();
    let token = world.token(&ring, Algorithm::EdDsa).await;
    let mut bad = world.memory.list().await.unwrap();
    bad[0].kid = "damaged".to_owned();
    bad[0].generation = 2;
    bad[0].private_pem = Secret::new("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    world
        .memory
        .add(AddSigningKey { keys: bad, effects: portcullis_kernel::Effects::default() })
        .await
        .unwrap();
    assert!(ring.reload().await.is_err());
    assert!(world.verified(&ring, &token).await.is_some());
}
