//! Futures side by side, without an executor of our own.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// Runs the futures concurrently in the caller's task and answers their outputs in order. Every wake-up polls all
/// unfinished futures, which is cheap for the few messages of a batch.
pub(crate) async fn join_all<'a, F>(futures: impl Iterator<Item = F>) -> Vec<F::Output>
where
    F: Future + Send + 'a,
    F::Output: Send,
{
    let mut running: Vec<_> = futures.map(|future| Slot::Running(Box::pin(future))).collect();
    poll_fn(|context| {
        let mut pending = false;
        for slot in &mut running {
            if let Slot::Running(future) = slot {
                match future.as_mut().poll(context) {
                    Poll::Ready(output) => *slot = Slot::Done(output),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    running.into_iter().filter_map(Slot::output).collect()
}

enum Slot<F: Future> {
    Running(Pin<Box<F>>),
    Done(F::Output),
}

impl<F: Future> Slot<F> {
    fn output(self) -> Option<F::Output> {
        match self {
            Self::Done(output) => Some(output),
            Self::Running(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn keeps_the_order_and_lets_nobody_wait_for_a_slow_one() {
        let (open, gate) = tokio::sync::oneshot::channel();
        let slow: Pin<Box<dyn Future<Output = u8> + Send>> = Box::pin(async { gate.await.unwrap() });
        let quick: Pin<Box<dyn Future<Output = u8> + Send>> = Box::pin(async {
            open.send(1).unwrap();
            2
        });
        assert_eq!(join_all([slow, quick].into_iter()).await, [1, 2]);
    }

    #[tokio::test]
    async fn nothing_joins_to_nothing() {
        assert_eq!(join_all(std::iter::empty::<std::future::Ready<()>>()).await, []);
    }
}
