//! Companies, groups and accounts from the command line, beside a running server and without one.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests and what they share")]

mod support;

use serde_json::{Value, json};
use support::{Installation, on_both};

const PASSWORD: &str = "Correct-Horse-9-Battery";

on_both! {
    an_account_is_made_shown_and_listed
    refusals_are_exit_code_1_with_the_reason
    what_commands_change_is_in_force_in_a_running_server
    labels_roles_and_expiry_are_set
    companies_have_settings_and_groups_of_their_own
    legal_terms_are_numbered_in_their_company
    the_audit_trail_tells_what_was_done
}

async fn login(base: &str, password: &str) -> u16 {
    let body = json!({ "username": "ada", "password": password });
    let answer = reqwest::Client::new().post(format!("{base}/user/login")).json(&body).send().await.unwrap();
    answer.status().as_u16()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|account| account["username"].as_str().unwrap()).collect()
}

async fn an_account_is_made_shown_and_listed(here: Installation) {
    let flags =
        ["--username", "Ada", "--email", "ada@example.com", "--email-verified", "--mobile", "+27821234567"];
    let profile = ["--first-name", "Ada", "--last-name", "Lovelace", "--role", "admin"];
    let made = here.account(&[&flags[..], &profile].concat(), PASSWORD);
    assert_eq!(made["username"], "Ada");
    assert_eq!(
        (&made["company"], &made["state"], &made["role"]),
        (&json!("default"), &json!("active"), &json!("admin"))
    );
    assert_eq!((&made["email_verified"], &made["mobile_verified"]), (&json!(true), &json!(false)));
    assert!(made["created"].as_str().unwrap().ends_with('Z'));
    let verified = json!([{ "key": "email", "value": "verified", "scope": "private" }]);
    assert_eq!((&made["labels"], &made["groups"]), (&verified, &json!([])), "what is proved is labelled");
    for name in [
        made["id"].as_str().unwrap(),
        made["uid"].as_str().unwrap(),
        "ADA",
        "ada@EXAMPLE.com",
        "+27 82 123 4567",
    ] {
        assert_eq!(here.json(&["account", "show", "--company", "default", name])["id"], made["id"], "{name}");
    }
    here.account(&["--username", "bob"], PASSWORD);
    assert_eq!(names(&here.json(&["account", "list", "--company", "default"])), ["Ada", "bob"]);
    assert_eq!(names(&here.json(&["account", "list", "--company", "default", "--page", "2"])), [""; 0]);
}

async fn refusals_are_exit_code_1_with_the_reason(here: Installation) {
    here.account(&["--username", "ada"], PASSWORD);
    let create = ["account", "create", "--company", "default"];
    let cases: [(&[&str], &str, &str); 5] = [
        (&["--username", "ADA"], "", "the username is taken"),
        (&["--username", "bob", "--password-stdin"], "short\n", "breaks the company's policy"),
        (&["--username", "bob", "--password-stdin"], "", "no password on standard input"),
        (&["--username", "bob", "--group", "pilots"], "", "no group pilots"),
        (&["--username", "bob", "--company", "nowhere"], "", "no company nowhere"),
    ];
    for (flags, input, reason) in cases {
        let arguments: Vec<&str> = if flags.contains(&"nowhere") {
            ["account", "create"].iter().chain(flags).copied().collect()
        } else {
            create.iter().chain(flags).copied().collect()
        };
        let ran = here.run_with(&arguments, input);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{flags:?}");
        assert!(ran.stderr.contains(reason), "{flags:?}: {}", ran.stderr);
    }
    assert_eq!(here.run(&["account", "show", "--company", "default", "nobody"]).code, Some(1));
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let here = Installation::on_sqlite();
    let cases: [&[&str]; 8] = [
        &["frobnicate"],
        &["account", "create", "--company", "default"],
        &["account", "create", "--company", "default", "--username", "a b"],
        &["account", "create", "--company", "default", "--username", "a", "--password", "hunter2"],
        &["account", "create", "--company", "default", "--username", "a", "--state", "asleep"],
        &["account", "set", "--company", "default", "a", "--password-expires-at", "tomorrow"],
        &["company", "set", "default", "novalue"],
        &["openapi", "cobol"],
    ];
    for arguments in cases {
        let ran = here.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!ran.stderr.is_empty());
    }
}

async fn what_commands_change_is_in_force_in_a_running_server(here: Installation) {
    let here = here.with("throttle.enabled", "false");
    let server = here.serve();
    here.account(&["--username", "ada"], PASSWORD);
    assert_eq!(login(server.base(), PASSWORD).await, 200);
    let set =
        |flags: &[&str]| here.json(&[&["account", "set", "--company", "default", "ada"], flags].concat());
    let sessions =
        || here.json(&["account", "sessions", "--company", "default", "ada"]).as_array().unwrap().len();
    assert_eq!(sessions(), 1);
    assert_eq!(set(&["--state", "locked"])["state"], "locked");
    assert_eq!(sessions(), 0);
    assert_ne!(login(server.base(), PASSWORD).await, 200);
    set(&["--state", "active"]);
    assert_eq!(login(server.base(), PASSWORD).await, 200);
    assert_eq!(here.json(&["account", "sign-out", "--company", "default", "ada"]), json!({ "ended": 1 }));
    let change = ["account", "set", "--company", "default", "ada", "--password-stdin"];
    here.json_with(&change, "Another-Horse-8-Staple\r\n");
    assert_ne!(login(server.base(), PASSWORD).await, 200);
    assert_eq!(login(server.base(), "Another-Horse-8-Staple").await, 200);
    assert_eq!(here.json(&["account", "delete", "--company", "default", "ada"])["state"], "deleted");
    assert_ne!(login(server.base(), "Another-Horse-8-Staple").await, 200);
}

async fn labels_roles_and_expiry_are_set(here: Installation) {
    here.account(&["--username", "ada"], PASSWORD);
    let set =
        |flags: &[&str]| here.json(&[&["account", "set", "--company", "default", "ada"], flags].concat());
    let labelled = set(&["--label", "email=verified", "--label", "team=blue:public", "--role", "support"]);
    let expected = json!([
        { "key": "email", "value": "verified", "scope": "private" },
        { "key": "team", "value": "blue", "scope": "public" },
    ]);
    assert_eq!((&labelled["labels"], &labelled["role"]), (&expected, &json!("support")));
    let unknown = ["account", "set", "--company", "default", "ada", "--role", "clerk", "--state", "locked"];
    let refused = here.run(&unknown);
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("no permission is for this role"), "{}", refused.stderr);
    let made =
        here.run(&["account", "create", "--company", "default", "--username", "eve", "--role", "clerk"]);
    assert!(made.code != Some(0) && made.stderr.contains("no permission is for this role"), "{made:?}");
    assert_eq!(set(&[])["state"], "active", "nothing else was changed either");
    here.json(&["permission", "create", "clerk", "GET", "/api/v2/auth/resource", "ACCEPT"]);
    assert_eq!(set(&["--role", "clerk"])["role"], "clerk");
    assert_eq!(set(&["--remove-label", "team"])["labels"].as_array().unwrap().len(), 1);
    let expiring = set(&["--password-expires-at", "2030-01-01T02:00:00+02:00"]);
    assert_eq!(expiring["password_expires_at"], "2030-01-01T00:00:00Z");
    let temporary = ["account", "create", "--company", "default", "--username", "tim", "--password-stdin"];
    let tim = here.json_with(&[&temporary[..], &["--temporary-password"]].concat(), PASSWORD);
    assert!(tim["temporary_password_until"].is_string());
}

async fn companies_have_settings_and_groups_of_their_own(here: Installation) {
    let made = here.json(&["company", "create", "acme", "--name", "Acme Inc"]);
    assert_eq!((&made["id"], &made["name"]), (&json!("acme"), &json!("Acme Inc")));
    assert_eq!(made["settings"]["password_policy"], "standard");
    assert_eq!(here.run(&["company", "create", "ACME"]).code, Some(1));
    let ids: Vec<Value> = here
        .json(&["company", "list"])
        .as_array()
        .unwrap()
        .iter()
        .map(|company| company["id"].clone())
        .collect();
    assert_eq!(ids, ["default", "acme"]);
    let set = here.json(&["company", "set", "acme", "default_session_duration=900", "name=Acme"]);
    assert_eq!((&set["name"], &set["settings"]["default_session_duration"]), (&json!("Acme"), &json!("900")));
    let refused = here.run(&["company", "set", "acme", "default_session_duration=1"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("300 to 2678400"), "{}", refused.stderr);
    let flags = ["--public", "--section", "admin", "--default"];
    let group = here.json(&[&["group", "create", "--company", "acme", "pilots"], &flags[..]].concat());
    assert_eq!(
        (&group["name"], &group["section"], &group["default"]),
        (&json!("pilots"), &json!("admin"), &json!(true))
    );
    let shown = here.json(&["company", "show", "acme"]);
    let groups: Vec<&str> =
        shown["groups"].as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap()).collect();
    assert_eq!(groups, ["admin", "user", "pilots"]);
    let joined = here.json(&["account", "create", "--company", "acme", "--username", "amy"]);
    assert_eq!(joined["groups"], json!(["pilots"]));
}

async fn legal_terms_are_numbered_in_their_company(here: Installation) {
    here.json(&["company", "create", "acme"]);
    let create = |company: &str, version: &str| {
        here.run(&["legal-term", "create", "--company", company, "Terms of use", version, "--json"])
    };
    for (company, version, number) in [("acme", "1", 1), ("acme", "2", 2), ("default", "1", 1)] {
        let made: Value = serde_json::from_str(&create(company, version).stdout).unwrap();
        assert_eq!(
            (&made["id"], &made["version"], &made["company"]),
            (&json!(number), &json!(version), &json!(company))
        );
    }
    let again = create("acme", "1");
    assert_eq!(again.code, Some(1));
    assert!(again.stderr.contains("has this version of the term"), "{}", again.stderr);
    assert_eq!(create("nowhere", "1").code, Some(1));
    assert_eq!(create("acme", &"x".repeat(51)).code, Some(1));
    let listed = here.json(&["legal-term", "list", "--company", "acme"]);
    assert_eq!(
        listed.as_array().unwrap().iter().map(|term| &term["id"]).collect::<Vec<_>>(),
        [&json!(1), &json!(2)]
    );
    assert_eq!(here.run(&["legal-term", "create", "--company", "acme", "Terms of use"]).code, Some(2));
}

async fn the_audit_trail_tells_what_was_done(here: Installation) {
    let here = here.another_untouched();
    let ada = here.account(&["--username", "ada"], PASSWORD);
    here.account(&["--username", "bob"], PASSWORD);
    here.json(&["account", "set", "--company", "default", "ada", "--state", "banned"]);
    let trail = here.json(&["audit", "list", "--account", "ada"]);
    let actions: Vec<&str> =
        trail.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["account.changed", "account.created"]);
    assert_eq!(
        (&trail[0]["account"], &trail[0]["door"], &trail[0]["company"]),
        (&ada["id"], &json!("operator"), &json!("default"))
    );
    assert_eq!(here.json(&["audit", "list", "--since", "2999-01-01T00:00:00Z"]), json!([]));
    assert_eq!(here.json(&["audit", "list"]).as_array().unwrap().len(), 4);
    assert!(!here.run(&["audit", "list"]).stdout.contains(PASSWORD));
}
