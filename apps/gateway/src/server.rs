//! Serving: open everything, answer requests, stop in good order.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::http::KeepAlive;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App as Resources, HttpServer};
use anyhow::Context;
use tokio::net::TcpSocket;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::background::Background;
use crate::failure::Failure;
use crate::middleware::{cors, request_id, security_headers};
use crate::settings::{Server, Settings};
use crate::wiring;
use crate::{dialects, ops};

/// How long requests that run may take to finish once the server stops.
const LAST_REQUESTS: u64 = 30;
const BACKLOG: u32 = 1_024;

/// Serves until a signal says stop. `answering` is told the base URL once requests are answered.
///
/// # Errors
/// Whatever keeps the server from starting.
pub async fn run(settings: Settings, answering: impl FnOnce(&str)) -> anyhow::Result<()> {
    let listener = listen(settings.server.listen)
        .with_context(|| format!("cannot listen on {}", settings.server.listen))?;
    let address = listener.local_addr()?;
    let settings = settings.listening_on(address);
    ops::metrics::start();
    let opened = wiring::open(settings).await?;
    opened.keys.prepare(&opened.app.settings).await.map_err(Failure::from)?;
    opened.app.note_keys(true);
    let app = opened.app.clone();
    let drain_delay = app.settings.server.drain_delay;
    let background = Background::start(&opened);
    let server = http_server(&app, listener)?;
    let handle = server.handle();
    let served = tokio::spawn(server);
    answering(&format!("http://{address}"));
    stop_signal().await?;
    tracing::info!("stopping");
    app.drain();
    tokio::select! {
        () = tokio::time::sleep(drain_delay) => {}
        asked_again = stop_signal() => asked_again?,
    }
    handle.stop(true).await;
    served.await??;
    background.stop().await;
    Ok(())
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

fn http_server(app: &App, listener: TcpListener) -> io::Result<actix_web::dev::Server> {
    let Server { workers, keep_alive, client_timeout, .. } = app.settings.server.clone();
    let data = Data::new(app.clone());
    let server = HttpServer::new(move || {
        let app = data.get_ref().clone();
        Resources::new()
            .app_data(data.clone())
            .configure(|server| {
                ops::routes(server, &app);
                for dialect in dialects::ALL.iter().filter(|dialect| (dialect.enabled)(&app.settings)) {
                    (dialect.routes)(server, &app);
                }
            })
            .wrap(from_fn(security_headers))
            .wrap(from_fn(cors::cors))
            .wrap(from_fn(request_id::request_id))
    });
    let server = server
        .workers(workers)
        .tcp_nodelay(true)
        .keep_alive(KeepAlive::Timeout(keep_alive))
        .client_request_timeout(client_timeout)
        .client_disconnect_timeout(Duration::from_secs(5))
        .shutdown_timeout(LAST_REQUESTS)
        .disable_signals();
    Ok(server.listen_auto_h2c(listener)?.run())
}

async fn stop_signal() -> io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
