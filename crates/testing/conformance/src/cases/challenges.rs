//! [`portcullis_sessions::SignInStore`]: sign-ins that halt at a challenge.

use std::time::Duration;

use portcullis_accounts::Account;
use portcullis_kernel::{Effects, Identifier, OneTime, OneTimeSecret, Purpose, Throttle, TokenDigest};
use portcullis_sessions::{CandidateQuery, HaltSignIn, OpenSession, OpenWrite, PendingSignIn, Session};

use crate::build::{self, NOW, later};
use crate::{World, assert_same, race};

fn halt(challenge: &OneTime) -> HaltSignIn {
    HaltSignIn {
        challenge: challenge.clone(),
        consumes: None,
        throttle: Throttle::default(),
        effects: Effects::default(),
    }
}

fn challenge(account: &Account, purpose: Purpose) -> OneTime {
    OneTime { target: Some("wikimedia".to_owned()), ..build::token(account, purpose).0 }
}

fn digest(challenge: &OneTime) -> TokenDigest {
    match &challenge.secret {
        OneTimeSecret::Token(digest) => *digest,
        OneTimeSecret::Code(_) => panic!("a challenge is presented by a token"),
    }
}

async fn pending(world: &World, challenge: &OneTime) -> Option<PendingSignIn> {
    world.sign_in.pending(digest(challenge), challenge.purpose).await.unwrap()
}

/// An account whose sign-in was halted at a second factor.
async fn halted(world: &World) -> (Account, OneTime) {
    let account = world.new_account().await;
    let challenge = challenge(&account, Purpose::FactorChallenge);
    assert_eq!(world.sign_in.halt(halt(&challenge)).await.unwrap(), OpenWrite::Done);
    (account, challenge)
}

fn answer(session: &Session, challenge: &OneTime) -> OpenSession {
    OpenSession { consumes: Some(challenge.id), ..build::open(session) }
}

pub async fn a_pending_sign_in_has_every_field(world: World) {
    let company = world.new_company().await;
    let accounts = [build::full_account(&company), build::account(&company), build::bare_account(&company)];
    for account in accounts {
        world.add_account(&account).await;
        let challenge = challenge(&account, Purpose::NewPasswordChallenge);
        let write = halt(&challenge);
        let write = async |effects| world.sign_in.halt(HaltSignIn { effects, ..write }).await;
        assert_eq!(world.written(write).await, OpenWrite::Done);
        let found = pending(&world, &challenge).await.unwrap();
        assert_same(&found.challenge, &challenge);
        let query = CandidateQuery {
            company: account.company,
            identifiers: vec![Identifier::Id(account.id)],
            device: build::client().device(),
        };
        let candidate = world.sign_in.candidate(query).await.unwrap().unwrap();
        assert_same(&found.subject, &candidate.subject);
        assert_same(&found.password, &candidate.password);
    }
}

pub async fn a_challenge_is_found_under_its_purpose_only(world: World) {
    let (_, challenge) = halted(&world).await;
    for purpose in Purpose::ALL {
        let found = world.sign_in.pending(digest(&challenge), *purpose).await.unwrap();
        assert_eq!(found.is_some(), *purpose == Purpose::FactorChallenge, "{purpose:?}");
    }
    let unknown = build::fresh_token().digest();
    assert!(world.sign_in.pending(unknown, Purpose::FactorChallenge).await.unwrap().is_none());
}

pub async fn an_answer_opens_the_session_and_uses_the_challenge_up(world: World) {
    let (account, challenge) = halted(&world).await;
    let session = Session { created_at: later(5), ..build::session(&account) };
    let write = answer(&session, &challenge);
    let open = async |effects| world.sign_in.open(OpenSession { effects, ..write }).await;
    assert_eq!(world.written(open).await, OpenWrite::Done);
    assert!(world.has_session(&session).await);
    let used = pending(&world, &challenge).await.unwrap();
    assert_eq!(used.challenge.consumed_at, Some(later(5)));
}

pub async fn used_expired_and_unknown_challenges_open_nothing(world: World) {
    let (account, used) = halted(&world).await;
    let (_, expired) = halted(&world).await;
    assert_eq!(world.sign_in.open(answer(&build::session(&account), &used)).await.unwrap(), OpenWrite::Done);
    let unknown = challenge(&account, Purpose::FactorChallenge);
    for (challenge, at) in [(&used, later(1)), (&expired, expired.expires_at), (&unknown, later(1))] {
        let session = Session { created_at: at, ..build::session(&account) };
        let write = answer(&session, challenge);
        let open = async |effects| world.sign_in.open(OpenSession { effects, ..write }).await;
        assert_eq!(world.refused(open).await, OpenWrite::Stale);
        assert!(!world.has_session(&session).await);
    }
}

pub async fn of_many_answers_to_one_challenge_one_opens(world: World) {
    let (account, challenge) = halted(&world).await;
    let answers = race(8, |_| {
        let write =
            OpenSession { effects: build::effects(), ..answer(&build::session(&account), &challenge) };
        let world = world.clone();
        async move { world.sign_in.open(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == OpenWrite::Done).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == OpenWrite::Stale).count(), 7);
    assert_eq!(world.unended(&account).await.len(), 1);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn a_failing_answer_leaves_the_challenge_open(world: World) {
    let (account, challenge) = halted(&world).await;
    let write = answer(&build::session(&account), &challenge);
    world.failed(async |effects| world.sign_in.open(OpenSession { effects, ..write }).await).await;
    assert_eq!(pending(&world, &challenge).await.unwrap().challenge.consumed_at, None);
    assert_eq!(world.unended(&account).await, []);
}

pub async fn a_first_challenge_leaves_others_open(world: World) {
    let (account, earlier) = halted(&world).await;
    let second = challenge(&account, Purpose::FactorChallenge);
    assert_eq!(world.sign_in.halt(halt(&second)).await.unwrap(), OpenWrite::Done);
    for challenge in [earlier, second] {
        assert_eq!(pending(&world, &challenge).await.unwrap().challenge.consumed_at, None);
    }
}

pub async fn a_following_challenge_replaces_the_earlier_ones(world: World) {
    let account = world.new_account().await;
    let password = challenge(&account, Purpose::NewPasswordChallenge);
    let factor = challenge(&account, Purpose::FactorChallenge);
    let foreign = challenge(&world.new_colleague(&account).await, Purpose::FactorChallenge);
    for challenge in [&password, &factor, &foreign] {
        assert_eq!(world.sign_in.halt(halt(challenge)).await.unwrap(), OpenWrite::Done);
    }
    let next = OneTime { issued_at: later(1), ..challenge(&account, Purpose::FactorChallenge) };
    let write = HaltSignIn { consumes: Some(password.id), ..halt(&next) };
    assert_eq!(world.sign_in.halt(write).await.unwrap(), OpenWrite::Done);
    for (challenge, spent) in [(password, true), (factor, true), (foreign, false), (next, false)] {
        let found = pending(&world, &challenge).await.unwrap().challenge;
        assert_eq!(found.consumed_at, spent.then_some(later(1)));
    }
}

pub async fn used_and_expired_challenges_are_followed_by_nothing(world: World) {
    let (account, used) = halted(&world).await;
    let (other, expired) = halted(&world).await;
    let write = answer(&build::session(&account), &used);
    assert_eq!(world.sign_in.open(write).await.unwrap(), OpenWrite::Done);
    for (account, earlier, at) in [(&account, used, later(1)), (&other, expired.clone(), expired.expires_at)]
    {
        let next = OneTime { issued_at: at, ..challenge(account, Purpose::FactorChallenge) };
        let write = HaltSignIn { consumes: Some(earlier.id), ..halt(&next) };
        let write = async |effects| world.sign_in.halt(HaltSignIn { effects, ..write }).await;
        assert_eq!(world.refused(write).await, OpenWrite::Stale);
        assert!(pending(&world, &next).await.is_none());
    }
}

pub async fn of_many_challenges_that_follow_one_one_is_kept(world: World) {
    let (account, earlier) = halted(&world).await;
    let answers = race(8, |_| {
        let next = challenge(&account, Purpose::NewPasswordChallenge);
        let write = HaltSignIn { consumes: Some(earlier.id), effects: build::effects(), ..halt(&next) };
        let world = world.clone();
        async move { world.sign_in.halt(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == OpenWrite::Done).count(), 1);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn an_exhausted_budget_halts_nothing(world: World) {
    let (account, earlier) = halted(&world).await;
    let (full, half) = (world.budget(1, 1).await, world.budget(3, 2).await);
    let next = challenge(&account, Purpose::FactorChallenge);
    let throttle = Throttle { clear: vec![half.key], ..build::require(full) };
    let write = HaltSignIn { consumes: Some(earlier.id), throttle, ..halt(&next) };
    let write = async |effects| world.sign_in.halt(HaltSignIn { effects, ..write }).await;
    let retry_after = Duration::from_secs(60);
    assert_eq!(world.refused(write).await, OpenWrite::Exhausted { retry_after });
    assert!(pending(&world, &next).await.is_none());
    assert_eq!(pending(&world, &earlier).await.unwrap().challenge.consumed_at, None);
    assert_eq!(world.room(half, NOW).await, 1);
}

pub async fn halting_clears_its_budgets(world: World) {
    let account = world.new_account().await;
    let budget = world.budget(3, 2).await;
    let next = challenge(&account, Purpose::FactorChallenge);
    let write = HaltSignIn { throttle: build::require(budget), ..halt(&next) };
    assert_eq!(world.sign_in.halt(write).await.unwrap(), OpenWrite::Done);
    assert_eq!(world.room(budget, NOW).await, 3);
}

pub async fn a_failing_halt_leaves_nothing(world: World) {
    let (account, earlier) = halted(&world).await;
    let next = challenge(&account, Purpose::FactorChallenge);
    let write = HaltSignIn { consumes: Some(earlier.id), ..halt(&next) };
    world.failed(async |effects| world.sign_in.halt(HaltSignIn { effects, ..write }).await).await;
    assert!(pending(&world, &next).await.is_none());
    assert_eq!(pending(&world, &earlier).await.unwrap().challenge.consumed_at, None);
}
