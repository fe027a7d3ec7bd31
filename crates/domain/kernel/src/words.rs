//! The few phrases that every message to a person shares.

use std::time::Duration;

/// A span as a person would say it, in the largest unit that divides it: `3 days`, `1 hour`, `90 minutes`.
#[must_use]
pub fn in_words(span: Duration) -> String {
    let seconds = span.as_secs();
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let fitting = units.into_iter().find(|(size, _)| seconds >= *size && seconds.is_multiple_of(*size));
    let (size, unit) = fitting.unwrap_or((1, "second"));
    match seconds / size {
        1 => format!("1 {unit}"),
        count => format!("{count} {unit}s"),
    }
}

/// A link: `base` with `parameters` added to its query, percent-encoded (RFC 3986).
#[must_use]
pub fn link(base: &str, parameters: &[(&str, &str)]) -> String {
    let mut link = base.to_owned();
    for (name, value) in parameters {
        link.push(if link.contains('?') { '&' } else { '?' });
        link.push_str(name);
        link.push('=');
        encode(value, &mut link);
    }
    link
}

fn encode(value: &str, out: &mut String) {
    use std::fmt::Write;
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_spans_in_their_largest_exact_unit() {
        let say = |seconds| in_words(Duration::from_secs(seconds));
        assert_eq!(say(259_200), "3 days");
        assert_eq!(say(3_600), "1 hour");
        assert_eq!(say(5_400), "90 minutes");
        assert_eq!(say(61), "61 seconds");
        assert_eq!(say(0), "0 seconds");
    }

    #[test]
    fn encodes_what_a_query_would_misread() {
        let link = link("https://x.example/verify?a=1", &[("email", "a+b@x.org"), ("key", "k~1")]);
        assert_eq!(link, "https://x.example/verify?a=1&email=a%2Bb%40x.org&key=k~1");
        assert_eq!(super::link("https://x.example/", &[("k", "v")]), "https://x.example/?k=v");
    }
}
