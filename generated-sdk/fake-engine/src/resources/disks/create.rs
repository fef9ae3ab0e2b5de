//! New disks: what has to be told of them, and what they are when it is not told.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::{disk, disk_attachment, logical_unit, storage_domain};
use crate::resources::paths::{DISKS, STORAGE_DOMAINS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskBackup, DiskFormat, DiskStatus, DiskStorageType, StorageDomain, StorageDomainType};

const ALLOCATING: Duration = Duration::from_secs(4);
/// What a thin image has on a block domain from the start.
const FIRST_EXTENT: i64 = 1 << 30;

pub(super) fn register(registry: &mut Registry) {
    registry.on("disks", "add", add);
}

/// Checks a disk that is to be made, for a virtual machine or for nobody, and completes what its storage decides.
pub(crate) fn check_new_disk(state: &State, disk: &mut Disk, owner: Option<&str>) -> Result<(), Fault> {
    disk.name = disk.alias.take().or_else(|| disk.name.take()).or_else(|| Some(usual_name(state, owner)));
    disk.alias.clone_from(&disk.name);
    if let Some(id) = &disk.id
        && let Some(taken) = state.get::<Disk>(&format!("{DISKS}/{id}"))
    {
        let name = taken.name.as_deref().unwrap_or_default();
        return Err(Fault::conflict(&format!(
            "Cannot add Virtual Disk. The selected disk ID: {id} is already used by the following existing disk: {name}."
        )));
    }
    match disk.lun_storage.is_some() || disk.storage_type == Some(DiskStorageType::Lun) {
        true => logical_unit::check_lun_disk(state, disk),
        false => check_image(state, disk, owner),
    }
}

fn usual_name(state: &State, owner: Option<&str>) -> String {
    let prefix = owner.map(|owner| state.name_of(owner)).unwrap_or_default();
    let taken: Vec<Option<&str>> = state.list::<Disk>(DISKS).map(|(_, disk)| disk.name.as_deref()).collect();
    let names = (1..=taken.len() + 1).map(|number| format!("{prefix}_Disk{number}"));
    let mut free = names.filter(|name| !taken.contains(&Some(name.as_str())));
    free.next().unwrap_or_else(|| format!("{prefix}_Disk"))
}

fn check_image(state: &State, disk: &mut Disk, owner: Option<&str>) -> Result<(), Fault> {
    let missing: Vec<&str> = [("provisioned_size", disk.provisioned_size.is_none()), ("format", disk.format.is_none())]
        .into_iter()
        .filter_map(|(name, is_missing)| is_missing.then_some(name))
        .collect();
    if !missing.is_empty() {
        return Err(Fault::incomplete("Disk", &missing, "add"));
    }
    let size = disk.provisioned_size.unwrap_or(0);
    if size <= 0 {
        return Err(Fault::bad("Cannot add Virtual Disk. Disk's provisioned size has to be greater than 0."));
    }
    let domain = domain_for(state, disk, owner)?;
    let on_block = storage_domain::is_block(state, &domain);
    let cow = disk.format == Some(DiskFormat::Cow);
    let sparse = disk.sparse.unwrap_or(cow || !on_block);
    let incremental = disk.backup == Some(DiskBackup::Incremental);
    let fits = match (cow, sparse) {
        (false, true) => !on_block && !incremental,
        (false, false) => !incremental,
        (true, true) => true,
        (true, false) => incremental,
    };
    if !fits {
        return Err(Fault::conflict(&format!(
            "Cannot add Virtual Disk. Disk configuration ({} {} backup-{}) is incompatible with the storage domain type.",
            if cow { "COW" } else { "RAW" },
            if sparse { "Sparse" } else { "Preallocated" },
            if incremental { "Incremental" } else { "None" }
        )));
    }
    if disk.shareable == Some(true) && cow {
        return Err(Fault::conflict(
            "Cannot add Virtual Disk. Disk's volume format is not supported for shareable disk.",
        ));
    }
    storage_domain::check_usable(state, &domain, "add", "Virtual Disk")?;
    let allocated = match (sparse, on_block) {
        (false, _) => size,
        (true, true) => disk.initial_size.unwrap_or(FIRST_EXTENT),
        (true, false) => disk.initial_size.unwrap_or(0),
    };
    storage_domain::check_space(state, &domain, allocated, "add", "Virtual Disk")?;
    let of_domain = state.find::<StorageDomain>(&domain)?;
    disk.wipe_after_delete = disk.wipe_after_delete.or(of_domain.wipe_after_delete);
    disk.sparse = Some(sparse);
    disk.actual_size = Some(allocated);
    if disk.disk_profile.is_none() {
        disk.disk_profile = storage_domain::default_profile(state, &domain).map(Box::new);
    }
    disk.storage_domains = Some(vec![StorageDomain::with_id(last(&domain))].into());
    Ok(())
}

/// The storage domain of a new disk: the one that was told, or that of the other disks of the virtual machine.
fn domain_for(state: &State, disk: &Disk, owner: Option<&str>) -> Result<String, Fault> {
    let told = disk.storage_domains.iter().flatten().chain(disk.storage_domain.as_deref()).next();
    let path = match told {
        Some(told) => state.reference(STORAGE_DOMAINS, told)?,
        None => {
            let others = owner.map(|owner| disk_attachment::attachments_and_disks(state, owner)).unwrap_or_default();
            others.iter().find_map(|(_, disk)| disk::domain_of(state, disk))
        }
    };
    let path = path.ok_or_else(|| Fault::bad("Cannot add Virtual Disk. Storage Domain hasn't been specified."))?;
    let is_data = |domain: &StorageDomain| {
        matches!(domain.type_, None | Some(StorageDomainType::Data | StorageDomainType::ManagedBlockStorage))
    };
    match state.get::<StorageDomain>(&path).is_some_and(is_data) {
        true => Ok(path),
        false => Err(Fault::conflict("Cannot add Virtual Disk. Storage Domain type is illegal.")),
    }
}

/// Stores a disk that was checked: locked, and ready after a while as part of the job under way.
pub(crate) fn begin_adding(state: &mut State, disk: Disk, owner: Option<&str>) -> String {
    let name = disk.name.clone().unwrap_or_default();
    let path = insert_locked_disk(state, disk);
    if state.get::<Disk>(&path).is_some_and(|disk| disk.status.is_some()) {
        let (code, whose) = match owner {
            Some(owner) => (97, format!(" to VM {}", state.name_of(owner))),
            None => (2021, String::new()),
        };
        disk::ready_after(state, ALLOCATING, &path, code, &format!("Disk {name} was added{whose}"));
    }
    path
}

/// Stores a disk that was checked, locked until somebody makes it ready.
pub(crate) fn insert_locked_disk(state: &mut State, mut disk: Disk) -> String {
    let is_lun = disk.storage_type == Some(DiskStorageType::Lun);
    if disk.image_id.is_none() && !is_lun {
        disk.image_id = Some(state.new_id());
    }
    // What is said with the attachment stays there.
    (disk.bootable, disk.interface, disk.active, disk.read_only) = (None, None, None, None);
    (disk.storage_domain, disk.initial_size, disk.vm) = (None, None, None);
    disk.status = if is_lun { None } else { Some(DiskStatus::Locked) };
    let path = state.insert(DISKS, disk::completed(disk));
    if is_lun {
        logical_unit::set_used_by_disk(state, &path);
    }
    path
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let disk: Disk = call.body()?;
    add_disk(call, disk)
}

pub(crate) fn add_disk(call: &mut Call<'_>, mut disk: Disk) -> Result<Reply, Fault> {
    check_new_disk(call.state, &mut disk, None)?;
    let name = disk.name.clone().unwrap_or_default();
    call.job(&format!("Creating Disk {name}"));
    let path = begin_adding(call.state, disk, None);
    call.state.event(2020, Severity::Normal, &format!("Disk {name} is being added"), &[&path]);
    Ok(Reply::Created(path))
}
