//! Arrows point one way: gateway, adapters, domain, kernel.

use std::collections::BTreeSet;

use portcullis_architecture::{Graph, sources};

/// What may be compiled into a domain crate, its own dependencies' dependencies included.
const PURE: &[&str] = &[
    "async-trait",
    "autocfg",
    "block-buffer",
    "cfg-if",
    "cmov",
    "const-oid",
    "cpufeatures",
    "crypto-common",
    "ctutils",
    "deranged",
    "digest",
    "hybrid-array",
    "itoa",
    "libc",
    "num-conv",
    "powerfmt",
    "proc-macro2",
    "quote",
    "serde_core",
    "sha2",
    "subtle",
    "syn",
    "thiserror",
    "thiserror-impl",
    "time",
    "time-core",
    "time-macros",
    "tinyvec",
    "tinyvec_macros",
    "typenum",
    "unicode-ident",
    "unicode-normalization",
    "uuid",
    "version_check",
    "zeroize",
    "zeroize_derive",
];

#[test]
fn domain_crates_compile_nothing_impure() {
    let graph = Graph::read();
    let domain: BTreeSet<&str> = graph.below("crates/domain").collect();
    assert!(domain.len() >= 7, "the domain crates are there");
    for package in &domain {
        let foreign: Vec<String> = Graph::compiled_into(package)
            .into_iter()
            .filter(|name| !PURE.contains(&name.as_str()) && !domain.contains(name.as_str()))
            .collect();
        assert!(foreign.is_empty(), "{package} compiles {foreign:?}");
    }
}

#[test]
fn domain_crates_know_the_kernel_and_not_each_other() {
    let graph = Graph::read();
    let domain: BTreeSet<&str> = graph.below("crates/domain").collect();
    for package in &domain {
        let siblings: Vec<_> = graph
            .dependencies(package)
            .into_iter()
            .filter(|name| domain.contains(name) && *name != "portcullis-kernel")
            .collect();
        assert!(siblings.is_empty(), "{package} depends on {siblings:?}");
    }
}

#[test]
fn adapters_know_domain_crates_and_not_each_other() {
    let graph = Graph::read();
    let adapters: BTreeSet<&str> = graph.below("crates/adapters").collect();
    for package in &adapters {
        let known: Vec<_> =
            graph.dependencies(package).into_iter().filter(|name| adapters.contains(name)).collect();
        assert!(known.is_empty(), "{package} depends on {known:?}");
    }
}

#[test]
fn nothing_depends_on_the_gateway_or_on_testing() {
    let graph = Graph::read();
    let testing: BTreeSet<&str> = graph.below("crates/testing").collect();
    for folder in ["crates/domain", "crates/adapters", "apps"] {
        for package in graph.below(folder) {
            let wrong: Vec<_> = graph
                .dependencies(package)
                .into_iter()
                .filter(|name| {
                    *name == "portcullis-gateway"
                        || testing.contains(name)
                        || *name == "portcullis-store-memory"
                })
                .collect();
            assert!(wrong.is_empty(), "{package} depends on {wrong:?}");
        }
    }
}

#[test]
fn only_the_stores_see_diesel_and_only_the_gateway_sees_actix() {
    let graph = Graph::read();
    for folder in ["crates", "apps"] {
        for package in graph.below(folder) {
            let dependencies = graph.dependencies(package);
            let is_store = ["portcullis-store-sqlite", "portcullis-store-postgres"].contains(&package);
            assert!(
                is_store || !dependencies.iter().any(|name| name.starts_with("diesel")),
                "{package} sees diesel"
            );
            let is_gateway = package == "portcullis-gateway";
            assert!(is_gateway || !dependencies.contains("actix-web"), "{package} sees actix-web");
        }
    }
}

#[test]
fn only_wiring_names_concrete_adapters() {
    let graph = Graph::read();
    let crates: Vec<String> = graph.below("crates/adapters").map(|name| name.replace('-', "_")).collect();
    for source in sources("apps/gateway/src", ".rs") {
        if source.path.ends_with("src/wiring.rs") || source.path.contains("src/wiring/") {
            continue;
        }
        let named: Vec<_> = crates.iter().filter(|name| source.text.contains(name.as_str())).collect();
        assert!(named.is_empty(), "{} names {named:?}", source.path);
    }
}

#[test]
fn shared_sql_names_no_backend() {
    for source in sources("crates/adapters/store-sql", ".rs") {
        for word in ["sqlite", "postgres", "Sqlite", "Pg", "SQLITE"] {
            let named = source.text.split(|c: char| !c.is_alphanumeric()).any(|token| token == word);
            assert!(!named, "{} names {word}", source.path);
        }
    }
}

#[test]
fn dialects_do_not_know_each_other() {
    const DIALECTS: [&str; 4] = ["rehive", "wikimedia", "bfore", "barong"];
    for dialect in DIALECTS {
        for source in sources(&format!("apps/gateway/src/dialects/{dialect}"), ".rs") {
            for other in DIALECTS.iter().filter(|other| **other != dialect) {
                for import in [format!("dialects::{other}"), format!("super::super::{other}")] {
                    assert!(!source.text.contains(&import), "{} imports {other}", source.path);
                }
            }
        }
    }
}
