//! A server that is killed in the middle of its work.

use crate::support::{Installation, on_both};
use crate::writers::{PASSWORD, Writers, jwt, with_key};

on_both! {
    a_killed_server_loses_nothing_it_acknowledged
}

async fn a_killed_server_loses_nothing_it_acknowledged(here: Installation) {
    let house = here
        .with("dialects.bfore.max_auth_headers", "100000")
        .with("tokens.issuer", "https://auth.example.com");
    house.account(&["--username", "ada", "--email", "ada@example.com", "--email-verified"], PASSWORD);
    let mut server = house.serve();
    let token = jwt(server.base()).await;
    let mut kept = Vec::new();
    for _ in 0..3 {
        let writers = Writers::start(server.base(), &token);
        house.wait_for(|| (writers.acknowledged() >= 20).then_some(()));
        server.kill();
        kept.extend(writers.stop().await);
        server = house.serve();
    }
    for key in &kept {
        assert_eq!(
            with_key(server.base(), key).await,
            200,
            "one of {} acknowledged keys is gone",
            kept.len()
        );
    }
    let http = reqwest::Client::new();
    let listed =
        http.get(server.url("/authheader/list")).header("Authorization", &token).send().await.unwrap();
    let listed: Vec<serde_json::Value> = listed.json().await.unwrap();
    assert!(listed.len() >= kept.len());
    let notices = || {
        let pages = (1..).map(|page| house.json(&["mail", "list", "--page", &page.to_string()]));
        let full = pages.map(|page| page.as_array().unwrap().len()).take_while(|rows| *rows > 0);
        full.sum::<usize>()
    };
    assert_eq!(notices(), listed.len(), "each key has its notice, and no notice is without a key");
    assert_eq!(house.json(&["doctor"])["ok"], true);
}
