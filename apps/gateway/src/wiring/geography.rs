//! Where addresses are, if the operator has a database that says so.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use portcullis_geo_mmdb::Atlas;
use portcullis_sessions::{Geography, Whereabouts};

struct Nowhere;

impl Geography for Nowhere {
    fn locate(&self, _address: IpAddr) -> Option<Whereabouts> {
        None
    }
}

/// Opens the database; without one, nobody is anywhere.
pub(super) fn open(path: Option<&str>) -> anyhow::Result<Arc<dyn Geography>> {
    let Some(path) = path else { return Ok(Arc::new(Nowhere)) };
    let atlas =
        Atlas::open(Path::new(path)).with_context(|| format!("dialects.barong.geoip_database {path}"))?;
    Ok(Arc::new(atlas))
}

/// What `doctor` says about it.
pub(super) fn examine(path: Option<&str>) -> anyhow::Result<String> {
    let Some(path) = path else {
        return Ok(
            "no dialects.barong.geoip_database: restrictions by continent and country never match".to_owned()
        );
    };
    open(Some(path)).map(|_| format!("{path} can be read"))
}
