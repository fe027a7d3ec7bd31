//! A running server.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use serde_json::Value;

use super::http::{self, Answer, Exchange as _};
use super::{PATIENCE, patiently};

/// A server that is killed when the test is over.
pub struct Server {
    child: Child,
    base: String,
    client: reqwest::Client,
    log: tempfile::NamedTempFile,
}

impl Server {
    /// Starts the binary and waits for the line that says where it listens.
    pub(super) fn start(mut command: Command) -> Self {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.reopen().unwrap())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _gone = sender.send(line);
            }
        });
        let Ok(line) = receiver.recv_timeout(PATIENCE) else {
            let _gone = child.kill();
            panic!("no server: {}", std::fs::read_to_string(log.path()).unwrap());
        };
        let base = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, base, client: http::client(), log }
    }

    /// Where it listens, as `http://HOST:PORT`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A request to a path, to be completed and [answered](http::Exchange::answer).
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().unwrap(), self.url(path))
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).answer().await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).answer().await
    }

    /// Posts `application/x-www-form-urlencoded`.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.request("POST", path).form(fields).answer().await
    }

    /// Posts bytes as they are.
    pub async fn raw(&self, path: &str, media_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.request("POST", path).header("content-type", media_type).body(body).answer().await
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap()
    }

    /// Asks it to stop, as a service manager would, and waits for its exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.signal("TERM");
        self.wait()
    }

    /// Ends it without warning.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> Option<i32> {
        let ended = patiently(|| self.child.try_wait().unwrap());
        ended.unwrap_or_else(|| panic!("does not stop: {}", self.log())).code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
