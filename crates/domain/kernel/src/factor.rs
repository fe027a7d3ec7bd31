//! Kinds of second factor, and sets of them.

/// The kinds of second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactorKind {
    /// Time-based codes from an app.
    Totp,
    /// Codes by SMS.
    Sms,
    /// A list of recovery codes.
    Static,
}

impl FactorKind {
    /// Every kind, in the order of the rehive contract (§5.4).
    pub const ALL: [Self; 3] = [Self::Totp, Self::Sms, Self::Static];

    /// The word that stores and the rehive contract (§5.4) use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Sms => "sms",
            Self::Static => "static",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Totp => 1,
            Self::Sms => 2,
            Self::Static => 4,
        }
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FactorSet(u8);

impl FactorSet {
    /// Every kind.
    pub const ALL: Self = Self(7);
    /// No kind.
    pub const NONE: Self = Self(0);

    /// Whether there is none in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it has this kind.
    #[must_use]
    pub const fn contains(self, kind: FactorKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// The kinds that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Its kinds, in the order of [`FactorKind::ALL`].
    pub fn kinds(self) -> impl Iterator<Item = FactorKind> {
        FactorKind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }

    /// The words of its kinds with commas between them: `totp,static`; nothing for the empty set.
    #[must_use]
    pub fn to_text(self) -> String {
        self.kinds().map(FactorKind::as_str).collect::<Vec<_>>().join(",")
    }

    /// Reads words with commas between them, blanks around them ignored; `None` if one names no kind.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(FactorKind::parse).collect()
    }
}

impl FromIterator<FactorKind> for FactorSet {
    fn from_iter<I: IntoIterator<Item = FactorKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, |set, kind| Self(set.0 | kind.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_reads_back_what_it_says() {
        for text in ["", "totp", "sms,static", "totp,sms,static"] {
            assert_eq!(FactorSet::parse(text).map(FactorSet::to_text).as_deref(), Some(text));
        }
        assert_eq!(
            FactorSet::parse(" static , totp,").map(FactorSet::to_text).as_deref(),
            Some("totp,static")
        );
        assert_eq!(FactorSet::parse("totp,push"), None);
        assert_eq!(FactorSet::parse("totp,sms,static"), Some(FactorSet::ALL));
    }

    #[test]
    fn what_two_sets_share_is_in_both() {
        let [apps, phones] = ["totp,static", "sms,static"].map(|text| FactorSet::parse(text).unwrap());
        assert_eq!(apps.and(phones).kinds().collect::<Vec<_>>(), [FactorKind::Static]);
        assert!(apps.and(FactorSet::parse("sms").unwrap()).is_empty());
    }
}
