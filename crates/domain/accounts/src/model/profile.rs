//! What the owner of an account says about themself.

use std::collections::BTreeMap;

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $text:literal, max $max:literal;)*) => {
        /// A field of a profile (rehive contract §7.20).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ProfileField {
            $($(#[$doc])* $name,)*
        }

        impl ProfileField {
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
        }
    };
}

fields! {
    /// Given name.
    FirstName = "first_name", max 50;
    /// Middle name.
    MiddleName = "middle_name", max 50;
    /// Family name.
    LastName = "last_name", max 50;
    /// National identity number.
    IdNumber = "id_number", max 24;
    /// Date of birth, `YYYY-MM-DD`.
    BirthDate = "birth_date", max 10;
    /// Preferred language.
    Language = "language", max 24;
    /// Gender.
    Gender = "gender", max 24;
    /// Form of address.
    Title = "title", max 24;
    /// Marital status.
    MaritalStatus = "marital_status", max 24;
    /// Nationality, ISO 3166-1 alpha-2.
    Nationality = "nationality", max 2;
    /// Country of residence, ISO 3166-1 alpha-2.
    Residency = "residency", max 2;
    /// Time zone name.
    Timezone = "timezone", max 100;
}

/// The text names no profile field, or its value is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a profile field, or its value is too long")]
pub struct UnknownField;

impl ProfileField {
    /// Reads a field name.
    pub fn parse(text: &str) -> Result<Self, UnknownField> {
        Self::ALL.iter().copied().find(|field| field.as_str() == text).ok_or(UnknownField)
    }
}

/// The filled-in fields of a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile(BTreeMap<ProfileField, String>);

impl Profile {
    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: ProfileField) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// Sets a field; an empty value clears it. Values longer than the field's limit are refused.
    pub fn set(&mut self, field: ProfileField, value: &str) -> Result<(), UnknownField> {
        if value.chars().count() > field.max_chars() {
            return Err(UnknownField);
        }
        if value.is_empty() {
            self.0.remove(&field);
        } else {
            self.0.insert(field, value.to_owned());
        }
        Ok(())
    }

    /// The filled-in fields, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (ProfileField, &str)> {
        self.0.iter().map(|(field, value)| (*field, value.as_str()))
    }
}
