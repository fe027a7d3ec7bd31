//! The tokens that mails of this door carry: JWTs with a purpose (contract §11).

use std::time::Duration;

use portcullis_kernel::{PortResult, Timestamp, Token, Uid};
use portcullis_sessions::{ClaimValue, Claims, JwtFault, KeySlot, SigningOrder};

use super::Barong;
use super::refusal::{Refusal, Words};
use crate::app::App;

/// What a token is good for; nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Confirms an account.
    Confirmation,
    /// Resets a password.
    Reset,
}

/// What a token says.
pub(super) struct MailToken {
    /// The address it was sent to.
    pub email: String,
    /// What is unique about it.
    pub nonce: Token,
    /// The secret that resets a password.
    pub reset: Option<Token>,
    /// When it was made, and from when on it is refused.
    pub valid: (Timestamp, Timestamp),
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Reset => "reset",
        }
    }
}

/// Writes a token for an address.
pub(super) async fn write(
    app: &App,
    purpose: Purpose,
    (email, uid): (&str, &Uid),
    reset: Option<&Token>,
) -> PortResult<String> {
    let rules = &app.settings.dialects.barong;
    let (now, lifetime) = (app.ambient.now(), rules.jwt_expire_time);
    let nonce: String = app.ambient.token().reveal().chars().take(20).collect();
    let claims = Claims::new()
        .instant("iat", now)
        .instant("exp", now.plus(lifetime))
        .text("sub", purpose.as_str())
        .text("iss", "barong")
        .list("aud", vec!["peatio".to_owned(), "barong".to_owned()])
        .text("jti", nonce)
        .text("email", email)
        .text("uid", uid.as_str());
    let claims = match reset {
        Some(secret) => claims.text("reset_token", secret.reveal()),
        None => claims,
    };
    let order = SigningOrder { algorithm: rules.algorithm, slot: KeySlot::Access, typed: false, claims };
    app.sessions.sign(order).await
}

impl Barong {
    /// Reads a token that came back.
    pub(super) async fn read_mail_token(&self, text: String, purpose: Purpose) -> Result<MailToken, Refusal> {
        let app = self.app.clone();
        let work = async move { app.sessions.examine(text, KeySlot::Access).await };
        let claims = self.run("barong.read_token", Words::NONE, work).await?;
        let claims = claims.map_err(|fault| refused(fault_word(fault)))?;
        let subject = claims.get_text("sub").unwrap_or("raised");
        if subject != purpose.as_str() {
            return Err(refused(subject));
        }
        let token = MailToken::read(&claims, self.rules().jwt_expire_time);
        token.ok_or_else(|| refused("raised"))
    }
}

impl MailToken {
    fn read(claims: &Claims, lifetime: Duration) -> Option<Self> {
        let expires_at = match claims.get("exp") {
            Some(ClaimValue::Number(seconds)) => Timestamp::from_seconds(*seconds),
            Some(ClaimValue::Text(_) | ClaimValue::Flag(_) | ClaimValue::List(_) | ClaimValue::Nothing)
            | None => return None,
        };
        Some(Self {
            email: claims.get_text("email")?.to_owned(),
            nonce: Token::from_text(claims.get_text("jti")?),
            reset: claims.get_text("reset_token").map(Token::from_text),
            valid: (expires_at.minus(lifetime), expires_at),
        })
    }
}

/// The last word of what the original says about a token.
const fn fault_word(fault: JwtFault) -> &'static str {
    match fault {
        JwtFault::Segments => "segments",
        JwtFault::Encoding => "encoding",
        JwtFault::Algorithm => "algorithm",
        JwtFault::Signature => "raised",
        JwtFault::Expired => "expired",
    }
}

fn refused(word: &str) -> Refusal {
    Refusal::keys(422, vec![format!("jwt.decode_and_verify.{word}").into()])
}
