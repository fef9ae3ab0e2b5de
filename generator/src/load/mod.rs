//! Files → [`syntax::Model`]. Reports what is no YAML, unknown and missing keys, and values of the wrong shape.

mod fields;
mod services;
mod types;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostics::{Diagnostic, Diagnostics, Sources, shown_path};
use crate::syntax::{self, Api, Envelope};
use crate::yaml;
use fields::{Fields, Reader};

/// The file that holds for the whole API.
const API_FILE: &str = "model.yaml";

/// The folder of the types.
const TYPES: &str = "types";

/// The folder of the services.
const SERVICES: &str = "services";

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

/// Reads the files of a model. Paths are shown relative to `shown_from`.
pub fn load(
    folder: &Path,
    shown_from: &Path,
    sources: &mut Sources,
    problems: &Diagnostics,
) -> Result<syntax::Model, ReadError> {
    let mut loader = Loader { shown_from, sources, problems };
    loader.root(folder)?;
    let api = loader.file(&folder.join(API_FILE), read_api)?.unwrap_or_default();
    let types = loader.folder(&folder.join(TYPES), types::read)?;
    let services = loader.folder(&folder.join(SERVICES), services::read)?;
    Ok(syntax::Model { api, types, services })
}

struct Loader<'l> {
    shown_from: &'l Path,
    sources: &'l mut Sources,
    problems: &'l Diagnostics,
}

impl Loader<'_> {
    fn failed(&self, path: &Path, cause: io::Error) -> ReadError {
        ReadError { path: shown_path(path, self.shown_from), cause }
    }

    /// What is in a folder, sorted by name; nothing when there is no such folder.
    fn entries(&self, folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
        let failed = |cause| self.failed(folder, cause);
        let mut paths = Vec::new();
        if folder.exists() {
            for entry in fs::read_dir(folder).map_err(failed)? {
                paths.push(entry.map_err(failed)?.path());
            }
        }
        paths.sort();
        Ok(paths)
    }

    /// Reports what is beside the files of the model and looks like one: it would be overlooked without a word.
    fn root(&self, folder: &Path) -> Result<(), ReadError> {
        for path in self.entries(folder)? {
            let name = path.file_name().unwrap_or_default();
            let known = [API_FILE, TYPES, SERVICES].iter().any(|known| name == *known);
            if !known && (path.is_dir() || path.extension().is_some_and(|extension| extension == "yaml")) {
                let message = format!("{} is no part of the model", shown_path(&path, self.shown_from));
                let problem = Diagnostic::general(message)
                    .help(format!("a model is {API_FILE} and the files of {TYPES}/ and {SERVICES}/"));
                self.problems.push(problem);
            }
        }
        Ok(())
    }

    /// The files of a folder, in the order of their names.
    fn folder<T>(&mut self, folder: &Path, read: impl Fn(Fields<'_>, &str) -> Option<T>) -> Result<Vec<T>, ReadError> {
        let mut found = Vec::new();
        for path in self.entries(folder)? {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                found.extend(self.file(&path, |fields| read(fields, &stem))?.flatten());
            } else {
                let shown = shown_path(&path, self.shown_from);
                self.problems.push(
                    Diagnostic::general(format!("{shown} is no file of the model"))
                        .help("files of the model end in `.yaml`; remove it or put it elsewhere"),
                );
            }
        }
        Ok(found)
    }

    fn file<T>(&mut self, path: &Path, read: impl FnOnce(Fields<'_>) -> T) -> Result<Option<T>, ReadError> {
        let bytes = fs::read(path).map_err(|cause| self.failed(path, cause))?;
        let text = String::from_utf8(bytes)
            .map_err(|error| self.failed(path, io::Error::new(io::ErrorKind::InvalidData, error.utf8_error())))?;
        let text = text.replace("\r\n", "\n");
        let shown = shown_path(path, self.shown_from);
        match yaml::parse(&text) {
            Ok(root) => {
                let file = self.sources.add(shown, text);
                Ok(Reader { file, problems: self.problems }.map(&root).map(read))
            }
            Err(error) => {
                let file = self.sources.add(shown, text);
                let offset = error.offset.unwrap_or_default();
                let problem = Diagnostic::at_offset(file, offset, "the file is no YAML", error.message);
                self.problems.push(problem);
                Ok(None)
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
    fields.finish();
    envelope
}
