//! Objects as files: brings an engine into the state that a folder of YAML files describes.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
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
//! The NICs of virtual machines and the networks of clusters are brought into the described state, too; others are left alone.
//! Storage domains, hosts, disks and templates must exist. The program `export` writes such a folder.

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use ovirt_sdk::ensure::{Ensure, Outcome};
use ovirt_sdk::http::Method;
use ovirt_sdk::object::{Object, Slot, Struct, StructInfo, copy, member, member_mut, members};
use ovirt_sdk::registry::Tagged;
use ovirt_sdk::service::Service;
use ovirt_sdk::services::SystemService;
use ovirt_sdk::types::{Cluster, CpuProfile, DataCenter, Network, Nic, Tag, Vm, VnicProfile};
use ovirt_sdk::xml::{DecodeOptions, Document};
use ovirt_sdk::{Connection, Error, registry};
use serde::de::DeserializeSeed;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (folder, dry_run) = match arguments.as_slice() {
        ["--dry-run", folder] => (folder, true),
        [folder] if !folder.starts_with('-') => (folder, false),
        _ => usage(),
    };
    let connection = Connection::from_env()?;
    let result = run(&connection, Path::new(folder), dry_run).await;
    let closed = connection.close().await;
    result.map(drop).and(closed)
}

fn usage() -> ! {
    eprintln!("usage: apply [--dry-run] FOLDER");
    std::process::exit(2)
}

/// Applies the files of a folder. A dry run only shows what would change.
pub async fn run(connection: &Connection, folder: &Path, dry_run: bool) -> Result<Summary, Error> {
    let files = in_order(read(folder)?)?;
    let mut engine = Engine { connection, dry_run, ids: BTreeMap::new(), summary: Summary::default() };
    engine.check_references(&files).await?;
    for file in files {
        let path = file.path.clone();
        engine.apply(file).await.map_err(|error| problem(&path, error))?;
    }
    println!("{}", engine.summary);
    Ok(engine.summary)
}

/// The numbers of objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub created: usize,
    pub changed: usize,
    pub unchanged: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} created, {} changed, {} unchanged", self.created, self.changed, self.unchanged)
    }
}

/// The folders, which are the types that the program applies.
const FOLDERS: [&str; 7] = ["clusters", "cpu_profiles", "data_centers", "networks", "tags", "vms", "vnic_profiles"];

/// A file and its object.
struct File {
    path: PathBuf,
    object: Box<dyn Object>,
    /// The items of its collection.
    parts: Vec<Box<dyn Object>>,
}

/// The collections that are applied together with the object to which they belong.
const COLLECTIONS: [(&str, &str); 2] = [("cluster", "networks"), ("vm", "nics")];

/// Takes the items of the collection of an object.
fn take_parts(object: &mut dyn Object) -> Vec<Box<dyn Object>> {
    let collection = COLLECTIONS.iter().find(|(kind, _)| *kind == object.info().name);
    let Some(slot) = collection.and_then(|(_, name)| member_mut(object, name)) else { return Vec::new() };
    let list = slot.as_list();
    let items = (0..list.map_or(0, |list| list.count())).filter_map(|index| list?.object(index));
    let parts = items.map(copy).collect();
    slot.clear();
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

    fn references(&self) -> Vec<(&'static StructInfo, String)> {
        let mut found = Vec::new();
        for object in self.objects() {
            each_reference(object, &mut |info, name| found.push((info, name)));
        }
        // Networks are assigned to clusters. NICs are not objects of a file.
        let assigned = self.parts.iter().filter(|part| FOLDERS.contains(&part.info().plural_tag));
        found.extend(assigned.map(|part| (part.info(), key(&**part).1)));
        found
    }

    /// What tells the object from others. Networks of different data centers can have the same name.
    fn identity(&self) -> (Key, Option<String>) {
        let data_center =
            member(&*self.object, "data_center").filter(|_| self.object.info().name == Network::INFO.name);
        (key(&*self.object), data_center.and_then(Slot::as_object).map(|object| key(object).1))
    }
}

fn problem(path: &Path, error: impl fmt::Display) -> Error {
    Error::custom(format!("{}: {error}", path.display()))
}

/// A type and a name.
type Key = (&'static str, String);

fn text(object: &dyn Object, name: &str) -> Option<String> {
    member(object, name)?.text()
}

fn key(object: &dyn Object) -> Key {
    (object.info().name, text(object, "name").unwrap_or_default())
}

/// The object as a value of its type.
fn typed<T: Struct>(object: &dyn Object) -> T {
    let object: &dyn Any = object;
    object.downcast_ref().cloned().unwrap_or_default()
}

/// Reads all files of the folders within a folder.
fn read(folder: &Path) -> Result<Vec<File>, Error> {
    let entries = |folder: &Path| -> Result<BTreeSet<PathBuf>, Error> {
        let entries = std::fs::read_dir(folder).map_err(|error| problem(folder, error))?;
        let paths: Result<_, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
        paths.map_err(|error| problem(folder, error))
    };
    let (mut files, mut problems) = (Vec::<File>::new(), Vec::new());
    for subfolder in entries(folder)?.iter().filter(|path| path.is_dir()) {
        let name = subfolder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        for path in entries(subfolder)?.iter().filter(|path| path.extension().is_some_and(|it| it == "yaml")) {
            match File::read(name, path) {
                Ok(file) => match files.iter().find(|other| other.identity() == file.identity()) {
                    Some(other) => problems.push(problem(path, format!("the same object as {}", other.path.display()))),
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
fn each_reference(object: &dyn Object, visit: &mut dyn FnMut(&'static StructInfo, String)) {
    for (member, slot) in members(object) {
        let list = slot.as_list();
        let items = (0..list.map_or(0, |list| list.count())).filter_map(|index| list?.object(index));
        for inner in slot.as_object().into_iter().chain(items) {
            match (text(inner, "id"), text(inner, "name")) {
                (None, Some(name)) if member.is_link => visit(inner.info(), name),
                _ => each_reference(inner, visit),
            }
        }
    }
}

/// Sets the IDs of the references that have a name but no ID.
fn set_ids(object: &mut dyn Object, id: &dyn Fn(&Key) -> Option<String>) {
    for (index, member) in object.info().members.iter().enumerate() {
        let Some(slot) = object.slot_mut(index).filter(|slot| slot.is_set()) else { continue };
        let set = |inner: &mut dyn Object| match (text(inner, "id"), text(inner, "name")) {
            (None, Some(_)) if member.is_link => {
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
    let mut order = Vec::new();
    for index in 0..files.len() {
        add_after_references(&files, index, &mut Vec::new(), &mut order)?;
    }
    let mut files: BTreeMap<usize, File> = files.into_iter().enumerate().collect();
    Ok(order.iter().filter_map(|index| files.remove(index)).collect())
}

/// Adds the position of a file to the order. `path` has the positions of the files that lead to it.
fn add_after_references(
    files: &[File],
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
    for (info, name) in file.references() {
        let is_meant = |(_, other): &(usize, &File)| key(&*other.object) == (info.name, name.clone());
        for (other, _) in files.iter().enumerate().filter(is_meant) {
            add_after_references(files, other, path, order)?;
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
    async fn names(&mut self, info: &'static StructInfo) -> Result<Option<&BTreeMap<String, Vec<String>>>, Error> {
        let path = info.plural_tag.replace('_', "");
        if !self.ids.contains_key(info.name) && SystemService::INFO.find(&path).is_some() {
            let list = self.connection.raw(Method::Get, &path).send().await?;
            let list = Document::read(list.bytes(), &DecodeOptions::new())?;
            let ids = self.ids.entry(info.name).or_default();
            for object in list.objects() {
                if let Some(id) = text(object, "id") {
                    ids.entry(key(object).1).or_default().push(id);
                }
            }
        }
        Ok(self.ids.get(info.name))
    }

    /// Looks for the objects that the files refer to, in the folder and on the engine.
    async fn check_references(&mut self, files: &[File]) -> Result<(), Error> {
        let in_folder: BTreeSet<Key> = files.iter().map(|file| key(&*file.object)).collect();
        let mut problems = Vec::new();
        for file in files {
            for (info, name) in file.references() {
                let on_engine = self.names(info).await?.is_none_or(|names| names.contains_key(&name));
                if !on_engine && !in_folder.contains(&(info.name, name.clone())) {
                    let text = format!("{} `{name}` is neither in the folder nor on the engine", info.name);
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

    async fn apply(&mut self, mut file: File) -> Result<(), Error> {
        self.set_ids(&mut *file.object);
        let (system, object) = (self.connection.system(), &*file.object);
        let created = self.summary.created;
        let id = match object.info().name {
            "cluster" => self.ensure("", system.clusters().ensure(typed::<Cluster>(object))).await?,
            "cpu_profile" => self.ensure("", system.cpu_profiles().ensure(typed::<CpuProfile>(object))).await?,
            "data_center" => self.ensure("", system.data_centers().ensure(typed::<DataCenter>(object))).await?,
            "network" => self.apply_network(typed(object)).await?,
            "tag" => self.ensure("", system.tags().ensure(typed::<Tag>(object))).await?,
            "vm" => self.ensure("", system.vms().ensure(typed::<Vm>(object))).await?,
            "vnic_profile" => self.ensure("", system.vnic_profiles().ensure(typed::<VnicProfile>(object))).await?,
            other => return Err(Error::custom(format!("`{other}` is not supported"))),
        };
        let (kind, name) = key(object);
        let within = format!("{kind} {name} / ");
        let is_locked = self.summary.created > created && !file.parts.is_empty();
        if let (Some(id), "vm", true) = (&id, kind, is_locked) {
            // A new virtual machine is locked until it has the disks of its template.
            system.vms().vm(id.as_str()).wait_until_down().await?;
        }
        for mut part in file.parts {
            self.set_ids(&mut *part);
            match (&id, part.info().name) {
                (None, _) => self.plan(&within, &*part),
                (Some(id), "network") => {
                    let networks = system.clusters().cluster(id.as_str()).networks();
                    self.ensure(&within, networks.ensure(typed::<Network>(&*part))).await.map(drop)?;
                }
                (Some(id), _) => {
                    let nics = system.vms().vm(id.as_str()).nics();
                    self.ensure(&within, nics.ensure(typed::<Nic>(&*part))).await.map(drop)?;
                }
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
        let networks = self.connection.system().data_centers().data_center(id.as_str()).networks();
        self.ensure("", networks.ensure(network)).await
    }

    /// Returns the ID. In a dry run, new objects have none.
    async fn ensure<T: Struct + Send>(&mut self, within: &str, ensure: Ensure<T>) -> Result<Option<String>, Error> {
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
