//! What goes wrong, and whether another try can help.

use std::time::Duration;

use portcullis_kernel::{Message, Mobile, Recipient, Secret};
use portcullis_mail_smtp::{SmtpMail, SmtpOptions};
use portcullis_outbox::{DeliveryError, Transport as _};

use crate::relay::{FakeRelay, Manners, message, to};

#[derive(Debug, PartialEq)]
enum Hope {
    Later,
    Never,
}

async fn hope(verb: &'static str, reply: &'static str) -> (Hope, String) {
    let relay = FakeRelay::start(Manners::replying(verb, reply)).await;
    read(relay.deliver(message()).await)
}

fn read(outcome: Result<(), DeliveryError>) -> (Hope, String) {
    match outcome.unwrap_err() {
        DeliveryError::Later(text) => (Hope::Later, text),
        DeliveryError::Never(text) => (Hope::Never, text),
    }
}

#[tokio::test]
async fn a_deferral_is_for_later_and_a_refusal_for_good() {
    for (verb, reply, expected) in [
        ("MAIL", "451 4.3.0 try again", Hope::Later),
        ("RCPT", "450 4.2.1 busy", Hope::Later),
        ("RCPT", "421 closing", Hope::Later),
        ("DATA", "452 4.3.1 full", Hope::Later),
        (".", "451 4.7.1 greylisted", Hope::Later),
        ("RCPT", "550 5.1.1 no such mailbox", Hope::Never),
        ("RCPT", "553 5.1.3 bad address", Hope::Never),
        (".", "554 5.7.1 looks like spam", Hope::Never),
    ] {
        assert_eq!(hope(verb, reply).await.0, expected, "{verb}: {reply}");
    }
}

#[tokio::test]
async fn what_keeps_us_out_is_for_later_however_final_it_sounds() {
    for (verb, reply) in
        [("EHLO", "554 5.7.1 go away"), ("MAIL", "530 5.7.0 sign in first"), ("EHLO", "hang up")]
    {
        assert_eq!(hope(verb, reply).await.0, Hope::Later, "{verb}: {reply}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_for_later() {
    let manners = Manners { extensions: &["AUTH PLAIN"], ..Manners::replying("AUTH", "535 5.7.8 wrong") };
    let relay = FakeRelay::start(manners).await;
    let mail = SmtpMail::with_options(&relay.options("u:p@", "?tls=none")).unwrap();
    assert_eq!(
        read(mail.deliver(message()).await),
        (Hope::Later, "the relay cannot be used: 535 5.7.8".to_owned())
    );
}

#[tokio::test]
async fn a_failure_names_the_code_and_never_the_content() {
    let quoting = "550 5.7.1 blocked: https://id.example.com/confirm?token=s3cret";
    assert_eq!(hope(".", quoting).await.1, "the relay did not take the message: 550 5.7.1");
    let bare = "550 https://id.example.com/confirm?token=s3cret";
    assert_eq!(hope(".", bare).await.1, "the relay did not take the message: 550");
    let nonsense = "token=s3cret";
    assert_eq!(hope(".", nonsense).await.1, "the relay did not take the message: its reply is not SMTP");
}

#[tokio::test]
async fn nothing_is_said_in_the_clear_when_encryption_is_required() {
    let relay = FakeRelay::start(Manners { extensions: &["AUTH PLAIN"], ..Manners::default() }).await;
    let mail = SmtpMail::with_options(&relay.options("u:p@", "?tls=required")).unwrap();
    assert_eq!(read(mail.deliver(message()).await).0, Hope::Later);
    assert_eq!(relay.commands().len(), 1, "only EHLO: {:?}", relay.commands());
}

#[tokio::test]
async fn a_relay_that_is_away_is_for_later() {
    let unheard = tokio::net::TcpSocket::new_v4().unwrap();
    unheard.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let closed = unheard.local_addr().unwrap();
    let options = SmtpOptions::new(Secret::new(format!("smtp://{closed}")), "noreply@example.com");
    let (hope, text) = read(SmtpMail::with_options(&options).unwrap().deliver(message()).await);
    assert_eq!(hope, Hope::Later);
    assert!(text.contains("refused"), "{text}");
}

#[tokio::test]
async fn a_silent_relay_is_given_up_in_time() {
    for verb in ["EHLO", "DATA"] {
        let relay = FakeRelay::start(Manners::replying(verb, "")).await;
        let options = SmtpOptions { timeout: Duration::from_millis(200), ..relay.options("", "") };
        let (hope, text) = read(SmtpMail::with_options(&options).unwrap().deliver(message()).await);
        assert_eq!((hope, text.as_str()), (Hope::Later, "the relay took longer than 200ms"), "{verb}");
    }
}

#[tokio::test]
async fn a_connection_on_which_something_went_wrong_is_not_used_again() {
    let relay = FakeRelay::start(Manners::replying("DATA", "451 4.3.0 not now")).await;
    let mail = relay.mail();
    for _ in 0..2 {
        assert_eq!(read(mail.deliver(message()).await).0, Hope::Later);
    }
    assert_eq!(relay.connections(), 2);
}

#[tokio::test]
async fn an_address_beyond_what_the_relay_can_do_is_refused_for_good() {
    let relay = FakeRelay::start(Manners::default()).await;
    assert_eq!(read(relay.deliver(to("größe@example.com")).await).0, Hope::Never);
    assert!(relay.letters().is_empty());
}

#[tokio::test]
async fn an_sms_is_not_mail() {
    let relay = FakeRelay::start(Manners::default()).await;
    let recipient = Recipient::Sms(Mobile::parse("+27821234567").unwrap());
    assert_eq!(read(relay.deliver(Message { recipient, ..message() }).await).0, Hope::Never);
    assert_eq!(relay.connections(), 0);
}
