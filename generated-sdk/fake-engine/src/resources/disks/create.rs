//! Adding disks.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::bean::Violations;
use crate::resources::common::{disk, logical_unit, names, quota, quota_usage, references, storage_domain};
use crate::resources::disks::profile;
use crate::resources::paths::{DISKS, STORAGE_DOMAINS};
use crate::state::State;
use ovirt_sdk::types::{Disk, DiskBackup, DiskFormat, DiskStatus, DiskStorageType, StorageDomain};

const ALLOCATION: Duration = Duration::from_secs(4);
/// The bytes that a thin image takes on a block domain at first.
const FIRST_EXTENT: i64 = 1 << 30;
/// The bytes that a thin image needs on a file domain.
const EMPTY_IMAGE: i64 = 1 << 20;
const ADD: &str = "add Virtual Disk";

pub(super) fn register(registry: &mut Registry) {
    registry.on("disks", "add", add);
    registry.resolves_names("disk", "storage_domains");
}

/// What a request to add a disk requires.
pub(crate) struct Requirements {
    /// The name of the size in the fault for missing fields.
    pub(crate) size: &'static str,
    /// The method in that fault.
    pub(crate) method: &'static str,
}

/// Requests to the top-level collection.
const TOP_LEVEL: Requirements = Requirements { size: "provisioned_size", method: "add" };

/// Checks a new disk and completes what depends on its storage. `owner` is the path of its virtual machine.
pub(crate) fn check_new_disk(
    state: &State,
    disk: &mut Disk,
    owner: Option<&str>,
    requirements: &Requirements,
) -> Result<(), Fault> {
    disk.name = disk.alias.take().or_else(|| disk.name.take()).or_else(|| Some(default_name(state, owner)));
    disk.alias.clone_from(&disk.name);
    check_alias(disk.name.as_deref())?;
    if logical_unit::is_direct(disk) {
        return logical_unit::check_lun_disk(state, disk);
    }
    check_mandatory(disk, requirements)?;
    check_image(state, disk)
}

/// Fails if a name isn't valid for a disk.
pub(crate) fn check_alias(name: Option<&str>) -> Result<(), Fault> {
    const ATTRIBUTE: &str = "diskInfo.diskAlias";
    let Some(name) = name else { return Ok(()) };
    let mut violations = Violations::default();
    violations.check_length(ATTRIBUTE, Some(name), 0, 255);
    if !names::is_international(name) {
        violations.add(ATTRIBUTE, "Disk alias name must be formed of alpha-numeric characters or \"-_.\"");
    }
    violations.into_result()
}

fn default_name(state: &State, owner: Option<&str>) -> String {
    let prefix = owner.map(|owner| state.name_of(owner)).unwrap_or_default();
    let taken: Vec<Option<&str>> = state.list::<Disk>(DISKS).map(|(_, disk)| disk.name.as_deref()).collect();
    let names = (1..=taken.len() + 1).map(|number| format!("{prefix}_Disk{number}"));
    let mut free = names.filter(|name| !taken.contains(&Some(name.as_str())));
    free.next().unwrap_or_else(|| format!("{prefix}_Disk"))
}

fn check_mandatory(disk: &Disk, requirements: &Requirements) -> Result<(), Fault> {
    let fields = [(requirements.size, disk.provisioned_size.is_none()), ("format", disk.format.is_none())];
    let missing: Vec<&str> = fields.into_iter().filter_map(|(name, is_missing)| is_missing.then_some(name)).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Fault::incomplete("Disk", &missing, requirements.method)),
    }
}

fn check_image(state: &State, disk: &mut Disk) -> Result<(), Fault> {
    let domain = chosen_domain(state, disk)?;
    check_quota(state, disk)?;
    let domain = domain.ok_or_else(|| Fault::invalid(ADD, "Storage Domain hasn't been specified."))?;
    storage_domain::check_usable(state, &domain, ADD)?;
    let on_block = storage_domain::is_block(state, &domain);
    let sparse = disk.sparse.unwrap_or(disk.format == Some(DiskFormat::Cow) || !on_block);
    disk.sparse = Some(sparse);
    check_configuration(disk, on_block, ADD)?;
    storage_domain::check_destination(state, &domain, ADD)?;
    let size = disk.provisioned_size.unwrap_or(0);
    let needed = match (sparse, on_block) {
        (false, _) => size,
        (true, true) => disk.initial_size.unwrap_or(FIRST_EXTENT),
        (true, false) => EMPTY_IMAGE,
    };
    storage_domain::check_space(state, &domain, needed, ADD)?;
    check_shareable(disk, ADD)?;
    check_id(state, disk)?;
    profile::check(state, disk.disk_profile.as_deref(), &domain, ADD)?;
    if size == 0 {
        return Err(Fault::invalid(ADD, "Disk's provisioned size has to be greater than 0."));
    }
    quota_usage::check_storage(state, disk.quota.as_deref(), &domain, size, ADD)?;
    let of_domain = state.find::<StorageDomain>(&domain)?;
    disk.wipe_after_delete = disk.wipe_after_delete.or(of_domain.wipe_after_delete);
    disk.actual_size = Some(disk.initial_size.unwrap_or(0));
    if disk.disk_profile.is_none() {
        disk.disk_profile = storage_domain::default_profile(state, &domain).map(Box::new);
    }
    disk.storage_domains = Some(vec![StorageDomain::with_id(last(&domain))].into());
    Ok(())
}

/// The path of the storage domain that a new disk names. The engine's faults for unknown ones have neither kind nor
/// field.
fn chosen_domain(state: &State, disk: &Disk) -> Result<Option<String>, Fault> {
    let Some(chosen) = disk.storage_domains.iter().flatten().chain(disk.storage_domain.as_deref()).next() else {
        return Ok(None);
    };
    match (&chosen.id, &chosen.name) {
        (Some(id), _) => {
            let path = format!("{STORAGE_DOMAINS}/{id}");
            let exists = state.contains(&path);
            if exists { Ok(Some(path)) } else { Err(references::entity_not_found(id)) }
        }
        (None, Some(name)) => state.by_name(STORAGE_DOMAINS, name).map(Some).ok_or_else(Fault::not_found),
        (None, None) => Ok(None),
    }
}

fn check_quota(state: &State, disk: &Disk) -> Result<(), Fault> {
    match disk.quota.as_ref().and_then(|quota| quota.id.as_deref()) {
        Some(id) if quota::find(state, id).is_none() => Err(Fault::invalid(ADD, "Quota doesn't exist.")),
        _ => Ok(()),
    }
}

/// Fails if a storage domain can't have an image with this format, allocation and backup mode.
pub(crate) fn check_configuration(disk: &Disk, on_block: bool, action: &str) -> Result<(), Fault> {
    let is_cow = disk.format == Some(DiskFormat::Cow);
    let is_sparse = disk.sparse == Some(true);
    let is_incremental = disk.backup == Some(DiskBackup::Incremental);
    let is_supported = match (is_cow, is_sparse) {
        (false, true) => !on_block && !is_incremental,
        (false, false) => !is_incremental,
        (true, true) => true,
        (true, false) => is_incremental,
    };
    if is_supported {
        return Ok(());
    }
    let format = if is_cow { "COW" } else { "RAW" };
    let allocation = if is_sparse { "Sparse" } else { "Preallocated" };
    let backup = if is_incremental { "Incremental" } else { "None" };
    let reason = format!(
        "Disk configuration ({format} {allocation} backup-{backup}) is incompatible with the storage domain type."
    );
    Err(Fault::cannot(action, &reason))
}

/// Fails if a disk can't be shareable because of its format.
pub(crate) fn check_shareable(disk: &Disk, action: &str) -> Result<(), Fault> {
    match disk.shareable == Some(true) && disk.format == Some(DiskFormat::Cow) {
        true => Err(Fault::cannot(action, "Disk's volume format is not supported for shareable disk.")),
        false => Ok(()),
    }
}

fn check_id(state: &State, disk: &Disk) -> Result<(), Fault> {
    if let Some(image) = &disk.image_id
        && state.each::<Disk>(DISKS).any(|other| other.image_id.as_ref() == Some(image))
    {
        return Err(Fault::cannot(ADD, "One of the Template Images already exists."));
    }
    let Some(id) = &disk.id else { return Ok(()) };
    let Some(taken) = state.get::<Disk>(&format!("{DISKS}/{id}")) else { return Ok(()) };
    let alias = taken.name.as_deref().unwrap_or_default();
    let reason = format!("The selected disk ID: {id} is already used by the following existing disk: {alias}.");
    Err(Fault::cannot(ADD, &reason))
}

/// Stores a disk that passed the checks. An image is locked, and ready later as part of the current job.
pub(crate) fn begin_adding(state: &mut State, disk: Disk, owner: Option<&str>) -> String {
    let name = disk.name.clone().unwrap_or_default();
    let path = insert_locked_disk(state, disk);
    if state.get::<Disk>(&path).is_some_and(|disk| disk.status.is_some()) {
        let (code, text) = match owner {
            Some(owner) => (97, format!("The disk {name} was successfully added to VM {}.", state.name_of(owner))),
            None => (2021, format!("The disk '{name}' was successfully added.")),
        };
        disk::ready_after(state, ALLOCATION, &path, code, &text);
    }
    path
}

/// Stores a disk that passed the checks. An image stays locked.
pub(crate) fn insert_locked_disk(state: &mut State, mut disk: Disk) -> String {
    let is_lun = disk.storage_type == Some(DiskStorageType::Lun);
    if disk.image_id.is_none() && !is_lun {
        disk.image_id = Some(state.new_id());
    }
    // The disk attachment has these fields.
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
    add_disk(call, disk, &TOP_LEVEL)
}

pub(crate) fn add_disk(call: &mut Call<'_>, mut disk: Disk, requirements: &Requirements) -> Result<Reply, Fault> {
    check_new_disk(call.state, &mut disk, None, requirements)?;
    let name = disk.name.clone().unwrap_or_default();
    call.job_titled(&format!("Adding Disk {name}"));
    let path = begin_adding(call.state, disk, None);
    let text = format!("Add-Disk operation of '{name}' was initiated by {}.", references::acting_user(call.state));
    disk::log(call.state, 2020, &text, &path, &[]);
    Ok(Reply::Created(path))
}
