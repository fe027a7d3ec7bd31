//! What goes well.

use portcullis_kernel::Message;
use portcullis_mail_smtp::SmtpMail;
use portcullis_outbox::Transport as _;

use crate::relay::{FakeRelay, Manners, message, to};

#[tokio::test]
async fn a_letter_has_the_headers_of_an_automatic_message() {
    let relay = FakeRelay::start(Manners::default()).await;
    relay.deliver(message()).await.unwrap();
    let letters = relay.letters();
    let (headers, body) = letters[0].split_once("\r\n\r\n").unwrap();
    for header in [
        "From: Portcullis <noreply@example.com>",
        "To: ada@example.com",
        "Subject: Confirm your account",
        "Message-ID: <019aa000-0000-7000-8000-000000000001@example.com>",
        "Date: Sun, 22 Nov 2026 04:30:00 +0000",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
    ] {
        assert!(headers.lines().any(|line| line == header), "{header} in\n{headers}");
    }
    assert_eq!(
        body.trim_end_matches("\r\n.\r\n").trim_end(),
        "Open https://id.example.com/confirm?token=s3cret"
    );
}

#[tokio::test]
async fn the_envelope_names_sender_and_recipient() {
    let relay = FakeRelay::start(Manners::default()).await;
    relay.deliver(message()).await.unwrap();
    let commands = relay.commands();
    assert_eq!(commands[1..4], ["MAIL FROM:<noreply@example.com>", "RCPT TO:<ada@example.com>", "DATA"]);
}

#[tokio::test]
async fn text_beyond_ascii_arrives_in_seven_bits() {
    let relay = FakeRelay::start(Manners::default()).await;
    let message =
        Message { subject: "Grüße".to_owned(), text: "Grüße, Ada.\n.\nEnde".to_owned(), ..message() };
    relay.deliver(message).await.unwrap();
    let letter = relay.letters().remove(0);
    assert!(letter.is_ascii());
    assert!(letter.contains("Subject: =?utf-8?"), "{letter}");
    assert!(letter.contains("Gr=C3=BC=C3=9Fe, Ada.\r\n..\r\nEnde"), "{letter}");
}

#[tokio::test]
async fn a_subject_cannot_smuggle_a_header() {
    let relay = FakeRelay::start(Manners::default()).await;
    let subject = "Hello\r\nBcc: eve@example.com\n\nnot the body".to_owned();
    relay.deliver(Message { subject, ..message() }).await.unwrap();
    let letter = relay.letters().remove(0);
    assert!(!letter.lines().any(|line| line.starts_with("Bcc")), "{letter}");
    assert_eq!(relay.commands().iter().filter(|command| command.starts_with("RCPT")).count(), 1);
}

#[tokio::test]
async fn a_domain_beyond_ascii_goes_out_in_ascii() {
    let relay = FakeRelay::start(Manners::default()).await;
    relay.deliver(to("ada@bücher.de")).await.unwrap();
    assert!(relay.commands().contains(&"RCPT TO:<ada@xn--bcher-kva.de>".to_owned()));
}

#[tokio::test]
async fn every_address_form_that_accounts_may_have_is_delivered() {
    let relay = FakeRelay::start(Manners::default()).await;
    let mail = relay.mail();
    for address in
        ["a@localhost", "o'neil+tag@x.org", "!#$%^&*{}/=?`|~_-@example.com", "a.b.c@sub.example.co"]
    {
        assert_eq!(mail.deliver(to(address)).await, Ok(()), "{address}");
    }
}

#[tokio::test]
async fn the_next_message_uses_the_same_connection() {
    let relay = FakeRelay::start(Manners::default()).await;
    let mail = relay.mail();
    for _ in 0..3 {
        mail.deliver(message()).await.unwrap();
    }
    assert_eq!((relay.connections(), relay.letters().len()), (1, 3));
}

#[tokio::test]
async fn signs_in_before_the_first_message_only() {
    let relay = FakeRelay::start(Manners { extensions: &["AUTH PLAIN LOGIN"], ..Manners::default() }).await;
    let mail = SmtpMail::with_options(&relay.options("relay%40user:p%3Ass@", "?tls=none")).unwrap();
    mail.deliver(message()).await.unwrap();
    mail.deliver(message()).await.unwrap();
    let signed_in: Vec<_> =
        relay.commands().into_iter().filter(|command| command.starts_with("AUTH")).collect();
    // base64 of NUL relay@user NUL p:ss
    assert_eq!(signed_in, ["AUTH PLAIN AHJlbGF5QHVzZXIAcDpzcw=="]);
}

#[tokio::test]
async fn a_probe_signs_in_and_sends_nothing() {
    let relay = FakeRelay::start(Manners { extensions: &["AUTH PLAIN"], ..Manners::default() }).await;
    let mail = SmtpMail::with_options(&relay.options("u:p@", "?tls=none")).unwrap();
    assert_eq!(mail.probe().await, Ok(true));
    let verbs: Vec<_> =
        relay.commands().iter().map(|command| command.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(verbs, ["EHLO", "AUTH", "QUIT"]);
}
