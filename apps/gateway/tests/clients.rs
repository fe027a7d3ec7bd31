//! Third-party clients of the `wikimedia` door, unmodified, as `scripts/clients` installs them.
#![expect(clippy::unwrap_used, reason = "tests and what they share")]

mod support;

use std::process::Command;

use support::clients::{self, installed, script};
use support::{Installation, on_both};

on_both! {
    npm_wikimedia_enterprise_works
    pypi_wme_works
}

const PASSWORD: &str = "j8BDWYrQwDF5u4Yu";

async fn npm_wikimedia_enterprise_works(here: Installation) {
    let modules = installed("node_modules");
    let package = std::fs::read_to_string(modules.join("wikimedia-enterprise/package.json")).unwrap();
    assert!(package.contains("\"version\": \"0.5.0\""), "run scripts/clients: {package}");
    let mut node = Command::new("node");
    node.arg(script("wikimedia_enterprise.cjs")).env("NODE_PATH", modules);
    runs_to_its_end(&here, node);
}

async fn pypi_wme_works(here: Installation) {
    let mut python = Command::new(installed("venv/bin/python"));
    python.arg(script("wme_client.py"));
    runs_to_its_end(&here, python);
}

fn runs_to_its_end(here: &Installation, mut client: Command) {
    here.account(&["--username", "ada", "--email", "ada@example.com", "--email-verified"], PASSWORD);
    here.account(&["--username", "tim", "--temporary-password"], PASSWORD);
    let server = here.serve();
    client.env("BASE_URL", server.base()).env("USERNAME", "ada").env("PASSWORD", PASSWORD);
    let output =
        client.env("TEMPORARY_USERNAME", "tim").env("TEMPORARY_PASSWORD", PASSWORD).output().unwrap();
    clients::ended_well(&output);
}
