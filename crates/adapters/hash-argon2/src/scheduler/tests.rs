//! The scheduler with its threads. Jobs wait at gates, so that nothing here depends on how long anything takes.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use tokio::task::{JoinHandle, yield_now};
use uuid::Uuid;

use super::*;
use crate::settings::Params;

const SMALL: Params = Params { memory_kib: 256, iterations: 1, parallelism: 1 };
const CHEAP: Footprint = Footprint::Own(0);

fn scheduler(threads: usize, change: impl FnOnce(&mut Settings)) -> Arc<Scheduler> {
    let mut settings = Settings {
        params: SMALL,
        memory_budget_mib: 1,
        threads: NonZeroUsize::new(threads),
        ..Settings::default()
    };
    change(&mut settings);
    Arc::new(Scheduler::new(&settings))
}

fn company(number: u128) -> CompanyId {
    CompanyId::from_uuid(Uuid::from_u128(number))
}

/// Jobs that say when they begin and wait until they may end.
struct Gate {
    begun: (Sender<()>, Receiver<()>),
    open: (Sender<()>, Arc<Mutex<Receiver<()>>>),
}

impl Gate {
    fn new() -> Self {
        let (open, opened) = channel();
        Self { begun: channel(), open: (open, Arc::new(Mutex::new(opened))) }
    }

    fn job(&self) -> impl FnOnce(&mut Memory) + Send + 'static {
        let (begun, opened) = (self.begun.0.clone(), Arc::clone(&self.open.1));
        move |_| {
            begun.send(()).unwrap();
            opened.lock().unwrap().recv().unwrap();
        }
    }

    fn wait_for(&self, jobs: usize) {
        for _ in 0..jobs {
            self.begun.1.recv().unwrap();
        }
    }

    fn release(&self, jobs: usize) {
        for _ in 0..jobs {
            self.open.0.send(()).unwrap();
        }
    }
}

/// Starts a job and lets it get into the line before the next one.
async fn begin<R: Send + 'static>(
    scheduler: &Arc<Scheduler>,
    number: u128,
    footprint: Footprint,
    work: impl FnOnce(&mut Memory) -> R + Send + 'static,
) -> JoinHandle<PortResult<R>> {
    let scheduler = Arc::clone(scheduler);
    let job = tokio::spawn(async move { scheduler.run(company(number), footprint, work).await });
    yield_now().await;
    job
}

#[tokio::test]
async fn hashes_on_threads_of_its_own() {
    let scheduler = scheduler(1, |_| ());
    let name = scheduler.run(company(1), CHEAP, |_| thread::current().name().map(str::to_owned)).await;
    assert_eq!(name.unwrap().as_deref(), Some("hash-1"));
}

#[tokio::test]
async fn uses_every_thread_at_once() {
    let (scheduler, gate) = (scheduler(3, |_| ()), Gate::new());
    let mut jobs = Vec::new();
    for _ in 0..4 {
        jobs.push(begin(&scheduler, 1, CHEAP, gate.job()).await);
    }
    gate.wait_for(3);
    assert_eq!((scheduler.running(), scheduler.waiting()), (3, 1));
    gate.release(4);
    for job in jobs {
        job.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_burst_at_one_company_delays_another_by_a_job_or_two() {
    let (scheduler, gate) = (scheduler(1, |_| ()), Gate::new());
    let mut jobs = vec![begin(&scheduler, 1, CHEAP, gate.job()).await];
    gate.wait_for(1);
    let order = Arc::new(Mutex::new(Vec::new()));
    for number in [1; 50].into_iter().chain([2, 3]) {
        let order = Arc::clone(&order);
        jobs.push(begin(&scheduler, number, CHEAP, move |_| order.lock().unwrap().push(number)).await);
    }
    assert_eq!(scheduler.waiting(), 52);
    gate.release(1);
    for job in jobs {
        job.await.unwrap().unwrap();
    }
    assert_eq!(order.lock().unwrap()[..4], [1, 2, 3, 1]);
}

#[tokio::test]
async fn never_runs_more_than_the_memory_budget_holds() {
    // A budget of 1 MiB: four hashes of 256 KiB, or one of 512 KiB and two of them.
    let (scheduler, running) = (scheduler(8, |_| ()), Arc::new(AtomicUsize::new(0)));
    let mut jobs = Vec::new();
    for turn in 0..60 {
        let (running, kib) = (Arc::clone(&running), if turn % 3 == 0 { 512 } else { 256 });
        let job = move |memory: &mut Memory| {
            let now = running.fetch_add(kib, Ordering::SeqCst) + kib;
            memory.blocks(kib);
            thread::yield_now();
            running.fetch_sub(kib, Ordering::SeqCst);
            now
        };
        let footprint = Footprint::Blocks(u32::try_from(kib).unwrap());
        jobs.push(begin(&scheduler, turn % 5, footprint, job).await);
    }
    for job in jobs {
        assert!(job.await.unwrap().unwrap() <= 1024);
    }
}

#[tokio::test]
async fn memory_and_not_threads_decides_when_it_is_the_scarcer() {
    let (scheduler, gate) = (scheduler(8, |_| ()), Gate::new());
    let mut jobs = Vec::new();
    for _ in 0..6 {
        jobs.push(begin(&scheduler, 1, Footprint::Blocks(256), gate.job()).await);
    }
    gate.wait_for(4);
    assert_eq!((scheduler.running(), scheduler.waiting()), (4, 2));
    gate.release(6);
    for job in jobs {
        job.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn refuses_at_once_when_the_line_is_too_long() {
    // The first guess for such a hash is 1.4 s.
    let scheduler = scheduler(1, |settings| {
        settings.params = Params { memory_kib: 262_144, iterations: 16, parallelism: 1 };
        settings.memory_budget_mib = 256;
        settings.queue_deadline = Duration::from_secs(3);
    });
    let gate = Gate::new();
    let mut jobs = vec![begin(&scheduler, 1, CHEAP, gate.job()).await];
    gate.wait_for(1);
    for _ in 0..3 {
        jobs.push(begin(&scheduler, 1, CHEAP, gate.job()).await);
    }
    let refused = scheduler.run(company(1), CHEAP, |_| ()).await;
    assert!(matches!(refused, Err(PortError::Overloaded { retry_after }) if retry_after.as_secs() == 2));
    assert_eq!(scheduler.waiting(), 3);
    gate.release(4);
    for job in jobs {
        job.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_longer_than_the_deadline_is_sent_away_unserved() {
    let (scheduler, gate) = (scheduler(1, |_| ()), Gate::new());
    let running = begin(&scheduler, 1, CHEAP, gate.job()).await;
    gate.wait_for(1);
    let served = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&served);
    let refused = scheduler.run(company(2), CHEAP, move |_| count.fetch_add(1, Ordering::SeqCst)).await;
    assert!(matches!(refused, Err(PortError::Overloaded { retry_after }) if retry_after.as_secs() == 1));
    assert_eq!(scheduler.waiting(), 0);
    gate.release(1);
    running.await.unwrap().expect("what has begun is not interrupted by the deadline");
    tokio::time::resume();
    scheduler.run(company(2), CHEAP, |_| ()).await.unwrap();
    assert_eq!(served.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_cancelled_job_is_skipped() {
    let (scheduler, gate) = (scheduler(1, |_| ()), Gate::new());
    let running = begin(&scheduler, 1, CHEAP, gate.job()).await;
    gate.wait_for(1);
    let served = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&served);
    let cancelled = begin(&scheduler, 1, CHEAP, move |_| count.fetch_add(1, Ordering::SeqCst)).await;
    assert_eq!(scheduler.waiting(), 1);
    cancelled.abort();
    assert!(cancelled.await.unwrap_err().is_cancelled());
    assert_eq!(scheduler.waiting(), 0);
    gate.release(1);
    running.await.unwrap().unwrap();
    scheduler.run(company(1), CHEAP, |_| ()).await.unwrap();
    assert_eq!(served.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_job_that_panics_fails_alone() {
    let scheduler = scheduler(1, |_| ());
    let failed = scheduler.run(company(1), Footprint::Blocks(256), |_| panic!("on purpose")).await;
    assert!(matches!(failed, Err(PortError::Broken(_))));
    for _ in 0..5 {
        scheduler.run(company(1), Footprint::Blocks(1024), |memory| memory.blocks(1024).len()).await.unwrap();
    }
}

#[tokio::test]
async fn threads_end_when_there_is_nothing_to_do_and_start_again() {
    let scheduler = scheduler(2, |settings| settings.idle_after = Duration::from_millis(1));
    for _ in 0..3 {
        scheduler.run(company(1), Footprint::Blocks(256), |memory| memory.blocks(256).len()).await.unwrap();
        while Arc::strong_count(&scheduler.0) > 1 {
            yield_now().await;
        }
    }
}

#[tokio::test]
async fn dropping_it_waits_for_nobody() {
    let (scheduler, gate) = (scheduler(1, |_| ()), Gate::new());
    let shared = Arc::downgrade(&scheduler.0);
    let running = begin(&scheduler, 1, CHEAP, gate.job()).await;
    gate.wait_for(1);
    running.abort();
    running.await.unwrap_err();
    drop(scheduler);
    gate.release(1);
    while shared.upgrade().is_some() {
        yield_now().await;
    }
}
