//! A server that is asked to stop finishes what it began.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::{Installation, on_both};
use crate::writers::{PASSWORD, jwt};

/// A connection that is kept.
struct Line(BufReader<TcpStream>);

impl Line {
    fn to(base: &str) -> Self {
        let stream = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self(BufReader::new(stream))
    }

    fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    /// The status line and the body of the next answer; nothing if the server hung up.
    fn answer(&mut self) -> Option<(String, String)> {
        let (mut status, mut length) = (String::new(), 0);
        self.0.read_line(&mut status).ok().filter(|read| *read > 0)?;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = text.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        Some((status.trim().to_owned(), String::from_utf8(body).unwrap()))
    }
}

on_both! {
    what_runs_is_answered_and_nobody_new_is_let_in
    a_client_that_only_keeps_its_connection_does_not_hold_up_the_stop
    a_load_balancer_can_see_it_coming
}

async fn what_runs_is_answered_and_nobody_new_is_let_in(here: Installation) {
    here.account(&["--username", "ada"], PASSWORD);
    let mut server = here.serve();
    let mut slow = Line::to(server.base());
    let login = format!("{{\"username\":\"ada\",\"password\":\"{PASSWORD}\"}}");
    let (first, rest) = login.split_at(10);
    let length = login.len();
    slow.send(&format!("POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{first}"));
    assert_eq!(
        reqwest::get(server.url("/readyz")).await.unwrap().status(),
        200,
        "the login has begun by now"
    );
    server.signal("TERM");
    here.wait_for(|| server.log().contains("stopping").then_some(()));
    here.wait_for(|| TcpStream::connect(server.base().strip_prefix("http://").unwrap()).err());
    slow.send(rest);
    let (status, user) = slow.answer().unwrap();
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(user.contains("\"Token\""), "{user}");
    drop(slow);
    assert_eq!(server.wait(), Some(0));
}

async fn a_client_that_only_keeps_its_connection_does_not_hold_up_the_stop(house: Installation) {
    house.account(&["--username", "ada"], PASSWORD);
    let mut server = house.serve();
    jwt(server.base()).await;
    let mut idle = Line::to(server.base());
    idle.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(idle.answer().unwrap().0, "HTTP/1.1 200 OK");
    let asked = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
}

async fn a_load_balancer_can_see_it_coming(house: Installation) {
    let house = house.with("server.drain_delay", "300");
    house.account(&["--username", "ada"], PASSWORD);
    let mut server = house.serve();
    assert_eq!(reqwest::get(server.url("/readyz")).await.unwrap().status(), 200);
    server.signal("TERM");
    house.wait_for(|| server.log().contains("stopping").then_some(()));
    let probe = reqwest::get(server.url("/readyz")).await.unwrap();
    assert_eq!(probe.status(), 503);
    let facts: serde_json::Value = probe.json().await.unwrap();
    assert_eq!((&facts["status"], &facts["draining"]), (&"draining".into(), &true.into()));
    jwt(server.base()).await;
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0), "a second signal does not wait");
}
