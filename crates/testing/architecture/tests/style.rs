//! What a reviewer should not have to say.

use portcullis_architecture::{Source, sources};

fn rust() -> Vec<Source> {
    ["apps", "crates"].into_iter().flat_map(|folder| sources(folder, ".rs")).collect()
}

fn is_law(source: &Source) -> bool {
    source.path.starts_with("crates/testing/architecture/")
}

#[test]
fn no_file_is_longer_than_500_lines() {
    for source in rust() {
        let lines = source.text.lines().count();
        let is_table = source.path.ends_with("/schema.rs");
        assert!(lines <= 500 || is_table, "{} has {lines} lines", source.path);
    }
}

#[test]
fn no_file_is_a_drawer() {
    for source in rust() {
        let name = source.path.rsplit('/').next().unwrap_or_default();
        let drawer =
            ["helpers.rs", "helper.rs", "utils.rs", "util.rs", "common.rs", "misc.rs"].contains(&name);
        assert!(!drawer, "{} is named for nothing in particular", source.path);
    }
}

#[test]
fn nothing_is_left_unfinished() {
    for source in rust().iter().filter(|source| !is_law(source)) {
        for mark in ["todo!(", "unimplemented!(", "FIXME", "XXX", "#[ignore"] {
            assert!(!source.text.contains(mark), "{} contains {mark}", source.path);
        }
    }
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    for source in rust().iter().filter(|source| !is_law(source)) {
        assert!(!source.text.contains("#[allow("), "{}: use #[expect(…, reason)]", source.path);
        assert!(!source.text.contains("#![allow("), "{}: use #[expect(…, reason)]", source.path);
    }
}

#[test]
fn no_test_sleeps_for_luck() {
    let is_test = |source: &&Source| {
        source.path.contains("/tests/") || source.path.starts_with("crates/testing/conformance")
    };
    for source in rust().iter().filter(is_test).filter(|source| !is_law(source)) {
        let polls = source.path.contains("/support/");
        assert!(polls || !source.text.contains("sleep("), "{} sleeps", source.path);
    }
}

#[test]
fn refusals_match_exhaustively() {
    let refusals: Vec<Source> = sources("apps/gateway/src/dialects", "refusal.rs").into_iter().collect();
    assert!(refusals.len() >= 2, "the dialects have refusals");
    for source in &refusals {
        assert!(!source.shipped().contains("_ =>"), "{} swallows a failure", source.path);
    }
}

#[test]
fn dialects_are_siblings() {
    for dialect in ["rehive", "wikimedia", "bfore", "barong"] {
        let folder = format!("apps/gateway/src/dialects/{dialect}");
        let files: Vec<String> = sources(&folder, ".rs").into_iter().map(|source| source.path).collect();
        for file in ["mod", "auth", "wire", "refusal"] {
            let alone = format!("{folder}/{file}.rs");
            let in_parts = format!("{folder}/{file}/mod.rs");
            let exists = files.contains(&alone) || files.contains(&in_parts);
            assert!(exists, "{folder} lacks {file}.rs or {file}/mod.rs");
        }
    }
}

#[test]
fn domain_types_are_not_serialised() {
    for source in sources("crates/domain", ".rs") {
        assert!(!source.text.contains("serde"), "{} mentions serde", source.path);
    }
}

#[test]
fn migrations_have_the_same_names_on_both_backends() {
    let names = |backend: &str| -> Vec<String> {
        let folder = format!("migrations/{backend}");
        let names = sources(&folder, ".sql").into_iter();
        names.map(|source| source.path.trim_start_matches(&folder).to_owned()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

#[test]
fn every_invariant_names_a_test_that_exists() {
    let tests: Vec<String> = rust().into_iter().map(|source| source.text).collect();
    let documents = sources("docs", "architecture.md");
    let invariants: Vec<&str> = documents
        .iter()
        .flat_map(|document| document.text.lines())
        .filter_map(|line| line.split("*Test:*").nth(1))
        .flat_map(|names| names.split('`').skip(1).step_by(2))
        .collect();
    assert!(invariants.len() >= 15, "docs/architecture.md names its tests");
    for name in invariants {
        let function = name.rsplit("::").next().unwrap_or_default();
        let exists = tests
            .iter()
            .any(|text| text.contains(&format!("fn {function}(")) || text.contains(&format!("{function},")));
        assert!(exists, "docs/architecture.md names {name}, which does not exist");
    }
}
