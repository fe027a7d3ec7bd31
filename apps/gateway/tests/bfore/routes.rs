//! Paths, methods and browsers (contract §5).

use reqwest::Method;

use crate::door::{Door, PASSWORD, send};
use crate::support::{Installation, on_both};

const GETS: [&str; 6] =
    ["/user/renew", "/user/token", "/user/logout", "/authheader/list", "/test/unsecure", "/test/secure"];
const POSTS: [&str; 4] = ["/user/login", "/user/password", "/authheader/add", "/authheader/delete"];

on_both! {
    a_known_path_with_another_method_says_which_one_it_takes
    an_unknown_path_is_not_found
    a_query_on_a_path_without_one_changes_nothing
    browsers_get_no_cors_headers_unless_configured
    the_door_can_be_closed
}

async fn a_known_path_with_another_method_says_which_one_it_takes(here: Installation) {
    let door = Door::of(here);
    for (paths, allowed) in [(&GETS[..], Method::GET), (&POSTS[..], Method::POST)] {
        for path in paths {
            for method in
                [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS]
            {
                if method == allowed {
                    continue;
                }
                let answer = send(door.ask(method, path).body("junk")).await;
                answer.refuses(405, "Method Not Allowed");
                assert_eq!(answer.headers["allow"], allowed.as_str(), "{path}");
            }
            let head = door.ask(Method::HEAD, path).send().await.unwrap();
            assert_eq!(head.status(), 405, "{path}");
        }
    }
}

async fn an_unknown_path_is_not_found(here: Installation) {
    let door = Door::of(here);
    let unknown = [
        "/user",
        "/user/",
        "/user/login/",
        "/user/Login",
        "/user/login/x",
        "/user/%6Cogin%00",
        "/user/%zz",
        "/authheader",
        "/authheader/add/1",
        "/test/",
        "/test/../user",
        "/user/..%2flogin",
    ];
    for path in unknown {
        for method in [Method::GET, Method::POST] {
            send(door.ask(method, path)).await.refuses(404, "Not Found");
        }
    }
}

async fn a_query_on_a_path_without_one_changes_nothing(here: Installation) {
    let door = Door::of(here);
    let jwt = door.jwt().await;
    assert_eq!(door.get("/test/secure?a=%zz&%00", &jwt).await.status, 200);
    assert_eq!(door.get("/authheader/list?page=2", &jwt).await.status, 200);
}

async fn browsers_get_no_cors_headers_unless_configured(here: Installation) {
    let origin = "https://app.example.com";
    let mut door = Door::of(here);
    let plain = send(door.ask(Method::GET, "/test/unsecure").header("Origin", origin)).await;
    assert_eq!(plain.status, 200);
    assert!(!plain.headers.keys().any(|name| name.as_str().starts_with("access-control-")));
    let preflight = || {
        door.ask(Method::OPTIONS, "/user/login")
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type")
    };
    send(preflight()).await.refuses(405, "Method Not Allowed");
    door.house.set("server.cors_origins", origin);
    door.server = door.house.serve();
    let asked = door.ask(Method::OPTIONS, "/user/login").header("Origin", origin);
    let allowed = asked.header("Access-Control-Request-Method", "POST").send().await.unwrap();
    assert_eq!(
        (allowed.status().as_u16(), &allowed.headers()["access-control-allow-origin"]),
        (204, &origin.parse().unwrap())
    );
    let login = door.ask(Method::POST, "/user/login").header("Origin", origin);
    let login = send(login.body(format!(r#"{{"username":"ada","password":"{PASSWORD}"}}"#))).await;
    assert_eq!((login.status, login.headers["access-control-allow-origin"].to_str().unwrap()), (200, origin));
    let stranger =
        send(door.ask(Method::GET, "/test/unsecure").header("Origin", "https://evil.example")).await;
    assert!(!stranger.headers.contains_key("access-control-allow-origin"));
}

async fn the_door_can_be_closed(here: Installation) {
    let house = here.with("dialects.bfore.enabled", "false");
    let server = house.serve();
    for path in GETS.iter().chain(&POSTS) {
        assert_eq!(reqwest::get(server.url(path)).await.unwrap().status(), 404, "{path}");
    }
}
