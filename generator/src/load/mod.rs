//! Files → [`syntax::Model`]. Reports what is no YAML, unknown and missing keys, and values of the wrong shape.

mod fields;
mod services;
mod types;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostics::{Diagnostic, Diagnostics, Sources, shown_path};
use crate::name::Name;
use crate::syntax::{self, Api, Envelope};
use crate::yaml;
use fields::{Entry, Fields, Reader};

/// The file that holds for the whole API.
pub const API_FILE: &str = "model.yaml";

/// The folders of types and of services.
pub const FOLDERS: [&str; 2] = ["types", "services"];

/// How the names of files of the model end.
const EXTENSION: &str = "yaml";

/// A file that can't be read.
#[derive(Debug)]
pub struct ReadError {
    /// The file or folder.
    pub path: PathBuf,
    /// Why.
    pub cause: io::Error,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "can't read {}: {}", self.path.display(), self.cause)
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
    Ok(load_texts(&read_texts(folder)?, &shown_path(folder, shown_from), sources, problems))
}

/// The texts of the files of a model, those that do not belong there included.
pub fn read_texts(folder: &Path) -> Result<Texts, ReadError> {
    let mut texts = Texts::from([(API_FILE.to_owned(), read_text(&folder.join(API_FILE))?)]);
    for part in FOLDERS {
        let part = folder.join(part);
        let failed = |cause| ReadError { path: part.clone(), cause };
        if part.exists() {
            for entry in fs::read_dir(&part).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                // The name alone is what is wrong with any other file.
                let is_item = path.extension().is_some_and(|extension| extension == EXTENSION);
                let text = if is_item { read_text(&path)? } else { String::new() };
                texts.insert(shown_path(&path, folder), text);
            }
        }
    }
    Ok(texts)
}

fn read_text(path: &Path) -> Result<String, ReadError> {
    let failed = |cause| ReadError { path: path.to_owned(), cause };
    let bytes = fs::read(path).map_err(failed)?;
    String::from_utf8(bytes).map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidData, error.utf8_error())))
}

/// Reads a model from texts; messages show their paths after `shown`.
pub fn load_texts(texts: &Texts, shown: &str, sources: &mut Sources, problems: &Diagnostics) -> syntax::Model {
    let mut loader = Loader { texts, shown, sources, problems };
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
    /// The files of a folder, in the order of their names.
    fn folder<T>(&mut self, folder: &str, read: impl Fn(Fields<'_>, &str) -> Option<T>) -> Vec<T> {
        let within = |path: &&String| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let paths: Vec<&String> = self.texts.keys().filter(within).collect();
        let mut found = Vec::new();
        for path in paths {
            let path = Path::new(path);
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let name = path.to_string_lossy();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
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
    let plurals = fields.optional("plurals", Reader::entries).unwrap_or_default();
    let envelope = fields.optional("envelope", Reader::map).map(read_envelope).unwrap_or_default();
    let parameters = fields.optional("parameters", Reader::entries).unwrap_or_default();
    let reader = fields.finish();
    let texts = |entries: Vec<Entry<'_>>| -> BTreeMap<Name, String> {
        let text = |entry: Entry<'_>| Some((entry.name.value, reader.text(entry.node)?));
        entries.into_iter().filter_map(text).collect()
    };
    Api { title, version, root, plurals: texts(plurals), envelope, parameters: texts(parameters) }
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
    fields.finish();
    envelope
}
