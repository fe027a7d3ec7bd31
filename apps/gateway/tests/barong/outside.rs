//! A service of somebody else, played by a socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What to answer to a request's path and body; nothing hangs up without an answer.
type Play = Arc<dyn Fn(&str, &str) -> Option<String> + Send + Sync>;

/// A service on a port of its own, for as long as the test runs.
pub struct Outside {
    pub url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Outside {
    pub fn playing(play: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (play, seen): (Play, _) = (Arc::new(play), Arc::new(Mutex::new(Vec::new())));
        let (play, log) = (play, Arc::clone(&seen));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (play, log) = (Arc::clone(&play), Arc::clone(&log));
                std::thread::spawn(move || serve(stream, &play, &log));
            }
        });
        Self { url, seen }
    }

    /// Every body it was sent.
    pub fn bodies(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, play: &Play, log: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    if reader.read_line(&mut first).is_err() {
        return;
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let body = String::from_utf8(body).unwrap();
    log.lock().unwrap().push(body.clone());
    let path = first.split(' ').nth(1).unwrap_or_default();
    if let Some(text) = play(path, &body) {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", text.len());
        let _gone = stream.write_all(format!("{head}{text}").as_bytes());
    }
}
