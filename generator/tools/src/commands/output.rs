//! What the commands share: reading the model and printing.

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;

use ovirt_sdk_generator::{LoadedModel, MODEL};

/// Whether messages to standard error are colored.
pub(super) fn color() -> bool {
    std::io::stderr().is_terminal()
}

/// Turns an error into the message to print.
pub(super) fn message(error: impl std::fmt::Display) -> String {
    format!("error: {error}")
}

/// Reads the model of a workspace.
pub(super) fn read_model(root: &Path) -> Result<LoadedModel, String> {
    ovirt_sdk_generator::load_model(&root.join(MODEL), root).map_err(|error| error.render(color()))
}

/// Prints to standard output. A closed pipe is not an error.
pub(super) fn print(text: &str) -> Result<(), String> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!("error: can't print: {error}")),
        _ => Ok(()),
    }
}
