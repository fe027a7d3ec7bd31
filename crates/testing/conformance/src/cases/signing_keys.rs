//! [`portcullis_sessions::SigningKeyStore`].

use portcullis_kernel::Effects;
use portcullis_sessions::{AddSigningKey, Algorithm, KeySlot, SigningKey};

use crate::build::{self, signing_key};
use crate::{World, assert_same, race};

fn add(keys: &[SigningKey]) -> AddSigningKey {
    AddSigningKey { keys: keys.to_vec(), effects: Effects::default() }
}

pub async fn reads_back_every_field_oldest_first(world: World) {
    assert!(world.signing_keys.list().await.unwrap().is_empty());
    let keys = [
        signing_key(Algorithm::Rs256, KeySlot::Access, 3),
        signing_key(Algorithm::EdDsa, KeySlot::Id, 1),
        signing_key(Algorithm::Es256, KeySlot::Access, 2),
    ];
    let act = async |effects| world.signing_keys.add(AddSigningKey { effects, ..add(&keys) }).await;
    assert!(world.written(act).await);
    let [third, first, second] = keys;
    assert_same(&world.signing_keys.list().await.unwrap(), &vec![first, second, third]);
}

pub async fn generations_count_per_algorithm_and_slot(world: World) {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        for slot in [KeySlot::Access, KeySlot::Id] {
            let keys = [signing_key(algorithm, slot, 1), signing_key(algorithm, slot, 2)];
            assert!(world.signing_keys.add(add(&keys)).await.unwrap(), "{algorithm:?} {slot:?}");
        }
    }
    assert_eq!(world.signing_keys.list().await.unwrap().len(), 12);
}

pub async fn refuses_a_generation_that_its_slot_has(world: World) {
    let first = signing_key(Algorithm::EdDsa, KeySlot::Access, 1);
    assert!(world.signing_keys.add(add(&[first])).await.unwrap());
    let keys =
        [signing_key(Algorithm::EdDsa, KeySlot::Id, 1), signing_key(Algorithm::EdDsa, KeySlot::Access, 1)];
    let act = async |effects| world.signing_keys.add(AddSigningKey { effects, ..add(&keys) }).await;
    assert!(!world.refused(act).await);
    assert_eq!(world.signing_keys.list().await.unwrap().len(), 1, "none of the keys is added");
}

pub async fn of_many_keys_of_one_generation_one_is_added(world: World) {
    let answers = race(8, |_| {
        let keys = [KeySlot::Access, KeySlot::Id].map(|slot| signing_key(Algorithm::EdDsa, slot, 1)).into();
        let (world, effects) = (world.clone(), build::effects());
        async move { world.signing_keys.add(AddSigningKey { keys, effects }).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer).count(), 1);
    assert_eq!(world.signing_keys.list().await.unwrap().len(), 2);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn a_failing_addition_leaves_nothing(world: World) {
    let keys = vec![signing_key(Algorithm::EdDsa, KeySlot::Access, 1)];
    world.failed(async |effects| world.signing_keys.add(AddSigningKey { keys, effects }).await).await;
    assert!(world.signing_keys.list().await.unwrap().is_empty());
}
