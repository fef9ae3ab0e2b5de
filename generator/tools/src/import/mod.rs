//! A release of upstream's model, in Java → the files of ours.
//!
//! The way: a checkout or a jar (`source`) → Java (`java`) → facts (`facts`, `services`, `mend`) → the present files
//! with these facts (`merge`, `quirks`) → text (`layout`). Upstream's texts are not read: only facts are.
//! Nothing is written before everything was understood and the result has passed the checks.

mod document;
mod facts;
mod java;
mod layout;
mod mend;
mod merge;
mod quirks;
pub mod report;
mod services;
pub mod source;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use document::Document;
use ovirt_sdk_generator::diagnostics::{Diagnostics, Sources};
use ovirt_sdk_generator::load::{self, API_FILE, FOLDERS, Texts};
use ovirt_sdk_generator::output::OutputError;
use ovirt_sdk_generator::wire::Plurals;
use ovirt_sdk_generator::{MODEL, Read, ReadError, read_texts};
use report::Report;
use source::SourceError;

/// What the import of a release comes to.
#[derive(Debug)]
pub struct Import {
    /// The files of the new model.
    pub texts: Texts,
    /// The new model.
    pub read: Read,
    /// What changed.
    pub report: Report,
}

/// Why there is no import.
#[derive(Debug)]
pub enum ImportError {
    /// There is no release of upstream's model at the path.
    Source(SourceError),
    /// Something of it was not understood.
    Java {
        /// The problems.
        problems: Diagnostics,
        /// The Java files.
        sources: Sources,
    },
    /// The present model can't be read.
    Present(ReadError),
    /// The new model would not pass the checks.
    Result(ReadError),
}

impl ImportError {
    /// The problems as text for people.
    pub fn render(&self, colour: bool) -> String {
        format!("{}nothing was written\n", self.problems(colour))
    }

    fn problems(&self, colour: bool) -> String {
        match self {
            Self::Source(error) => format!("error: {error}\n"),
            Self::Java { problems, sources } => problems.render_of("upstream's model", sources, colour),
            Self::Present(error) => {
                format!("{}help: an import needs a sound model to begin with; mend it first\n", error.render(colour))
            }
            Self::Result(error) => format!(
                "{}help: this is about the files as the import would write them; adapt the model so that they fit\n",
                error.render(colour)
            ),
        }
    }
}

/// Works out the import of a release into the files of a model; writes nothing.
///
/// `release` is its version where upstream's files don't tell it.
pub fn plan(upstream: &Path, present: &Texts, release: Option<&str>) -> Result<Import, ImportError> {
    let upstream = source::read(upstream).map_err(ImportError::Source)?;
    let before = read_texts(present, MODEL).map_err(ImportError::Present)?;
    let api = load::load_texts(present, MODEL, &mut Sources::default(), &Diagnostics::default()).api;
    let (sources, problems) = (&mut Sources::default(), Diagnostics::default());
    let files: Vec<_> =
        upstream.files.into_iter().map(|(path, text)| (sources.add(path, text.clone()), text)).collect();
    let (mut units, mut broken) = (Vec::new(), Vec::new());
    for (file, text) in &files {
        match java::parse(*file, text, &problems) {
            Some(unit) => units.push(unit),
            None => broken.extend(sources.get(*file).map(|source| java_name(&source.path))),
        }
    }
    let mut facts = facts::facts(&units, &broken, sources, &problems);
    if !problems.is_empty() {
        return Err(ImportError::Java { problems, sources: std::mem::take(sources) });
    }
    mend::mend(&mut facts);
    let mut report = Report { read: files.len(), ..Report::default() };
    let version = new_version(release.or(upstream.version.as_deref()), &before.model.version, &mut report);
    let root = facts.root.as_ref().map(ToString::to_string);
    let shared: BTreeSet<String> = api.parameters.keys().map(ToString::to_string).collect();
    let ours = documents(present);
    let mut merged = merge::merge(facts, &ours, &shared, &mut report);
    quirks::prune(&mut merged, &Plurals::new(&api.plurals), &mut report);
    let mut texts = texts(present, &ours, &merged);
    if let Some(api) = texts.get_mut(API_FILE) {
        *api = api_text(api, &[("version", Some(format!("\"{version}\""))), ("root", root)]);
    }
    report.versions = (before.model.version.clone(), version);
    report.files = counts(present, &texts);
    let read = read_texts(&texts, MODEL).map_err(ImportError::Result)?;
    Ok(Import { texts, read, report })
}

/// The release that upstream tells; a snapshot is taken for the release that it leads to.
fn new_version(told: Option<&str>, present: &str, report: &mut Report) -> String {
    match told.map(|told| (told, told.strip_suffix("-SNAPSHOT"))) {
        Some((told, Some(release))) => {
            report.notes.push(format!("{told} is no release but on the way to {release}"));
            release.to_owned()
        }
        Some((told, None)) => told.to_owned(),
        None => {
            let note = format!("upstream does not tell its release; the model keeps {present} (`--release` sets it)");
            report.notes.push(note);
            present.to_owned()
        }
    }
}

/// What a file declares, by its name.
fn java_name(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.trim_end_matches(".java").to_owned()
}

fn is_item(path: &str) -> bool {
    path.split_once('/').is_some_and(|(folder, _)| FOLDERS.contains(&folder))
}

fn documents(texts: &Texts) -> BTreeMap<String, Document> {
    let items = texts.iter().filter(|(path, _)| is_item(path));
    items.filter_map(|(path, text)| Some((path.clone(), Document::read(text)?))).collect()
}

/// The new files. What did not change keeps its text to the byte.
fn texts(present: &Texts, ours: &BTreeMap<String, Document>, merged: &BTreeMap<String, Document>) -> Texts {
    let mut texts: Texts =
        present.iter().filter(|(path, _)| !is_item(path)).map(|(p, t)| (p.clone(), t.clone())).collect();
    for (path, document) in merged {
        let text = layout::write(document);
        let same = ours.get(path).is_some_and(|ours| layout::write(ours) == text);
        let kept = present.get(path).filter(|_| same).cloned();
        texts.insert(path.clone(), kept.unwrap_or(text));
    }
    texts
}

/// The text of `model.yaml` with other values; nothing else of it is touched.
fn api_text(text: &str, values: &[(&str, Option<String>)]) -> String {
    let line = |line: &str| {
        let found = values.iter().find_map(|(key, value)| {
            let rest = line.strip_prefix(key)?.strip_prefix(": ")?;
            let value_end =
                rest.find(" #").map_or(rest.len(), |at| rest.get(..at).unwrap_or_default().trim_end().len());
            let comment = rest.get(value_end..).unwrap_or_default();
            Some(format!("{key}: {}{comment}", value.as_ref()?))
        });
        found.unwrap_or_else(|| line.to_owned()) + "\n"
    };
    text.lines().map(line).collect()
}

/// How many files are new, changed and removed.
fn counts(old: &Texts, new: &Texts) -> [usize; 3] {
    let added = new.keys().filter(|path| !old.contains_key(*path)).count();
    let changed = new.iter().filter(|(path, text)| old.get(*path).is_some_and(|old| old != *text)).count();
    [added, changed, old.keys().filter(|path| !new.contains_key(*path)).count()]
}

/// The text of a file of the model in the layout that an import gives it; `None` when it is no mapping.
pub fn laid_out(text: &str) -> Option<String> {
    Document::read(text).map(|document| layout::write(&document))
}

/// Writes what changed to the folder of a model.
pub fn write(folder: &Path, present: &Texts, import: &Import) -> Result<(), OutputError> {
    for path in present.keys().filter(|path| !import.texts.contains_key(*path)) {
        let path = folder.join(path);
        fs::remove_file(&path).map_err(|cause| OutputError { action: "remove", path: path.clone(), cause })?;
    }
    for (path, text) in import.texts.iter().filter(|(path, text)| present.get(*path) != Some(*text)) {
        let path = folder.join(path);
        let failed = |action| {
            let path = path.clone();
            move |cause| OutputError { action, path, cause }
        };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed("create the folder of"))?;
        }
        ovirt_sdk_generator::output::replace(&path, text).map_err(failed("write"))?;
    }
    Ok(())
}
