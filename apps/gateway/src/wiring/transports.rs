//! How mail and SMS leave.

use std::sync::Arc;

use portcullis_mail_file::FileMail;
use portcullis_mail_smtp::SmtpMail;
use portcullis_outbox::Transport;
use portcullis_sms_file::FileSms;
use portcullis_sms_webhook::WebhookSms;

use crate::settings::{Mail, Settings, Sms};

/// The transports for mail and SMS.
pub(super) fn transports(settings: &Settings) -> anyhow::Result<(Arc<dyn Transport>, Arc<dyn Transport>)> {
    let mail: Arc<dyn Transport> = match &settings.mail {
        Mail::File { from } => Arc::new(FileMail::new(settings.data_dir.join("mail"), from)),
        Mail::Smtp { url, from } => Arc::new(SmtpMail::new(url.reveal(), from)?),
    };
    let sms: Arc<dyn Transport> = match &settings.sms {
        Sms::File => Arc::new(FileSms::new(settings.data_dir.join("sms"))),
        Sms::Webhook { url, secret } => Arc::new(WebhookSms::new(url, secret.clone())?),
    };
    Ok((mail, sms))
}

/// What the doctor says about mail.
pub(super) async fn examine_mail(settings: &Settings) -> anyhow::Result<String> {
    match &settings.mail {
        Mail::File { .. } => Ok(format!("written to {}", settings.data_dir.join("mail").display())),
        Mail::Smtp { url, from } => {
            let answers = SmtpMail::new(url.reveal(), from)?.probe().await?;
            anyhow::ensure!(answers, "the SMTP server does not answer");
            Ok("the SMTP server answers".to_owned())
        }
    }
}
