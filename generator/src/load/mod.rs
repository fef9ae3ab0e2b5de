//! Files → [`syntax::Model`]. Reports what is no YAML, unknown and missing keys, and values of the wrong shape.

mod fields;
mod services;
mod types;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostics::{Diagnostic, Diagnostics, Sources, shown_path};
use crate::syntax::{self, Api, Envelope};
use crate::yaml;
use fields::{Fields, Reader};

/// The folder of the model, relative to the root of the workspace.
pub const MODEL: &str = "model";

/// The file that holds for the whole API.
pub const API_FILE: &str = "model.yaml";

/// The folders of types and of services.
pub const FOLDERS: [&str; 2] = ["types", "services"];

/// How the names of files of the model end.
const EXTENSION: &str = "yaml";

/// A file that can't be read.
#[derive(Debug)]
pub struct ReadError {
    /// The file or folder, as shown to people.
    pub path: String,
    /// Why.
    pub cause: io::Error,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "can't read {}: {}", self.path, self.cause)
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// The files of a model: text by path within its folder, such as `types/vm.yaml`.
pub type Texts = BTreeMap<String, String>;

/// Reads the files of a model. Paths are shown relative to `shown_from`.
pub fn load(
    folder: &Path,
    shown_from: &Path,
    sources: &mut Sources,
    problems: &Diagnostics,
) -> Result<syntax::Model, ReadError> {
    Ok(load_texts(&read_texts(folder, shown_from)?, &shown_path(folder, shown_from), sources, problems))
}

/// The texts of the files of a model; what does not belong there comes without its text. Messages show paths relative
/// to `shown_from`.
pub fn read_texts(folder: &Path, shown_from: &Path) -> Result<Texts, ReadError> {
    let api = folder.join(API_FILE);
    let mut texts = Texts::from([(API_FILE.to_owned(), read_text(&api, shown_from)?)]);
    for path in entries(folder, shown_from)? {
        let name = path.file_name().unwrap_or_default();
        let known = name == API_FILE || FOLDERS.iter().any(|part| name == *part);
        if !known && (path.is_dir() || is_item(&path)) {
            texts.insert(shown_path(&path, folder), String::new());
        }
    }
    for part in FOLDERS {
        for path in entries(&folder.join(part), shown_from)? {
            // The name alone is what is wrong with any other file.
            let text = if is_item(&path) { read_text(&path, shown_from)? } else { String::new() };
            texts.insert(shown_path(&path, folder), text);
        }
    }
    Ok(texts)
}

/// Whether a file is one of the model, by its name.
fn is_item(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

/// What is in a folder, sorted by name; nothing when there is no such folder.
fn entries(folder: &Path, shown_from: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let failed = |cause| ReadError { path: shown_path(folder, shown_from), cause };
    let mut paths = Vec::new();
    if folder.exists() {
        for entry in fs::read_dir(folder).map_err(failed)? {
            paths.push(entry.map_err(failed)?.path());
        }
    }
    paths.sort();
    Ok(paths)
}

fn read_text(path: &Path, shown_from: &Path) -> Result<String, ReadError> {
    let failed = |cause| ReadError { path: shown_path(path, shown_from), cause };
    let bytes = fs::read(path).map_err(failed)?;
    String::from_utf8(bytes).map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidData, error.utf8_error())))
}

/// Reads a model from texts; messages show their paths after `shown`.
pub fn load_texts(texts: &Texts, shown: &str, sources: &mut Sources, problems: &Diagnostics) -> syntax::Model {
    let mut loader = Loader { texts, shown, sources, problems };
    loader.root();
    let api = loader.file(API_FILE, read_api).unwrap_or_default();
    let [types, services] = FOLDERS;
    let types = loader.folder(types, types::read);
    let services = loader.folder(services, services::read);
    syntax::Model { api, types, services }
}

struct Loader<'l> {
    texts: &'l Texts,
    shown: &'l str,
    sources: &'l mut Sources,
    problems: &'l Diagnostics,
}

impl Loader<'_> {
    /// Reports what is beside the files of the model and looks like one: it would be overlooked without a word.
    fn root(&self) {
        let [types, services] = FOLDERS;
        for path in self.texts.keys().filter(|path| !path.contains('/') && *path != API_FILE) {
            let problem = Diagnostic::general(format!("{} is no part of the model", self.shown(path)))
                .help(format!("a model is {API_FILE} and the files of {types}/ and {services}/"));
            self.problems.push(problem);
        }
    }

    /// The files of a folder, in the order of their names.
    fn folder<T>(&mut self, folder: &str, read: impl Fn(Fields<'_>, &str) -> Option<T>) -> Vec<T> {
        let within = |path: &&String| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let paths: Vec<&String> = self.texts.keys().filter(within).collect();
        let mut found = Vec::new();
        for path in paths {
            let path = Path::new(path);
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let name = path.to_string_lossy();
            if is_item(path) {
                found.extend(self.file(&name, |fields| read(fields, &stem)).flatten());
            } else {
                let shown = self.shown(&name);
                self.problems.push(
                    Diagnostic::general(format!("{shown} is no file of the model"))
                        .help("files of the model end in `.yaml`; remove it or put it elsewhere"),
                );
            }
        }
        found
    }

    fn shown(&self, path: &str) -> String {
        if self.shown.is_empty() { path.to_owned() } else { format!("{}/{path}", self.shown) }
    }

    fn file<T>(&mut self, path: &str, read: impl FnOnce(Fields<'_>) -> T) -> Option<T> {
        let shown = self.shown(path);
        let text = self.texts.get(path)?.replace("\r\n", "\n");
        match yaml::parse(&text) {
            Ok(root) => {
                let file = self.sources.add(shown, text);
                Reader { file, problems: self.problems }.map(&root).map(read)
            }
            Err(error) => {
                let file = self.sources.add(shown, text);
                let offset = error.offset.unwrap_or_default();
                let problem = Diagnostic::at_offset(file, offset, "the file is no YAML", error.message);
                self.problems.push(problem);
                None
            }
        }
    }
}

fn read_api(mut fields: Fields<'_>) -> Api {
    let title = fields.required("api", Reader::text).unwrap_or_default();
    let version = fields.required("version", Reader::text).unwrap_or_default();
    let root = fields.required("root", Reader::name);
    let search = fields.optional("search", Reader::name);
    let plurals = fields.optional("plurals", Reader::entries).unwrap_or_default();
    let envelope = fields.optional("envelope", Reader::map).map(read_envelope).unwrap_or_default();
    let parameters = fields.optional("parameters", Reader::entries).unwrap_or_default();
    let reader = fields.finish();
    let plurals = plurals.into_iter().filter_map(|it| Some((it.name.value, reader.text_at(it.node)?))).collect();
    let parameters = parameters.into_iter().filter_map(|it| Some((it.name.value, reader.text(it.node)?))).collect();
    Api { title, version, root, search, plurals, envelope, parameters }
}

fn read_envelope(mut fields: Fields<'_>) -> Envelope {
    let mut envelope = Envelope::default();
    if let Some(mut resource) = fields.optional("resource", Reader::map) {
        envelope.leading = resource.optional("leading", Reader::texts).unwrap_or_default();
        envelope.trailing = resource.optional("trailing", Reader::texts).unwrap_or_default();
        envelope.rels = resource.optional("rels", Reader::texts).unwrap_or_default();
        envelope.rel_suffixes = resource.optional("rel_suffixes", Reader::texts).unwrap_or_default();
        resource.finish();
    }
    if let Some(mut collection) = fields.optional("collection", Reader::map) {
        envelope.collection = collection.optional("leading", Reader::texts).unwrap_or_default();
        collection.finish();
    }
    if let Some(mut action) = fields.optional("action", Reader::map) {
        envelope.action = action.optional("members", Reader::texts).unwrap_or_default();
        action.finish();
    }
    fields.finish();
    envelope
}
