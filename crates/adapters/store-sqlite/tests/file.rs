//! One file, opened, shared and lost.

mod fresh;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use fresh::{OLD, open};
use portcullis_conformance::{World, build};
use portcullis_kernel::{PortError, Probe};
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn only_its_owner_can_read_the_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("portcullis.db");
    open(&path, &[OLD]).migrate().await.unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let file = fs::metadata(format!("{}{suffix}", path.display())).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{suffix}");
    }
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
