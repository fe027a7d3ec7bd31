//! How a request is read (contract §2.1).

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::door::{E413, E422, EBADCRED, EUNAUTH, EUNAUTH_, PASSWORD, ada, is_json, refuses};
use crate::support::http::Exchange as _;
use crate::support::process::Server;
use crate::support::{Installation, on_both};

on_both! {
    json_names_fold_case_and_the_last_value_counts
    json_that_cannot_be_read_is_unprocessable
    forms_have_exact_names_and_the_body_beats_the_query
    multipart_forms_are_read_without_the_query
    any_other_media_type_leaves_only_the_query
    unusual_characters_are_characters
    a_body_over_a_mebibyte_is_too_large
}

const LOGIN: &str = "/v1/login";

async fn json_names_fold_case_and_the_last_value_counts(here: Installation) {
    let server = here.serve();
    ada(&here);
    for body in [
        r#"{"username":"ada","password":"j8BDWYrQwDF5u4Yu"}"#,
        r#"{"USERNAME":"ada","Password":"j8BDWYrQwDF5u4Yu","extra":{"a":[1,null]}}"#,
        r#"{"username":"bob","username":"ada","password":"j8BDWYrQwDF5u4Yu"}"#,
        r#"{"username":"ada","username":null,"password":"j8BDWYrQwDF5u4Yu"}"#,
        r#"  {"username":"\u0061da","password":"j8BDWYrQwDF5u4Yu"} {"username":"bob"} and more"#,
    ] {
        for media_type in ["application/json", "application/json; charset=utf-8", "application/json ;x"] {
            is_json(&server.raw(LOGIN, media_type, body).await);
        }
    }
    let body = r#"{"username":"ada"}"#;
    let with_query = format!("{LOGIN}?password={PASSWORD}");
    refuses(&server.raw(&with_query, "application/json", body).await, E422);
}

async fn json_that_cannot_be_read_is_unprocessable(here: Installation) {
    let server = here.serve();
    let deep = format!(r#"{{"username":{}"#, "[".repeat(200_000));
    let bodies: [&[u8]; 16] = [
        b"",
        b" ",
        b"null",
        b"[]",
        b"1",
        b"\"ada\"",
        b"{",
        b"{}",
        b"{\"username\":\"ada\",\"password\":\"x\"",
        b"{\"username\":\"ada\",\"password\":1}",
        b"{\"username\":[\"ada\"],\"password\":\"x\"}",
        b"{\"username\":true,\"password\":\"x\"}",
        b"\xef\xbb\xbf{\"username\":\"ada\",\"password\":\"x\"}",
        b"{\"username\":\"\xff\xfe\",\"password\":\"x\"}",
        b"username=ada&password=x",
        deep.as_bytes(),
    ];
    for body in bodies {
        refuses(&server.raw(LOGIN, "application/json", body.to_vec()).await, E422);
    }
}

async fn forms_have_exact_names_and_the_body_beats_the_query(here: Installation) {
    let server = here.serve();
    ada(&here);
    is_json(&server.form(LOGIN, &[("username", "ada"), ("password", PASSWORD)]).await);
    is_json(&server.form("/v1/login?username=bob", &[("username", "ada"), ("password", PASSWORD)]).await);
    is_json(&server.form("/v1/login?username=ada", &[("password", PASSWORD)]).await);
    refuses(&server.form(LOGIN, &[("Username", "ada"), ("password", PASSWORD)]).await, E422);
    refuses(
        &server.form("/v1/login?username=ada", &[("username", "bob"), ("password", PASSWORD)]).await,
        EBADCRED,
    );
    refuses(&server.form(LOGIN, &[("username", "ada\0"), ("password", PASSWORD)]).await, EBADCRED);
    let broken = "username=%zz%ff&password=%00&&==&";
    refuses(&server.raw(LOGIN, "application/x-www-form-urlencoded", broken).await, EBADCRED);
}

async fn multipart_forms_are_read_without_the_query(here: Installation) {
    let server = here.serve();
    ada(&here);
    let part = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let whole = format!("{}{}--b--\r\n", part("username", "ada"), part("password", PASSWORD));
    let half = format!("{}--b--\r\n", part("username", "ada"));
    let media_type = "multipart/form-data; boundary=b";
    is_json(&server.raw(LOGIN, media_type, whole.clone()).await);
    refuses(&server.raw(&format!("{LOGIN}?password={PASSWORD}"), media_type, half).await, E422);
    for broken in ["", "--b", "--b\r\n\r\n", &whole[..whole.len() - 20]] {
        refuses(&server.raw(LOGIN, media_type, broken.to_owned()).await, E422);
    }
    refuses(&server.raw(LOGIN, "multipart/form-data", whole).await, E422);
}

async fn any_other_media_type_leaves_only_the_query(here: Installation) {
    let server = here.serve();
    ada(&here);
    let body = r#"{"username":"ada","password":"j8BDWYrQwDF5u4Yu"}"#;
    let query = format!("{LOGIN}?username=ada&password={PASSWORD}");
    for media_type in ["text/plain", "Application/JSON", "application/vnd.api+json", "application/jsonx", ""]
    {
        refuses(&server.raw(LOGIN, media_type, body).await, E422);
        is_json(&server.raw(&query, media_type, body).await);
    }
    refuses(&server.request("POST", LOGIN).body(body).answer().await, E422);
}

async fn unusual_characters_are_characters(here: Installation) {
    let here = here.with("throttle.enabled", "false");
    let server = here.serve();
    ada(&here);
    for text in [
        "\u{0}",
        "a\u{0}da",
        "Zoë",
        "👩‍🚀",
        "\u{202e}ada",
        "\u{feff}ada",
        "ada\n",
        "'; drop table accounts; --",
        "%",
    ] {
        refuses(&crate::door::try_login(&server, text, PASSWORD).await, EBADCRED);
        refuses(&crate::door::try_login(&server, "ada", text).await, EBADCRED);
        refuses(&crate::door::refresh(&server, "ada", text).await, EUNAUTH_);
        refuses(&crate::door::refresh(&server, text, "token").await, EUNAUTH_);
        refuses(&crate::door::revoke(&server, text).await, EUNAUTH);
        refuses(&crate::door::new_password(&server, "session", text, PASSWORD).await, EUNAUTH_);
        crate::door::is_done(&crate::door::forgot(&server, text).await);
        refuses(&crate::door::confirm(&server, text, PASSWORD, text).await, crate::door::MISMATCH);
    }
    let zoe = here.account(&["--username", "zoe"], "Pässwört-Größe-8-🚀");
    assert_eq!(zoe["username"], "zoe");
    crate::door::login(&server, "zoe", "Pässwört-Größe-8-🚀").await;
}

const TOO_LARGE: &str = "{\"status\":413,\"message\":\"Request Entity Too Large\"}\n";

/// Posts in chunks, so that no length is announced, and reads until the envelope's end.
fn chunked(server: &Server, body: &str) -> String {
    let mut stream = TcpStream::connect(server.base().strip_prefix("http://").unwrap()).unwrap();
    let head = "POST /v1/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    for chunk in body.as_bytes().chunks(64 * 1024) {
        let framed = [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat();
        if stream.write_all(&framed).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    while !answer.ends_with(b"\n") || answer.ends_with(b"\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    String::from_utf8(answer).unwrap()
}

async fn a_body_over_a_mebibyte_is_too_large(here: Installation) {
    let server = here.serve();
    let body = format!(r#"{{"username":"ada","password":"{}"}}"#, "x".repeat(1024 * 1024));
    refuses(&server.raw(LOGIN, "application/json", body.clone()).await, E413);
    refuses(&server.raw(LOGIN, "text/plain", body.clone()).await, E413);
    let answer = chunked(&server, &body);
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.ends_with(TOO_LARGE), "{answer}");
    let most =
        format!(r#"{{"username":"ada","password":"x","padding":"{}"}}"#, "x".repeat(1024 * 1024 - 100));
    refuses(&server.raw(LOGIN, "application/json", most).await, EBADCRED);
}
