//! How many requests a second the barong door judges for a reverse proxy.

use anyhow::Result;

use super::Bench;
use super::check::compare;
use crate::report::Row;
use crate::stage::Caller;

pub(super) async fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let mut installation = bench.installation(9).await?;
    // The load repeats one signed request for longer than a client would.
    installation.set("dialects.barong.apikey_nonce_lifetime", "3600000");
    Caller::import_everybody(&installation, bench.arguments.connections)?;
    let server = installation.serve()?;
    let callers = Caller::everybody(&installation, &server, bench.arguments.connections).await?;
    let rows = vec![
        compare(bench, &server, &callers, "authorization by a cookie", Caller::by_cookie).await?,
        compare(bench, &server, &callers, "authorization by a signed key", Caller::by_key).await?,
    ];
    drop(server);
    installation.remove().await?;
    Ok(rows)
}
