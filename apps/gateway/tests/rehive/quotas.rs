//! Contract §10: every quota is on, can be set, and can be switched off.

use serde_json::{Value, json};

use crate::door::{Door, PASSWORD, refused, with};
use crate::support::http::Answer;
use crate::support::{Installation, on_both};

on_both! {
    every_quota_of_an_hour_is_on
    every_quota_can_be_set
    every_quota_can_be_switched_off
    of_many_requests_at_once_no_more_pass_than_the_quota_says
}

/// What is counted together, by its settings.
const QUOTAS: [&str; 5] =
    ["sign_in", "messages", "registrations", "second_factor_enrolments", "second_factor_sends"];

/// One request of each operation with a quota of its own; which, and how many the contract grants in an hour.
const OPERATIONS: [(&str, u32, &str); 10] = [
    ("sign_in", 20, "/3/auth/login/"),
    ("messages", 10, "/3/auth/deactivate/"),
    ("messages", 10, "/3/auth/request-delete/"),
    ("messages", 10, "/3/auth/password/reset/"),
    ("messages", 10, "/3/auth/email/verify/resend/"),
    ("messages", 10, "/3/auth/mobile/verify/resend/"),
    ("registrations", 10, "/3/auth/register/"),
    ("registrations", 10, "/3/auth/company/register/"),
    ("second_factor_enrolments", 10, "/3/auth/mfa/authenticators/"),
    ("second_factor_sends", 10, "/3/auth/mfa/deliver/"),
];

/// Quotas of every kind as given, those of requests in general off.
fn with_quotas(here: Installation, per_minute: &str, per_hour: Option<&str>) -> Installation {
    let here = here.with("throttle.anonymous_per_minute", "0").with("throttle.requests_per_ten_seconds", "0");
    QUOTAS.iter().fold(here, |here, quota| {
        let here = here.with(&format!("throttle.{quota}_per_minute"), per_minute);
        match per_hour {
            Some(number) => here.with(&format!("throttle.{quota}_per_hour"), number),
            None => here,
        }
    })
}

/// Ada's session, and whose number a code is sent to: it was sent one when it was enrolled.
struct Caller {
    token: String,
    phone: Value,
}

impl Caller {
    async fn of(door: &Door) -> Self {
        let token = door.login().await.token;
        let enrolled = door.post("/3/auth/mfa/authenticators/", &token, &json!({ "type": "sms" })).await;
        Self { phone: enrolled.json()["data"]["id"].clone(), token }
    }

    async fn ask(&self, door: &Door, path: &str) -> Answer {
        let named = json!({ "user": "nobody", "company": "default" });
        let body = match path {
            "/3/auth/login/" => with(Door::credentials(), &json!({ "password": "wrong" })),
            "/3/auth/email/verify/resend/" => json!({ "email": "ada@example.com", "company": "default" }),
            "/3/auth/mobile/verify/resend/" => json!({ "mobile": "+27821234567", "company": "default" }),
            "/3/auth/mfa/authenticators/" => json!({ "type": "totp" }),
            "/3/auth/mfa/deliver/" => json!({ "authenticator": self.phone }),
            "/3/auth/register/" | "/3/auth/company/register/" => json!({ "password": PASSWORD }),
            _ => named,
        };
        door.post(path, &self.token, &body).await
    }

    /// How many requests pass before the first one that is throttled; none is, of so many.
    async fn passing(&self, door: &Door, path: &str, most: u32) -> (u32, Option<Answer>) {
        for passed in 0..most {
            let answer = self.ask(door, path).await;
            if answer.status == 429 {
                return (passed, Some(answer));
            }
            assert!(answer.status < 500, "{path}: {answer:?}");
        }
        (most, None)
    }
}

#[track_caller]
fn wait(answer: &Answer) -> u64 {
    refused(answer, 429, &[]);
    answer.header("retry-after").unwrap().parse().unwrap()
}

async fn every_quota_of_an_hour_is_on(here: Installation) {
    let door = Door::throttled(with_quotas(here, "0", None));
    let caller = Caller::of(&door).await;
    for (quota, granted, path) in OPERATIONS {
        // The phone of the caller was enrolled, and sent a code; the two ways to register are counted together.
        let spent = match path {
            "/3/auth/mfa/authenticators/" | "/3/auth/mfa/deliver/" => 1,
            "/3/auth/company/register/" => 10,
            _ => 0,
        };
        let (passed, refusal) = caller.passing(&door, path, 30).await;
        assert_eq!(passed, granted - spent, "{quota} {path}");
        let wait = wait(&refusal.unwrap());
        assert!((3_500..=3_600).contains(&wait), "{path}: {wait}");
    }
}

async fn every_quota_can_be_set(here: Installation) {
    let door = Door::throttled(with_quotas(here, "2", Some("0")));
    let caller = Caller::of(&door).await;
    for (quota, _, path) in OPERATIONS {
        let spent = match path {
            "/3/auth/mfa/authenticators/" | "/3/auth/mfa/deliver/" => 1,
            "/3/auth/company/register/" => 2,
            _ => 0,
        };
        let (passed, refusal) = caller.passing(&door, path, 5).await;
        assert_eq!(passed, 2 - spent, "{quota} {path}");
        assert!((1..=60).contains(&wait(&refusal.unwrap())), "{path}");
    }
}

async fn every_quota_can_be_switched_off(here: Installation) {
    let door = Door::throttled(with_quotas(here, "0", Some("0")));
    let caller = Caller::of(&door).await;
    for (quota, granted, path) in OPERATIONS {
        let (_, refusal) = caller.passing(&door, path, granted + 2).await;
        assert!(refusal.is_none(), "{quota} {path}: {refusal:?}");
    }
}

async fn of_many_requests_at_once_no_more_pass_than_the_quota_says(here: Installation) {
    let door = Door::throttled(with_quotas(here, "4", Some("0")));
    let caller = Caller::of(&door).await;
    for path in ["/3/auth/password/reset/", "/3/auth/register/", "/3/auth/login/"] {
        let answers = futures_util::future::join_all((0..12).map(|_| caller.ask(&door, path))).await;
        let passed = answers.iter().filter(|answer| answer.status != 429).count();
        assert_eq!(passed, 4, "{path}: {answers:?}");
    }
}
