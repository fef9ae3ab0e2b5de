//! Objects as files: brings an engine into the state that a folder of YAML files describes.
//!
//! ```sh
//! cargo run --example apply --features serde -- --dry-run lab
//! cargo run --example apply --features serde -- lab
//! ```
//!
//! Each file contains one object; its folder tells the type: `clusters/web.yaml`, `vms/web1.yaml`. The keys are the names
//! of the API. Objects are created in the order in which they refer to each other, and a second run changes nothing:
//!
//! ```yaml
//! name: web1
//! cluster: { name: web }
//! template: { name: Blank }
//! memory: 4294967296
//! nics:
//!   - { name: nic1, vnic_profile: { name: ovirtmgmt } }
//! ```
//!
//! The NICs of virtual machines, the networks of clusters and the like are parts of the files. What the files do not contain
//! is left alone. If an object can't be brought into its state, the others are. The program `export` writes such a folder.

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;
mod files;

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use files::{Key, identity, key, needed};
use ovirt_sdk::ensure::{Ensure, Outcome};
use ovirt_sdk::http::Method;
use ovirt_sdk::object::{Object, Slot, Struct, copy, inner_objects, member, member_mut, members, text};
use ovirt_sdk::registry::Tagged;
use ovirt_sdk::service::Service;
use ovirt_sdk::services::SystemService;
use ovirt_sdk::types::{self, Network, Vm};
use ovirt_sdk::xml::{DecodeOptions, Document};
use ovirt_sdk::{Connection, Error, registry};
use serde::de::DeserializeSeed;

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| {
        let (folder, dry_run) = match arguments {
            ["--dry-run", folder] => (folder, true),
            [folder] if !folder.starts_with('-') => (folder, false),
            _ => common::usage(include_str!("apply.rs")),
        };
        let summary = run(connection, Path::new(folder), dry_run).await?;
        if summary.problems.is_empty() { Ok(()) } else { Err(Error::custom(summary.problems.join("\n"))) }
    })
}

/// Applies the files of a folder. A dry run only shows what would change.
pub async fn run(connection: &Connection, folder: &Path, dry_run: bool) -> Result<Summary, Error> {
    let files = in_order(read(folder)?)?;
    let mut engine = Engine { connection, dry_run, ids: BTreeMap::new(), summary: Summary::default() };
    engine.check_references(&files).await?;
    let mut parents = Vec::new();
    for mut file in files {
        match engine.apply(&mut *file.object).await {
            Ok(id) => parents.push((file, id)),
            Err(error) => engine.summary.problems.push(problem(&file.path, error).to_string()),
        }
    }
    // Parts refer to objects of all kinds.
    for (file, id) in parents {
        let done = engine.apply_parts(&*file.object, id.as_deref(), file.parts).await;
        engine.summary.problems.extend(done.err().map(|error| problem(&file.path, error).to_string()));
    }
    println!("{}", engine.summary);
    Ok(engine.summary)
}

/// The numbers of objects, and what failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub created: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub problems: Vec<String>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { created, changed, unchanged, problems } = self;
        write!(f, "{created} created, {changed} changed, {unchanged} unchanged, {} failed", problems.len())
    }
}

macro_rules! dispatch {
    ($($collection:ident $type:ident $field:literal [$($list:ident $part:ident),*];)*) => {
        /// The folders, which are the kinds of objects.
        const FOLDERS: &[&str] = &[$(stringify!($collection)),*];

        /// The types with parts, and the fields with these.
        const PARTS: &[(&str, &str)] = &[$($((types::$type::INFO.name, stringify!($list)),)*)*];

        impl Engine<'_> {
            async fn ensure_object(&mut self, object: &dyn Object) -> Result<Option<String>, Error> {
                let system = self.connection.system();
                $(
                    if let Some(object) = typed::<types::$type>(object) {
                        return self.ensure("", system.$collection().ensure(object)).await;
                    }
                )*
                Ok(None)
            }

            async fn ensure_part(
                &mut self,
                parent: &dyn Object,
                id: &str,
                within: &str,
                part: &dyn Object,
            ) -> Result<(), Error> {
                let kind = parent.info().name;
                $($(
                    if kind == types::$type::INFO.name
                        && let Some(part) = typed::<types::$part>(part)
                    {
                        let parts = self.connection.of(&types::$type::with_id(id))?.$list();
                        return self.ensure(within, parts.ensure(part)).await.map(drop);
                    }
                )*)*
                Ok(())
            }
        }
    };
}
files::kinds!(dispatch);

/// The object as a value of its type.
fn typed<T: Struct>(object: &dyn Object) -> Option<T> {
    let object: &dyn Any = object;
    object.downcast_ref().cloned()
}

/// A file and its object.
struct File {
    path: PathBuf,
    object: Box<dyn Object>,
    /// The items of its collections.
    parts: Vec<Box<dyn Object>>,
}

/// Takes the parts out of an object.
fn take_parts(object: &mut dyn Object) -> Vec<Box<dyn Object>> {
    let mut parts = Vec::new();
    let kind = object.info().name;
    for (_, list) in PARTS.iter().filter(|(parent, _)| *parent == kind) {
        if let Some(slot) = member_mut(object, list) {
            parts.extend(inner_objects(slot).map(copy));
            slot.clear();
        }
    }
    parts
}

impl File {
    fn read(folder: &str, path: &Path) -> Result<Self, Error> {
        let content = std::fs::read_to_string(path).map_err(|error| problem(path, error))?;
        let known = registry::by_tag(folder).filter(|_| FOLDERS.contains(&folder));
        let info = known
            .map(Tagged::info)
            .ok_or_else(|| problem(path, format!("`{folder}` is not one of the folders `{}`", FOLDERS.join("`, `"))))?;
        // The error contains the line.
        let mut object =
            info.deserialize(serde_yaml::Deserializer::from_str(&content)).map_err(|error| problem(path, error))?;
        let parts = take_parts(&mut *object);
        let file = Self { path: path.to_owned(), object, parts };
        if let Some(object) = file.objects().find(|object| key(*object).1.is_empty()) {
            return Err(problem(path, format!("a {} has no `name`", object.info().name)));
        }
        Ok(file)
    }

    fn objects(&self) -> impl Iterator<Item = &dyn Object> {
        std::iter::once(&self.object).chain(&self.parts).map(|object| &**object)
    }

    fn references(&self) -> Vec<Key> {
        let mut found = Vec::new();
        for object in self.objects() {
            each_reference(object, &mut |reference| found.push(key(reference)));
        }
        // Networks are assigned to clusters. NICs are not objects of a file.
        let assigned = self.parts.iter().filter(|part| FOLDERS.contains(&part.info().plural_tag));
        found.extend(assigned.map(|part| key(&**part)));
        found
    }
}

fn problem(path: &Path, error: impl fmt::Display) -> Error {
    Error::custom(format!("{}: {error}", path.display()))
}

/// Reads all files of the folders within a folder.
fn read(folder: &Path) -> Result<Vec<File>, Error> {
    let entries = |folder: &Path| -> Result<BTreeSet<PathBuf>, Error> {
        let entries = std::fs::read_dir(folder).map_err(|error| problem(folder, error))?;
        let paths: Result<_, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
        paths.map_err(|error| problem(folder, error))
    };
    let (mut files, mut problems, mut paths) = (Vec::new(), Vec::new(), BTreeMap::new());
    for subfolder in entries(folder)?.iter().filter(|path| path.is_dir()) {
        let name = subfolder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        for path in entries(subfolder)?.iter().filter(|path| path.extension().is_some_and(|it| it == "yaml")) {
            match File::read(name, path) {
                Ok(file) => match paths.insert(identity(&*file.object), path.clone()) {
                    Some(other) => problems.push(problem(path, format!("the same object as {}", other.display()))),
                    None => files.push(file),
                },
                Err(error) => problems.push(error),
            }
        }
    }
    all_or_problems(files, &problems)
}

fn all_or_problems<T>(all: T, problems: &[Error]) -> Result<T, Error> {
    match problems {
        [] => Ok(all),
        _ => Err(Error::custom(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))),
    }
}

/// Calls a function with the references of an object that have a name but no ID.
fn each_reference(object: &dyn Object, visit: &mut dyn FnMut(&dyn Object)) {
    for (member, slot) in members(object) {
        for inner in inner_objects(slot) {
            match (text(inner, "id"), key(inner).1.is_empty()) {
                (None, false) if member.is_link => visit(inner),
                _ => each_reference(inner, visit),
            }
        }
    }
}

/// Sets the IDs of the references that have a name but no ID.
fn set_ids(object: &mut dyn Object, id: &dyn Fn(&Key) -> Option<String>) {
    for (index, member) in object.info().members.iter().enumerate() {
        let Some(slot) = object.slot_mut(index).filter(|slot| slot.is_set()) else { continue };
        let set = |inner: &mut dyn Object| match (text(inner, "id"), key(inner).1.is_empty()) {
            (None, false) if member.is_link => {
                let id = id(&key(inner));
                if let Some(slot) = member_mut(inner, "id").filter(|_| id.is_some()) {
                    slot.assign(&id);
                }
            }
            _ => set_ids(inner, id),
        };
        if slot.as_object().is_some() {
            slot.make_object().into_iter().for_each(set);
        } else if slot.as_list().is_some()
            && let Some(list) = slot.make_list()
        {
            for index in 0..list.count() {
                list.object_mut(index).into_iter().for_each(set);
            }
        }
    }
}

/// Sorts the files so that objects come after those that they refer to.
fn in_order(files: Vec<File>) -> Result<Vec<File>, Error> {
    let mut positions: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        positions.entry(key(&*file.object)).or_default().push(index);
    }
    let mut order = Vec::new();
    for index in 0..files.len() {
        add_after_references(&files, &positions, index, &mut Vec::new(), &mut order)?;
    }
    let mut files: BTreeMap<usize, File> = files.into_iter().enumerate().collect();
    Ok(order.iter().filter_map(|index| files.remove(index)).collect())
}

/// Adds the position of a file to the order. `path` has the positions of the files that lead to it.
fn add_after_references(
    files: &[File],
    positions: &BTreeMap<Key, Vec<usize>>,
    index: usize,
    path: &mut Vec<usize>,
    order: &mut Vec<usize>,
) -> Result<(), Error> {
    let Some(file) = files.get(index).filter(|_| !order.contains(&index)) else { return Ok(()) };
    let start = path.iter().position(|other| *other == index);
    path.push(index);
    if let Some(start) = start {
        let cycle = path.iter().skip(start).filter_map(|index| files.get(*index));
        let cycle: Vec<_> = cycle.map(|file| file.path.display().to_string()).collect();
        return Err(Error::custom(format!("these objects refer to each other: {}", cycle.join(" → "))));
    }
    let mut references = Vec::new();
    each_reference(&*file.object, &mut |reference| references.push(key(reference)));
    for reference in references {
        // A template can refer to itself.
        for other in positions.get(&reference).into_iter().flatten().filter(|other| **other != index) {
            add_after_references(files, positions, *other, path, order)?;
        }
    }
    path.pop();
    order.push(index);
    Ok(())
}

/// The engine, and what the program knows about it.
struct Engine<'c> {
    connection: &'c Connection,
    dry_run: bool,
    /// The IDs of all objects by type and name.
    ids: BTreeMap<&'static str, BTreeMap<String, Vec<String>>>,
    summary: Summary,
}

impl Engine<'_> {
    /// Reads the names of all objects of a type, if they are in a collection at the root of the API.
    async fn names(&mut self, kind: &'static str) -> Result<Option<&BTreeMap<String, Vec<String>>>, Error> {
        let Some(info) = registry::structs().iter().find(|info| info.name == kind) else { return Ok(None) };
        let path = info.plural_tag.replace('_', "");
        if !self.ids.contains_key(kind) && SystemService::info().find(&path).is_some() {
            let list = self.connection.raw(Method::Get, &path).send().await?;
            let list = Document::read(list.bytes(), &DecodeOptions::new())?;
            let ids = self.ids.entry(kind).or_default();
            for object in list.objects() {
                if let Some(id) = text(object, "id") {
                    ids.entry(key(object).1).or_default().push(id);
                }
            }
        }
        Ok(self.ids.get(kind))
    }

    /// Looks for the objects that the files refer to, in the folder and on the engine.
    async fn check_references(&mut self, files: &[File]) -> Result<(), Error> {
        let in_folder: BTreeSet<Key> = files.iter().map(|file| key(&*file.object)).collect();
        let mut problems = Vec::new();
        for file in files {
            for (kind, name) in file.references() {
                let on_engine = self.names(kind).await?.is_none_or(|names| names.contains_key(&name));
                if !on_engine && !in_folder.contains(&(kind, name.clone())) {
                    let text = format!("{kind} `{name}` is neither in the folder nor on the engine");
                    problems.push(problem(&file.path, text));
                }
            }
        }
        all_or_problems((), &problems)
    }

    /// Sets the IDs of references. If several objects have the name, the engine decides.
    fn set_ids(&self, object: &mut dyn Object) {
        set_ids(object, &|(kind, name)| match self.ids.get(kind)?.get(name)?.as_slice() {
            [id] => Some(id.clone()),
            _ => None,
        });
    }

    /// Fails if an object does not exist and can't be created.
    async fn check_needed(&mut self, object: &dyn Object) -> Result<(), Error> {
        let (kind, name) = key(object);
        let needed = needed(kind);
        if needed.is_empty() || needed.iter().any(|path| is_set(object, path)) {
            return Ok(());
        }
        match self.names(kind).await? {
            Some(names) if !names.contains_key(&name) => {
                let needed = needed.join("` or `");
                Err(Error::custom(format!("{kind} `{name}` does not exist; creating it takes `{needed}`")))
            }
            _ => Ok(()),
        }
    }

    /// Returns the ID.
    async fn apply(&mut self, object: &mut dyn Object) -> Result<Option<String>, Error> {
        self.check_needed(object).await?;
        self.set_ids(object);
        let created = self.summary.created;
        let id = match typed::<Network>(object) {
            Some(network) => self.apply_network(network).await?,
            None => self.ensure_object(object).await?,
        };
        if let (Some(id), true, Some(_)) = (&id, self.summary.created > created, typed::<Vm>(object)) {
            // A new virtual machine is locked until it has the disks of its template.
            self.connection.system().vms().vm(id.as_str()).wait_until_down().await?;
        }
        Ok(id)
    }

    async fn apply_parts(
        &mut self,
        parent: &dyn Object,
        id: Option<&str>,
        parts: Vec<Box<dyn Object>>,
    ) -> Result<(), Error> {
        let (kind, name) = key(parent);
        let within = format!("{kind} {name} / ");
        for mut part in parts {
            self.set_ids(&mut *part);
            match id {
                Some(id) => self.ensure_part(parent, id, &within, &*part).await?,
                None => self.plan(&within, &*part),
            }
        }
        Ok(())
    }

    /// A network belongs to its data center, as others can have networks with the same name.
    async fn apply_network(&mut self, network: Network) -> Result<Option<String>, Error> {
        let Some(id) = network.try_data_center()?.id.clone() else {
            self.plan("", &network);
            return Ok(None);
        };
        let networks = self.connection.system().data_centers().data_center(id).networks();
        self.ensure("", networks.ensure(network)).await
    }

    /// Returns the ID. In a dry run, new objects have none.
    async fn ensure<T: Struct>(&mut self, within: &str, ensure: Ensure<T>) -> Result<Option<String>, Error> {
        let done = ensure.dry_run(self.dry_run).send().await?;
        println!("{within}{done}");
        match &done.outcome {
            Outcome::Created(_) => self.summary.created += 1,
            Outcome::Changed { .. } => self.summary.changed += 1,
            Outcome::Unchanged(_) => self.summary.unchanged += 1,
        }
        let (kind, name) = key(done.object());
        let id = text(done.object(), "id");
        if let Some((id, names)) = id.as_ref().zip(self.ids.get_mut(kind)) {
            let ids = names.entry(name).or_default();
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        Ok(id)
    }

    /// Reports an object within one that does not exist yet.
    fn plan(&mut self, within: &str, object: &dyn Object) {
        let (kind, name) = key(object);
        println!("{within}{kind} {name}: to be created");
        self.summary.created += 1;
    }
}

fn is_set(object: &dyn Object, path: &str) -> bool {
    match path.split_once('.') {
        Some((first, rest)) => member(object, first).and_then(Slot::as_object).is_some_and(|inner| is_set(inner, rest)),
        None => member(object, path).is_some_and(Slot::is_set),
    }
}
