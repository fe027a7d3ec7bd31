//! [`portcullis_mfa::AuthenticatorStore`]: proofs are spent once.

use std::time::Duration;

use portcullis_accounts::Account;
use portcullis_mfa::{AcceptProof, Acceptance, Authenticator, Factor, Proof};

use crate::build::{self, NOW, later};
use crate::{World, assert_same, race};

/// An account with one unverified authenticator of each kind, and a proof for each.
async fn provable(world: &World) -> (Account, [(Authenticator, Proof); 3]) {
    let account = world.new_account().await;
    let (totp, sms) = (build::totp(&account), build::sms(&account));
    let codes = build::recovery_codes(&account, &["first", "second", "third"]);
    for authenticator in [&totp, &sms, &codes] {
        world.enrol(authenticator).await;
    }
    let sent = build::factor_code(&account, &sms, "123456");
    let sent_code = Proof::SentCode(sent.code.id);
    world.authenticators.issue_code(sent).await.unwrap();
    (account, [(totp, Proof::TimeStep(100)), (sms, sent_code), (codes, Proof::RecoveryCode(1))])
}

async fn now(world: &World, authenticator: &Authenticator) -> Authenticator {
    let list = world.authenticators.list(authenticator.account).await.unwrap();
    list.into_iter().find(|found| found.id == authenticator.id).unwrap()
}

async fn accept(world: &World, authenticator: &Authenticator, proof: Proof) -> Acceptance {
    world.authenticators.accept(build::accept(authenticator, proof)).await.unwrap()
}

/// Runs a proof that must be refused, and asserts that it left nothing.
async fn refuses(world: &World, authenticator: &Authenticator, write: AcceptProof, expected: Acceptance) {
    let before = now(world, authenticator).await;
    let act = async |effects| world.authenticators.accept(AcceptProof { effects, ..write }).await;
    assert_eq!(world.refused(act).await, expected);
    assert_same(&now(world, authenticator).await, &before);
}

pub async fn a_proof_is_accepted_once(world: World) {
    let (_, provable) = provable(&world).await;
    for (authenticator, proof) in provable {
        let write = build::accept(&authenticator, proof);
        let act = async |effects| world.authenticators.accept(AcceptProof { effects, ..write }).await;
        assert_eq!(world.written(act).await, Acceptance::Accepted, "{proof:?}");
        let budget = world.budget(3, 1).await;
        let throttle = build::require(budget);
        let again =
            AcceptProof { verifies: true, at: later(9), throttle, ..build::accept(&authenticator, proof) };
        refuses(&world, &authenticator, again, Acceptance::AlreadyUsed).await;
        assert_eq!(world.room(budget, NOW).await, 2, "the budget is not cleared");
    }
}

pub async fn of_many_with_one_proof_one_is_accepted(world: World) {
    let (_, provable) = provable(&world).await;
    for (authenticator, proof) in provable {
        let (messages, _) = world.traces().await;
        let answers = race(8, |_| {
            let write = AcceptProof { effects: build::effects(), ..build::accept(&authenticator, proof) };
            let world = world.clone();
            async move { world.authenticators.accept(write).await.unwrap() }
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| **answer == Acceptance::Accepted).count(), 1, "{proof:?}");
        assert_eq!(answers.iter().filter(|answer| **answer == Acceptance::AlreadyUsed).count(), 7);
        assert_eq!(world.traces().await.0, messages + 1);
    }
}

pub async fn time_steps_only_go_forward(world: World) {
    let (_, [(totp, _), ..]) = provable(&world).await;
    for (step, expected) in [
        (100, Acceptance::Accepted),
        (99, Acceptance::AlreadyUsed),
        (100, Acceptance::AlreadyUsed),
        (101, Acceptance::Accepted),
    ] {
        assert_eq!(accept(&world, &totp, Proof::TimeStep(step)).await, expected, "step {step}");
    }
    match now(&world, &totp).await.factor {
        Factor::Totp(totp) => assert_eq!(totp.last_step, Some(101)),
        Factor::Sms { .. } | Factor::Static { .. } => panic!("its kind does not change"),
    }
}

pub async fn recovery_codes_are_spent_by_position(world: World) {
    let (_, [.., (codes, _)]) = provable(&world).await;
    for (position, expected) in [
        (2, Acceptance::Accepted),
        (0, Acceptance::Accepted),
        (2, Acceptance::AlreadyUsed),
        (3, Acceptance::AlreadyUsed),
    ] {
        assert_eq!(accept(&world, &codes, Proof::RecoveryCode(position)).await, expected, "{position}");
    }
    let Factor::Static { codes } = now(&world, &codes).await.factor else {
        panic!("its kind does not change")
    };
    let used: Vec<_> = codes.iter().map(|code| (code.code.reveal(), code.used_at)).collect();
    assert_eq!(used, [("first", Some(later(1))), ("second", None), ("third", Some(later(1)))]);
}

pub async fn a_sent_code_is_used_up(world: World) {
    let (_, [_, (sms, proof), _]) = provable(&world).await;
    assert_eq!(accept(&world, &sms, proof).await, Acceptance::Accepted);
    let code = world.authenticators.latest_code(sms.id).await.unwrap().unwrap();
    assert_eq!(code.consumed_at, Some(later(1)));
}

pub async fn a_code_sent_to_one_phone_proves_nothing_of_another(world: World) {
    let account = world.new_account().await;
    let phones = [(); 2].map(|()| Authenticator { verified_at: Some(NOW), ..build::sms(&account) });
    for phone in &phones {
        world.enrol(phone).await;
    }
    let sent = build::factor_code(&account, &phones[0], "123456");
    let proof = Proof::SentCode(sent.code.id);
    world.authenticators.issue_code(sent).await.unwrap();
    refuses(&world, &phones[1], build::accept(&phones[1], proof), Acceptance::AlreadyUsed).await;
    assert_eq!(accept(&world, &phones[0], proof).await, Acceptance::Accepted);
}

pub async fn a_first_proof_can_verify_the_authenticator(world: World) {
    let (_, provable) = provable(&world).await;
    for (authenticator, proof) in provable {
        let write = AcceptProof { verifies: true, at: later(4), ..build::accept(&authenticator, proof) };
        assert_eq!(world.authenticators.accept(write).await.unwrap(), Acceptance::Accepted);
        assert_eq!(now(&world, &authenticator).await.verified_at, Some(later(4)), "{proof:?}");
    }
}

pub async fn a_proof_does_not_verify_unless_asked(world: World) {
    let (_, provable) = provable(&world).await;
    for (authenticator, proof) in provable {
        assert_eq!(accept(&world, &authenticator, proof).await, Acceptance::Accepted);
        assert_eq!(now(&world, &authenticator).await.verified_at, None, "{proof:?}");
    }
}

pub async fn an_authenticator_that_is_gone_proves_nothing(world: World) {
    let (account, provable) = provable(&world).await;
    for (authenticator, proof) in provable {
        let write = portcullis_mfa::RemoveAuthenticator {
            account: account.id,
            authenticator: authenticator.id,
            left: portcullis_kernel::FactorSet::NONE,
            at: later(2),
            effects: portcullis_kernel::Effects::default(),
        };
        assert!(world.authenticators.remove(write).await.unwrap());
        let write = build::accept(&authenticator, proof);
        let act = async |effects| world.authenticators.accept(AcceptProof { effects, ..write }).await;
        assert_eq!(world.refused(act).await, Acceptance::AlreadyUsed, "{proof:?}");
    }
}

pub async fn another_account_s_authenticator_proves_nothing(world: World) {
    let (account, provable) = provable(&world).await;
    let other = world.new_colleague(&account).await;
    for (authenticator, proof) in provable {
        let write = AcceptProof { account: other.id, ..build::accept(&authenticator, proof) };
        refuses(&world, &authenticator, write, Acceptance::AlreadyUsed).await;
        assert_eq!(accept(&world, &authenticator, proof).await, Acceptance::Accepted, "{proof:?}");
    }
}

pub async fn an_exhausted_budget_accepts_nothing(world: World) {
    let (_, provable) = provable(&world).await;
    for (authenticator, proof) in provable {
        let throttle = build::require(world.budget(1, 1).await);
        let write = AcceptProof { throttle, verifies: true, ..build::accept(&authenticator, proof) };
        let retry_after = Duration::from_secs(59);
        refuses(&world, &authenticator, write, Acceptance::Exhausted { retry_after }).await;
        assert_eq!(accept(&world, &authenticator, proof).await, Acceptance::Accepted, "{proof:?}");
    }
}

pub async fn an_accepted_proof_clears_its_budget(world: World) {
    let (_, [(totp, proof), ..]) = provable(&world).await;
    let budget = world.budget(3, 2).await;
    let write = AcceptProof { throttle: build::require(budget), ..build::accept(&totp, proof) };
    assert_eq!(world.authenticators.accept(write).await.unwrap(), Acceptance::Accepted);
    assert_eq!(world.room(budget, later(1)).await, 3);
}

pub async fn a_failing_proof_leaves_nothing(world: World) {
    let (_, provable) = provable(&world).await;
    for (authenticator, proof) in provable {
        let write = AcceptProof { verifies: true, ..build::accept(&authenticator, proof) };
        let act = async |effects| world.authenticators.accept(AcceptProof { effects, ..write }).await;
        world.failed(act).await;
        assert_same(&now(&world, &authenticator).await, &authenticator);
        assert_eq!(accept(&world, &authenticator, proof).await, Acceptance::Accepted, "{proof:?}");
    }
}
