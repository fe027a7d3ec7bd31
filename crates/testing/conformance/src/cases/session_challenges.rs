//! [`portcullis_mfa::ChallengeStore`], and the challenges that other write-sets put and close.

use portcullis_accounts::Account;
use portcullis_kernel::{ChallengeKind, FactorKind, FactorSet, SessionChallenge, TokenDigest};
use portcullis_mfa::{AcceptProof, Acceptance, Authenticator, Proof, PutChallenge, RedeemChallenge};
use portcullis_sessions::{DeriveSession, DeriveWrite, OpenSession, OpenWrite, Session};

use crate::build::{self, later};
use crate::{World, assert_same, race};

const AUTHENTICATION: ChallengeKind = ChallengeKind::Authentication;
const SETUP: ChallengeKind = ChallengeKind::Setup;

async fn of_session(world: &World, session: &Session) -> Vec<SessionChallenge> {
    world.challenges.of_session(session.id).await.unwrap()
}

/// A session of `account` with one challenge of each of these kinds.
async fn challenged(
    world: &World,
    account: &Account,
    kinds: &[ChallengeKind],
) -> (Session, Vec<SessionChallenge>) {
    let session = build::session(account);
    let challenges: Vec<_> = kinds.iter().map(|kind| build::challenge(&session, *kind)).collect();
    let write = build::challenged(&session, &challenges);
    assert_eq!(world.sign_in.open(write).await.unwrap(), OpenWrite::Done);
    (session, challenges)
}

async fn app(world: &World, account: &Account) -> Authenticator {
    let app = build::totp(account);
    world.enrol(&app).await;
    app
}

/// The write-set that answers `challenge` with a time step.
fn answer(app: &Authenticator, challenge: &SessionChallenge, step: u64) -> AcceptProof {
    AcceptProof { answers: Some(challenge.id), ..build::accept(app, Proof::TimeStep(step)) }
}

/// How many challenges shut the session, and whether it dies with one.
async fn standing(world: &World, session: &Session) -> (u32, bool) {
    let session = world.session(session).await;
    (session.open_challenges, session.challenged_until.is_some())
}

pub async fn a_session_opens_with_its_challenges(world: World) {
    let account = world.new_account().await;
    let session =
        Session { challenged_until: Some(later(300)), open_challenges: 2, ..build::session(&account) };
    let mut challenges =
        [AUTHENTICATION, SETUP, ChallengeKind::Authorization].map(|kind| build::challenge(&session, kind));
    challenges[0].expires_at = Some(later(300));
    challenges[1].factors = [FactorKind::Sms, FactorKind::Static].into_iter().collect();
    challenges[1].created_at = later(1);
    challenges[2].request = Some(TokenDigest::of("a request"));
    challenges[2].created_at = later(2);
    challenges[2].completed_at = Some(later(3));
    assert_eq!(world.sign_in.open(build::challenged(&session, &challenges)).await.unwrap(), OpenWrite::Done);
    assert_same(&of_session(&world, &session).await, &challenges.to_vec());
    assert_same(&world.session(&session).await, &session);
}

pub async fn a_session_opens_with_the_codes_that_are_sent(world: World) {
    let account = world.new_account().await;
    let phone = build::sms(&account);
    world.enrol(&phone).await;
    let earlier = build::factor_code(&account, &phone, "111111");
    let proof = Proof::SentCode(earlier.code.id);
    world.authenticators.issue_code(earlier).await.unwrap();
    let mut write = build::open(&build::session(&account));
    let code = portcullis_kernel::OneTime {
        issued_at: later(1),
        ..build::factor_code(&account, &phone, "222222").code
    };
    write.demands.codes.push(code.clone());
    assert_eq!(world.sign_in.open(write).await.unwrap(), OpenWrite::Done);
    assert_same(&world.authenticators.latest_code(phone.id).await.unwrap().unwrap(), &code);
    let answer = world.authenticators.accept(build::accept(&phone, proof)).await.unwrap();
    assert_eq!(answer, Acceptance::AlreadyUsed, "the earlier code is void");
}

pub async fn a_failing_open_leaves_no_challenge(world: World) {
    let account = world.new_account().await;
    let session = build::session(&account);
    let write = build::challenged(&session, &[build::challenge(&session, AUTHENTICATION)]);
    world.failed(async |effects| world.sign_in.open(OpenSession { effects, ..write }).await).await;
    assert!(of_session(&world, &session).await.is_empty());
}

pub async fn a_derived_session_has_its_own_challenges(world: World) {
    let (account, origin) = world.new_signed_in().await;
    let mut session = Session { created_at: later(1), ..build::session(&account) };
    let challenges = vec![build::challenge(&session, AUTHENTICATION)];
    session.put(&challenges);
    let write = DeriveSession {
        session: session.clone(),
        refresh: None,
        challenges: challenges.clone(),
        from: origin.id,
        ends_origin: false,
        effects: build::effects(),
    };
    assert_eq!(world.sessions.derive(write).await.unwrap(), DeriveWrite::Done);
    assert_same(&of_session(&world, &session).await, &challenges);
    assert_eq!((standing(&world, &session).await, standing(&world, &origin).await), ((1, true), (0, false)));
}

pub async fn an_answer_closes_its_challenge_and_no_other(world: World) {
    let account = world.new_account().await;
    let app = app(&world, &account).await;
    let (other, _) = challenged(&world, &account, &[AUTHENTICATION]).await;
    let (session, challenges) = challenged(&world, &account, &[AUTHENTICATION, SETUP]).await;
    let write = answer(&app, &challenges[0], 100);
    let act = async |effects| world.authenticators.accept(AcceptProof { effects, ..write }).await;
    assert_eq!(world.written(act).await, Acceptance::Accepted);
    assert_same(&of_session(&world, &session).await, &challenges[1..].to_vec());
    assert_eq!(standing(&world, &session).await, (1, false), "it lives on, and is still asked to set one up");
    assert_eq!(standing(&world, &other).await, (1, true));
}

pub async fn a_challenge_that_is_not_open_takes_no_proof(world: World) {
    let account = world.new_account().await;
    let app = app(&world, &account).await;
    let (_, closed) = challenged(&world, &account, &[AUTHENTICATION]).await;
    world.authenticators.accept(answer(&app, &closed[0], 100)).await.unwrap();
    let (_, foreign) = challenged(&world, &world.new_colleague(&account).await, &[AUTHENTICATION]).await;
    let (session, late) = challenged(&world, &account, &[AUTHENTICATION]).await;
    let mut writes = [&closed[0], &foreign[0], &late[0]].map(|challenge| answer(&app, challenge, 101));
    writes[2].at = later(600);
    for write in writes {
        let act = async |effects| world.authenticators.accept(AcceptProof { effects, ..write }).await;
        assert_eq!(world.refused(act).await, Acceptance::Closed);
    }
    let write = AcceptProof { at: later(599), ..answer(&app, &late[0], 101) };
    assert_eq!(
        world.authenticators.accept(write).await.unwrap(),
        Acceptance::Accepted,
        "the proof is still good"
    );
    assert_eq!(standing(&world, &session).await, (0, false));
}

pub async fn of_many_answers_to_one_challenge_one_closes_it(world: World) {
    let account = world.new_account().await;
    let names = ["a", "b", "c", "d", "e", "f"];
    let list = build::recovery_codes(&account, &names);
    world.enrol(&list).await;
    let (session, challenges) = challenged(&world, &account, &[AUTHENTICATION]).await;
    let answers = race(names.len(), |position| {
        let proof = Proof::RecoveryCode(u32::try_from(position).unwrap());
        let answers = Some(challenges[0].id);
        let write = AcceptProof { answers, effects: build::effects(), ..build::accept(&list, proof) };
        let world = world.clone();
        async move { world.authenticators.accept(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Acceptance::Accepted).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == Acceptance::Closed).count(), names.len() - 1);
    assert_eq!((standing(&world, &session).await, world.traces().await), ((0, false), (1, 1)));
}

pub async fn verifying_a_factor_closes_the_challenges_to_set_one_up(world: World) {
    let account = world.new_account().await;
    let app = app(&world, &account).await;
    let (first, _) = challenged(&world, &account, &[SETUP]).await;
    let (second, _) = challenged(&world, &account, &[SETUP, AUTHENTICATION]).await;
    let (foreign, _) = challenged(&world, &world.new_colleague(&account).await, &[SETUP]).await;
    let picky = build::session(&account);
    let mut by_phone = build::challenge(&picky, SETUP);
    by_phone.factors = [FactorKind::Sms].into_iter().collect();
    world.sign_in.open(build::challenged(&picky, &[by_phone])).await.unwrap();
    let write = AcceptProof { verifies: true, ..build::accept(&app, Proof::TimeStep(100)) };
    assert_eq!(world.authenticators.accept(write).await.unwrap(), Acceptance::Accepted);
    assert_eq!(standing(&world, &first).await, (0, false));
    assert_eq!(standing(&world, &second).await, (1, true));
    assert_eq!(standing(&world, &foreign).await, (1, false), "another account");
    assert_eq!(standing(&world, &picky).await, (1, false), "another kind of factor");
}

pub async fn a_proof_that_verifies_nothing_sets_nothing_up(world: World) {
    let account = world.new_account().await;
    let app = app(&world, &account).await;
    let (session, _) = challenged(&world, &account, &[SETUP]).await;
    assert_eq!(
        world.authenticators.accept(build::accept(&app, Proof::TimeStep(100))).await.unwrap(),
        Acceptance::Accepted
    );
    assert_eq!(standing(&world, &session).await, (1, false));
}

pub async fn a_failing_answer_closes_nothing(world: World) {
    let account = world.new_account().await;
    let app = app(&world, &account).await;
    let (session, challenges) = challenged(&world, &account, &[AUTHENTICATION]).await;
    let write = answer(&app, &challenges[0], 100);
    world.failed(async |effects| world.authenticators.accept(AcceptProof { effects, ..write }).await).await;
    assert_same(&of_session(&world, &session).await, &challenges);
    assert_eq!(standing(&world, &session).await, (1, true));
}

/// A session, and a challenge about a request that it was put.
async fn put(world: &World) -> (Session, Authenticator, SessionChallenge) {
    let (account, session) = world.new_signed_in().await;
    let app = app(world, &account).await;
    let challenge = build::authorization(&session, "a request");
    world.challenges.put(build::put(&challenge)).await.unwrap();
    (session, app, challenge)
}

pub async fn a_challenge_about_a_request_does_not_shut_the_session(world: World) {
    let (session, app, challenge) = put(&world).await;
    assert_same(&of_session(&world, &session).await, &vec![challenge.clone()]);
    assert_eq!(standing(&world, &session).await, (0, false));
    world.authenticators.accept(answer(&app, &challenge, 100)).await.unwrap();
    let answered = SessionChallenge { completed_at: Some(later(1)), ..challenge.clone() };
    assert_same(&of_session(&world, &session).await, &vec![answered]);
    let again = world.authenticators.accept(answer(&app, &challenge, 101)).await.unwrap();
    assert_eq!(again, Acceptance::Closed);
}

pub async fn a_newer_challenge_replaces_unanswered_and_late_ones(world: World) {
    let (session, app, first) = put(&world).await;
    let (other, late) = (build::authorization(&session, "another"), build::authorization(&session, "late"));
    let late = SessionChallenge { expires_at: Some(later(50)), ..late };
    for challenge in [&other, &late] {
        world.challenges.put(build::put(challenge)).await.unwrap();
    }
    let newer = SessionChallenge { created_at: later(50), ..build::authorization(&session, "a request") };
    let write = build::put(&newer);
    world.written(async |effects| world.challenges.put(PutChallenge { effects, ..write }).await).await;
    assert_same(&of_session(&world, &session).await, &vec![other, newer.clone()]);
    assert_eq!(world.authenticators.accept(answer(&app, &first, 100)).await.unwrap(), Acceptance::Closed);

    let accepted = AcceptProof { at: later(51), ..answer(&app, &newer, 100) };
    world.authenticators.accept(accepted).await.unwrap();
    let newest = SessionChallenge { created_at: later(52), ..build::authorization(&session, "a request") };
    world.challenges.put(build::put(&newest)).await.unwrap();
    let write = RedeemChallenge { at: later(53), ..build::redeem(&newer) };
    assert!(world.challenges.redeem(write).await.unwrap(), "an answered one is still good");
}

pub async fn a_failing_challenge_leaves_nothing(world: World) {
    let (session, _, first) = put(&world).await;
    let write = build::put(&build::authorization(&session, "a request"));
    world.failed(async |effects| world.challenges.put(PutChallenge { effects, ..write }).await).await;
    assert_same(&of_session(&world, &session).await, &vec![first]);
}

pub async fn an_answer_admits_its_request_once(world: World) {
    let (session, app, challenge) = put(&world).await;
    let (other, _) = challenged(&world, &world.new_account().await, &[]).await;
    let right = build::redeem(&challenge);
    let refuses = async |write: RedeemChallenge| {
        let act = async |effects| world.challenges.redeem(RedeemChallenge { effects, ..write }).await;
        assert!(!world.refused(act).await);
    };
    refuses(right.clone()).await;
    world.authenticators.accept(answer(&app, &challenge, 100)).await.unwrap();
    refuses(RedeemChallenge { session: other.id, ..right.clone() }).await;
    refuses(RedeemChallenge { request: TokenDigest::of("another"), ..right.clone() }).await;
    refuses(RedeemChallenge { at: later(600), ..right.clone() }).await;
    refuses(RedeemChallenge { challenge: build::id(), ..right.clone() }).await;
    let write = right.clone();
    assert!(
        world
            .written(async |effects| world.challenges.redeem(RedeemChallenge { effects, ..write }).await)
            .await
    );
    refuses(right).await;
    assert!(of_session(&world, &session).await.is_empty());
}

pub async fn of_many_uses_of_one_answer_one_is_admitted(world: World) {
    let (_, app, challenge) = put(&world).await;
    world.authenticators.accept(answer(&app, &challenge, 100)).await.unwrap();
    let answers = race(8, |_| {
        let write = RedeemChallenge { effects: build::effects(), ..build::redeem(&challenge) };
        let world = world.clone();
        async move { world.challenges.redeem(write).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|admitted| **admitted).count(), 1);
    assert_eq!(world.traces().await, (1, 1));
}

pub async fn a_failing_use_leaves_the_answer(world: World) {
    let (_, app, challenge) = put(&world).await;
    world.authenticators.accept(answer(&app, &challenge, 100)).await.unwrap();
    let write = build::redeem(&challenge);
    let act = async |effects| world.challenges.redeem(RedeemChallenge { effects, ..write }).await;
    world.failed(act).await;
    assert!(world.challenges.redeem(build::redeem(&challenge)).await.unwrap());
}

pub async fn removing_a_factor_forgets_what_nothing_answers_any_more(world: World) {
    let (session, app, challenge) = put(&world).await;
    let mut by_list = build::authorization(&session, "another");
    by_list.factors = [FactorKind::Static].into_iter().collect();
    world.challenges.put(build::put(&by_list)).await.unwrap();
    let (shut, challenges) = {
        let account = world.account_of(&session).await;
        challenged(&world, &account, &[AUTHENTICATION]).await
    };
    let remove = |authenticator, left: &[FactorKind]| portcullis_mfa::RemoveAuthenticator {
        account: session.account,
        authenticator,
        left: left.iter().copied().collect::<FactorSet>(),
        at: later(2),
        effects: portcullis_kernel::Effects::default(),
    };
    let spare =
        Authenticator { verified_at: Some(later(1)), ..build::sms(&world.account_of(&session).await) };
    world.enrol(&spare).await;
    assert!(world.authenticators.remove(remove(app.id, &[FactorKind::Sms])).await.unwrap());
    assert_same(&of_session(&world, &session).await, &vec![challenge]);
    assert!(world.authenticators.remove(remove(spare.id, &[])).await.unwrap());
    assert!(of_session(&world, &session).await.is_empty());
    assert_same(&of_session(&world, &shut).await, &challenges);
    assert_eq!(standing(&world, &shut).await, (1, true), "a session that was never a credential stays none");
}
