//! `cargo xtask`: the project's own commands.
//!
//! `regenerate` runs in this program, which therefore builds fast. Other programs of the workspace run the rest.

#![allow(clippy::print_stderr, reason = "a command-line program")]

mod package;
mod regenerate;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use ovirt_sdk_generator::workspace;
use package::Package;

/// Commands that other programs of the workspace run, with their help.
const COMMANDS: [(&str, Package, &str); 8] = [
    ("documentation", Package::Tools, "Check that every item of the model has a useful description"),
    ("export", Package::Tools, "Print the resolved model as JSON"),
    ("reference", Package::Tools, "Render the API reference as a static site"),
    ("follow", Package::Tools, "Follow a release of upstream's model, with all that belongs to it"),
    ("import", Package::Tools, "Import a release of upstream's model"),
    ("diff", Package::Tools, "Compare two models and classify the changes"),
    ("changelog", Package::Tools, "Print the API section of CHANGELOG.md for a new release"),
    ("fake-engine", Package::FakeEngine, "Run a fake engine in the foreground and print how to connect"),
];

fn main() -> ExitCode {
    match run(&command().get_matches()) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}

fn command() -> Command {
    let root = Arg::new("root")
        .long("root")
        .global(true)
        .value_name("FOLDER")
        .value_parser(value_parser!(PathBuf))
        .help("Root of the workspace to work on [default: the workspace around the current folder]");
    let check = Arg::new("check")
        .long("check")
        .action(ArgAction::SetTrue)
        .help("Write nothing; fail if a generated file is missing, edited or stale");
    let regenerate =
        Command::new("regenerate").about("Rebuild the generated sources of the SDK from the model").arg(check);
    // The other program parses the arguments and answers `--help`.
    let arguments = Arg::new("arguments")
        .num_args(0..)
        .trailing_var_arg(true)
        .allow_hyphen_values(true)
        .value_parser(value_parser!(OsString));
    let others =
        COMMANDS.map(|(name, _, about)| Command::new(name).about(about).disable_help_flag(true).arg(arguments.clone()));
    Command::new("cargo xtask")
        .bin_name("cargo xtask")
        .about("Commands for the maintainers of ovirt-sdk")
        .after_help("`cargo xtask COMMAND --help` shows the options of a command.")
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(root)
        .subcommand(regenerate)
        .subcommands(others)
}

fn run(matches: &ArgMatches) -> Result<ExitCode, String> {
    let root = matches.get_one::<PathBuf>("root");
    let Some((name, matches)) = matches.subcommand() else { return Ok(ExitCode::FAILURE) };
    match COMMANDS.iter().find(|(other, _, _)| *other == name) {
        Some((_, package, _)) => {
            let arguments: Vec<&OsString> = matches.get_many("arguments").unwrap_or_default().collect();
            package.run(root.map(PathBuf::as_path), name, &arguments)
        }
        None => {
            let root = match root {
                Some(root) => root.clone(),
                None => workspace::find_from_current_folder().map_err(|error| format!("error: {error}"))?,
            };
            regenerate::run(&root, matches.get_flag("check"))
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn arguments_are_consistent() {
        super::command().debug_assert();
    }
}
