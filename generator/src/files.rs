//! Paths of the generated files, and the command that rebuilds them.

use std::collections::BTreeMap;

/// Generated files: text by path relative to the root of the workspace.
pub type Files = BTreeMap<String, String>;

/// The generated sources of the SDK.
pub const GENERATED: &str = "generated-sdk/src/generated";

/// The generated sources of the fake engine.
pub const FAKE_ENGINE: &str = "generated-sdk/fake-engine/src/generated";

/// The folders of generated code. A file in them that is not generated is stale.
pub const FOLDERS: [&str; 2] = [GENERATED, FAKE_ENGINE];

/// The overview of types and services.
pub const OVERVIEW: &str = "generated-sdk/API.md";

/// The command that rebuilds the files.
pub const COMMAND: &str = "cargo xtask regenerate";
