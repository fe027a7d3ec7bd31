//! Deliveries as a webhook sees them.

#[cfg(test)]
mod posts {
    use std::collections::BTreeMap;
    use std::net::SocketAddr;

    use portcullis_kernel::{
        CompanySlug, Datum, Email, Event, Message, MessageId, Mobile, Recipient, Secret, Timestamp,
    };
    use portcullis_outbox::{DeliveryError, Transport as _};
    use portcullis_sms_webhook::WebhookSms;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;

    const BODY: &str = concat!(
        r#"{"event":"mfa.sms.verify","company":"default","to":"+27821234567","subject":"","#,
        r#""text":"Your code is 12345","data":{"code":"12345"},"created":"2026-11-22T04:30:00Z"}"#
    );

    /// Answers every request with `answer` and passes on what it heard.
    async fn webhook(answer: &'static str) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, requests) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
                while !request.ends_with(b"Z\"}") {
                    let length = stream.read(&mut buffer).await.unwrap();
                    request.extend_from_slice(&buffer[..length]);
                }
                heard.send(String::from_utf8(request).unwrap()).unwrap();
                let head = format!("HTTP/1.1 {answer}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(head.as_bytes()).await.unwrap();
            }
        });
        (address, requests)
    }

    fn message() -> Message {
        Message {
            id: MessageId::parse("019aa000-0000-7000-8000-000000000003").unwrap(),
            event: Event::FactorCode,
            company: CompanySlug::parse("default").unwrap(),
            recipient: Recipient::Sms(Mobile::parse("+27821234567").unwrap()),
            subject: String::new(),
            text: "Your code is 12345".to_owned(),
            data: BTreeMap::from([("code".to_owned(), Datum::Text("12345".to_owned()))]),
            created_at: Timestamp::parse_rfc3339("2026-11-22T04:30:00Z").unwrap(),
        }
    }

    async fn deliver(address: SocketAddr, secret: Option<&str>) -> Result<(), DeliveryError> {
        let sms =
            WebhookSms::new(&format!("http://{address}/sms?key=s3cret"), secret.map(Secret::new)).unwrap();
        sms.deliver(message()).await
    }

    #[tokio::test]
    async fn a_post_carries_the_record_and_says_what_it_is() {
        let (address, mut requests) = webhook("204 No Content").await;
        deliver(address, Some("Jefe")).await.unwrap();
        let request = requests.recv().await.unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, BODY);
        for line in [
            "POST /sms?key=s3cret HTTP/1.1",
            "content-type: application/json",
            "x-portcullis-event: mfa.sms.verify",
            "x-portcullis-delivery: 019aa000-0000-7000-8000-000000000003",
            // openssl dgst -sha256 -hmac Jefe
            "x-portcullis-signature: sha256=b5c1d3e0150ee0039d1f951be8dfa60569b5428d9e46b5ccac215f70a25dcfb5",
        ] {
            assert!(head.lines().any(|heard| heard == line), "{line} in\n{head}");
        }
    }

    #[tokio::test]
    async fn without_a_secret_there_is_no_signature() {
        let (address, mut requests) = webhook("200 OK").await;
        deliver(address, None).await.unwrap();
        assert!(!requests.recv().await.unwrap().contains("x-portcullis-signature"));
    }

    #[tokio::test]
    async fn tells_final_answers_from_passing_ones() {
        for (answer, is_final) in [
            ("400 Bad Request", true),
            ("401 Unauthorized", true),
            ("404 Not Found", true),
            ("410 Gone", true),
            ("408 Request Timeout", false),
            ("429 Too Many Requests", false),
            ("500 Internal Server Error", false),
            ("503 Service Unavailable", false),
        ] {
            let (address, _requests) = webhook(answer).await;
            let text = format!("the webhook answered {answer}");
            let expected = if is_final { DeliveryError::Never(text) } else { DeliveryError::Later(text) };
            assert_eq!(deliver(address, None).await, Err(expected));
        }
    }

    #[tokio::test]
    async fn follows_no_redirect() {
        let (elsewhere, mut strayed) = webhook("200 OK").await;
        let answer = format!("307 Temporary Redirect\r\nLocation: http://{elsewhere}/");
        let (address, _requests) = webhook(answer.leak()).await;
        assert!(matches!(deliver(address, None).await, Err(DeliveryError::Later(_))));
        assert!(strayed.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_webhook_that_is_away_is_for_later_and_its_url_stays_secret() {
        let unheard = tokio::net::TcpSocket::new_v4().unwrap();
        unheard.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let closed = unheard.local_addr().unwrap();
        let Err(DeliveryError::Later(text)) = deliver(closed, None).await else { panic!("nobody answered") };
        assert!(text.contains("refused") && !text.contains("s3cret"), "{text}");
    }

    #[tokio::test]
    async fn a_mail_is_not_an_sms() {
        let sms = WebhookSms::new("http://127.0.0.1:9/", None).unwrap();
        let recipient = Recipient::Mail(Email::parse("ada@example.com").unwrap());
        let outcome = sms.deliver(Message { recipient, ..message() }).await;
        assert!(matches!(outcome, Err(DeliveryError::Never(_))), "{outcome:?}");
    }

    #[test]
    fn refuses_urls_that_are_not_for_http() {
        for url in ["", "sms.example.com", "ftp://sms.example.com", "file:///etc/passwd"] {
            assert!(WebhookSms::new(url, None).is_err(), "{url}");
        }
    }
}
