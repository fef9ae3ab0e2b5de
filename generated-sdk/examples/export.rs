//! Objects as files: writes the configuration of an engine to a folder of YAML files.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example export --features serde -- lab
//! ```
//!
//! The files have names in place of IDs, and no states, statistics and passwords. The program `apply` brings this engine or
//! another one into the state that they describe. Storage domains, hosts, disks and templates are not exported.

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ovirt_sdk::object::{self, Object, Slot, Struct};
use ovirt_sdk::types::{List, Network};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder] = arguments.as_slice() else { usage() };
    let connection = Connection::from_env()?;
    let result = run(&connection, Path::new(folder)).await;
    let closed = connection.close().await;
    result.map(drop).and(closed)
}

fn usage() -> ! {
    eprintln!("usage: export FOLDER");
    std::process::exit(2)
}

/// Exports the objects to a folder, which must be new or empty. Returns the number of files.
pub async fn run(connection: &Connection, folder: &Path) -> Result<usize, Error> {
    std::fs::create_dir_all(folder).map_err(Error::custom)?;
    if std::fs::read_dir(folder).map_err(Error::custom)?.next().is_some() {
        return Err(Error::custom(format!("{} is not empty", folder.display())));
    }
    let system = connection.system();
    let mut export = Export { connection, folder, files: BTreeSet::new() };
    export.all("data_centers", system.data_centers().list().send().await?).await?;
    for cluster in system.clusters().list().send().await? {
        let networks = system.clusters().cluster(cluster.try_id()?).networks().list().send().await?;
        // The networks themselves have files of their own.
        let assigned = |network: &Network| Network::with_name(name(network)).required(network.required == Some(true));
        let networks: Vec<Network> = networks.iter().map(assigned).collect();
        let cluster = export.portable(cluster).await?.networks(networks);
        export.write("clusters", &cluster)?;
    }
    export.all("cpu_profiles", system.cpu_profiles().list().send().await?).await?;
    export.all("networks", system.networks().list().send().await?).await?;
    export.all("vnic_profiles", system.vnic_profiles().list().send().await?).await?;
    export.all("tags", system.tags().list().send().await?).await?;
    for vm in system.vms().list().send().await? {
        let mut nics = Vec::new();
        for nic in system.vms().vm(vm.try_id()?).nics().list().send().await? {
            nics.push(export.portable(nic).await?);
        }
        export.write("vms", &export.portable(vm).await?.nics(nics))?;
    }
    println!("{} files", export.files.len());
    Ok(export.files.len())
}

struct Export<'c> {
    connection: &'c Connection,
    folder: &'c Path,
    files: BTreeSet<PathBuf>,
}

impl Export<'_> {
    async fn all<T: Struct>(&mut self, kind: &str, objects: List<T>) -> Result<(), Error> {
        let names: Vec<String> = objects.iter().map(|object| name(object)).collect();
        for object in objects {
            let name = name(&object);
            // Only networks are told apart by their data center.
            if kind != "networks" && names.iter().filter(|other| **other == name).count() > 1 {
                eprintln!("skipped: several {kind} have the name {name}");
                continue;
            }
            self.write(kind, &self.portable(object).await?)?;
        }
        Ok(())
    }

    /// Reduces an object to what means the same on every engine.
    async fn portable<T: Struct>(&self, object: T) -> Result<T, Error> {
        let mut object = object::writable(&self.connection.with_names(object).await?);
        drop_ids(&mut object);
        Ok(object)
    }

    /// Writes the file of an object.
    fn write(&mut self, kind: &str, object: &dyn Object) -> Result<(), Error> {
        let folder = self.folder.join(kind);
        std::fs::create_dir_all(&folder).map_err(Error::custom)?;
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let mut name: String = name(object).chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        // Names may differ only in other characters, or belong to different data centers.
        while !self.files.insert(folder.join(name.to_lowercase())) {
            name.push('_');
        }
        let yaml = serde_yaml::to_string(object).map_err(Error::custom)?;
        std::fs::write(folder.join(name + ".yaml"), yaml).map_err(Error::custom)
    }
}

fn name(object: &dyn Object) -> String {
    object::member(object, "name").and_then(Slot::text).unwrap_or_default()
}

/// Removes references to objects that have no name, such as icons.
fn drop_ids(object: &mut dyn Object) {
    for index in 0..object.info().members.len() {
        let Some(slot) = object.slot_mut(index) else { continue };
        let is_reference =
            |inner: &dyn Object| inner.info().is_resource() && object::member(inner, "id").is_some_and(Slot::is_set);
        match slot.as_object() {
            Some(inner) if is_reference(inner) => slot.clear(),
            Some(_) => slot.make_object().into_iter().for_each(drop_ids),
            None => {}
        }
    }
}
