//! A relay on a socket that says what a test tells it to.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portcullis_kernel::{CompanySlug, Email, Event, Message, MessageId, Recipient, Secret, Timestamp};
use portcullis_mail_smtp::{SmtpMail, SmtpOptions};
use portcullis_outbox::{DeliveryError, Transport as _};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the relay heard.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) connections: usize,
    pub(crate) commands: Vec<String>,
    pub(crate) letters: Vec<String>,
}

pub(crate) struct FakeRelay {
    address: SocketAddr,
    heard: Arc<Mutex<Heard>>,
}

/// How the relay behaves: its extensions, and its replies where they differ from the friendly ones. A reply of `""`
/// is silence, one of `"hang up"` ends the connection.
#[derive(Clone, Default)]
pub(crate) struct Manners {
    pub(crate) extensions: &'static [&'static str],
    pub(crate) replies: HashMap<&'static str, &'static str>,
}

impl Manners {
    pub(crate) fn replying(verb: &'static str, reply: &'static str) -> Self {
        Self { extensions: &[], replies: HashMap::from([(verb, reply)]) }
    }
}

impl FakeRelay {
    pub(crate) async fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let ears = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                ears.lock().unwrap().connections += 1;
                tokio::spawn(converse(stream, manners.clone(), Arc::clone(&ears)));
            }
        });
        Self { address, heard }
    }

    pub(crate) fn options(&self, user: &str, query: &str) -> SmtpOptions {
        let url = Secret::new(format!("smtp://{user}{}{query}", self.address));
        let timeout = Duration::from_secs(20);
        SmtpOptions { timeout, ..SmtpOptions::new(url, "Portcullis <noreply@example.com>") }
    }

    pub(crate) fn mail(&self) -> SmtpMail {
        SmtpMail::with_options(&self.options("", "")).unwrap()
    }

    pub(crate) async fn deliver(&self, message: Message) -> Result<(), DeliveryError> {
        self.mail().deliver(message).await
    }

    pub(crate) fn commands(&self) -> Vec<String> {
        self.heard.lock().unwrap().commands.clone()
    }

    pub(crate) fn letters(&self) -> Vec<String> {
        self.heard.lock().unwrap().letters.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.heard.lock().unwrap().connections
    }
}

async fn converse(stream: TcpStream, manners: Manners, heard: Arc<Mutex<Heard>>) {
    let mut stream = BufReader::new(stream);
    if stream.write_all(b"220 relay.test\r\n").await.is_err() {
        return;
    }
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|length| length > 0) {
        let command = std::mem::take(&mut line).trim_end().to_owned();
        let verb = command.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        heard.lock().unwrap().commands.push(command);
        let reply = match manners.replies.get(verb.as_str()) {
            Some(reply) => format!("{reply}\r\n"),
            None => friendly(&verb, manners.extensions),
        };
        if reply.trim() == "hang up"
            || (reply.trim() != "" && stream.write_all(reply.as_bytes()).await.is_err())
        {
            return;
        }
        if verb == "DATA" && reply.starts_with("354") {
            let letter = read_letter(&mut stream).await;
            heard.lock().unwrap().letters.push(letter);
            let reply = manners.replies.get(".").unwrap_or(&"250 2.0.0 queued");
            let _ = stream.write_all(format!("{reply}\r\n").as_bytes()).await;
        }
    }
}

fn friendly(verb: &str, extensions: &[&str]) -> String {
    match verb {
        "EHLO" => {
            let lines = [&["relay.test"], extensions].concat().join("\r\n250-");
            format!("250-{lines}\r\n250 HELP\r\n")
        }
        "DATA" => "354 go ahead\r\n".to_owned(),
        "AUTH" => "235 2.7.0 welcome\r\n".to_owned(),
        "QUIT" => "221 bye\r\n".to_owned(),
        _ => "250 2.1.0 fine\r\n".to_owned(),
    }
}

async fn read_letter(stream: &mut BufReader<TcpStream>) -> String {
    let mut letter = String::new();
    while !letter.ends_with("\r\n.\r\n") && stream.read_line(&mut letter).await.is_ok_and(|length| length > 0)
    {
    }
    letter
}

/// A message whose content must not show up anywhere else.
pub(crate) fn message() -> Message {
    Message {
        id: MessageId::parse("019aa000-0000-7000-8000-000000000001").unwrap(),
        event: Event::AccountConfirm,
        company: CompanySlug::parse("default").unwrap(),
        recipient: Recipient::Mail(Email::parse("ada@example.com").unwrap()),
        subject: "Confirm your account".to_owned(),
        text: "Open https://id.example.com/confirm?token=s3cret".to_owned(),
        data: std::collections::BTreeMap::new(),
        created_at: Timestamp::parse_rfc3339("2026-11-22T04:30:00Z").unwrap(),
    }
}

pub(crate) fn to(address: &str) -> Message {
    Message { recipient: Recipient::Mail(Email::parse(address).unwrap()), ..message() }
}
