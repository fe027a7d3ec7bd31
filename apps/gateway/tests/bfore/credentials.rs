//! How a credential travels (contract §1, §2.5).

use reqwest::Method;

use crate::door::{Answer, Door, send};
use crate::support::{Installation, on_both};

async fn with(door: &Door, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = door.ask(Method::GET, path);
    send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

on_both! {
    a_token_travels_bare_or_as_a_bearer_in_any_case
    a_key_travels_in_its_own_header_with_or_without_a_scheme
    each_credential_works_in_its_own_header_only
    authorization_decides_when_both_are_sent
    a_key_opens_neither_user_nor_authheader_operations
    nothing_else_opens_anything
}

async fn a_token_travels_bare_or_as_a_bearer_in_any_case(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    for value in [jwt.clone(), format!("Bearer {jwt}"), format!("bearer {jwt}"), format!("BEARER  {jwt} ")] {
        let answer = with(&door, "/test/secure", &[("Authorization", &value)]).await;
        assert_eq!((answer.status, answer.text("message")), (200, "Hi Ada".to_owned()), "{value}");
    }
    for value in
        [format!("Basic {jwt}"), format!("Bearer {jwt} x"), "Bearer".to_owned(), "Bearer ".to_owned()]
    {
        let answer = with(&door, "/test/secure", &[("Authorization", &value)]).await;
        answer.refuses(401, "Unauthorized");
    }
}

async fn a_key_travels_in_its_own_header_with_or_without_a_scheme(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let key = door.key(&jwt, "production").await;
    for value in [key.clone(), format!("Bearer {key}"), format!("bearer {key}")] {
        let answer = with(&door, "/test/secure", &[("X-Authorization", &value)]).await;
        assert_eq!((answer.status, answer.text("message")), (200, "Hi Ada".to_owned()), "{value}");
    }
}

async fn each_credential_works_in_its_own_header_only(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let key = door.key(&jwt, "production").await;
    with(&door, "/test/secure", &[("Authorization", &key)]).await.refuses(401, "Unauthorized");
    with(&door, "/test/secure", &[("X-Authorization", &jwt)]).await.refuses(401, "Unauthorized");
}

async fn authorization_decides_when_both_are_sent(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let key = door.key(&jwt, "production").await;
    let good = with(&door, "/test/secure", &[("Authorization", &jwt), ("X-Authorization", "junk")]).await;
    assert_eq!(good.status, 200);
    for authorization in ["junk", ""] {
        let headers = [("Authorization", authorization), ("X-Authorization", key.as_str())];
        with(&door, "/test/secure", &headers).await.refuses(401, "Unauthorized");
    }
}

async fn a_key_opens_neither_user_nor_authheader_operations(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let key = door.key(&jwt, "production").await;
    for path in ["/user/renew", "/user/token", "/user/logout", "/authheader/list"] {
        for header in ["Authorization", "X-Authorization"] {
            with(&door, path, &[(header, &key)]).await.refuses(401, "Unauthorized");
        }
    }
    for (path, body) in [("/authheader/add", r#"{"name":"x"}"#), ("/authheader/delete", r#"{"text":"x"}"#)] {
        let request = door.ask(Method::POST, path).header("X-Authorization", &key).body(body);
        send(request).await.refuses(401, "Unauthorized");
    }
    assert_eq!(door.with_key(&key).await.status, 200, "and is none the worse for it");
}

async fn nothing_else_opens_anything(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let (signed, _) = jwt.rsplit_once('.').unwrap();
    let mut flipped = jwt.clone();
    let last = if flipped.pop() == Some('A') { 'B' } else { 'A' };
    flipped.insert(flipped.len() - 2, last);
    let forged = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZGEifQ.";
    let long = "a".repeat(7_000);
    for token in ["x", "a.b.c", forged, signed, &format!("{signed}."), &flipped, &long] {
        door.get("/test/secure", token).await.refuses(401, "Unauthorized");
        door.get("/authheader/list", token).await.refuses(401, "Unauthorized");
    }
    with(&door, "/test/secure", &[]).await.refuses(401, "Unauthorized");
    with(&door, "/test/secure", &[("X-Authorization", "")]).await.refuses(401, "Unauthorized");
    let twice = [("Authorization", jwt.as_str()), ("Authorization", jwt.as_str())];
    with(&door, "/test/secure", &twice).await.refuses(401, "Unauthorized");
}
