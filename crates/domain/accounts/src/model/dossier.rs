//! What the barong door keeps about an account beside the account itself: phones, KYC profiles, stored data.

use std::collections::BTreeMap;

use portcullis_kernel::{AccountId, CompanyId, KycProfileId, Mobile, Timestamp};

/// A number that an account claims; it can have many, and none of them names it (barong contract §8.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// The company of its account: a number is verified by one account of it.
    pub company: CompanyId,
    /// Whose.
    pub account: AccountId,
    /// The number.
    pub number: Mobile,
    /// When its owner proved control of it.
    pub validated_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// A text that an account keeps under a title, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredData {
    /// Whose.
    pub account: AccountId,
    /// The title, unique per account without regard to case.
    pub title: String,
    /// The text: JSON of at most 5120 characters.
    pub data: String,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// Where an identity check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KycState {
    /// Its owner still writes.
    Drafted,
    /// Waits for an operator.
    Submitted,
    /// An operator found it true.
    Verified,
    /// An operator found it wanting.
    Rejected,
}

impl KycState {
    /// The word that stores, labels and clients use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drafted => "drafted",
            Self::Submitted => "submitted",
            Self::Verified => "verified",
            Self::Rejected => "rejected",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Drafted, Self::Submitted, Self::Verified, Self::Rejected];
        all.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether another profile has to wait for this one.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Drafted | Self::Submitted)
    }
}

/// A field of a KYC profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KycField {
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// Date of birth, `YYYY-MM-DD`.
    Dob,
    /// Street and number.
    Address,
    /// Postal code.
    Postcode,
    /// Town.
    City,
    /// Country, ISO 3166-1 alpha-2 or alpha-3.
    Country,
    /// JSON text.
    Metadata,
}

impl KycField {
    /// Every field, in the order in which they are checked.
    pub const ALL: [Self; 8] = [
        Self::FirstName,
        Self::LastName,
        Self::Dob,
        Self::Address,
        Self::Postcode,
        Self::City,
        Self::Country,
        Self::Metadata,
    ];

    /// The name on the wire and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Dob => "dob",
            Self::Address => "address",
            Self::Postcode => "postcode",
            Self::City => "city",
            Self::Country => "country",
            Self::Metadata => "metadata",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == text)
    }
}

/// What an account says about its owner's identity. One is open at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KycProfile {
    /// Its id.
    pub id: KycProfileId,
    /// Whose.
    pub account: AccountId,
    /// The filled-in fields.
    pub fields: BTreeMap<KycField, String>,
    /// Where it stands.
    pub state: KycState,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Everything of an account that is not in its row, each oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dossier {
    /// Its phones.
    pub phones: Vec<Phone>,
    /// Its KYC profiles.
    pub profiles: Vec<KycProfile>,
    /// Its stored data.
    pub data: Vec<StoredData>,
}
