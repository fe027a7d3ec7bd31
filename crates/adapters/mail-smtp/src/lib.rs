//! Mail delivery over SMTP (RFC 5321).
//!
//! [`SmtpMail`] is an outbox [`Transport`](portcullis_outbox::Transport). It keeps a few connections to one relay,
//! and says of each failure whether another try can help: a relay that is away, that defers or that does not let us
//! in will be asked again, a recipient or message that it refuses for good will not. What operators read about a
//! failure holds the reply code and nothing else of the reply, because relays like to quote the mail they refuse.
//!
//! ```
//! use portcullis_mail_smtp::SmtpMail;
//!
//! let mail = SmtpMail::new("smtps://relay-user:secret@mail.example.com", "Portcullis <noreply@example.com>");
//! # assert!(mail.is_ok());
//! ```

mod letter;
mod options;
mod relay;
mod transport;

pub use options::{InvalidSmtp, SmtpOptions};
pub use transport::SmtpMail;
