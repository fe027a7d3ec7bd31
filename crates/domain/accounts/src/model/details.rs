//! What a company says about itself.

use std::collections::BTreeMap;

use portcullis_kernel::Email;

use super::countries::is_country;
use crate::Problem;

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $text:literal, max $max:literal, $kind:ident;)*) => {
        /// A detail of a company (rehive contract §7.2).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum CompanyField {
            $($(#[$doc])* $name,)*
        }

        impl CompanyField {
            /// Every field.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name on the wire and in stores.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The greatest number of characters.
            #[must_use]
            pub const fn max_chars(self) -> usize {
                match self { $(Self::$name => $max,)* }
            }

            const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind,)* }
            }
        }
    };
}

enum Kind {
    Text,
    Url,
    Mail,
    Country,
    Mode,
}

fields! {
    /// What it does.
    Description = "description", max 255, Text;
    /// The name in its register of companies.
    LegalName = "legal_name", max 100, Text;
    /// Its home page.
    Website = "website", max 200, Url;
    /// Where customers find help.
    SupportWebsite = "support_website", max 200, Url;
    /// Where developers find documentation.
    DocumentationWebsite = "documentation_website", max 200, Url;
    /// Who helps customers.
    SupportEmail = "support_email", max 254, Mail;
    /// Who answers everything else.
    ContactEmail = "contact_email", max 254, Mail;
    /// Whom the system writes to.
    SystemEmail = "system_email", max 254, Mail;
    /// Where it is at home, ISO 3166-1 alpha-2.
    Country = "country", max 2, Country;
    /// Its logo.
    Logo = "logo", max 500, Text;
    /// Its icon.
    Icon = "icon", max 500, Text;
    /// `test` or `production`.
    Mode = "mode", max 10, Mode;
    /// Whether it shows itself to the public: `true` or `false`.
    Public = "public", max 5, Text;
    /// A link it wants to be known by.
    Link = "links", max 200, Text;
    /// Whatever else its clients keep about it: a JSON object, opaque here.
    Metadata = "metadata", max 65536, Text;
}

impl CompanyField {
    /// Reads a field name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.as_str() == text)
    }

    /// What is wrong with `value`, if anything is.
    pub fn check(self, value: &str) -> Result<(), Problem> {
        let max = self.max_chars();
        if value.chars().count() > max {
            return Err(Problem::TooLong { max });
        }
        match self.kind() {
            Kind::Text => Ok(()),
            Kind::Url if is_url(value) => Ok(()),
            Kind::Mail if Email::parse(value).is_ok() => Ok(()),
            Kind::Country if is_country(value) => Ok(()),
            Kind::Mode if matches!(value, "test" | "production") => Ok(()),
            Kind::Country | Kind::Mode => Err(Problem::NoChoice),
            Kind::Url => Err(Problem::NoUrl),
            Kind::Mail => Err(Problem::NoEmail),
        }
    }
}

/// The filled-in details of a company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompanyDetails(BTreeMap<CompanyField, String>);

impl CompanyDetails {
    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: CompanyField) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// Sets a field; an empty value clears it.
    pub fn set(&mut self, field: CompanyField, value: &str) -> Result<(), Problem> {
        if value.is_empty() {
            self.0.remove(&field);
            return Ok(());
        }
        field.check(value)?;
        self.0.insert(field, value.to_owned());
        Ok(())
    }

    /// The filled-in fields, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (CompanyField, &str)> {
        self.0.iter().map(|(field, value)| (*field, value.as_str()))
    }
}

/// Whether the text is an address that a browser follows safely.
pub(crate) fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c);
    !host.is_empty() && !text.contains(forbidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_reads_back_by_name() {
        for field in CompanyField::ALL {
            assert_eq!(CompanyField::parse(field.as_str()), Some(*field));
        }
        assert_eq!(CompanyField::parse("id"), None);
    }

    #[test]
    fn details_have_limits_and_forms() {
        let long = |length: usize| "x".repeat(length);
        let url = |length: usize| format!("https://{}", long(length - 8));
        for (field, good, bad, problem) in [
            (CompanyField::Description, long(255), long(256), Problem::TooLong { max: 255 }),
            (CompanyField::Website, url(200), url(201), Problem::TooLong { max: 200 }),
            (CompanyField::Website, "http://a.example".into(), "javascript:alert(1)".into(), Problem::NoUrl),
            (CompanyField::SupportWebsite, "https://a/b?c#d".into(), "https:///b".into(), Problem::NoUrl),
            (
                CompanyField::DocumentationWebsite,
                "https://ä.example".into(),
                "https://a b".into(),
                Problem::NoUrl,
            ),
            (CompanyField::SupportEmail, "a@b.co".into(), "a@".into(), Problem::NoEmail),
            (CompanyField::Country, "ZA".into(), "XK".into(), Problem::NoChoice),
            (CompanyField::Mode, "production".into(), "live".into(), Problem::NoChoice),
        ] {
            let mut details = CompanyDetails::default();
            assert_eq!(details.set(field, &bad), Err(problem), "{}: {bad}", field.as_str());
            assert_eq!(details.set(field, &good), Ok(()), "{}: {good}", field.as_str());
            assert_eq!(details.get(field), Some(good.as_str()));
            details.set(field, "").unwrap();
            assert_eq!(details, CompanyDetails::default());
        }
    }
}
