//! `cargo xtask diff` and `cargo xtask changelog`.

use std::io::IsTerminal;
use std::path::Path;

use clap::ValueEnum;
use ovirt_sdk_generator::diff::side::{self, Side};
use ovirt_sdk_generator::diff::{self, Consequence, Diff, render};

/// How a comparison is printed.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For a release note.
    Markdown,
    /// For programs.
    Json,
}

/// What makes the command fail.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Deny {
    /// Changes that break programs.
    Breaking,
    /// Those, and deprecations.
    Deprecation,
}

/// What is compared when the command doesn't say it.
pub(crate) const OLD: &str = "HEAD";

/// Prints what changed between two models.
pub(crate) fn run(
    root: &Path,
    sides: (&str, Option<&str>),
    format: Format,
    code: bool,
    deny: Option<Deny>,
) -> Result<(), String> {
    let (old, new, diff) = compare(root, sides)?;
    super::print(&match format {
        Format::Text => render::text(&diff),
        Format::Markdown => render::markdown(&diff),
        Format::Json => render::json(&diff).map_err(|error| format!("error: {error}"))?,
    })?;
    if code {
        super::print(&diff::code::diff(&old.read, &new.read).map_err(|error| format!("error: {error}"))?)?;
    }
    let denied = match deny {
        None => 0,
        Some(Deny::Breaking) => diff.count(Consequence::Breaking),
        Some(Deny::Deprecation) => diff.count(Consequence::Breaking) + diff.count(Consequence::Deprecation),
    };
    if denied > 0 { Err(format!("error: {denied} changes are denied")) } else { Ok(()) }
}

/// Prints the API part of the change log.
pub(crate) fn changelog(root: &Path, sides: (&str, Option<&str>)) -> Result<(), String> {
    let (_, _, diff) = compare(root, sides)?;
    super::print(&render::changelog(&diff))
}

fn compare(root: &Path, (old, new): (&str, Option<&str>)) -> Result<(Side, Side, Diff), String> {
    let colour = std::io::stderr().is_terminal();
    eprintln!("comparing {old} with {}", new.unwrap_or("the working tree"));
    let (old, new) = (side::open(root, Some(old), colour)?, side::open(root, new, colour)?);
    let diff = diff::diff(&old.read, &new.read, (old.name.clone(), new.name.clone()));
    Ok((old, new, diff))
}
