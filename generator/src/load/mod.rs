//! Files → [`syntax::Model`]. Reports invalid YAML, unknown and missing keys, and values of the wrong type.

mod faults;
mod mapping;
mod roles;
mod searches;
mod services;
mod types;
mod waiters;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostics::{Diagnostic, Diagnostics, Sources, shown_path};
use crate::name::Name;
use crate::syntax::{self, Api, Envelope};
use crate::yaml::{self, Node};
pub use mapping::is_version;
use mapping::{Mapping, NodeReader};

/// The folder of the model, relative to the root of the workspace.
pub const MODEL: &str = "model";

/// The file with the settings of the whole API.
pub const API_FILE: &str = "model.yaml";

/// The file with the engine's messages about conflicts. It is optional.
pub const FAULTS_FILE: &str = "faults.yaml";

/// The file with the values of enums in searches. It is optional.
pub const SEARCH_VALUES_FILE: &str = "search_values.yaml";

/// The folder of types.
pub const TYPES: &str = "types";

/// The folder of services.
pub const SERVICES: &str = "services";

/// The folder of searches.
pub const SEARCHES: &str = "searches";

/// All folders.
pub const FOLDERS: [&str; 3] = [TYPES, SERVICES, SEARCHES];

/// The files beside the folders.
const ROOT_FILES: [&str; 3] = [API_FILE, FAULTS_FILE, SEARCH_VALUES_FILE];

/// The extension of model files.
const EXTENSION: &str = "yaml";

/// A file that can't be read.
#[derive(Debug)]
pub struct ReadError {
    /// The file or folder, as messages show it.
    pub path: String,
    /// The cause.
    pub cause: io::Error,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "can't read `{}`: {}", self.path, self.cause)
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// The files of a model: text by path relative to its folder, such as `types/vm.yaml`.
pub type ModelFiles = BTreeMap<String, String>;

/// Reads the files of a model. Files that do not belong to a model are included without their text, so that they can be
/// reported; folders have a slash after their name. Bytes that are not UTF-8 are replaced by U+FFFD, which the loader
/// reports. Messages show paths relative to `shown_from`.
pub fn read_files(folder: &Path, shown_from: &Path) -> Result<ModelFiles, ReadError> {
    let api = folder.join(API_FILE);
    let mut texts = ModelFiles::from([(API_FILE.to_owned(), read_text(&api, shown_from)?)]);
    for name in ROOT_FILES {
        let path = folder.join(name);
        if path.exists() {
            texts.insert(name.to_owned(), read_text(&path, shown_from)?);
        }
    }
    for path in entries(folder, shown_from)? {
        let name = path.file_name().unwrap_or_default();
        let known = ROOT_FILES.iter().chain(&FOLDERS).any(|part| name == *part);
        if !known && (path.is_dir() || is_item(&path)) {
            texts.insert(shown_path(&path, folder), String::new());
        }
    }
    for part in FOLDERS {
        for path in entries(&folder.join(part), shown_from)? {
            let shown = shown_path(&path, folder);
            // The text of other files does not matter: their name is the problem.
            if path.is_dir() {
                texts.insert(shown + "/", String::new());
            } else {
                texts.insert(shown, if is_item(&path) { read_text(&path, shown_from)? } else { String::new() });
            }
        }
    }
    Ok(texts)
}

/// The path of the file that declares an item.
pub fn item_path(folder: &str, name: &str) -> String {
    format!("{folder}/{name}.{EXTENSION}")
}

/// Whether a file name is that of a model file.
fn is_item(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

/// The entries of a folder, sorted by name. A missing folder has none.
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
    Ok(String::from_utf8_lossy(&fs::read(path).map_err(failed)?).into_owned())
}

/// Parses the files of a model. Messages show their paths below `shown`.
pub fn parse_files(texts: &ModelFiles, shown: &str, sources: &mut Sources, problems: &Diagnostics) -> syntax::Model {
    let mut loader = Loader { texts, shown, sources, problems, unreadable: BTreeSet::new() };
    loader.root();
    let api = loader.api();
    let types = loader.folder(TYPES, types::read, |ty| &ty.name.value);
    let services = loader.folder(SERVICES, services::read, |service| &service.name.value);
    let searches = loader.folder(SEARCHES, searches::read, |search| &search.name.value);
    let faults = if texts.contains_key(FAULTS_FILE) { loader.file(FAULTS_FILE, faults::read) } else { None };
    let search_values = loader.file(SEARCH_VALUES_FILE, searches::read_values).unwrap_or_default();
    let unreadable = loader.unreadable;
    syntax::Model { api, types, services, searches, search_values, faults: faults.unwrap_or_default(), unreadable }
}

/// Parses `model.yaml` only.
pub fn parse_api(texts: &ModelFiles, shown: &str, sources: &mut Sources, problems: &Diagnostics) -> Api {
    Loader { texts, shown, sources, problems, unreadable: BTreeSet::new() }.api()
}

struct Loader<'l> {
    texts: &'l ModelFiles,
    shown: &'l str,
    sources: &'l mut Sources,
    problems: &'l Diagnostics,
    unreadable: BTreeSet<String>,
}

impl Loader<'_> {
    fn api(&mut self) -> Api {
        self.file(API_FILE, read_api).unwrap_or_default()
    }

    /// Reports YAML files next to `model.yaml`, which would be ignored silently.
    fn root(&self) {
        let known = |path: &str| path.contains('/') || ROOT_FILES.contains(&path);
        for path in self.texts.keys().filter(|path| !known(path)) {
            let quoted = |names: &[&str], end: &str| {
                names.iter().map(|name| format!("`{name}{end}`")).collect::<Vec<_>>().join(", ")
            };
            let (files, folders) = (quoted(&ROOT_FILES, ""), quoted(&FOLDERS, "/"));
            let problem = Diagnostic::general(format!("`{}` does not belong to the model", self.shown(path)))
                .help(format!("a model consists of the files {files}, and of the folders {folders}"));
            self.problems.push(problem);
        }
    }

    /// Parses the files of a folder, in the order of their names.
    fn folder<T>(
        &mut self,
        folder: &str,
        read: impl Fn(Mapping<'_>, &str) -> Option<T>,
        name: impl Fn(&T) -> &Name,
    ) -> Vec<T> {
        let within = |path: &&String| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let paths: Vec<&String> = self.texts.keys().filter(within).collect();
        let mut found = Vec::new();
        for path in paths {
            let stem = Path::new(path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let is_folder = path.ends_with('/');
            let item = match is_item(Path::new(path)) {
                true if !is_folder => self.file(path, |mapping| read(mapping, &stem)).flatten(),
                is_item => {
                    self.report_foreign(path, is_item);
                    None
                }
            };
            if item.as_ref().is_none_or(|item| *name(item) != *stem.as_str()) {
                self.unreadable.insert(path.trim_end_matches('/').to_owned());
            }
            found.extend(item);
        }
        found
    }

    fn report_foreign(&self, path: &str, is_item: bool) {
        let shown = self.shown(path.trim_end_matches('/'));
        let problem = if is_item {
            Diagnostic::general(format!("`{shown}` is a folder")).help("a model file is expected here")
        } else {
            Diagnostic::general(format!("`{shown}` does not belong to the model"))
                .help("model files have the extension `.yaml`; remove or move this file")
        };
        self.problems.push(problem);
    }

    fn shown(&self, path: &str) -> String {
        if self.shown.is_empty() { path.to_owned() } else { format!("{}/{path}", self.shown) }
    }

    fn file<T>(&mut self, path: &str, read: impl FnOnce(Mapping<'_>) -> T) -> Option<T> {
        let shown = self.shown(path);
        let text = self.texts.get(path)?.replace("\r\n", "\n");
        match yaml::parse(&text) {
            Ok(root) => {
                let file = self.sources.add(shown, text);
                NodeReader { file, problems: self.problems }.map(&root).map(read)
            }
            Err(error) => {
                let file = self.sources.add(shown, text);
                let offset = error.offset.unwrap_or_default();
                let problem = Diagnostic::at_offset(file, offset, "invalid YAML", error.message);
                self.problems.push(problem);
                None
            }
        }
    }
}

fn read_api(mut mapping: Mapping<'_>) -> Api {
    let title = mapping.required("api", NodeReader::text).unwrap_or_default();
    let version = mapping.required("version", NodeReader::text).unwrap_or_default();
    let root = mapping.required("root", NodeReader::name);
    let search = mapping.optional("search", NodeReader::name);
    let limit = mapping.optional("limit", NodeReader::name);
    let follow = mapping.optional("follow", NodeReader::name);
    let name_search = mapping.optional("name_search", NodeReader::name);
    let pending = mapping.optional("pending", NodeReader::name);
    let plurals = mapping.optional("plurals", NodeReader::entries).unwrap_or_default();
    let envelope = mapping.optional("envelope", NodeReader::map).map(read_envelope).unwrap_or_default();
    let roles = mapping.optional("roles", NodeReader::map).map(roles::read).unwrap_or_default();
    let parameters = mapping.optional("parameters", NodeReader::entries).unwrap_or_default();
    let completion_events = mapping.optional("completion_events", NodeReader::entries).unwrap_or_default();
    let reader = mapping.finish();
    let plurals =
        plurals.into_iter().filter_map(|it| Some((it.name.value, reader.positioned_text(it.node)?))).collect();
    let parameters = parameters.into_iter().filter_map(|it| Some((it.name.value, reader.text(it.node)?))).collect();
    let completion_events =
        completion_events.into_iter().filter_map(|it| Some((it.name.value, code(reader, it.node)?))).collect();
    Api {
        title,
        version,
        root,
        search,
        limit,
        follow,
        name_search,
        pending,
        plurals,
        envelope,
        roles,
        parameters,
        completion_events,
    }
}

/// The code of an event.
fn code<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<u32> {
    let text = reader.positioned_text(node)?;
    match text.value.parse() {
        Ok(code) if code > 0 => Some(code),
        _ => {
            let message = format!("`{}` is not the code of an event", text.value);
            let help = "codes are the positive numbers in AuditLogType.java";
            reader.problems.push(Diagnostic::at(text.position, message, "invalid code").help(help));
            None
        }
    }
}

fn read_envelope(mut mapping: Mapping<'_>) -> Envelope {
    let mut envelope = Envelope::default();
    if let Some(mut resource) = mapping.optional("resource", NodeReader::map) {
        envelope.leading = resource.optional("leading", NodeReader::texts).unwrap_or_default();
        envelope.trailing = resource.optional("trailing", NodeReader::texts).unwrap_or_default();
        envelope.rels = resource.optional("rels", NodeReader::texts).unwrap_or_default();
        envelope.rel_suffixes = resource.optional("rel_suffixes", NodeReader::texts).unwrap_or_default();
        resource.finish();
    }
    if let Some(mut collection) = mapping.optional("collection", NodeReader::map) {
        envelope.collection = collection.optional("leading", NodeReader::texts).unwrap_or_default();
        collection.finish();
    }
    if let Some(mut action) = mapping.optional("action", NodeReader::map) {
        envelope.action_leading = action.optional("leading", NodeReader::texts).unwrap_or_default();
        envelope.action = action.optional("members", NodeReader::texts).unwrap_or_default();
        action.finish();
    }
    mapping.finish();
    envelope
}
