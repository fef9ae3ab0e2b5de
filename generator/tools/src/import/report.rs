//! The report of an import.

use std::fmt::{self, Write};

use ovirt_sdk_generator::diagnostics::nearest;

/// An item of the model: a file, or an item in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// The file, such as `types/vm.yaml`.
    pub file: String,
    /// Path of keys in the file. Empty for the file itself.
    pub path: Vec<String>,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.path.is_empty() { Ok(()) } else { write!(f, ": {}", self.path.join(".")) }
    }
}

/// A changed fact of an item.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The item.
    pub item: Item,
    /// The key.
    pub key: String,
    /// Old value; for a list of fields, the removed ones.
    pub old: Option<String>,
    /// New value; for a list of fields, the added ones.
    pub new: Option<String>,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { item, key, old, new } = self;
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        match (key.as_str(), old, new) {
            ("mandatory" | "optional", None, None) => write!(f, "{item}: order of `{key}` changed"),
            ("mandatory" | "optional", None, Some(new)) => write!(f, "{item}: added to `{key}`: {new}"),
            ("mandatory" | "optional", Some(old), None) => write!(f, "{item}: removed from `{key}`: {old}"),
            ("mandatory" | "optional", Some(old), Some(new)) => {
                write!(f, "{item}: removed from `{key}`: {old}; added: {new}")
            }
            _ => write!(f, "{item}: `{key}` changed from {} to {}", value(old), value(new)),
        }
    }
}

/// The report of an import.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Version before and after.
    pub versions: (String, String),
    /// Number of Java files.
    pub read: usize,
    /// New items with their types. Items in new items are not listed.
    pub added: Vec<(Item, Option<String>)>,
    /// Removed items with their types.
    pub removed: Vec<(Item, Option<String>)>,
    /// Changed facts.
    pub changed: Vec<Changed>,
    /// Quirks that no longer apply, with an explanation.
    pub quirks: Vec<(Item, String)>,
    /// Other notes for the maintainer.
    pub notes: Vec<String>,
    /// Number of missing summaries.
    pub unwritten: usize,
    /// Number of new, changed and removed files.
    pub files: [usize; 3],
}

impl Report {
    /// Returns pairs of a removed and a new item that may be a renamed item.
    pub fn renames(&self) -> Vec<(&Item, &Item)> {
        let mut found = Vec::new();
        for (gone, gone_type) in &self.removed {
            let fits = |(new, _): &&(Item, Option<String>)| section(new) == section(gone);
            let candidates: Vec<&(Item, Option<String>)> = self.added.iter().filter(fits).collect();
            let same_place = |new: &Item| gone.path.is_empty() || new.file == gone.file;
            let (near, far): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|(new, _)| same_place(new));
            let names = near.iter().map(|(new, _)| name(new));
            let by_name = nearest(name(gone), names).and_then(|best| near.iter().find(|(new, _)| name(new) == best));
            // The only new item with the same type in the same place.
            let parent = |item: &Item| item.path.split_last().map(|(_, parent)| parent.to_vec());
            let fits = |(new, ty): &&&(Item, Option<String>)| parent(new) == parent(gone) && ty == gone_type;
            let mut fitting = near.iter().filter(fits).filter(|_| !gone.path.is_empty() && gone_type.is_some());
            let only = fitting.next().filter(|_| fitting.next().is_none());
            let moved = far.iter().find(|(new, ty)| name(new) == name(gone) && ty == gone_type);
            if let Some((new, _)) = by_name.or(only).or(moved) {
                found.push((gone, new));
            }
        }
        found
    }

    /// Whether no file changes.
    pub fn is_empty(&self) -> bool {
        self.files == [0; 3]
    }

    /// Renders the report.
    pub fn render(&self) -> String {
        let mut text = String::new();
        let typed = |ty: &Option<String>| ty.as_ref().map(|ty| format!(" ({ty})")).unwrap_or_default();
        let lines = |items: &[(Item, Option<String>)]| -> Vec<String> {
            items.iter().map(|(item, ty)| format!("{item}{}", typed(ty))).collect()
        };
        section_text(&mut text, "new", &lines(&self.added));
        section_text(&mut text, "removed", &lines(&self.removed));
        let changed: Vec<String> = self.changed.iter().map(ToString::to_string).collect();
        section_text(&mut text, "changed", &changed);
        let renames: Vec<String> = self.renames().iter().map(|(old, new)| format!("{old} → {new}")).collect();
        section_text(
            &mut text,
            "possibly renamed or moved; if so, copy the texts and quirks of the old item to the new one",
            &renames,
        );
        let quirks: Vec<String> = self.quirks.iter().map(|(item, text)| format!("{item}: {text}")).collect();
        section_text(&mut text, "quirks that no longer apply", &quirks);
        section_text(&mut text, "notes", &self.notes);
        text
    }

    /// Renders a summary and what is left to do.
    pub fn summary(&self) -> String {
        let [new, changed, removed] = self.files;
        let (old, release) = &self.versions;
        let mut text = format!(
            "read {} Java files, release {old} → {release}; files: {new} new, {changed} changed, {removed} removed; \
             items: {} new, {} removed; {} changed facts, {} removed quirks",
            self.read,
            self.added.len(),
            self.removed.len(),
            self.changed.len(),
            self.quirks.len(),
        );
        if self.unwritten > 0 {
            text.push_str(&format!("\n{} summaries are missing: search the model for `summary: ~`", self.unwritten));
        }
        text
    }
}

fn name(item: &Item) -> &str {
    item.path
        .last()
        .map_or_else(|| item.file.rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml"), String::as_str)
}

/// The folder and section of an item.
fn section(item: &Item) -> (&str, Option<&String>) {
    let folder = item.file.split('/').next().unwrap_or_default();
    (folder, item.path.len().checked_sub(2).and_then(|at| item.path.get(at)))
}

fn section_text(text: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(text, "{title}:");
        for line in lines {
            let _ = writeln!(text, "  {line}");
        }
        text.push('\n');
    }
}
