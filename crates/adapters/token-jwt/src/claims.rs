//! Claims as JSON, in the order they were given.

use std::collections::HashSet;
use std::fmt;

use portcullis_sessions::{ClaimValue, Claims};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Claims on their way out.
pub(crate) struct Outgoing<'a>(pub(crate) &'a Claims);

/// Claims on their way in. No name comes twice, and no value is of a kind we never write.
pub(crate) struct Incoming(pub(crate) Claims);

struct OutgoingValue<'a>(&'a ClaimValue);
struct IncomingValue(ClaimValue);

impl Serialize for Outgoing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0.iter() {
            map.serialize_entry(name, &OutgoingValue(value))?;
        }
        map.end()
    }
}

impl Serialize for OutgoingValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ClaimValue::Text(text) => text.serialize(serializer),
            ClaimValue::Number(number) => number.serialize(serializer),
            ClaimValue::Flag(flag) => flag.serialize(serializer),
            ClaimValue::List(list) => list.serialize(serializer),
            ClaimValue::Nothing => serializer.serialize_unit(),
        }
    }
}

impl<'de> Deserialize<'de> for Incoming {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ClaimsVisitor).map(Self)
    }
}

struct ClaimsVisitor;

impl<'de> Visitor<'de> for ClaimsVisitor {
    type Value = Claims;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
        let (mut claims, mut names) = (Claims::new(), HashSet::new());
        while let Some((name, value)) = map.next_entry::<String, IncomingValue>()? {
            claims = claims.with(&name, value.0);
            if !names.insert(name) {
                return Err(A::Error::custom("a claim comes twice"));
            }
        }
        Ok(claims)
    }
}

impl<'de> Deserialize<'de> for IncomingValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor).map(Self)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = ClaimValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number, a boolean, a list of texts or null")
    }

    fn visit_unit<E: Error>(self) -> Result<ClaimValue, E> {
        Ok(ClaimValue::Nothing)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ClaimValue, E> {
        Ok(ClaimValue::Text(text.to_owned()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<ClaimValue, E> {
        Ok(ClaimValue::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<ClaimValue, E> {
        i64::try_from(number).map(ClaimValue::Number).map_err(E::custom)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<ClaimValue, E> {
        Ok(ClaimValue::Flag(flag))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ClaimValue, A::Error> {
        let mut list = Vec::new();
        while let Some(text) = seq.next_element()? {
            list.push(text);
        }
        Ok(ClaimValue::List(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Claims> {
        serde_json::from_str::<Incoming>(json).ok().map(|claims| claims.0)
    }

    #[test]
    fn keep_their_order_and_kinds() {
        let claims = Claims::new()
            .text("sub", "a\"b")
            .with("iat", ClaimValue::Number(-1))
            .flag("email_verified", true)
            .list("cognito:groups", vec!["group_1".to_owned()])
            .text("aud", "x")
            .text_or_nothing("username", None);
        let json = serde_json::to_string(&Outgoing(&claims)).unwrap();
        assert_eq!(
            json,
            r#"{"sub":"a\"b","iat":-1,"email_verified":true,"cognito:groups":["group_1"],"aud":"x","username":null}"#
        );
        assert_eq!(read(&json), Some(claims));
    }

    #[test]
    fn refuse_what_we_never_write() {
        for json in [
            "[]",
            r#"{"exp":1.5}"#,
            r#"{"exp":18446744073709551615}"#,
            r#"{"exp":{}}"#,
            r#"{"aud":[1]}"#,
            r#"{"sub":"a","sub":"b"}"#,
            r#"{"sub":"a"} "#.trim_end_matches("} "),
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
