//! Third-party clients of the `rehive` door, unmodified, as `scripts/clients` installs them.
#![expect(clippy::unwrap_used, reason = "tests and what they share")]

mod support;

use std::process::Command;

use support::clients::{self, installed, script};
use support::{Installation, on_both};

on_both! {
    npm_rehive_1_works
    npm_rehive_4_works
    pypi_rehive_works
}

async fn npm_rehive_1_works(here: Installation) {
    runs_to_its_end(here, node("rehive-1", "1.37.0", "rehive_1.cjs"));
}

async fn npm_rehive_4_works(here: Installation) {
    runs_to_its_end(here, node("rehive-4", "4.4.0", "rehive_4.cjs"));
}

async fn pypi_rehive_works(here: Installation) {
    let mut python = Command::new(installed("rehive-venv/bin/python"));
    python.arg("-B").arg(script("rehive_client.py"));
    runs_to_its_end(here, python);
}

/// Node.js on a script that requires one version of the package.
fn node(package: &str, version: &str, name: &str) -> Command {
    let modules = installed("node_modules");
    let manifest = std::fs::read_to_string(modules.join(package).join("package.json")).unwrap();
    assert!(manifest.contains(&format!("\"version\": \"{version}\"")), "run scripts/clients: {manifest}");
    let mut node = Command::new("node");
    node.arg(script(name)).env("NODE_PATH", modules);
    node
}

/// A user's life in a company of their own. The quotas are for strangers: one address signs in often here.
fn runs_to_its_end(here: Installation, mut client: Command) {
    let here = here.with("throttle.enabled", "false");
    here.json(&["company", "create", "acme"]);
    let server = here.serve();
    let client = client.env("BASE_URL", server.base()).env("COMPANY", "acme");
    let client = client.env("MAIL", here.data().join("mail")).env("SMS", here.data().join("sms"));
    let output = client.output().unwrap();
    clients::ended_well(&output);
}
