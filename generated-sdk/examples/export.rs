//! Objects as files: writes the configuration of an engine to a folder of YAML files.
//!
//! ```sh
//! cargo run --example export --features serde -- lab
//! ```
//!
//! The files have names in place of IDs, and no states, statistics, passwords and contents of disks. The program `apply`
//! brings this engine or another one into the state that they describe.

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;
mod files;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ovirt_sdk::object::{self, Object, Slot, Struct};
use ovirt_sdk::types::{AffinityGroup, IscsiBond, Network, Nic, Qos, Quota};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        [folder] => run(connection, Path::new(folder)).await.map(drop),
        _ => common::usage(include_str!("export.rs")),
    })
}

macro_rules! export_all {
    ($($collection:ident $type:ident $field:literal [$($list:ident $part:ident),*];)*) => {
        /// Exports the objects to a folder, which must be new or empty. Returns the number of files.
        pub async fn run(connection: &Connection, folder: &Path) -> Result<usize, Error> {
            std::fs::create_dir_all(folder).map_err(Error::custom)?;
            if std::fs::read_dir(folder).map_err(Error::custom)?.next().is_some() {
                return Err(Error::custom(format!("{} is not empty", folder.display())));
            }
            let mut export = Export { connection, folder, files: BTreeSet::new() };
            $({
                let objects = connection.system().$collection().list().send().await?;
                for object in export.identified(objects).await? {
                    let file = object::writable(&object);
                    $(
                        let parts = connection.of(&object)?.$list().list().send().await?;
                        let parts = export.identified(parts).await?;
                        let file = file.$list(parts.iter().map(object::writable).collect::<Vec<$part>>());
                    )*
                    export.write(stringify!($collection), file)?;
                }
            })*
            println!("{} files", export.files.len());
            Ok(export.files.len())
        }
    };
}
files::kinds!(export_all);

/// Fields whose values mean something else on another engine.
const LOCAL: [(&str, &str); 1] = [("user", "domain_entry_id")];

struct Export<'c> {
    connection: &'c Connection,
    folder: &'c Path,
    files: BTreeSet<PathBuf>,
}

impl Export<'_> {
    /// Sets the names of references, and leaves out objects whose names are not unique.
    async fn identified<T: Struct>(&self, objects: impl IntoIterator<Item = T>) -> Result<Vec<T>, Error> {
        let mut objects = self.connection.all_with_names(objects).await?;
        let mut counts: BTreeMap<_, usize> = BTreeMap::new();
        for object in &objects {
            *counts.entry(files::identity(object)).or_default() += 1;
        }
        counts.retain(|((kind, name), _), count| {
            let is_identified = *count == 1 && !name.is_empty();
            if !is_identified {
                eprintln!("skipped: {count} objects of the type {kind} are called `{name}`");
            }
            is_identified
        });
        objects.retain(|object| counts.contains_key(&files::identity(object)));
        Ok(objects)
    }

    /// Writes the file of an object.
    fn write(&mut self, folder: &str, mut object: impl Struct) -> Result<(), Error> {
        let kind = object.info().name;
        let local = LOCAL.iter().filter(|(other, _)| *other == kind).map(|(_, field)| field);
        for field in files::needed(kind).iter().chain(local) {
            if let Some(slot) = object::member_mut(&mut object, field) {
                slot.clear();
            }
        }
        drop_ids(&mut object);
        let folder = self.folder.join(folder);
        std::fs::create_dir_all(&folder).map_err(Error::custom)?;
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let mut name: String = files::key(&object).1.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        // Names may differ only in other characters, or belong to different data centers.
        while !self.files.insert(folder.join(name.to_lowercase())) {
            name.push('_');
        }
        let object: &dyn Object = &object;
        let yaml = serde_yaml::to_string(object).map_err(Error::custom)?;
        std::fs::write(folder.join(name + ".yaml"), yaml).map_err(Error::custom)
    }
}

/// Removes references to objects that have no name, such as icons.
fn drop_ids(object: &mut dyn Object) {
    for index in 0..object.info().members.len() {
        let Some(slot) = object.slot_mut(index) else { continue };
        let is_reference =
            |inner: &dyn Object| inner.info().is_resource() && object::member(inner, "id").is_some_and(Slot::is_set);
        match (slot.as_object(), slot.as_list()) {
            (Some(inner), _) if is_reference(inner) => slot.clear(),
            (Some(_), _) => slot.make_object().into_iter().for_each(drop_ids),
            (None, Some(list)) if list.count() > 0 => {
                let Some(list) = slot.make_list() else { continue };
                (0..list.count()).for_each(|item| list.object_mut(item).into_iter().for_each(drop_ids));
            }
            _ => {}
        }
    }
}
