//! What `portcullis doctor` looks at. It changes nothing: what is not there yet is what the next start will make.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use portcullis_kernel::Timestamp;

use super::keys::Keys;
use super::master_key::{self, KeySource, key_file};
use super::{ambient, database, geography, transports};
use crate::failure::chain;
use crate::settings::Settings;

/// One thing that was looked at.
pub struct Finding {
    /// What.
    pub check: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

impl Finding {
    /// All is well.
    #[must_use]
    pub fn good(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, ok: true, detail: detail.into() }
    }

    fn of(check: &'static str, looked: anyhow::Result<String>) -> Self {
        match looked {
            Ok(detail) => Self::good(check, detail),
            Err(error) => Self { check, ok: false, detail: chain(error.as_ref()) },
        }
    }
}

/// Looks at everything the server leans on.
pub async fn examine(settings: &Settings) -> Vec<Finding> {
    vec![
        Finding::of("data", data_folder(&settings.data_dir)),
        Finding::of("database", database::reach(&settings.database).await),
        Finding::of("schema", schema(settings).await),
        Finding::of("master key", master_key_file(settings)),
        Finding::of("signing keys", signing_keys(settings).await),
        Finding::of("mail", transports::examine_mail(settings).await),
        Finding::of("geoip", geography::examine(settings.dialects.barong.geoip_database.as_deref())),
        Finding::of("clock", clock(ambient().now())),
    ]
}

fn data_folder(path: &Path) -> anyhow::Result<String> {
    let Ok(found) = std::fs::metadata(path) else {
        return Ok(format!("{} will be made on the first start", path.display()));
    };
    anyhow::ensure!(found.is_dir(), "{} is no folder", path.display());
    let mode = found.permissions().mode() & 0o777;
    anyhow::ensure!(
        mode.trailing_zeros() >= 6,
        "{} has mode {mode:o}: others may read it; it should be 700",
        path.display()
    );
    Ok(format!("{} has mode {mode:o}", path.display()))
}

async fn schema(settings: &Settings) -> anyhow::Result<String> {
    let pending = database::pending(&settings.database).await?;
    Ok(if pending.is_empty() {
        "up to date".to_owned()
    } else {
        format!("{} migrations pending, applied by the next start: {}", pending.len(), pending.join(", "))
    })
}

fn master_key_file(settings: &Settings) -> anyhow::Result<String> {
    if settings.secrets.master_key.is_some() {
        return Ok("from the settings".to_owned());
    }
    let file = key_file(settings);
    let Ok(found) = std::fs::metadata(&file) else {
        return Ok(format!("{} will be made on the first start", file.display()));
    };
    let keys = master_key::read_keys(&file)?;
    let mode = found.permissions().mode() & 0o777;
    anyhow::ensure!(
        mode.trailing_zeros() >= 6,
        "{} has mode {mode:o}: others may read it; it should be 600",
        file.display()
    );
    anyhow::ensure!(
        keys.len() == 1,
        "{} holds {} keys: a rotation was interrupted, run it again",
        file.display(),
        keys.len()
    );
    Ok(format!("{} has mode {mode:o}", file.display()))
}

async fn signing_keys(settings: &Settings) -> anyhow::Result<String> {
    if !database::pending(&settings.database).await?.is_empty() {
        return Ok("not looked at before the schema is up to date".to_owned());
    }
    let (sealer, source) = master_key::sealer(settings, &ambient())?;
    let stores = database::open(&settings.database, sealer)?;
    let keys = Keys::new(&stores, &ambient()).list().await;
    match (keys, source) {
        (Ok(keys), _) => Ok(format!("{} keys, all of them readable", keys.len())),
        (Err(_), KeySource::Fresh) => {
            anyhow::bail!("the master key file is missing, but the database holds sealed values")
        }
        (Err(error), KeySource::Known) => Err(error.into()),
    }
}

fn clock(now: Timestamp) -> anyhow::Result<String> {
    const RELEASE: i64 = 1_790_000_000;
    anyhow::ensure!(
        now.as_seconds() > RELEASE,
        "the clock says {now}, which is before this program was made"
    );
    Ok(now.to_string())
}
