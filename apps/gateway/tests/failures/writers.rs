//! Clients that write all the time and remember what was acknowledged.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;

pub const PASSWORD: &str = "j8BDWYrQwDF5u4Yu";

/// Signs in and answers the JWT.
pub async fn jwt(base: &str) -> String {
    let body = json!({ "username": "ada", "password": PASSWORD });
    let answer: Value = Client::new()
        .post(format!("{base}/user/login"))
        .json(&body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    answer["Token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// What `/test/secure` says to an API key.
pub async fn with_key(base: &str, key: &str) -> u16 {
    let asked = Client::new().get(format!("{base}/test/secure")).header("X-Authorization", key).send().await;
    asked.unwrap().status().as_u16()
}

/// Clients that add keys as fast as they are answered.
pub struct Writers {
    tasks: JoinSet<()>,
    stop: Arc<AtomicBool>,
    kept: Arc<Mutex<Vec<String>>>,
    refused: Arc<AtomicUsize>,
}

impl Writers {
    /// Starts four of them.
    pub fn start(base: &str, jwt: &str) -> Self {
        let mut writers = Self {
            tasks: JoinSet::new(),
            stop: Arc::default(),
            kept: Arc::default(),
            refused: Arc::default(),
        };
        for _ in 0..4 {
            let (url, jwt) = (format!("{base}/authheader/add"), jwt.to_owned());
            let (stop, kept) = (Arc::clone(&writers.stop), Arc::clone(&writers.kept));
            let refused = Arc::clone(&writers.refused);
            writers.tasks.spawn(async move {
                let http = Client::new();
                while !stop.load(Ordering::Relaxed) {
                    let sent = http
                        .post(&url)
                        .header("Authorization", &jwt)
                        .json(&json!({ "name": "w" }))
                        .send()
                        .await;
                    // A connection that breaks has acknowledged nothing.
                    let Ok(answer) = sent else { return };
                    let status = answer.status().as_u16();
                    let Ok(body) = answer.json::<Value>().await else { return };
                    match (status, body["token"].as_str()) {
                        (200, Some(token)) => kept.lock().unwrap().push(token.to_owned()),
                        (503, _) => {
                            refused.fetch_add(1, Ordering::Relaxed);
                        }
                        other => panic!("{other:?}: {body}"),
                    }
                }
            });
        }
        writers
    }

    /// How many writes were acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.kept.lock().unwrap().len()
    }

    /// How many were refused with a 503.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// Lets them finish, and answers what was acknowledged.
    pub async fn stop(mut self) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
        std::mem::take(&mut *self.kept.lock().unwrap())
    }
}
