//! Imports a release of upstream's model, which is written in Java.
//!
//! Steps: checkout or jar (`upstream`) → Java (`java`) → facts (`facts`, `types`, `services`, `fixups`) → merged with
//! the current files (`merge`, `quirks`) → text (`layout`). Only facts are read, never upstream's texts. Nothing is
//! written unless all declarations are understood and the result passes the checks.

mod case;
mod document;
mod facts;
mod fixups;
mod java;
mod layout;
mod merge;
mod quirks;
mod reader;
pub mod report;
mod services;
mod types;
pub mod upstream;
mod waiters;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use document::Document;
use ovirt_sdk_generator::diagnostics::{Diagnostics, Sources};
use ovirt_sdk_generator::load::{self, API_FILE, ModelFiles, SERVICES, TYPES};
use ovirt_sdk_generator::output::{self, OutputError};
use ovirt_sdk_generator::wire::Plurals;
use ovirt_sdk_generator::{LoadedModel, MODEL, ModelError, parse_model};
use report::Report;
use upstream::SourceError;

/// The result of an import.
#[derive(Debug)]
pub struct Import {
    /// The files of the new model.
    pub texts: ModelFiles,
    /// The new model.
    pub read: LoadedModel,
    /// The changes.
    pub report: Report,
}

/// An error that prevents an import.
#[derive(Debug)]
pub enum ImportError {
    /// The path does not contain a release of upstream's model.
    Source(SourceError),
    /// A declaration was not understood.
    Java {
        /// The problems.
        problems: Diagnostics,
        /// The Java files.
        sources: Sources,
    },
    /// The current model is invalid.
    Present(ModelError),
    /// The resulting model would be invalid.
    Result(ModelError),
}

impl ImportError {
    /// Renders the error for a terminal.
    pub fn render(&self, color: bool) -> String {
        format!("{}nothing was written\n", self.problems(color))
    }

    fn problems(&self, color: bool) -> String {
        match self {
            Self::Source(error) => format!("error: {error}\n"),
            Self::Java { problems, sources } => problems.render_for("upstream's model", sources, color),
            Self::Present(error) => {
                format!("{}help: fix the current model before the import\n", error.render(color))
            }
            Self::Result(error) => format!(
                "{}help: these are errors in the files that the import would write; adapt the current model\n",
                error.render(color)
            ),
        }
    }
}

/// Imports a release into the files of a model, without writing them.
///
/// `release` is its version, if upstream's files don't name it.
pub fn plan(path: &Path, present: &ModelFiles, release: Option<&str>) -> Result<Import, ImportError> {
    let upstream = upstream::read(path).map_err(ImportError::Source)?;
    let before = parse_model(present, MODEL).map_err(ImportError::Present)?;
    let api = load::parse_api(present, MODEL, &mut Sources::default(), &Diagnostics::default());
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
    fixups::apply(&mut facts);
    let mut report = Report { read: files.len(), ..Report::default() };
    let version = new_version(release.or(upstream.version.as_deref()), &before.model.version, &mut report);
    let root = facts.root.as_ref().map(ToString::to_string);
    let shared: BTreeSet<String> = api.parameters.keys().map(ToString::to_string).collect();
    let ours = documents(present);
    let mut merged = merge::merge(facts, &ours, &shared, &mut report);
    quirks::prune(&mut merged, &Plurals::new(&api.plurals), &mut report);
    let with_api = |documents: &BTreeMap<String, Document>| {
        let mut texts = texts(present, &ours, documents);
        if let Some(api) = texts.get_mut(API_FILE) {
            *api = api_text(api, &[("version", Some(format!("\"{version}\""))), ("root", root.clone())]);
        }
        texts
    };
    let mut texts = with_api(&merged);
    let mut read = parse_model(&texts, MODEL);
    if read.is_err() {
        // Problems that remain without the waiters come first: they keep the waiters from being checked.
        read = match parse_model(&with_api(&waiters::without(&merged)), MODEL) {
            Ok(bare) => {
                waiters::prune(&mut merged, &bare.model, &mut report);
                texts = with_api(&merged);
                parse_model(&texts, MODEL)
            }
            problems => problems,
        };
    }
    let read = read.map_err(ImportError::Result)?;
    report.files = output::count(&output::compare_files(present, &texts));
    report.versions = (before.model.version.clone(), version);
    Ok(Import { texts, read, report })
}

/// The version of the release. A snapshot counts as the release that it leads to.
fn new_version(declared: Option<&str>, present: &str, report: &mut Report) -> String {
    match declared.map(|version| (version, version.strip_suffix("-SNAPSHOT"))) {
        Some((version, Some(release))) => {
            report.notes.push(format!("{version} is a snapshot; imported as {release}"));
            release.to_owned()
        }
        Some((version, None)) => version.to_owned(),
        None => {
            let note = format!(
                "upstream's files don't name their release; the model stays at {present} (set it with `--release`)"
            );
            report.notes.push(note);
            present.to_owned()
        }
    }
}

/// The declaration that a file is named after.
fn java_name(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.trim_end_matches(".java").to_owned()
}

/// Whether a file has a counterpart in upstream's model.
fn is_item(path: &str) -> bool {
    path.split_once('/').is_some_and(|(folder, _)| [TYPES, SERVICES].contains(&folder))
}

fn documents(texts: &ModelFiles) -> BTreeMap<String, Document> {
    let items = texts.iter().filter(|(path, _)| is_item(path));
    items.filter_map(|(path, text)| Some((path.clone(), Document::read(text)?))).collect()
}

/// The new files. Unchanged files keep their exact text.
fn texts(present: &ModelFiles, ours: &BTreeMap<String, Document>, merged: &BTreeMap<String, Document>) -> ModelFiles {
    let mut texts: ModelFiles =
        present.iter().filter(|(path, _)| !is_item(path)).map(|(p, t)| (p.clone(), t.clone())).collect();
    for (path, document) in merged {
        let text = layout::write(document);
        let same = ours.get(path).is_some_and(|ours| layout::write(ours) == text);
        let kept = present.get(path).filter(|_| same).cloned();
        texts.insert(path.clone(), kept.unwrap_or(text));
    }
    texts
}

/// Replaces values in `model.yaml` and keeps the rest.
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

/// Formats a model file in the canonical layout. Returns `None` if it is not a mapping.
pub fn laid_out(text: &str) -> Option<String> {
    Document::read(text).map(|document| layout::write(&document))
}

/// Writes the changed files to the folder of a model.
pub fn write(folder: &Path, present: &ModelFiles, import: &Import) -> Result<(), OutputError> {
    output::write(folder, &import.texts, &output::compare_files(present, &import.texts))
}
