//! The commands of `cargo xtask` that generating does not need. `xtask` runs this program for them.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

mod commands;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use commands::{diff, documentation, export, follow, import, reference};
use ovirt_sdk_generator::workspace;
use ovirt_sdk_generator_tools::follow::Options;

/// Commands for the maintainers of ovirt-sdk.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    /// Root of the workspace to work on [default: the workspace around the current folder]
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check that every item of the model has a useful description
    Documentation,
    /// Print the resolved model as JSON
    Export,
    /// Render the API reference as a static site
    ///
    /// Writes only files that changed. Fails if the folder contains files that this command did not write.
    Reference {
        /// Folder of the site [default: target/reference in the workspace]
        #[arg(long, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
    /// Follow a release of upstream's model: import, regenerate, compare, write the changelog and the reference
    ///
    /// Stops at the first step that needs a person and says what to do. Run it again to continue. See "A new API release"
    /// in model/README.md.
    Follow {
        /// Checkout of oVirt/ovirt-engine-api-model, or its sources jar
        path: PathBuf,
        /// Show all steps without writing anything
        #[arg(long)]
        dry_run: bool,
        /// Release of the API, if upstream's files don't name it
        #[arg(long)]
        release: Option<String>,
        /// Git revision with the previous release
        #[arg(long, value_name = "REVISION", default_value = diff::OLD)]
        since: String,
    },
    /// Import a release of upstream's model
    ///
    /// Upstream's facts replace ours; our texts and quirks stay. Nothing is written if any upstream file can't be
    /// understood or the new model fails the checks. See "A new API release" in model/README.md.
    Import {
        /// Checkout of oVirt/ovirt-engine-api-model, or its sources jar
        path: PathBuf,
        /// Show the changes without writing them
        #[arg(long)]
        dry_run: bool,
        /// Release of the API, if upstream's files don't name it
        #[arg(long)]
        release: Option<String>,
    },
    /// Compare two models and classify the changes
    ///
    /// Reports what each change means for users of the crate and for the wire format. Each side is a git revision of
    /// this repository, a folder with a model, or a checkout or sources jar of upstream's model. An upstream model is
    /// imported into the current one without writing it.
    Diff {
        /// Older side
        #[arg(default_value = diff::OLD)]
        old: String,
        /// Newer side [default: the working tree]
        new: Option<String>,
        /// Output format
        #[arg(long, value_enum, default_value_t = diff::Format::Text)]
        format: diff::Format,
        /// Also show the difference of the generated code
        #[arg(long)]
        code: bool,
        /// Fail if there are changes of this kind
        #[arg(long, value_enum)]
        deny: Option<diff::Deny>,
    },
    /// Print the API section of CHANGELOG.md for a new release
    ///
    /// Takes the same sides as `diff`. Prints Markdown to paste under the heading of the release; writes nothing.
    Changelog {
        /// Previous release, such as its git tag
        #[arg(default_value = diff::OLD)]
        old: String,
        /// New release [default: the working tree]
        new: Option<String>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), String> {
    let root = match arguments.root {
        Some(root) => root,
        None => workspace::find_from_current_folder().map_err(|error| format!("error: {error}"))?,
    };
    run_command(&root, arguments.command)
}

fn run_command(root: &Path, command: Command) -> Result<(), String> {
    match command {
        Command::Documentation => documentation::run(root),
        Command::Export => export::run(root),
        Command::Reference { output } => reference::run(root, output),
        Command::Diff { old, new, format, code, deny } => diff::run(root, (&old, new.as_deref()), format, code, deny),
        Command::Changelog { old, new } => diff::changelog(root, (&old, new.as_deref())),
        Command::Follow { path, dry_run, release, since } => {
            follow::run(root, &Options { upstream: path, release, since, dry_run })
        }
        Command::Import { path, dry_run, release } => import::run(root, &path, release.as_deref(), dry_run),
    }
}
