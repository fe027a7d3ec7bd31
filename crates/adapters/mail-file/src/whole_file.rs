//! A file that appears whole or not at all, readable for its owner only. The SMS transport mounts this file.

use std::path::Path;

use tokio::fs;
use tokio::io::AsyncWriteExt;

/// Writes `content` to `name` in `folder`, making the folder first.
pub(crate) async fn write(folder: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder).await?;
    let hidden = folder.join(format!(".{name}"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(&hidden).await?;
    file.write_all(content).await?;
    file.sync_all().await?;
    fs::rename(hidden, folder.join(name)).await
}
