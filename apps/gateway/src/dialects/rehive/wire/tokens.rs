//! Tokens (contract §5.3, §7.24–7.28, §9).

use portcullis_kernel::{Password, Timestamp};
use portcullis_sessions::{Session, SessionFilter};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::sessions::{AuthMethod, password};
use super::{Form, no_body_refusal};
use crate::body::{Decode, Input};
use crate::dialects::rehive::refusal::Refusal;
use crate::failure::Failure;

const MAX_LABEL: usize = 100;
/// The last millisecond of the year 9999: beyond it no store and no client knows a date.
const LAST_DATE: i64 = 253_402_300_799_999;

/// A session, as its owner sees it: never the token itself.
#[derive(Serialize, ToSchema)]
pub struct TokenObject {
    /// The first eight characters of the token; of a session without an opaque token, eight others.
    token_key: String,
    /// Milliseconds since the Unix epoch; null for never.
    expires: Option<i64>,
    /// Milliseconds since the Unix epoch.
    created: i64,
    label: Option<String>,
}

impl TokenObject {
    /// Renders a session.
    pub fn new(session: Session) -> Self {
        Self {
            token_key: session.handle,
            expires: session.expires_at.map(Timestamp::as_millis),
            created: session.created_at.as_millis(),
            label: session.label,
        }
    }
}

/// A token to create.
#[derive(ToSchema)]
pub struct TokenRequest {
    /// The caller's password.
    #[schema(value_type = String, max_length = 128)]
    pub password: Password,
    /// Seconds; permanent if absent, null or 0.
    pub duration: Option<u64>,
    /// `token` or `cookie`.
    #[schema(value_type = Option<String>)]
    pub auth_method: AuthMethod,
    /// What its owner calls it.
    #[schema(max_length = 100)]
    pub label: Option<String>,
}

impl Decode for TokenRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let mut form = Form::read(input)?;
        let request = Self {
            password: password(&mut form, "password"),
            duration: form.count("duration"),
            auth_method: AuthMethod::read(&mut form),
            label: form.text("label", MAX_LABEL),
        };
        form.finish(request)
    }

    fn refuse(failure: Failure) -> Refusal {
        no_body_refusal(failure)
    }
}

/// Another label for a token; absent, it stays as it is.
#[derive(ToSchema)]
pub struct LabelRequest {
    /// What its owner calls it; null or blank for nothing.
    #[schema(value_type = Option<String>, max_length = 100)]
    #[expect(clippy::option_option, reason = "absent and null mean different things here")]
    pub label: Option<Option<String>>,
}

impl Decode for LabelRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let mut form = Form::read(input)?;
        let label = form.is_given("label").then(|| form.text("label", MAX_LABEL));
        form.finish(Self { label })
    }

    fn refuse(failure: Failure) -> Refusal {
        no_body_refusal(failure)
    }
}

/// Which tokens are meant. Conditions combine with AND. Instants are milliseconds since the Unix epoch, or ISO 8601.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, non_snake_case, reason = "for the OpenAPI document")]
pub struct TokenQuery {
    /// Created at that millisecond.
    created: Option<String>,
    /// Created later.
    created__gt: Option<String>,
    /// Created then or later.
    created__gte: Option<String>,
    /// Created earlier.
    created__lt: Option<String>,
    /// Created then or earlier.
    created__lte: Option<String>,
    /// `true` for permanent tokens, `false` for temporary ones.
    expires__isnull: Option<bool>,
    /// This one.
    token_key: Option<String>,
    /// All but this one.
    token_key__exclude: Option<String>,
    /// These, separated by commas.
    token_key__in: Option<String>,
}

/// Reads the query of a list of tokens.
///
/// # Errors
/// 400 on every parameter that cannot be read.
pub fn token_filter(query: &str) -> Result<SessionFilter, Refusal> {
    let mut form = Form::query(query);
    let from = [("created", 0), ("created__gte", 0), ("created__gt", 1)]
        .into_iter()
        .filter_map(|(name, later)| Some(Timestamp::from_millis(instant(&mut form, name)? + later)))
        .max();
    let before = [("created", 1), ("created__lte", 1), ("created__lt", 0)]
        .into_iter()
        .filter_map(|(name, later)| Some(Timestamp::from_millis(instant(&mut form, name)? + later)))
        .min();
    let filter = SessionFilter {
        live_at: None,
        created_from: from,
        created_before: before,
        permanent: form.flag("expires__isnull"),
        handles: handles(&mut form),
        except_handle: form.text("token_key__exclude", usize::MAX),
    };
    form.finish(filter)
}

/// The handles that both `token_key` and `token_key__in` allow.
fn handles(form: &mut Form) -> Option<Vec<String>> {
    let one = form.text("token_key", usize::MAX);
    let list = form.text("token_key__in", usize::MAX);
    let list = list.map(|list| list.split(',').map(|key| key.trim().to_owned()).collect::<Vec<_>>());
    match (one, list) {
        (Some(one), Some(list)) => Some(list.into_iter().filter(|key| *key == one).take(1).collect()),
        (Some(one), None) => Some(vec![one]),
        (None, list) => list,
    }
}

/// An instant, to the millisecond that clients see.
fn instant(form: &mut Form, name: &'static str) -> Option<i64> {
    let text = form.text(name, usize::MAX)?;
    let millis = text.parse::<i64>().ok().or_else(|| iso_8601(&text));
    match millis {
        Some(millis) => Some(millis.clamp(0, LAST_DATE)),
        None => form.refuse(name, "Enter a valid date/time."),
    }
}

/// A date and time, with or without a zone. A `+` that was not escaped arrives as a blank.
fn iso_8601(text: &str) -> Option<i64> {
    let text = text.replace(' ', "+");
    let zoned = [text.clone(), format!("{text}Z"), format!("{text}T00:00:00Z")];
    zoned.iter().find_map(|text| Timestamp::parse_rfc3339(text).ok()).map(Timestamp::as_millis)
}

/// The envelope around a token.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the OpenAPI document")]
pub struct TokenAnswer {
    /// Always `success`.
    status: String,
    data: TokenObject,
}

/// The envelope around a list of tokens.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the OpenAPI document")]
pub struct TokensAnswer {
    /// Always `success`.
    status: String,
    data: Vec<TokenObject>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "a bound, as the filter holds it")]
    fn at(millis: i64) -> Option<Timestamp> {
        Some(Timestamp::from_millis(millis))
    }

    #[test]
    fn instants_bound_whole_milliseconds() {
        let bounds = |query: &str| {
            let filter = token_filter(query).unwrap();
            (filter.created_from, filter.created_before)
        };
        assert_eq!(bounds(""), (None, None));
        assert_eq!(bounds("created=5"), (at(5), at(6)));
        assert_eq!(bounds("created__gt=5"), (at(6), None));
        assert_eq!(bounds("created__gte=5&created__lt=9"), (at(5), at(9)));
        assert_eq!(bounds("created__lte=5"), (None, at(6)));
        assert_eq!(bounds("created__gt=5&created__gte=3&created__lt=9&created__lte=7"), (at(6), at(8)));
        assert_eq!(bounds("created__gte=9000000000000000000"), (at(LAST_DATE), None));
    }

    #[test]
    fn instants_are_milliseconds_or_iso_8601() {
        for text in [
            "1700000000000",
            "2023-11-14T22:13:20Z",
            "2023-11-14T22:13:20",
            "2023-11-14T23:13:20%2B01:00",
            "2023-11-14T23:13:20+01:00",
        ] {
            let filter = token_filter(&format!("created__gte={text}")).unwrap();
            assert_eq!(filter.created_from, at(1_700_000_000_000), "{text}");
        }
        assert_eq!(token_filter("created__gte=1970-01-02").unwrap().created_from, at(86_400_000));
        for bad in ["yesterday", "1.5", "2023-13-01"] {
            assert!(token_filter(&format!("created={bad}")).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_combine() {
        let keys = |query: &str| token_filter(query).unwrap().handles;
        let some = |keys: &[&str]| Some(keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>());
        assert_eq!(keys("token_key__in=a, b"), some(&["a", "b"]));
        assert_eq!(keys("token_key=a&token_key__in=a,b"), some(&["a"]));
        assert_eq!(keys("token_key=c&token_key__in=a,b"), some(&[]));
    }
}
