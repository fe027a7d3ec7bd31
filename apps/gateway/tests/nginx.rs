//! The nginx configuration of docs/dialects/barong-authorization.md, in a real nginx.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "in tests a panic is the verdict")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use support::clients::installed;
use support::http::{Answer, Exchange as _};
use support::port::ClosedPort;
use support::process::Server;
use support::{Installation, on_both};

on_both! {
    nginx_lets_through_whom_the_server_admits_and_hands_on_its_refusals
}

const PASSWORD: &str = "Tecohvi0-Iequ4gei";
const DOCUMENT: &str = include_str!("../../../docs/dialects/barong-authorization.md");

/// An nginx between clients, the server and an upstream.
struct Proxy {
    nginx: Child,
    port: ClosedPort,
    client: reqwest::Client,
}

impl Proxy {
    fn start(folder: &Path, server: &Server, upstream: &str) -> Self {
        let port = ClosedPort::new();
        let server = server.base().strip_prefix("http://").unwrap();
        let documented = block("```nginx\n").replace("127.0.0.1:8080", server);
        let config = format!(
            "daemon off; pid nginx.pid; error_log error.log; worker_processes 1; events {{}}\n\
             http {{ access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; \
             uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n\
             upstream peatio {{ server {upstream}; }}\n\
             server {{ listen 127.0.0.1:{};\n{documented}\n}} }}\n",
            port.number()
        );
        std::fs::write(folder.join("nginx.conf"), config).unwrap();
        let log = std::fs::File::create(folder.join("error.log")).unwrap();
        let mut command = Command::new(nginx());
        command.arg("-p").arg(folder).args(["-c", "nginx.conf"]).stdout(Stdio::null()).stderr(log);
        let nginx = command.spawn().unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { nginx, port, client }
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port.number())
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let request =
            self.client.request(method.parse().unwrap(), format!("http://{}{path}", self.address()));
        request.header("user-agent", "browser/1.0")
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _gone = self.nginx.kill();
        let _gone = self.nginx.wait();
    }
}

/// A block of the document, without its fences.
fn block(fence: &str) -> &'static str {
    DOCUMENT.split_once(fence).unwrap().1.split_once("```").unwrap().0
}

/// The machine's nginx, or the one that `scripts/clients` fetched.
fn nginx() -> PathBuf {
    let known = PathBuf::from("/usr/sbin/nginx");
    if known.exists() { known } else { installed("nginx/usr/sbin/nginx") }
}

/// An upstream that answers each request with its own head.
fn upstream() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(|stream| echo(&stream)));
    address
}

fn echo(stream: &TcpStream) {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let body = json!(head).to_string();
    let length = body.len();
    let _gone = write!(
        &mut &*stream,
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
}

/// A header as the upstream got it.
fn passed_on<'a>(head: &'a Value, name: &str) -> Option<&'a str> {
    let lines = head.as_array().unwrap().iter().filter_map(Value::as_str);
    let mut headers = lines.filter_map(|line| line.split_once(": "));
    headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[track_caller]
fn refused(answer: &Answer, status: u16, key: &str) {
    assert_eq!((answer.status, answer.json()), (status, json!({ "errors": [key] })), "{answer:?}");
    assert_eq!(answer.header("authorization"), None, "{answer:?}");
}

async fn nginx_lets_through_whom_the_server_admits_and_hands_on_its_refusals(here: Installation) {
    let here = here.with("server.trusted_proxies", "127.0.0.0/8");
    here.account(&["--email", "ada@example.com", "--email-verified"], PASSWORD);
    here.json(&["permission", "create", "member", "ALL", "/api/v2/peatio/account", "ACCEPT"]);
    let server = here.serve();
    let folder = here.folder().join("nginx");
    std::fs::create_dir(&folder).unwrap();
    let proxy = Proxy::start(&folder, &server, &upstream());
    let path = "/api/v2/peatio/account/balances?page=2";
    here.wait_for(|| TcpStream::connect(proxy.address()).ok());

    refused(&proxy.request("GET", path).answer().await, 401, "authz.invalid_session");

    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let login = proxy.request("POST", "/api/v2/auth/identity/sessions").json(&login).answer().await;
    assert_eq!(login.status, 201, "{login:?}");
    let cookie = login.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let csrf = login.json()["csrf_token"].as_str().unwrap().to_owned();

    let forged =
        proxy.request("GET", path).header("cookie", &cookie).header("authorization", "Bearer forged");
    let admitted = forged.answer().await;
    assert_eq!(admitted.status, 200, "{admitted:?}");
    assert!(admitted.header("set-cookie").unwrap().starts_with(&cookie), "the cookie lives on");
    let head = admitted.json();
    assert_eq!(head[0], json!(format!("GET {path} HTTP/1.0")));
    let bearer = passed_on(&head, "authorization").unwrap();
    assert!(bearer.starts_with("Bearer ey"), "{bearer}");

    let post = || proxy.request("POST", path).header("cookie", &cookie).body("x=1");
    refused(&post().answer().await, 401, "authz.missing_csrf_token");
    assert_eq!(post().header("x-csrf-token", &csrf).answer().await.status, 200);
    let signed = proxy.request("GET", path).header("x-auth-apikey", "0123456789abcdef");
    refused(&signed.answer().await, 422, "authz.invalid_api_key_headers");
    let elsewhere = proxy.request("GET", "/api/v2/peatio/market").header("cookie", &cookie);
    refused(&elsewhere.answer().await, 401, "authz.invalid_permission");
    let doubled = proxy.request("GET", "/api/v2/peatio/account//balances").header("cookie", &cookie);
    refused(&doubled.answer().await, 401, "authz.permission_denied");
    let me = proxy.request("GET", "/api/v2/auth/resource/users/me").header("cookie", &cookie).answer().await;
    assert_eq!((me.status, &me.json()["email"]), (200, &json!("ada@example.com")), "{me:?}");

    here.json(&["restriction", "create", "maintenance", "all"]);
    let in_force = || {
        let request = proxy.request("GET", path).header("cookie", &cookie);
        let answer = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async { request.answer().await })
        });
        (answer.status != 200).then_some(answer)
    };
    refused(&here.wait_for(in_force), 471, "authz.restrict.maintenance");
}
