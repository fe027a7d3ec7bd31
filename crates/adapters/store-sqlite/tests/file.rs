//! One file, opened, shared and lost.
#![expect(clippy::unwrap_used, reason = "in tests a panic is the verdict")]

mod opened;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use opened::{OLD, open};
use portcullis_conformance::{World, build};
use portcullis_kernel::{PortError, Probe};
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn only_its_owner_can_read_the_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("portcullis.db");
    let store = open(&path, &[OLD]);
    store.migrate().await.unwrap();
    assert_eq!(modes(&path), [0o600; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_could_read_is_taken_from_them() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("portcullis.db");
    let first = open(&path, &[OLD]);
    first.migrate().await.unwrap();
    for file in files(&path) {
        fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
    }
    open(&path, &[OLD]).ping().await.unwrap();
    assert_eq!(modes(&path), [0o600; 3]);
    first.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_made_again_or_through_a_link_is_private_too() {
    let folder = TempDir::new().unwrap();
    let (path, link) = (folder.path().join("portcullis.db"), folder.path().join("link.db"));
    let lazy = open(&path, &[OLD]);
    fs::remove_file(&path).unwrap();
    lazy.migrate().await.unwrap();
    assert_eq!(modes(&path), [0o600; 3]);
    std::os::unix::fs::symlink("elsewhere.db", &link).unwrap();
    let linked = open(&link, &[OLD]);
    linked.migrate().await.unwrap();
    assert_eq!(modes(&folder.path().join("elsewhere.db")), [0o600; 3]);
}

/// The database and what SQLite keeps beside it while it is open.
fn files(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| format!("{}{suffix}", path.display()).into())
}

fn modes(path: &Path) -> [u32; 3] {
    files(path).map(|file| fs::metadata(file).unwrap().permissions().mode() & 0o777)
}

#[tokio::test(flavor = "multi_thread")]
async fn names_what_a_migration_would_do_and_does_nothing() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder.path().join("portcullis.db"), &[OLD]);
    let pending = store.pending_migrations().await.unwrap();
    assert!(pending.len() > 1);
    assert_eq!(store.pending_migrations().await.unwrap(), pending);
    assert_eq!(store.migrate().await.unwrap(), pending);
    assert_eq!(store.pending_migrations().await.unwrap(), [""; 0]);
    assert_eq!(store.migrate().await.unwrap(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_there_after_opening_again() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("portcullis.db");
    let store = open(&path, &[OLD]);
    store.migrate().await.unwrap();
    let account = World::new(store).new_account().await;
    let again = World::new(open(&path, &[OLD]));
    assert!(again.account(&account).await == account);
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_at_once_take_turns() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("portcullis.db");
    let nodes = (0..6).map(|_| {
        let store = open(&path, &[OLD]);
        tokio::spawn(async move { store.migrate().await.map(drop) })
    });
    for node in nodes.collect::<Vec<_>>() {
        node.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_share_one_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("portcullis.db");
    open(&path, &[OLD]).migrate().await.unwrap();
    let nodes = [World::new(open(&path, &[OLD])), World::new(open(&path, &[OLD]))];
    let company = nodes[0].new_company().await;
    let writers = nodes.clone().map(|node| {
        let company = company.clone();
        tokio::spawn(async move {
            for _ in 0..50 {
                node.add_account(&build::account(&company)).await;
            }
        })
    });
    for writer in writers {
        writer.await.unwrap();
    }
    let one = portcullis_kernel::PageRequest::new(1, 1);
    assert_eq!(nodes[1].accounts.list(company.id, one).await.unwrap().total, 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_opened_is_unavailable() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("portcullis.db");
    let store = open(&path, &[OLD]);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(matches!(store.ping().await, Err(PortError::Unavailable(_))));
    fs::remove_dir(&path).unwrap();
    store.ping().await.unwrap();
}
