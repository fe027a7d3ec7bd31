//! A kept-alive connection.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::answer::{Answer, Parsed, parse};

/// Enough for most answers; it grows for longer ones.
const BUFFER: usize = 16 * 1_024;
/// More than any answer takes.
const LONGEST: usize = 4 * 1_024 * 1_024;

/// One connection, one request at a time.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects, without Nagle's delay.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("cannot reach {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; BUFFER] })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        loop {
            if filled == self.buffer.len() && filled < LONGEST {
                self.buffer.resize(filled * 2, 0);
            }
            let free = self.buffer.get_mut(filled..).unwrap_or_default();
            let read = self.stream.read(free).await?;
            if read == 0 {
                bail!("the server closed the connection, or the answer is too long");
            }
            filled += read;
            match parse(self.buffer.get(..filled).unwrap_or_default()) {
                Parsed::Partial => {}
                Parsed::Malformed => bail!("not an answer with a length"),
                Parsed::Whole { status, body } => {
                    let (head, rest) = self.buffer.split_at(body);
                    return Ok(Answer { status, head, body: rest.get(..filled - body).unwrap_or_default() });
                }
            }
        }
    }
}
