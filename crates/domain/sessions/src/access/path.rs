//! Paths as proxies ask about them.

/// A path that means the same to everybody who reads it: without escapes that hide its structure, empty or dotted
/// segments, backslashes or control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainPath(String);

impl PlainPath {
    /// Reads a path as it was sent, without the leading slash. `None` for one that a server behind the proxy could take
    /// for another path: it must be neither passed nor judged by its prefix.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let text = decoded(raw)?;
        let odd = |c: char| c == '\\' || c == '%' || c.is_control();
        if text.contains(odd) {
            return None;
        }
        let mut segments = text.split('/').peekable();
        while let Some(segment) = segments.next() {
            let is_last = segments.peek().is_none();
            let (name, _) = segment.split_once(';').unwrap_or((segment, ""));
            if (segment.is_empty() && !is_last) || name == "." || name == ".." {
                return None;
            }
        }
        Some(Self(text))
    }

    /// The path, unescaped.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it starts with one of these texts, which need not end where a segment does.
    #[must_use]
    pub fn starts_with_any(&self, prefixes: &[String]) -> bool {
        prefixes.iter().any(|prefix| self.0.starts_with(prefix))
    }
}

/// The text behind the escapes of a URL path; `None` for broken escapes, for hidden separators, and for what is no
/// UTF-8.
fn decoded(raw: &str) -> Option<String> {
    let mut bytes = raw.bytes();
    let mut text = Vec::with_capacity(raw.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            text.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
        let byte = u8::try_from(high * 16 + low).ok()?;
        if b"/%?#;.".contains(&byte) {
            return None;
        }
        text.push(byte);
    }
    String::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_are_unescaped() {
        for (raw, text) in [
            ("", ""),
            ("api/v2/peatio/public/markets", "api/v2/peatio/public/markets"),
            ("api/v2/peatio/public/", "api/v2/peatio/public/"),
            ("api/v2/peatio/account/a%20b%C3%A9", "api/v2/peatio/account/a bé"),
            ("api/v2/%70eatio", "api/v2/peatio"),
            ("api/v2/me@example.com/v1.json/...", "api/v2/me@example.com/v1.json/..."),
        ] {
            assert_eq!(PlainPath::parse(raw).unwrap().as_str(), text, "{raw}");
        }
    }

    #[test]
    fn paths_that_can_be_taken_for_others_are_none() {
        for raw in [
            "api/v2/peatio/public/../account",
            "api/v2/peatio/public/./account",
            "api/v2/peatio/public/..",
            "api/v2/peatio/public/..;/account",
            "api/v2/peatio/public/..;x=1/account",
            "api/v2/peatio/public//account",
            "/api/v2/peatio/public",
            "api/v2/peatio/public/%2e%2e/account",
            "api/v2/peatio/public/%2E./account",
            "api/v2/peatio/public%2f..%2faccount",
            "api/v2/peatio/public/%252e%252e/account",
            "api/v2/peatio/public/..%5caccount",
            "api/v2/peatio/public/..\\account",
            "api/v2/peatio/public/%00",
            "api/v2/peatio/public/%0d%0a",
            "api/v2/peatio/public/%3Fx",
            "api/v2/peatio/public/%",
            "api/v2/peatio/public/%4",
            "api/v2/peatio/public/%zz",
            "api/v2/peatio/public/%c0%ae%c0%ae/account",
            "api/v2/peatio/public/%u002e",
        ] {
            assert_eq!(PlainPath::parse(raw), None, "{raw}");
        }
    }
}
