//! `cargo xtask fake-engine`.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Builds the program that runs a fake engine, and becomes it.
///
/// It is not linked into this one: the commands for the generated sources have to work when the SDK does not compile.
pub(crate) fn run(root: &Path, arguments: &[OsString]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--quiet", "--package", "ovirt-fake-engine"]);
    command.args(["--bin", "ovirt-fake-engine", "--manifest-path"]).arg(root.join("Cargo.toml"));
    command.arg("--").args(arguments);
    execute(command)
}

/// Gives way to it, so that it is the one that gets signals.
#[cfg(unix)]
fn execute(mut command: Command) -> Result<(), String> {
    Err(format!("error: cargo can't be run: {}", std::os::unix::process::CommandExt::exec(&mut command)))
}

#[cfg(not(unix))]
fn execute(mut command: Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("error: the fake engine ended with {status}")),
        Err(error) => Err(format!("error: cargo can't be run: {error}")),
    }
}
