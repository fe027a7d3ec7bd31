//! What there is about a user beside the account itself (contract §9.4–9.6).

use portcullis_accounts::{Dialing, KycField, KycProfile, Phone as ClaimedPhone, StoredData};
use portcullis_kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A number that a user claims.
#[derive(Serialize, ToSchema)]
pub struct Phone {
    /// ISO 3166-1 alpha-2.
    country: &'static str,
    /// The digits without a plus; masked, all but the country code and the last four are `*`.
    number: String,
    /// When the user proved control of it, to the millisecond.
    validated_at: Option<String>,
}

impl Phone {
    /// Renders a phone.
    pub fn new(phone: &ClaimedPhone, masked: bool) -> Self {
        let dialing = Dialing::of(&phone.number);
        let digits = phone.number.as_str().trim_start_matches('+');
        let code = dialing.map_or("", |dialing| dialing.code);
        Self {
            country: dialing.map_or("", |dialing| dialing.country),
            number: if masked { mask(digits, code.len(), 4) } else { digits.to_owned() },
            validated_at: phone.validated_at.map(Timestamp::with_millis),
        }
    }
}

/// A code is on its way to a phone.
#[derive(Serialize, ToSchema)]
pub struct CodeSent {
    message: &'static str,
}

impl CodeSent {
    /// By SMS.
    pub const BY_SMS: Self = Self { message: "Code was sent successfully via sms" };
}

/// What a user says about themself, for an operator to check.
#[derive(Serialize, ToSchema)]
pub struct Profile {
    first_name: Option<String>,
    /// Masked, all but the first character are `*`.
    last_name: Option<String>,
    /// `YYYY-MM-DD`; masked, the day is `**`.
    dob: Option<String>,
    address: Option<String>,
    postcode: Option<String>,
    city: Option<String>,
    /// ISO 3166-1 alpha-2 or alpha-3, as it was sent.
    country: Option<String>,
    /// `drafted`, `submitted`, `verified`, `rejected`.
    state: &'static str,
    /// JSON as text.
    metadata: Option<String>,
    created_at: String,
    updated_at: String,
}

impl Profile {
    /// Renders a profile.
    pub fn new(profile: &KycProfile, masked: bool) -> Self {
        let field = |field| profile.fields.get(&field).cloned();
        let but_first = |field, shown| {
            let text = profile.fields.get(&field)?;
            Some(if masked { mask(text, shown, 0) } else { text.clone() })
        };
        Self {
            first_name: field(KycField::FirstName),
            last_name: but_first(KycField::LastName, 1),
            dob: but_first(KycField::Dob, 8),
            address: field(KycField::Address),
            postcode: field(KycField::Postcode),
            city: field(KycField::City),
            country: field(KycField::Country),
            state: profile.state.as_str(),
            metadata: field(KycField::Metadata),
            created_at: profile.created_at.to_string(),
            updated_at: profile.updated_at.to_string(),
        }
    }
}

/// A text that a user keeps under a title.
#[derive(Serialize, ToSchema)]
pub struct DataStorage {
    title: String,
    /// JSON as text.
    data: String,
    created_at: String,
    updated_at: String,
}

impl DataStorage {
    /// Renders stored data, which never changes.
    pub fn new(stored: &StoredData) -> Self {
        Self {
            title: stored.title.clone(),
            data: stored.data.clone(),
            created_at: stored.created_at.to_string(),
            updated_at: stored.created_at.to_string(),
        }
    }
}

/// The text with `*` for all but its first and last characters.
fn mask(text: &str, first: usize, last: usize) -> String {
    let hidden = first..text.chars().count().saturating_sub(last);
    text.chars().enumerate().map(|(place, c)| if hidden.contains(&place) { '*' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_hide_the_middle() {
        assert_eq!(mask("33612340471", 2, 4), "33*****0471");
        assert_eq!(mask("1984-05-17", 8, 0), "1984-05-**");
        assert_eq!(mask("Élan", 1, 0), "É***");
        assert_eq!(mask("123", 2, 4), "123");
        assert_eq!(mask("", 1, 0), "");
    }
}
