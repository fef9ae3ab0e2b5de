//! What a machine is made of, and how it is copied: settings, disks, network interfaces and other devices.

use std::collections::{BTreeMap, HashMap};

use super::{record, store};
use crate::api::fault::Fault;
use crate::behaviour::machines::defaults::{fill, refer};
use crate::behaviour::machines::nics;
use crate::behaviour::storage::disks::domain_of as domains_of;
use crate::behaviour::storage::domains;
use crate::state::{State, last};
use ovirt_sdk::object::Struct;
use ovirt_sdk::types::{
    Cdrom, Disk, DiskAttachment, DiskFormat, GraphicsConsole, Nic, NumaNode, StorageDomain, Vm, VmBase,
    VmMediatedDevice, Watchdog,
};

/// Settings that say which machine it is, and that nothing made of it gets.
const OWN: [&str; 6] = ["href", "id", "name", "description", "comment", "creation_time"];

/// Gives a machine, a template or a snapshot the settings of another one that it has not got itself.
pub(super) fn settings<T: Struct, F: Struct>(target: &mut T, from: &F) {
    let mut base = VmBase::new();
    fill(&mut base, from, &OWN);
    fill(target, &base, &OWN);
}

/// Removes from an object what lives in collections of its own.
pub(super) fn strip<T: Struct>(object: &mut T) {
    for (index, row) in T::INFO.members.iter().enumerate() {
        if row.rel.is_some()
            && let Some(slot) = object.slot_mut(index)
            && slot.make_list().is_some()
        {
            slot.clear();
        }
    }
}

/// What is wanted of the copies of disks.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices {
    /// By the identifier of the disk, or of its image.
    disks: HashMap<String, Disk>,
    /// The storage domain of those that say nothing.
    domain: Option<String>,
    /// Whether they are layers above what they are made of.
    thin: bool,
}

impl Choices {
    /// What attachments in a document want; each has to be of a disk that the owner has.
    pub(super) fn of(
        state: &State,
        owner: &str,
        attachments: Option<&ovirt_sdk::types::List<DiskAttachment>>,
        domain: Option<&StorageDomain>,
    ) -> Result<Self, Fault> {
        let domain = domain_of(state, domain)?;
        let mut choices = Self { domain, ..Self::default() };
        let known: Vec<String> = super::stage::disks(state, owner);
        for attachment in attachments.into_iter().flat_map(|list| list.iter()) {
            let Some(mut disk) = attachment.disk.as_deref().cloned() else { continue };
            let Some(id) = disk.id.clone().or_else(|| attachment.id.clone()).or_else(|| disk.image_id.clone()) else {
                continue;
            };
            let image = |path: &String| state.get::<Disk>(path).and_then(|disk| disk.image_id.clone());
            let found = known.iter().find(|path| last(path) == id || image(path).as_deref() == Some(&id));
            let found = found.ok_or_else(|| Fault::no_such(Disk::INFO, &id))?;
            let wanted = disk.storage_domains.as_ref().and_then(|domains| domains.first().cloned());
            let wanted = wanted.or_else(|| disk.storage_domain.as_deref().cloned());
            let wanted = domain_of(state, wanted.as_ref())?;
            disk.storage_domains = wanted.map(|id| vec![StorageDomain::with_id(id)].into());
            choices.disks.insert(last(found).to_owned(), disk);
        }
        Ok(choices)
    }

    /// Refuses when the disks of an owner can't be copied to where they are wanted.
    pub(super) fn check(&self, state: &State, owner: &str, verb: &str, kind: &str) -> Result<(), Fault> {
        let mut needed: BTreeMap<String, i64> = BTreeMap::new();
        for disk in super::stage::disks(state, owner) {
            let own = || domains_of(state, &disk);
            let domain = self.domain_for(last(&disk)).map(|id| format!("storagedomains/{id}")).or_else(own);
            let size = state.get::<Disk>(&disk).and_then(|disk| disk.actual_size).unwrap_or(0);
            if let Some(domain) = domain {
                *needed.entry(domain).or_default() += if self.thin { 0 } else { size };
            }
        }
        for (domain, bytes) in needed {
            domains::check_usable(state, &domain, verb, kind)?;
            domains::check_space(state, &domain, bytes, verb, kind)?;
        }
        Ok(())
    }

    /// The same for copies that are layers above what they are made of.
    pub(super) fn thin(self, thin: bool) -> Self {
        Self { thin, ..self }
    }

    fn domain_for(&self, disk: &str) -> Option<&str> {
        let chosen = self.disks.get(disk).and_then(|disk| disk.storage_domains.as_ref()?.first()?.id.as_deref());
        chosen.or(self.domain.as_deref())
    }
}

/// The identifier of the storage domain that is referred to, which has to be there.
pub(super) fn domain_of(state: &State, domain: Option<&StorageDomain>) -> Result<Option<String>, Fault> {
    let Some(domain) = domain else { return Ok(None) };
    let path = state.reference("storagedomains", domain)?;
    Ok(path.map(|path| last(&path).to_owned()))
}

/// Copies the disks of an owner to another one. What is no image, or belongs to several machines, is not copied.
pub(super) fn copy_disks(state: &mut State, from: &str, to: &str, choices: &Choices) -> Result<usize, Fault> {
    let mut copied = 0;
    for (_, attachment) in store::of(state, from) {
        let Some(id) = attachment.disk.as_ref().and_then(|disk| disk.id.clone()) else { continue };
        copied += usize::from(copy_disk(state, &id, attachment, to, choices)?);
    }
    Ok(copied)
}

/// Copies one disk and attaches the copy; whether it is one that can be copied.
pub(super) fn copy_disk(
    state: &mut State,
    id: &str,
    attachment: DiskAttachment,
    to: &str,
    choices: &Choices,
) -> Result<bool, Fault> {
    let path = format!("disks/{id}");
    if !state.get::<Disk>(&path).is_some_and(record::is_layered) {
        return Ok(false);
    }
    let copy = store::copy(state, &path, choices.domain_for(id))?;
    if let Some(disk) = state.get_mut::<Disk>(&copy) {
        if choices.thin {
            disk.format = Some(DiskFormat::Cow);
            disk.sparse = Some(true);
            disk.actual_size = Some(200_704);
        }
        if let Some(wanted) = choices.disks.get(id) {
            adapt(disk, wanted);
        }
    }
    store::attach(state, to, &copy, attachment);
    Ok(true)
}

/// Makes a copy as it is wanted.
fn adapt(disk: &mut Disk, wanted: &Disk) {
    if let Some(name) = wanted.alias.clone().or_else(|| wanted.name.clone()) {
        disk.alias = Some(name.clone());
        disk.name = Some(name);
    }
    let change = |slot: &mut Option<bool>, wanted: Option<bool>| *slot = wanted.or(*slot);
    change(&mut disk.sparse, wanted.sparse);
    change(&mut disk.wipe_after_delete, wanted.wipe_after_delete);
    disk.format = wanted.format.clone().or_else(|| disk.format.clone());
    disk.backup = wanted.backup.clone().or_else(|| disk.backup.clone());
    disk.description = wanted.description.clone().or_else(|| disk.description.clone());
    disk.disk_profile = wanted.disk_profile.clone().or_else(|| disk.disk_profile.clone());
}

/// Copies network interfaces and other devices of an owner to another one.
pub(super) fn copy_devices(state: &mut State, from: &str, to: &str) -> Result<(), Fault> {
    copy_nics(state, from, to)?;
    copy::<Cdrom>(state, from, to, "cdroms");
    copy::<GraphicsConsole>(state, from, to, "graphicsconsoles");
    copy::<Watchdog>(state, from, to, "watchdogs");
    copy::<NumaNode>(state, from, to, "numanodes");
    copy::<VmMediatedDevice>(state, from, to, "mediateddevices");
    Ok(())
}

/// Copies network interfaces; machines get addresses of their own for them.
pub(super) fn copy_nics(state: &mut State, from: &str, to: &str) -> Result<(), Fault> {
    for (_, nic) in list::<Nic>(state, &format!("{from}/nics")) {
        let mut copy = bare_nic(nic);
        copy.id = None;
        copy.mac = None;
        add_nic(state, to, copy)?;
    }
    Ok(())
}

/// Gives a machine or a template a network interface.
pub(super) fn add_nic(state: &mut State, owner: &str, mut nic: Nic) -> Result<(), Fault> {
    if owner.starts_with("vms/") {
        nics::insert(state, owner, nic).map(drop)
    } else {
        nic.mac = None;
        state.insert(&format!("{owner}/nics"), refer(nic, owner));
        Ok(())
    }
}

/// A network interface without what tells whose it is.
pub(super) fn bare_nic(mut nic: Nic) -> Nic {
    nic.href = None;
    nic.vm = None;
    nic.template = None;
    nic.instance_type = None;
    nic.reported_devices = None;
    nic.statistics = None;
    nic
}

fn copy<T: Struct>(state: &mut State, from: &str, to: &str, collection: &str) {
    for (_, device) in list::<T>(state, &format!("{from}/{collection}")) {
        let mut device = device;
        for name in ["href", "vm", "template", "instance_type"] {
            if let Some(slot) = ovirt_sdk::object::member_mut(&mut device, name) {
                slot.clear();
            }
        }
        state.insert(&format!("{to}/{collection}"), refer(device, to));
    }
}

/// The objects of a collection, copied.
pub(super) fn list<T: Struct>(state: &State, collection: &str) -> Vec<(String, T)> {
    state.list::<T>(collection).map(|(path, object)| (path, object.clone())).collect()
}

/// Puts a machine into the state; with its settings completed, but without devices.
pub(super) fn plant(state: &mut State, mut vm: Vm) -> String {
    strip(&mut vm);
    vm.href = None;
    vm.storage_domain = None;
    vm.creation_time = Some(state.now());
    crate::behaviour::machines::defaults::complete(state, &mut vm);
    state.insert("vms", vm)
}
