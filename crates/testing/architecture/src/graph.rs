//! Who depends on whom.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

use crate::root;

/// The workspace's packages and what they depend on directly.
pub struct Graph {
    packages: BTreeMap<String, Package>,
}

impl Graph {
    /// Reads the workspace.
    ///
    /// # Panics
    /// If cargo cannot read it.
    #[must_use]
    pub fn read() -> Self {
        let metadata =
            MetadataCommand::new().current_dir(root()).no_deps().other_options(["--offline".into()]).exec();
        match metadata {
            Ok(metadata) => {
                let packages = metadata.packages.into_iter();
                Self { packages: packages.map(|package| (package.name.to_string(), package)).collect() }
            }
            Err(error) => panic!("cargo metadata: {error}"),
        }
    }

    /// The packages that live below `folder`.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let folder = root().join(folder);
        self.packages
            .values()
            .filter(move |package| package.manifest_path.as_std_path().starts_with(&folder))
            .map(|package| package.name.as_str())
    }

    /// The direct dependencies of a package, dev-dependencies left out.
    #[must_use]
    pub fn dependencies(&self, package: &str) -> BTreeSet<&str> {
        self.packages
            .get(package)
            .into_iter()
            .flat_map(|package| &package.dependencies)
            .filter(|dependency| dependency.kind != DependencyKind::Development)
            .map(|dependency| dependency.name.as_str())
            .collect()
    }

    /// Every crate that is compiled into a package, by `cargo tree` on that package alone: metadata of the whole
    /// workspace would unify features and blame the wrong crate.
    ///
    /// # Panics
    /// If cargo cannot tell.
    #[must_use]
    pub fn compiled_into(package: &str) -> BTreeSet<String> {
        let output = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "--locked",
                "-p",
                package,
                "-e",
                "normal",
                "--prefix",
                "none",
                "-f",
                "{p}",
            ])
            .current_dir(root())
            .output();
        match output {
            Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout)
                .lines()
                .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
                .collect(),
            other => panic!("cargo tree -p {package}: {other:?}"),
        }
    }
}
