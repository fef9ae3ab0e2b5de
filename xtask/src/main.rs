//! The project's own commands: arguments and printing. The work is done in `ovirt-sdk-generator`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the command line")]

mod regenerate;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use ovirt_sdk_generator::Read;

/// Commands for the maintainers of ovirt-sdk.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    /// Root of the workspace to work on; that of this program when left out.
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Rebuild the generated sources of the SDK from the model.
    Regenerate {
        /// Write nothing; fail when a generated file is missing, edited or stale.
        #[arg(long)]
        check: bool,
    },
    /// Check that every item of the model is described, and that its text says something.
    Documentation,
    /// Print the resolved model as JSON.
    Export,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let root = arguments.root.unwrap_or_else(workspace);
    let done = match arguments.command {
        Command::Regenerate { check } => regenerate::run(&root, check),
        Command::Documentation => documentation(&root),
        Command::Export => export(&root),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}

/// The workspace that this program belongs to.
fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Reads the model of a workspace; the error is its problems as people read them.
fn read(root: &Path) -> Result<Read, String> {
    let model = root.join(ovirt_sdk_generator::MODEL);
    ovirt_sdk_generator::read(&model, root).map_err(|error| error.render(std::io::stderr().is_terminal()))
}

fn documentation(root: &Path) -> Result<(), String> {
    let read = read(root)?;
    ovirt_sdk_generator::check_documentation(&read, std::io::stderr().is_terminal())?;
    eprintln!("every item of {} types and {} services is described", read.model.types.len(), read.model.services.len());
    Ok(())
}

fn export(root: &Path) -> Result<(), String> {
    use std::io::Write;
    let json = ovirt_sdk_generator::export::export(&read(root)?.model).map_err(|error| format!("error: {error}"))?;
    match std::io::stdout().write_all(json.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(format!("error: can't print: {error}")),
        _ => Ok(()),
    }
}
