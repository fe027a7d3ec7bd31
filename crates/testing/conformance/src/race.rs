//! Many tasks at once.

use std::sync::Arc;

use tokio::sync::Barrier;

/// Runs `act(0)` to `act(count - 1)` as tasks that start together, and returns their answers in that order.
///
/// # Panics
/// If one of them panics.
pub async fn race<T, F>(count: usize, act: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(count));
    let run = |number| {
        let (start, action) = (Arc::clone(&start), act(number));
        tokio::spawn(async move {
            start.wait().await;
            action.await
        })
    };
    let tasks: Vec<_> = (0..count).map(run).collect();
    let mut answers = Vec::with_capacity(count);
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}
