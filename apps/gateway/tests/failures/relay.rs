//! A line to a TCP server that can be cut and mended.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Passes on what it gets to a server, until it is cut.
pub struct Relay {
    port: u16,
    line: Arc<Mutex<Line>>,
}

struct Line {
    intact: bool,
    open: Vec<TcpStream>,
}

impl Relay {
    /// A line to that server.
    pub fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let line = Arc::new(Mutex::new(Line { intact: true, open: Vec::new() }));
        let shared = Arc::clone(&line);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                connect(client, server, &shared);
            }
        });
        Self { port, line }
    }

    /// Where it is entered.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Breaks every connection, and takes no further one.
    pub fn cut(&self) {
        let mut line = self.line.lock().unwrap();
        line.intact = false;
        for stream in line.open.drain(..) {
            let _gone = stream.shutdown(Shutdown::Both);
        }
    }

    /// Takes connections again.
    pub fn mend(&self) {
        self.line.lock().unwrap().intact = true;
    }
}

fn connect(client: TcpStream, server: SocketAddr, line: &Mutex<Line>) {
    let mut line = line.lock().unwrap();
    if !line.intact {
        return;
    }
    let server = TcpStream::connect(server).unwrap();
    for (from, to) in [(&client, &server), (&server, &client)] {
        let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        thread::spawn(move || {
            let _broken = io::copy(&mut from, &mut to);
            let _gone = to.shutdown(Shutdown::Both);
        });
    }
    line.open.extend([client, server]);
}
