//! Second factors (contract §8.8).

use portcullis_mfa::PreparedApp;
use serde::Serialize;
use utoipa::ToSchema;

/// An app to scan, in the envelope of the store that Barong keeps its secrets in.
#[derive(Serialize, ToSchema)]
pub struct OtpSecret {
    data: OtpPicture,
    lease_id: &'static str,
    lease_duration: u64,
    renewable: bool,
    #[schema(value_type = Option<Object>)]
    auth: Option<()>,
}

/// What to scan.
#[derive(Serialize, ToSchema)]
pub struct OtpPicture {
    /// A QR code: a PNG image of 300 by 300 pixels, in base64.
    barcode: String,
    /// The `otpauth:` link that it shows.
    url: String,
}

impl OtpSecret {
    /// Hands over what was prepared.
    pub fn new(app: &PreparedApp) -> Self {
        let data = OtpPicture { barcode: app.picture.reveal().to_owned(), url: app.link.reveal().to_owned() };
        Self { data, lease_id: "", lease_duration: 0, renewable: false, auth: None }
    }
}
