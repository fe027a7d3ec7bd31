//! Mail delivery over SMTP.
