//! A port that is known before anybody listens on it.

use tokio::net::TcpSocket;

/// A port of 127.0.0.1 that refuses connections until a server binds it, as servers do, with `SO_REUSEADDR`. As long as
/// this lives the system gives the number to nobody who asks for any free port.
pub struct ClosedPort(TcpSocket);

impl ClosedPort {
    /// One that nobody uses.
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self(socket)
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }
}
