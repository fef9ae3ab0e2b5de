//! The structure that ARCHITECTURE.md promises: layers, no import cycles, and a core of the fake engine that knows no
//! resource.
//!
//! The tests read the sources with `syn`. A failure names the import, its file and its line.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail as tests do"
)]

mod cycles;
mod imports;
mod layers;
mod sources;
mod structure;

use std::path::{Path, PathBuf};

/// Root of the workspace.
fn root() -> PathBuf {
    Path::new("..").to_path_buf()
}

/// A crate whose structure is checked.
struct Checked {
    name: &'static str,
    /// Folder of its sources, relative to the workspace.
    sources: &'static str,
}

const CRATES: [Checked; 4] = [
    Checked { name: "ovirt-sdk", sources: "generated-sdk/src" },
    Checked { name: "ovirt-fake-engine", sources: "generated-sdk/fake-engine/src" },
    Checked { name: "ovirt-sdk-generator", sources: "generator/src" },
    Checked { name: "ovirt-sdk-generator-tools", sources: "generator/tools/src" },
];
