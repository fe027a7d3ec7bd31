//! SQLite while another process holds its write lock longer than anybody waits.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::json;

use crate::support::Installation;
use crate::writers::{PASSWORD, jwt};

/// Another process with the write lock of a database.
struct Lock(Child);

impl Lock {
    fn on(house: &Installation) -> Self {
        let hold = "import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
database.execute('BEGIN EXCLUSIVE')
print('locked', flush=True)
sys.stdin.read()";
        let mut child = Command::new("python3")
            .args(["-c", hold])
            .arg(house.data().join("portcullis.db"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "locked\n");
        Self(child)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_wait_for_a_lock_as_long_as_promised_and_reads_do_not() {
    let house = Installation::on_sqlite();
    house.account(&["--username", "ada"], PASSWORD);
    let server = house.serve();
    let token = jwt(server.base()).await;
    let lock = Lock::on(&house);
    let asked = Instant::now();
    let login = || async {
        let body = json!({ "username": "ada", "password": PASSWORD });
        Client::new().post(server.url("/user/login")).json(&body).send().await.unwrap()
    };
    let (first, second) = tokio::join!(login(), login());
    let waited = asked.elapsed();
    for answer in [first, second] {
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "1"));
        assert_eq!(answer.text().await.unwrap(), r#"{"message":"Service is unavailable"}"#);
    }
    assert!(waited >= Duration::from_secs(4) && waited < Duration::from_secs(20), "{waited:?}");
    let read = || Client::new().get(server.url("/test/secure")).header("Authorization", &token).send();
    assert_eq!(read().await.unwrap().status(), 200, "readers go on");
    drop(lock);
    assert_eq!(login().await.status(), 200, "and so does everybody, without a restart");
    assert_eq!(reqwest::get(server.url("/readyz")).await.unwrap().status(), 200);
}
