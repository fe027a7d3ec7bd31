//! As much of HTTP/1.1 (RFC 9112) as a benchmark needs: a status, a length, a body.

use std::fmt;

/// An answer, in the buffer it arrived in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// The head: the status line and the headers.
    pub head: &'a [u8],
    /// The body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = std::str::from_utf8(self.head).ok()?.split("\r\n");
        lines.find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// How much of an answer is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// Not all of it.
    Partial,
    /// All of it and nothing else.
    Whole {
        /// The status.
        status: u16,
        /// Where the body begins.
        body: usize,
    },
    /// Something this parser does not read.
    Malformed,
}

/// Reads an answer that has the buffer to itself: nothing is pipelined.
pub(super) fn parse(buffer: &[u8]) -> Parsed {
    let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Parsed::Partial;
    };
    let body = end + 4;
    match buffer.get(..end).and_then(read) {
        Some((_, length)) if buffer.len() < body + length => Parsed::Partial,
        Some((status, length)) if buffer.len() == body + length => Parsed::Whole { status, body },
        Some(_) | None => Parsed::Malformed,
    }
}

/// Status and length of the body.
fn read(head: &[u8]) -> Option<(u16, usize)> {
    let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let named = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    };
    let length = lines.find_map(named).or(if status == 204 { Some(0) } else { None })?;
    Some((status, length))
}

impl fmt::Display for Answer<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.body.get(..300).unwrap_or(self.body);
        write!(formatter, "{} {}", self.status, String::from_utf8_lossy(shown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_whole_answer_and_waits_for_the_rest_of_a_partial_one() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\ndate: now\r\n\r\nhi";
        assert_eq!(parse(answer), Parsed::Whole { status: 200, body: answer.len() - 2 });
        for length in 0..answer.len() {
            assert_eq!(parse(&answer[..length]), Parsed::Partial);
        }
    }

    #[test]
    fn an_answer_without_content_has_no_length() {
        let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
        assert_eq!(parse(answer), Parsed::Whole { status: 204, body: answer.len() });
    }

    #[test]
    fn refuses_what_it_does_not_read() {
        for bytes in [
            &b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"[..],
            b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nhi",
            b"HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\nhi",
        ] {
            assert_eq!(parse(bytes), Parsed::Malformed);
        }
    }
}
