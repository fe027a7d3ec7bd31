//! The committed OpenAPI documents say what the code says.
#![expect(clippy::unwrap_used, reason = "in tests a panic is the verdict")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const DIALECTS: [&str; 4] = ["rehive", "wikimedia", "bfore", "barong"];

fn generated(dialect: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_portcullis")).args(["openapi", dialect]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn committed(dialect: &str) -> Value {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi").join(format!("{dialect}.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn committed_documents_are_current() {
    for dialect in DIALECTS {
        assert_eq!(
            committed(dialect),
            generated(dialect),
            "docs/openapi/{dialect}.json is stale: run scripts/openapi"
        );
    }
}

#[test]
fn documents_are_openapi_3_1_and_describe_every_operation() {
    let operations = |document: &Value| -> usize {
        document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum()
    };
    for (dialect, count) in DIALECTS.into_iter().zip([33, 8, 10, 34]) {
        let document = generated(dialect);
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{dialect}");
        assert_eq!(operations(&document), count, "{dialect}");
    }
}
