//! Reads parameters one by one and collects what is wrong with them (contract §3.2).

use std::borrow::Cow;

use super::params::{Found, Params};
use crate::dialects::barong::refusal::Refusal;

/// A reader of one request's parameters. Its faults are named `<class>.missing_<name>` and `<class>.empty_<name>`.
pub struct Reader<'a> {
    params: &'a Params,
    class: &'static str,
    missing_status: u16,
    lacks: bool,
    errors: Vec<Cow<'static, str>>,
}

impl<'a> Reader<'a> {
    /// `class` is `identity.user` and the like; `missing_status` answers what is absent or blank.
    pub fn new(params: &'a Params, class: &'static str, missing_status: u16) -> Self {
        Self { params, class, missing_status, lacks: false, errors: Vec::new() }
    }

    /// A text that must not be blank. An absent one is both missing and empty.
    pub fn required(&mut self, name: &str) -> String {
        let missing = format!("{}.missing_{name}", self.class);
        self.required_as(name, missing)
    }

    /// The same, where the key of the absent one does not follow the rule.
    pub fn required_as(&mut self, name: &str, missing: impl Into<Cow<'static, str>>) -> String {
        match self.params.find(name) {
            Found::Absent => {
                self.lack(missing.into());
                self.empty(name)
            }
            found => self.filled_text(name, found),
        }
    }

    /// A text that must not be blank. An absent one is missing only.
    pub fn required_once(&mut self, name: &str) -> String {
        match self.params.find(name) {
            Found::Absent => self.missing(name),
            found => self.filled_text(name, found),
        }
    }

    /// A text that must be there and may be blank.
    pub fn present(&mut self, name: &str) -> String {
        match self.params.find(name) {
            Found::Absent => self.missing(name),
            Found::Null => String::new(),
            Found::Text(text) => text.into_owned(),
            Found::Other => self.invalid(),
        }
    }

    /// A text that may be absent; `null` is.
    pub fn optional(&mut self, name: &str) -> Option<String> {
        match self.params.find(name) {
            Found::Absent | Found::Null => None,
            Found::Text(text) => Some(text.into_owned()),
            Found::Other => Some(self.invalid()),
        }
    }

    /// A text that may be absent, but not blank.
    pub fn filled(&mut self, name: &str) -> Option<String> {
        match self.params.find(name) {
            Found::Absent => None,
            found => Some(self.filled_text(name, found)),
        }
    }

    /// Whether a switch is on; an absent or blank one is not.
    pub fn flag(&mut self, name: &str) -> bool {
        let text = self.optional(name).unwrap_or_default().trim().to_ascii_lowercase();
        match text.as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => true,
            "" | "false" | "f" | "no" | "n" | "off" | "0" => false,
            _ => {
                self.invalid();
                false
            }
        }
    }

    /// Whether `ordering` is `desc` and not `asc`, which an absent one is; anything else is the fault.
    pub fn descending(&mut self, fault: impl Into<Cow<'static, str>>) -> bool {
        match self.optional("ordering").as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => {
                self.fault(fault);
                false
            }
        }
    }

    /// A whole number that may be absent, but not blank; `<class>.non_integer_<name>` for other texts.
    pub fn integer(&mut self, name: &str) -> Option<i64> {
        let text = self.filled(name).filter(|text| !text.is_empty())?;
        let number = text.trim().parse().ok();
        if number.is_none() {
            self.fault(format!("{}.non_integer_{name}", self.class));
        }
        number
    }

    /// Notes another fault.
    pub fn fault(&mut self, key: impl Into<Cow<'static, str>>) {
        self.errors.push(key.into());
    }

    /// Whether everything was right.
    pub fn finish(self) -> Result<(), Refusal> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let code = if self.lacks { self.missing_status } else { 422 };
        Err(Refusal::keys(code, self.errors))
    }

    fn filled_text(&mut self, name: &str, found: Found<'_>) -> String {
        match found {
            Found::Text(text) if !text.trim().is_empty() => text.into_owned(),
            Found::Other => self.invalid(),
            Found::Absent | Found::Null | Found::Text(_) => self.empty(name),
        }
    }

    fn missing(&mut self, name: &str) -> String {
        self.lack(format!("{}.missing_{name}", self.class).into());
        String::new()
    }

    fn empty(&mut self, name: &str) -> String {
        self.lack(format!("{}.empty_{name}", self.class).into());
        String::new()
    }

    fn invalid(&mut self) -> String {
        if !self.errors.iter().any(|known| known == "invalid") {
            self.errors.push("invalid".into());
        }
        String::new()
    }

    fn lack(&mut self, key: Cow<'static, str>) {
        self.lacks = true;
        self.errors.push(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str, ask: impl FnOnce(&mut Reader<'_>)) -> String {
        let params = Params::from_query(query);
        let mut reader = Reader::new(&params, "identity.user", 400);
        ask(&mut reader);
        reader.finish().map_or_else(|refusal| refusal.to_string(), |()| String::new())
    }

    #[test]
    fn what_is_absent_is_missing_and_empty_in_order_of_declaration() {
        let both = |reader: &mut Reader<'_>| {
            reader.required("email");
            reader.required("password");
        };
        assert_eq!(
            read("", both),
            "identity.user.missing_email, identity.user.empty_email, \
             identity.user.missing_password, identity.user.empty_password"
        );
        assert_eq!(read("email=%20&password=x", both), "identity.user.empty_email");
        assert_eq!(read("email=a&password=b", both), "");
    }

    #[test]
    fn other_rules_name_less() {
        let once = |reader: &mut Reader<'_>| drop(reader.required_once("email"));
        assert_eq!(read("", once), "identity.user.missing_email");
        assert_eq!(read("email=", once), "identity.user.empty_email");
        assert_eq!(read("email=", |reader| drop(reader.present("email"))), "");
        assert_eq!(read("a[b]=1", |reader| drop(reader.optional("a"))), "invalid");
    }

    #[test]
    fn switches_and_numbers_have_their_shapes() {
        let on = |query: &str| {
            let params = Params::from_query(query);
            let mut reader = Reader::new(&params, "resource.user", 422);
            (reader.flag("on"), reader.finish().is_ok())
        };
        assert_eq!([on("on=true"), on("on=1"), on("on=Yes")], [(true, true); 3]);
        assert_eq!([on(""), on("on="), on("on=false"), on("on=0")], [(false, true); 4]);
        assert_eq!(on("on=maybe"), (false, false));
        let from = |reader: &mut Reader<'_>| {
            reader.integer("time_from");
        };
        assert_eq!(read("time_from=12", from), "");
        assert_eq!(read("time_from=", from), "identity.user.empty_time_from");
        assert_eq!(read("time_from=1.5", from), "identity.user.non_integer_time_from");
    }
}
