//! Running a program of another package of the workspace.
//!
//! Programs are not linked into this one: most people only regenerate, and should not wait for the rest to build.
//! Regenerating must also work while the SDK does not compile.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use ovirt_sdk_generator::workspace;

/// A package that runs commands.
#[derive(Clone, Copy)]
pub(crate) enum Package {
    /// The tools of the generator.
    Tools,
    /// The fake engine.
    FakeEngine,
}

impl Package {
    /// Builds the program and runs a command in it.
    pub(crate) fn run(self, root: Option<&Path>, name: &str, arguments: &[&OsString]) -> Result<ExitCode, String> {
        let checkout = workspace::find_from_current_folder().map_err(|error| format!("error: {error}"))?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        // Some build scripts run again when they see other values, and what needs them is compiled again.
        for (variable, _) in std::env::vars_os().filter(|(variable, _)| describes_package(&variable.to_string_lossy()))
        {
            command.env_remove(variable);
        }
        command.arg("run").arg("--manifest-path").arg(checkout.join("Cargo.toml"));
        match self {
            Self::Tools => {
                command.args(["--package", "ovirt-sdk-generator-tools", "--"]);
                if let Some(root) = root {
                    command.arg("--root").arg(root);
                }
                command.arg(name);
            }
            Self::FakeEngine => {
                command.args(["--package", "ovirt-fake-engine", "--bin", "ovirt-fake-engine", "--"]);
            }
        }
        execute(command.args(arguments))
    }
}

/// Whether cargo set a variable to describe the package of this program.
fn describes_package(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| variable.starts_with(prefix))
}

/// Replaces this process, so that the program receives signals and its exit code is ours.
#[cfg(unix)]
fn execute(command: &mut Command) -> Result<ExitCode, String> {
    Err(format!("error: can't run cargo: {}", std::os::unix::process::CommandExt::exec(command)))
}

/// Runs the program and passes its exit code on.
#[cfg(not(unix))]
fn execute(command: &mut Command) -> Result<ExitCode, String> {
    let status = command.status().map_err(|error| format!("error: can't run cargo: {error}"))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
