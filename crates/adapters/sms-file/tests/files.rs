//! What a developer finds in the folder.

#[cfg(test)]
mod files {
    use std::collections::BTreeMap;
    use std::fs;

    use portcullis_kernel::{
        CompanySlug, Datum, Email, Event, Message, MessageId, Mobile, Recipient, Timestamp,
    };
    use portcullis_outbox::{DeliveryError, Transport as _};
    use portcullis_sms_file::FileSms;

    const ID: &str = "019aa000-0000-7000-8000-000000000002";

    fn message() -> Message {
        Message {
            id: MessageId::parse(ID).unwrap(),
            event: Event::PhoneVerify,
            company: CompanySlug::parse("default").unwrap(),
            recipient: Recipient::Sms(Mobile::parse("+27821234567").unwrap()),
            subject: String::new(),
            text: "Your code is 12345".to_owned(),
            data: BTreeMap::from([("code".to_owned(), Datum::Text("12345".to_owned()))]),
            created_at: Timestamp::parse_rfc3339("2026-11-22T04:30:00Z").unwrap(),
        }
    }

    #[tokio::test]
    async fn an_sms_is_one_object_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        FileSms::new(folder.path()).deliver(message()).await.unwrap();
        let names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [format!("{ID}.json").as_str()]);
        assert_eq!(
            fs::read_to_string(folder.path().join(format!("{ID}.json"))).unwrap(),
            concat!(
                r#"{"event":"phone.verify","company":"default","to":"+27821234567","subject":"","#,
                r#""text":"Your code is 12345","data":{"code":"12345"},"created":"2026-11-22T04:30:00Z"}"#
            )
        );
    }

    #[tokio::test]
    async fn a_mail_is_not_an_sms() {
        let folder = tempfile::tempdir().unwrap();
        let recipient = Recipient::Mail(Email::parse("ada@example.com").unwrap());
        let outcome = FileSms::new(folder.path()).deliver(Message { recipient, ..message() }).await;
        assert!(matches!(outcome, Err(DeliveryError::Never(_))), "{outcome:?}");
    }
}
