//! The project's own commands: arguments and printing. The work is done in `ovirt-sdk-generator`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the command line")]

mod diff;
mod fake_engine;
mod import;
mod reference;
mod regenerate;

use std::ffi::OsString;
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
    /// Write the reference of the API as a static site with a search, which needs no server.
    ///
    /// Only files that differ are written. A folder that has files of others is left alone.
    Reference {
        /// Where to write it; `target/reference` of the workspace when left out.
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
    /// Bring a release of upstream's model into ours: facts are upstream's, texts and quirks stay.
    ///
    /// Nothing is written when anything of upstream's files was not understood, or when the new model would not pass
    /// the checks. See "A new API release" in model/README.md.
    Import {
        /// A checkout of oVirt/ovirt-engine-api-model, or its sources jar.
        path: PathBuf,
        /// Show what would change, and write nothing.
        #[arg(long)]
        dry_run: bool,
        /// The release, where upstream's files don't tell it.
        #[arg(long)]
        release: Option<String>,
    },
    /// Tell what changed between two models, and what it means for users of the crate and for the wire.
    ///
    /// Each side is a git revision of this repository, a folder with a model, or a checkout (or sources jar) of
    /// upstream's model, which is imported into the present model without writing it.
    Diff {
        /// The older side.
        #[arg(default_value = diff::OLD)]
        old: String,
        /// The newer side; the working tree when left out.
        new: Option<String>,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = diff::Format::Text)]
        format: diff::Format,
        /// Show the difference of the generated code too, after the list of changes.
        #[arg(long)]
        code: bool,
        /// Fail when there are such changes.
        #[arg(long, value_enum)]
        deny: Option<diff::Deny>,
    },
    /// Print the API part of CHANGELOG.md for a new release: Markdown to put under the heading of the release.
    ///
    /// The sides are those of `diff`. Nothing is written: append the output where it belongs.
    Changelog {
        /// The release before, such as its git tag.
        #[arg(default_value = diff::OLD)]
        old: String,
        /// The new release; the working tree when left out.
        new: Option<String>,
    },
    /// Run a fake engine in the foreground, and print how to connect; `--help` after it lists its options.
    #[command(disable_help_flag = true)]
    FakeEngine {
        /// Passed on to the program `ovirt-fake-engine`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTION")]
        arguments: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let root = arguments.root.unwrap_or_else(workspace);
    let done = match arguments.command {
        Command::Regenerate { check } => regenerate::run(&root, check),
        Command::Documentation => documentation(&root),
        Command::Export => export(&root),
        Command::Reference { output } => reference::run(&root, output),
        Command::Diff { old, new, format, code, deny } => diff::run(&root, (&old, new.as_deref()), format, code, deny),
        Command::Changelog { old, new } => diff::changelog(&root, (&old, new.as_deref())),
        Command::FakeEngine { arguments } => fake_engine::run(&root, &arguments),
        Command::Import { path, dry_run, release } => import::run(&root, &path, release.as_deref(), dry_run),
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

/// Prints to standard output; that nobody reads on is no failure.
fn print(text: &str) -> Result<(), String> {
    use std::io::Write;
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(format!("error: can't print: {error}")),
        _ => Ok(()),
    }
}

fn export(root: &Path) -> Result<(), String> {
    print(&ovirt_sdk_generator::export::export(&read(root)?.model).map_err(|error| format!("error: {error}"))?)
}
