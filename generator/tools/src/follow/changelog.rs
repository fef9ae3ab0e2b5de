//! The API section of the changelog.

use crate::diff::{Consequence, Diff, render};

/// The changelog, relative to the root of the workspace.
pub const CHANGELOG: &str = "CHANGELOG.md";

/// The heading of the changes that are not released.
pub(super) const UNRELEASED: &str = "## Unreleased";

/// The beginning of the section's heading.
const HEADING: &str = "### API of ";

/// Marks a section that nobody has edited.
const MARK: &str = "<!-- Written by `cargo xtask follow`, which replaces it. Remove this line to keep your edits. -->";

/// What an insertion changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Insertion {
    /// The new text of the changelog.
    Text(String),
    /// The section is already there.
    Same,
    /// A person has edited the section.
    Edited,
    /// There is nothing to insert.
    Nothing,
    /// The changelog has no heading for changes that are not released.
    NoPlace,
}

/// Adds or replaces the section under the heading of the changes that are not released.
pub fn insert(text: &str, diff: &Diff) -> Insertion {
    let Some((before, unreleased, after)) = parts(text, UNRELEASED, &["## "]) else { return Insertion::NoPlace };
    let section = marked(&render::changelog(diff));
    let changes = diff.changes.iter().any(|change| change.consequence != Consequence::Documentation);
    let has_changes = changes || diff.old.1 != diff.new.1;
    let new = match parts(unreleased, HEADING, &["## ", "### "]) {
        Some((_, present, _)) if !present.contains(MARK) => return Insertion::Edited,
        Some((_, present, _)) if has_changes && present.trim_end() == section.trim_end() => return Insertion::Same,
        Some((start, _, rest)) if has_changes => format!("{start}{section}\n{rest}"),
        Some((start, _, rest)) => format!("{start}{rest}"),
        None if !has_changes => return Insertion::Nothing,
        None => {
            let heading = unreleased.lines().next().unwrap_or_default();
            let rest = unreleased.get(heading.len()..).unwrap_or_default().trim_start();
            format!("{heading}\n\n{section}\n{rest}")
        }
    };
    let whole = format!("{before}{new}{after}");
    Insertion::Text(whole.trim_end().to_owned() + "\n")
}

/// The section with the mark below its heading.
fn marked(section: &str) -> String {
    match section.split_once('\n') {
        Some((heading, rest)) => format!("{heading}\n\n{MARK}\n{rest}"),
        None => format!("{section}\n\n{MARK}\n"),
    }
}

/// Splits a text before a heading and after its section, which ends at the next heading with one of these beginnings.
fn parts<'t>(text: &'t str, heading: &str, ends: &[&str]) -> Option<(&'t str, &'t str, &'t str)> {
    let mut at = 0;
    let mut begin = None;
    for line in text.split_inclusive('\n') {
        match begin {
            None if line.starts_with(heading) => begin = Some(at),
            Some(begin) if ends.iter().any(|end| line.starts_with(end)) => {
                return Some((text.get(..begin)?, text.get(begin..at)?, text.get(at..)?));
            }
            _ => {}
        }
        at += line.len();
    }
    let begin = begin?;
    Some((text.get(..begin)?, text.get(begin..)?, ""))
}
