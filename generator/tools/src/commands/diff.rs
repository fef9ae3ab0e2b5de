//! `cargo xtask diff` and `cargo xtask changelog`.

use std::path::Path;

use clap::ValueEnum;
use ovirt_sdk_generator_tools::diff::side::{self, Side};
use ovirt_sdk_generator_tools::diff::{self, Consequence, Diff, render};
use ovirt_sdk_generator_tools::public_api::Runtime;

use super::output::{color, message, print};

/// Output format of a comparison.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// Plain text
    Text,
    /// Markdown for a release note
    Markdown,
    /// JSON for programs
    Json,
}

/// Changes that make the command fail.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Deny {
    /// Breaking changes
    Breaking,
    /// Breaking changes and deprecations
    Deprecation,
}

/// The older side of a comparison by default.
pub(crate) const OLD: &str = "HEAD";

/// Prints the changes between two models.
pub(crate) fn run(
    root: &Path,
    sides: (&str, Option<&str>),
    format: Format,
    code: bool,
    deny: Option<Deny>,
) -> Result<(), String> {
    let (old, new, diff) = compare(root, sides)?;
    print(&match format {
        Format::Text => render::text(&diff),
        Format::Markdown => render::markdown(&diff),
        Format::Json => render::json(&diff).map_err(message)?,
    })?;
    if code {
        print(&diff::code::diff(&old.read, &new.read).map_err(message)?)?;
    }
    let denied = match deny {
        None => 0,
        Some(Deny::Breaking) => diff.count(Consequence::Breaking),
        Some(Deny::Deprecation) => diff.count(Consequence::Breaking) + diff.count(Consequence::Deprecation),
    };
    match denied {
        0 => Ok(()),
        1 => Err("error: found 1 denied change".to_owned()),
        _ => Err(format!("error: found {denied} denied changes")),
    }
}

/// Prints the API section of the changelog.
pub(crate) fn changelog(root: &Path, sides: (&str, Option<&str>)) -> Result<(), String> {
    let (_, _, diff) = compare(root, sides)?;
    print(&render::changelog(&diff))
}

fn compare(root: &Path, (old, new): (&str, Option<&str>)) -> Result<(Side, Side, Diff), String> {
    eprintln!("comparing {old} with {}", new.unwrap_or("the working tree"));
    let (old, new) = (side::open(root, Some(old), color())?, side::open(root, new, color())?);
    let runtime = Runtime::read(root).map_err(message)?;
    let diff = diff::diff(&old.read, &new.read, (old.name.clone(), new.name.clone()), &runtime).map_err(message)?;
    Ok((old, new, diff))
}
