//! What a developer finds in the folder.

#[cfg(test)]
mod files {
    use std::collections::BTreeMap;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use portcullis_kernel::{
        CompanySlug, Datum, Email, Event, Message, MessageId, Mobile, Recipient, Timestamp,
    };
    use portcullis_mail_file::FileMail;
    use portcullis_outbox::{DeliveryError, Transport as _};

    const ID: &str = "019aa000-0000-7000-8000-000000000001";
    const FROM: &str = "Portcullis <noreply@localhost>";

    fn message() -> Message {
        let text = |text: &str| Datum::Text(text.to_owned());
        Message {
            id: MessageId::parse(ID).unwrap(),
            event: Event::EmailVerify,
            company: CompanySlug::parse("default").unwrap(),
            recipient: Recipient::Mail(Email::parse("ada@example.com").unwrap()),
            subject: "Grüße".to_owned(),
            text: "Your \"key\"\nis k".to_owned(),
            data: BTreeMap::from([
                ("url".to_owned(), text("https://id/k")),
                ("key".to_owned(), text("k")),
                ("new".to_owned(), Datum::Flag(true)),
            ]),
            created_at: Timestamp::parse_rfc3339("2026-11-22T04:30:00.5Z").unwrap(),
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_message_is_one_object_with_the_members_of_the_handbook() {
        let folder = tempfile::tempdir().unwrap();
        FileMail::new(folder.path(), FROM).deliver(message()).await.unwrap();
        let json = fs::read_to_string(folder.path().join(format!("{ID}.json"))).unwrap();
        assert_eq!(
            json,
            concat!(
                r#"{"event":"user.email.verify","company":"default","to":"ada@example.com","subject":"Grüße","#,
                r#""text":"Your \"key\"\nis k","data":{"key":"k","new":true,"url":"https://id/k"},"#,
                r#""created":"2026-11-22T04:30:00Z"}"#
            )
        );
    }

    #[tokio::test]
    async fn the_same_message_lies_beside_it_as_a_letter() {
        let folder = tempfile::tempdir().unwrap();
        FileMail::new(folder.path(), FROM).deliver(message()).await.unwrap();
        assert_eq!(names(folder.path()), [format!("{ID}.eml"), format!("{ID}.json")]);
        let letter = fs::read_to_string(folder.path().join(format!("{ID}.eml"))).unwrap();
        assert!(
            letter.contains("From: Portcullis <noreply@localhost>\r\nTo: ada@example.com\r\n"),
            "{letter}"
        );
        assert!(letter.contains(&format!("Message-ID: <{ID}@localhost>\r\n")), "{letter}");
        assert!(letter.contains("\r\n\r\nYour \"key\"\r\nis k"), "{letter}");
    }

    #[tokio::test]
    async fn folder_and_files_are_for_their_owner_only() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data/mail");
        FileMail::new(&folder, FROM).deliver(message()).await.unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        for name in names(&folder) {
            assert_eq!(mode(&folder.join(name)), 0o600);
        }
    }

    #[tokio::test]
    async fn a_second_delivery_replaces_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let mail = FileMail::new(folder.path(), FROM);
        mail.deliver(message()).await.unwrap();
        mail.deliver(message()).await.unwrap();
        assert_eq!(names(folder.path()).len(), 2);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_for_later() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        fs::write(&file, "").unwrap();
        let outcome = FileMail::new(file.join("mail"), FROM).deliver(message()).await;
        assert!(matches!(outcome, Err(DeliveryError::Later(_))), "{outcome:?}");
    }

    #[tokio::test]
    async fn an_sms_is_not_mail() {
        let folder = tempfile::tempdir().unwrap();
        let recipient = Recipient::Sms(Mobile::parse("+27821234567").unwrap());
        let outcome = FileMail::new(folder.path(), FROM).deliver(Message { recipient, ..message() }).await;
        assert!(matches!(outcome, Err(DeliveryError::Never(_))), "{outcome:?}");
        assert!(names(folder.path()).is_empty());
    }
}
