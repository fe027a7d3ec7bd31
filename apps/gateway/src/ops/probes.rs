//! Whether the process lives, and whether it should get requests.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use crate::app::App;
use crate::failure::Failure;

/// How long the database may take to answer a probe.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process answers.
pub(super) async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// The server can do its work: its database answers, its keys are readable, and it is not stopping.
pub(super) async fn ready(app: Data<App>) -> HttpResponse {
    let database = database_answers(&app).await;
    let keys = app.keys_are_fresh();
    let draining = app.is_draining();
    let status = if draining {
        "draining"
    } else if database && keys {
        "ready"
    } else {
        "unavailable"
    };
    let facts = json!({ "status": status, "database": database, "keys": keys, "draining": draining });
    if status == "ready" {
        HttpResponse::Ok().json(facts)
    } else {
        HttpResponse::ServiceUnavailable().json(facts)
    }
}

async fn database_answers(app: &App) -> bool {
    let probe = app.probe.clone();
    let ping = app.run::<_, Failure>("database.ping", async move {
        let answer = tokio::time::timeout(PATIENCE, probe.ping()).await;
        answer.map_err(|late| Failure::Unavailable(Box::new(late)))?.map_err(Failure::from)
    });
    ping.await.is_ok()
}
