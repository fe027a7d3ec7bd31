//! Throttles, which every port with a budget honours alike; shown on [`portcullis_sessions::SignInStore`].

use std::time::Duration;

use portcullis_kernel::{Budget, Spending, Throttle};
use portcullis_sessions::RefuseSignIn;

use crate::build::{self, NOW, later};
use crate::{World, race};

fn wait(seconds: u64) -> Spending {
    Spending::Exhausted { retry_after: Duration::from_secs(seconds) }
}

pub async fn allows_the_limit_and_refuses_the_next(world: World) {
    let budget = build::budget(3);
    let refuse = async |effects| {
        world.sign_in.refuse(RefuseSignIn { throttle: build::charge(budget), at: NOW, effects }).await
    };
    for _ in 0..3 {
        assert_eq!(world.written(&refuse).await, Spending::Within);
    }
    assert_eq!(world.refused(&refuse).await, wait(60));
}

pub async fn a_counter_ends_one_period_after_its_first_charge(world: World) {
    let budget = build::budget(2);
    assert_eq!(world.spend(build::charge(budget), NOW).await, Spending::Within);
    assert_eq!(world.spend(build::charge(budget), later(59)).await, Spending::Within);
    assert_eq!(world.spend(build::charge(budget), later(59)).await, wait(1));
    assert_eq!(world.room(budget, later(60)).await, 2, "a new period starts with nothing spent");
    assert_eq!(world.spend(build::charge(budget), later(61)).await, wait(59));
}

pub async fn a_refused_charge_does_not_prolong_the_period(world: World) {
    let budget = world.budget(1, 1).await;
    for seconds in [10, 30, 59] {
        assert_eq!(world.spend(build::charge(budget), later(seconds)).await, wait(60 - seconds));
    }
    assert_eq!(world.spend(build::charge(budget), later(60)).await, Spending::Within);
}

pub async fn an_exhausted_budget_stops_the_charges_of_all(world: World) {
    let (full, roomy) = (world.budget(1, 1).await, build::budget(2));
    let throttle = Throttle { within: vec![roomy, full], charge: vec![roomy, full], clear: vec![] };
    assert_eq!(world.spend(throttle, NOW).await, wait(60));
    assert_eq!(world.room(roomy, NOW).await, 2);
}

pub async fn an_exhausted_budget_stops_the_clearing_of_others(world: World) {
    let (full, half) = (world.budget(1, 1).await, world.budget(2, 1).await);
    let throttle = Throttle { within: vec![full], charge: vec![], clear: vec![half.key] };
    assert_eq!(world.spend(throttle, NOW).await, wait(60));
    assert_eq!(world.room(half, NOW).await, 1);
}

pub async fn names_the_longest_wait(world: World) {
    let short = world.budget(1, 1).await;
    let long = Budget { period: Duration::from_secs(3_600), ..build::budget(1) };
    assert_eq!(world.spend(build::charge(long), NOW).await, Spending::Within);
    let throttle = Throttle { within: vec![short, long, short], charge: vec![], clear: vec![] };
    assert_eq!(world.spend(throttle, later(1)).await, wait(3_599));
    assert_eq!(world.sign_in.spending(vec![long, short], later(1)).await.unwrap(), wait(3_599));
}

pub async fn clearing_forgets_the_counter(world: World) {
    let budget = world.budget(3, 2).await;
    assert_eq!(world.spend(build::require(budget), NOW).await, Spending::Within);
    assert_eq!(world.room(budget, NOW).await, 3);
}

pub async fn what_is_charged_and_cleared_is_cleared(world: World) {
    let budget = world.budget(3, 1).await;
    let throttle = Throttle { clear: vec![budget.key], ..build::charge(budget) };
    assert_eq!(world.spend(throttle, NOW).await, Spending::Within);
    assert_eq!(world.room(budget, NOW).await, 3);
}

pub async fn counters_do_not_touch_each_other(world: World) {
    let (one, other) = (world.budget(3, 3).await, world.budget(3, 1).await);
    assert_eq!(world.spend(build::charge(one), NOW).await, wait(60));
    assert_eq!(world.room(other, NOW).await, 2);
}

pub async fn looking_does_not_spend(world: World) {
    let (half, full) = (world.budget(2, 1).await, world.budget(1, 1).await);
    for _ in 0..5 {
        assert_eq!(world.sign_in.spending(vec![half], NOW).await.unwrap(), Spending::Within);
    }
    assert_eq!(world.sign_in.spending(vec![half, full], later(20)).await.unwrap(), wait(40));
    assert_eq!(world.sign_in.spending(vec![half, full], later(60)).await.unwrap(), Spending::Within);
    assert_eq!(world.sign_in.spending(vec![], NOW).await.unwrap(), Spending::Within);
    assert_eq!(world.room(half, NOW).await, 1);
}

pub async fn a_hundred_parallel_guesses_never_outrun_the_limit(world: World) {
    let (account, address) = (build::budget(6), build::budget(60));
    let budgets = vec![account, address];
    let answers = race(100, |number| {
        let mut within = budgets.clone();
        if number % 2 == 0 {
            within.reverse();
        }
        let throttle = Throttle { charge: within.clone(), within, clear: vec![] };
        let (world, effects) = (world.clone(), build::effects());
        async move { world.sign_in.refuse(RefuseSignIn { throttle, at: NOW, effects }).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Spending::Within).count(), 6);
    assert_eq!(world.traces().await, (6, 6));
    assert_eq!(world.room(address, NOW).await, 54, "a refused guess spends from no budget");
}

pub async fn a_failing_refusal_leaves_nothing(world: World) {
    let budget = world.budget(3, 1).await;
    let throttle = build::charge(budget);
    world
        .failed(async |effects| world.sign_in.refuse(RefuseSignIn { throttle, at: NOW, effects }).await)
        .await;
    assert_eq!(world.room(budget, NOW).await, 2);
}
