//! Whether a text is JSON (RFC 8259), for values that are kept as the text their owner sent.

/// How deep arrays and objects may be nested.
const DEPTH: usize = 100;

/// Whether the text is one JSON value, nested at most 100 deep.
#[must_use]
pub fn is_json(text: &str) -> bool {
    let mut reader = Reader { rest: text.as_bytes() };
    reader.value(DEPTH).is_some() && reader.peek().is_none()
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
        self.rest.first().copied()
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn literal(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text.as_bytes())?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'{' => self.items(depth.checked_sub(1)?, b'}', true),
            b'[' => self.items(depth.checked_sub(1)?, b']', false),
            b'"' => self.string(),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            _ => self.number(),
        }
    }

    /// What stands between brackets, up to and with the closing one.
    fn items(&mut self, depth: usize, close: u8, named: bool) -> Option<()> {
        self.next()?;
        if self.peek()? == close {
            return self.next().map(drop);
        }
        loop {
            if named {
                (self.peek()? == b'"').then_some(())?;
                self.string()?;
                (self.peek()? == b':').then_some(())?;
                self.next()?;
            }
            self.value(depth)?;
            match self.peek()? {
                b',' => self.next().map(drop)?,
                end if end == close => return self.next().map(drop),
                _ => return None,
            }
        }
    }

    fn string(&mut self) -> Option<()> {
        self.next()?;
        loop {
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        for _ in 0..4 {
                            self.next()?.is_ascii_hexdigit().then_some(())?;
                        }
                    }
                    _ => return None,
                },
                0..=0x1f => return None,
                _ => {}
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        if self.rest.first() == Some(&b'-') {
            self.next()?;
        }
        if self.rest.first() == Some(&b'0') {
            self.next()?;
        } else {
            self.digits()?;
        }
        if self.rest.first() == Some(&b'.') {
            self.next()?;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.rest.first() {
            self.next()?;
            if let Some(b'+' | b'-') = self.rest.first() {
                self.next()?;
            }
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        (!digits.is_empty()).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn takes_every_kind_of_value() {
        for text in [
            "null",
            " true ",
            "false",
            "0",
            "-1.5e+10",
            "12",
            r#""a\u00e9\n""#,
            "[]",
            "{}",
            "[1, [2], {}]",
            r#"{"a": {"b": [null, "é"]}, "c": 1}"#,
        ] {
            assert!(is_json(text), "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            " ",
            "nul",
            "01",
            "1.",
            "-",
            "+1",
            "1e",
            "\"a",
            "\"\\x\"",
            "\"\n\"",
            "[1,]",
            "[1 2]",
            "{a:1}",
            "{\"a\" 1}",
            "{\"a\":1,}",
            "{} {}",
            "'a'",
            "NaN",
            "]",
        ] {
            assert!(!is_json(text), "{text}");
        }
        assert!(!is_json(&"[".repeat(1_000_000)), "deep nesting ends early");
    }
}
