//! Restrictions: who may use the barong door, by where they come from (barong contract §5.5).

use std::net::IpAddr;

use portcullis_kernel::{CompanyId, RestrictionId, Timestamp};

use super::Network;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// All of them, in the order in which they are looked at.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word that stores, commands and answers use.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Reads the word.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == text)
            }
        }
    )*};
}
pub(crate) use words;

words! {
    /// What a restriction does to those it is about.
    RestrictionCategory {
        /// Lets them in, whatever other restrictions say.
        Whitelist = "whitelist",
        /// Keeps them out while something is repaired.
        Maintenance = "maintenance",
        /// Keeps them out.
        Blacklist = "blacklist",
        /// Keeps them from signing in.
        Blocklogin = "blocklogin",
    }

    /// How a restriction says whom it is about.
    RestrictionScope {
        /// Everybody.
        All = "all",
        /// An address.
        Ip = "ip",
        /// A network.
        IpSubnet = "ip_subnet",
        /// A continent, by its two-letter code or English name.
        Continent = "continent",
        /// A country, by its ISO 3166 alpha-2 code or English name.
        Country = "country",
    }
}

/// One restriction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// Its id.
    pub id: RestrictionId,
    /// Whose door it guards.
    pub company: CompanyId,
    /// What it does.
    pub category: RestrictionCategory,
    /// How it says whom it is about.
    pub scope: RestrictionScope,
    /// Whom it is about, in the spelling of [`RestrictionScope::normal`].
    pub value: String,
    /// The HTTP status of a refusal.
    pub code: u16,
    /// When it was put up.
    pub created_at: Timestamp,
}

impl RestrictionScope {
    /// The one spelling of a value of this scope; `None` if the text is none.
    #[must_use]
    pub fn normal(self, text: &str) -> Option<String> {
        let text = text.trim();
        match self {
            Self::All => text.eq_ignore_ascii_case("all").then(|| "all".to_owned()),
            Self::Ip => text.parse::<IpAddr>().ok().map(|address| address.to_canonical().to_string()),
            Self::IpSubnet => Network::parse(text).map(|network| network.to_string()),
            Self::Continent | Self::Country => {
                let name = text.to_lowercase();
                let is_name = |c: char| c.is_alphabetic() || " -'.,()".contains(c);
                ((2..=64).contains(&name.chars().count()) && name.chars().all(is_name)).then_some(name)
            }
        }
    }
}

impl RestrictionCategory {
    /// The status of a refusal unless somebody says otherwise (barong contract §5.5).
    #[must_use]
    pub const fn default_code(self, scope: RestrictionScope) -> u16 {
        match (self, scope) {
            (Self::Maintenance, _) => 471,
            (_, RestrictionScope::Continent | RestrictionScope::Country) => 423,
            (_, RestrictionScope::IpSubnet) => 403,
            (_, RestrictionScope::Ip | RestrictionScope::All) => 401,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_one_spelling_for_each_scope() {
        for (scope, text, normal) in [
            (RestrictionScope::All, "ALL", Some("all")),
            (RestrictionScope::All, "192.0.2.1", None),
            (RestrictionScope::Ip, " 192.0.2.1 ", Some("192.0.2.1")),
            (RestrictionScope::Ip, "::ffff:192.0.2.1", Some("192.0.2.1")),
            (RestrictionScope::Ip, "2001:DB8::0:1", Some("2001:db8::1")),
            (RestrictionScope::Ip, "192.0.2.0/24", None),
            (RestrictionScope::IpSubnet, "192.0.2.9/24", Some("192.0.2.0/24")),
            (RestrictionScope::IpSubnet, "192.0.2.9", None),
            (RestrictionScope::Country, "DE", Some("de")),
            (RestrictionScope::Country, "Côte d'Ivoire", Some("côte d'ivoire")),
            (RestrictionScope::Continent, "EU", Some("eu")),
            (RestrictionScope::Continent, "1", None),
        ] {
            assert_eq!(scope.normal(text).as_deref(), normal, "{scope:?} {text}");
        }
    }

    #[test]
    fn codes_are_those_of_the_contract() {
        use RestrictionCategory::{Blacklist, Blocklogin, Maintenance};
        use RestrictionScope::{All, Continent, Country, Ip, IpSubnet};
        for scope in [All, Ip, IpSubnet, Continent, Country] {
            assert_eq!(Maintenance.default_code(scope), 471);
        }
        for (scope, code) in [(Continent, 423), (Country, 423), (IpSubnet, 403), (Ip, 401), (All, 401)] {
            assert_eq!(Blacklist.default_code(scope), code);
            assert_eq!(Blocklogin.default_code(scope), code);
        }
    }
}
