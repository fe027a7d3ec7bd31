//! The ceiling of the benchmark: a JSON handler on bare actix, with nothing behind it.
//!
//! It answers as `GET /test/secure` does, on as many workers as the server has, and says where it listens in the same
//! words.
#![expect(clippy::print_stdout, reason = "the benchmark reads the address from standard output")]

use std::thread::available_parallelism;

use actix_web::web::{Json, get};
use actix_web::{App, HttpServer};
use serde::Serialize;

#[derive(Serialize)]
struct Greeting {
    message: String,
}

async fn greet() -> Json<Greeting> {
    Json(Greeting { message: format!("Hi {}", "account00") })
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let workers = available_parallelism()?.get();
    let server =
        HttpServer::new(|| App::new().route("/healthz", get().to(greet)).route("/bare", get().to(greet)));
    let server = server.workers(workers).bind("127.0.0.1:0")?;
    for address in server.addrs() {
        println!("listening on http://{address}");
    }
    server.run().await
}
