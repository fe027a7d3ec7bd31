//! The contracts of every store port, kept on PostgreSQL.

mod database;
mod fresh;

async fn world() -> portcullis_conformance::World {
    fresh::world().await
}

portcullis_conformance::suite!(world);
