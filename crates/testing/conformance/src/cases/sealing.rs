//! [`portcullis_kernel::Resealer`] and [`portcullis_kernel::Probe`].

use portcullis_accounts::Account;
use portcullis_kernel::{Effects, Message, OneTime, Purpose};
use portcullis_mfa::Authenticator;
use portcullis_service_accounts::{ApiKey, Holder};
use portcullis_sessions::{AddSigningKey, Algorithm, KeySlot, SigningKey};

use crate::build::{self, later};
use crate::{MasterKeys, World, assert_same, race};

pub async fn the_store_answers(world: World) {
    world.probe.ping().await.unwrap();
}

/// One of everything that a store seals.
struct Treasure {
    account: Account,
    message: Message,
    code: OneTime,
    factor_code: OneTime,
    authenticators: Vec<Authenticator>,
    api_key: ApiKey,
    signing_key: SigningKey,
}

impl Treasure {
    async fn bury(world: &World) -> Self {
        let account = world.new_account().await;
        let at = |age, authenticator| Authenticator { created_at: later(age), ..authenticator };
        let treasure = Self {
            message: build::message(),
            code: build::code(&account, Purpose::ResetPassword, "012345"),
            factor_code: build::factor_code(&account, &build::sms(&account), "543210").code,
            authenticators: vec![
                at(1, build::totp(&account)),
                at(2, build::recovery_codes(&account, &["aaaa-bbbb", "cccc-dddd"])),
            ],
            api_key: build::api_key(&account),
            signing_key: build::signing_key(Algorithm::EdDsa, KeySlot::Access, 1),
            account,
        };
        world.record(Effects::default().and_send(treasure.message.clone())).await;
        world.keep(&treasure.code).await;
        world.keep(&treasure.factor_code).await;
        for authenticator in &treasure.authenticators {
            world.enrol(authenticator).await;
        }
        world.add_key(&treasure.api_key).await;
        world.add_key(&build::signed_key(&treasure.account)).await;
        let keys = vec![treasure.signing_key.clone()];
        let write = AddSigningKey { keys, effects: Effects::default() };
        assert!(world.signing_keys.add(write).await.unwrap());
        treasure
    }

    async fn assert_readable(&self, world: &World) {
        let entry = world.outbox.find(self.message.id).await.unwrap().unwrap();
        assert_same(&entry.message, &self.message);
        assert_same(&world.secret(&self.code).await, &self.code);
        assert_same(&world.secret(&self.factor_code).await, &self.factor_code);
        let authenticators = world.authenticators.list(self.account.id).await.unwrap();
        assert_same(&authenticators, &self.authenticators);
        let keys = world.api_keys.list(Holder::Account(self.account.id)).await.unwrap();
        assert_same(&keys, &vec![self.api_key.clone()]);
        assert_same(&world.signing_keys.list().await.unwrap(), &vec![self.signing_key.clone()]);
    }
}

/// Seals anew, `limit` at a time, until nothing is left.
async fn reseal(world: &World, limit: u32) -> u64 {
    let mut moved = 0;
    loop {
        match world.resealer.reseal(limit).await.unwrap() {
            0 => break moved,
            step => {
                assert!(step <= u64::from(limit), "it moves {limit} values at most");
                moved += step;
            }
        }
    }
}

pub async fn nothing_is_left_to_seal_anew_under_one_key(world: World) {
    let treasure = Treasure::bury(&world).await;
    assert_eq!(world.resealer.reseal(100).await.unwrap(), 0);
    treasure.assert_readable(&world).await;
}

pub async fn everything_reads_back_after_a_change_of_the_master_key(world: World) {
    let Some(reopen) = world.reopen.clone() else { return };
    let treasure = Treasure::bury(&world).await;
    let rotated = reopen(MasterKeys::NewAndOld).await;
    treasure.assert_readable(&rotated).await;
    assert!(reseal(&rotated, 2).await > 0);
    treasure.assert_readable(&rotated).await;
    assert_eq!(reseal(&rotated, 2).await, 0);
    treasure.assert_readable(&reopen(MasterKeys::NewOnly).await).await;
}

pub async fn values_can_be_sealed_anew_by_many_at_once(world: World) {
    let Some(reopen) = world.reopen.clone() else { return };
    let treasure = Treasure::bury(&world).await;
    let rotated = reopen(MasterKeys::NewAndOld).await;
    race(4, |_| {
        let rotated = rotated.clone();
        async move { reseal(&rotated, 3).await }
    })
    .await;
    assert_eq!(rotated.resealer.reseal(100).await.unwrap(), 0);
    treasure.assert_readable(&reopen(MasterKeys::NewOnly).await).await;
}
