//! Whatever is sent, the answer is the envelope with a 4xx, and the server goes on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use crate::door::{Door, PASSWORD};
use crate::support::{Installation, on_both};

const REQUIRED: &str = "Username and password are required";

/// Sends bytes as they are, says that nothing follows, and reads all that comes back.
fn converse(base: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(bytes).unwrap();
    let _closed = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

on_both! {
    a_login_that_cannot_be_read_is_a_400
    credentials_nobody_can_have_are_wrong_credentials
    a_password_too_long_to_be_right_is_refused_before_it_is_hashed
    a_body_over_the_limit_is_a_413_in_the_envelope
    without_a_valid_token_the_body_is_not_judged
    broken_http_neither_hangs_nor_hurts
}

async fn a_login_that_cannot_be_read_is_a_400(here: Installation) {
    let door = Door::of(here);
    let json_bodies = [
        "",
        "{",
        "[]",
        "null",
        "\"ada\"",
        "17",
        "{\"username\":\"ada\"}",
        "{\"password\":\"x\"}",
        "{\"username\":\"\",\"password\":\"x\"}",
        "{\"username\":\"ada\",\"password\":\"\"}",
        "{\"username\":\"ada\",\"password\":null}",
        "{\"username\":\"ada\",\"password\":17}",
        "{\"username\":[\"ada\"],\"password\":{}}",
        "{\"username\":\"ada\",\"password\":\"x\"} trailing",
        "{\"username\":\"ada\",\"password\":\"\\ud800\"}",
        "\u{feff}{}",
        "username=ada&password=x",
    ];
    for body in json_bodies {
        for media_type in ["application/json", "text/plain", ""] {
            door.post_raw("/user/login", "", media_type, body).await.refuses(400, REQUIRED);
        }
    }
    let deep = format!("{{\"username\":{}{},\"password\":\"x\"}}", "[".repeat(100_000), "]".repeat(100_000));
    door.post_raw("/user/login", "", "application/json", deep).await.refuses(400, REQUIRED);
    door.post_raw("/user/login", "", "application/json", vec![0xff, 0xfe, b'{']).await.refuses(400, REQUIRED);
    for (media_type, body) in [
        ("application/x-www-form-urlencoded", "username=ada"),
        ("application/x-www-form-urlencoded", "Username=ada&Password=x"),
        ("application/x-www-form-urlencoded", "%zz=%&username=&password=%00"),
        ("multipart/form-data", "no boundary"),
        ("multipart/form-data; boundary=x", "--y\r\n"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nada",
        ),
    ] {
        door.post_raw("/user/login", "", media_type, body).await.refuses(400, REQUIRED);
    }
}

async fn credentials_nobody_can_have_are_wrong_credentials(here: Installation) {
    let door = Door::of(here);
    for name in [
        "a\u{0}b",
        "ada\u{0}",
        "\u{202e}ada",
        "👻",
        "' OR 1=1 --",
        "ａda\u{301}",
        &"n".repeat(200_000),
        "%00",
        "a b",
    ] {
        door.login(name, PASSWORD).await.refuses(401, "Incorrect credentials");
    }
    for password in ["\u{0}", "👻👻👻", &format!("{PASSWORD}\u{0}")] {
        door.login("ada", password).await.refuses(401, "Incorrect credentials");
    }
    let form = "username=ada&password=%ff%fe%zz";
    door.post_raw("/user/login", "", "application/x-www-form-urlencoded", form)
        .await
        .refuses(401, "Incorrect credentials");
}

async fn a_password_too_long_to_be_right_is_refused_before_it_is_hashed(here: Installation) {
    let door = Door::of(here);
    let hashes = || async {
        let page = reqwest::get(door.server.url("/metrics")).await.unwrap().text().await.unwrap();
        page.lines().filter(|line| line.contains("bfore.login")).count()
    };
    assert_eq!(hashes().await, 0);
    for length in [257, 100_000, 1_000_000] {
        door.login("ada", &"x".repeat(length)).await.refuses(401, "Incorrect credentials");
    }
    assert_eq!(hashes().await, 0, "no use case ran, so nothing was hashed");
    let change = json!({ "username": "ada", "old": "x".repeat(257), "new": PASSWORD, "confirm": PASSWORD });
    door.post("/user/password", "", change).await.refuses(401, "Incorrect credentials");
}

async fn a_body_over_the_limit_is_a_413_in_the_envelope(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    let body = format!("{{\"username\":\"ada\",\"password\":\"{}\"}}", "x".repeat(1024 * 1024));
    for path in ["/user/login", "/user/password", "/authheader/add", "/authheader/delete"] {
        let answer = door.post_raw(path, &jwt, "application/json", body.clone()).await;
        answer.refuses(413, "Request body is too large");
    }
    let head =
        "POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n{";
    let answer = converse(door.server.base(), head.as_bytes());
    assert!(
        answer.starts_with("HTTP/1.1 413 ")
            && answer.ends_with("{\"message\":\"Request body is too large\"}"),
        "{answer}"
    );
    assert!(door.honours(&jwt).await);
}

async fn without_a_valid_token_the_body_is_not_judged(here: Installation) {
    let door = Door::of(here);
    for path in ["/authheader/add", "/authheader/delete"] {
        for body in ["", "{", "{\"name\":\"x\",\"text\":\"x\"}"] {
            door.post_raw(path, "", "application/json", body).await.refuses(401, "Unauthorized");
        }
    }
}

async fn broken_http_neither_hangs_nor_hurts(here: Installation) {
    let door = Door::of(here);
    for bytes in [
        &b"GARBAGE\r\n\r\n"[..],
        b"POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST /user/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\n\x1f\x8bzz",
        b"POST /user/login HTTP/1.1\r\nHost: x\r\nAuthorization: \xff\xfe\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    ] {
        let answer = converse(door.server.base(), bytes);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let cut = b"POST /user/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"username\":";
    let answer = converse(door.server.base(), cut);
    assert!(answer.is_empty() || answer.contains(" 400 ") || answer.contains(" 408 "), "{answer}");
    assert!(door.honours(&door.jwt().await).await);
    assert!(!door.server.log().contains("panicked"), "{}", door.server.log());
}
