//! What can be done with disks.

use std::time::Duration;

use super::{DISKS, DOMAINS, disks, domains};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::state::{Severity, State, last};
use ovirt_sdk::types::{
    Disk, DiskFormat, DiskProfile, DiskStatus, DiskStorageType, StorageDomain, StorageDomainStatus,
};

const MOVING: Duration = Duration::from_secs(6);
const SHORT: Duration = Duration::from_secs(3);

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk"] {
        registry.on(service, "copy", copy);
        registry.on(service, "move", relocate);
        registry.on(service, "sparsify", sparsify);
        registry.on(service, "export", export);
    }
    for service in ["disk", "storage_domain_disk", "vm_disk"] {
        registry.on(service, "reduce", reduce);
    }
    registry.on("vm_disk", "move", relocate);
    registry.on("vm_disk", "export", export);
    registry.on("template_disk", "copy", copy);
    registry.on("template_disk", "export", export);
    registry.on("template_disk", "remove", remove_of_template);
    registry.on("disk", "convert", convert);
    registry.on("disk", "refresh_lun", refresh_lun);
    registry.on("attached_storage_domain_disk", "register", |call| {
        let (domain, id) = (call.parent(), call.id());
        register_disk(call, &domain, &id)?;
        Ok(Reply::Done)
    });
    registry.effect("disk.moved", moved);
    registry.effect("disk.spread", spread);
    registry.effect("disk.reduced", reduced);
    registry.effect("disk.converted", converted);
}

/// Whether snapshots of a virtual machine hold a disk.
pub(super) fn has_snapshots(state: &State, owner: &str, disk: &str) -> bool {
    let snapshots = state.paths(&format!("{owner}/snapshots"));
    snapshots.iter().any(|snapshot| state.contains(&format!("{snapshot}/disks/{}", last(disk))))
}

fn target(call: &Call<'_>, verb: &str) -> Result<String, Fault> {
    let domain: Option<StorageDomain> = call.object("storage_domain");
    let path = domain.map(|domain| call.state.reference(DOMAINS, &domain)).transpose()?.flatten();
    path.ok_or_else(|| Fault::incomplete("Action", &["storage_domain.id|name"], verb))
}

/// A disk of a template gets to one domain more; of others a new disk is made.
fn copy(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    disks::check_free(call.state, &path, "copy")?;
    disks::check_unused(call.state, &path, "copy")?;
    let name = call.state.name_of(&path);
    let of_template = disks::owners(call.state, &path).iter().any(|owner| owner.starts_with("templates/"));
    let wanted: Option<Disk> = call.object("disk");
    let to = match target(call, "copy") {
        Ok(to) => Some(to),
        Err(fault) if of_template => return Err(fault),
        Err(_) => None,
    };
    if let (true, Some(to)) = (of_template, &to) {
        domains::check_usable(call.state, to, "copy", "Virtual Disk")?;
        if call.state.get::<Disk>(&path).is_some_and(|disk| disks::is_on(disk, last(to))) {
            return Err(Fault::conflict(
                "Cannot copy Virtual Disk. The Storage Domain already contains the target disk(s).",
            ));
        }
        call.job(&format!("Copying Template Disk {name} to {}", call.state.name_of(to)));
        disks::set_locked(call.state, &path, true);
        call.state.after(MOVING, "disk.spread", &[&path, to]);
        return Ok(Reply::Done);
    }
    let place = to.clone().or_else(|| disks::domain_of(call.state, &path));
    let place = place.map(|place| call.state.name_of(&place)).unwrap_or_default();
    call.job(&format!("Copying Disk {name} to {place}"));
    let profile: Option<DiskProfile> = call.object("disk_profile");
    let copied = disks::copy(call.state, &path, to.as_deref())?;
    let new_name = wanted.and_then(|disk| disk.alias.or(disk.name));
    if let Some(copy) = call.state.get_mut::<Disk>(&copied) {
        if let Some(name) = new_name {
            copy.name = Some(name.clone());
            copy.alias = Some(name);
        }
        if let Some(profile) = profile {
            copy.disk_profile = Some(Box::new(profile));
        }
    }
    let text = format!("Disk {name} is being copied to {place}");
    call.state.event(2004, Severity::Normal, &text, &[&path]);
    Ok(Reply::Done)
}

fn spread(state: &mut State, arguments: &[String]) {
    let [path, to] = arguments else { return };
    if let Some(disk) = state.get_mut::<Disk>(path) {
        let mut domains = disk.storage_domains.take().unwrap_or_default().into_vec();
        domains.push(StorageDomain::with_id(last(to)));
        disk.storage_domains = Some(domains.into());
    }
    disks::set_locked(state, path, false);
    let text = format!("Disk {} was copied to {}", state.name_of(path), state.name_of(to));
    state.event(2006, Severity::Normal, &text, &[path, to]);
}

fn relocate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let to = target(call, "move")?;
    disks::check_free(call.state, &path, "move")?;
    let disk = call.state.find::<Disk>(&path)?.clone();
    if disk.storage_type == Some(DiskStorageType::Lun) {
        return Err(Fault::conflict("Cannot move Virtual Disk. The operation is not supported for Direct LUN disks."));
    }
    if disks::is_on(&disk, last(&to)) {
        return Err(Fault::conflict("Cannot move Virtual Disk. The source and target storage domains are the same."));
    }
    domains::check_usable(call.state, &to, "move", "Virtual Disk")?;
    domains::check_space(call.state, &to, disk.actual_size.unwrap_or(0), "move", "Virtual Disk")?;
    let (name, place) = (call.state.name_of(&path), call.state.name_of(&to));
    let profile: Option<DiskProfile> = call.object("disk_profile");
    call.job(&format!("Moving Disk {name} to {place}"));
    disks::set_locked(call.state, &path, true);
    call.state.event(2008, Severity::Normal, &format!("Disk {name} is being moved to {place}"), &[&path, &to]);
    let profile = profile.and_then(|profile| profile.id).unwrap_or_default();
    call.state.after(MOVING, "disk.moved", &[&path, &to, &profile]);
    Ok(Reply::Done)
}

fn moved(state: &mut State, arguments: &[String]) {
    let [path, to, profile] = arguments else { return };
    let default = domains::default_profile(state, to);
    if let Some(disk) = state.get_mut::<Disk>(path) {
        disk.storage_domains = Some(vec![StorageDomain::with_id(last(to))].into());
        let told = (!profile.is_empty()).then(|| DiskProfile::with_id(profile));
        disk.disk_profile = told.or(default).map(Box::new);
        disks::set_locked(state, path, false);
        let text = format!("Disk {} was moved to {}", state.name_of(path), state.name_of(to));
        state.event(2010, Severity::Normal, &text, &[path, to]);
    }
}

fn sparsify(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    disks::check_free(call.state, &path, "sparsify")?;
    disks::check_unused(call.state, &path, "sparsify")?;
    let disk = call.state.find::<Disk>(&path)?;
    let name = disk.name.clone().unwrap_or_default();
    let refused = match () {
        () if disk.storage_type == Some(DiskStorageType::Lun) => {
            format!("Sparsifying disk {name} is not supported by disk storage type LUN.")
        }
        () if disk.sparse != Some(true) => format!("Sparsifying is not supported for preallocated disk {name}."),
        () => return shrink(call, &path, &format!("Sparsifying Disk {name}"), (1325, "sparsified")),
    };
    Err(Fault::conflict(&format!("Cannot sparsify Virtual Disk. {refused}")))
}

fn reduce(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    disks::check_free(call.state, &path, "reduce")?;
    disks::check_unused(call.state, &path, "reduce")?;
    let disk = call.state.find::<Disk>(&path)?;
    let name = disk.name.clone().unwrap_or_default();
    if disk.format != Some(DiskFormat::Cow) {
        return Err(Fault::conflict("Cannot reduce Virtual Disk. Only QCOW2 disks can be reduced."));
    }
    shrink(call, &path, &format!("Reducing Disk {name}"), (382, "reduced"))
}

/// Begins what gives back space that an image does not need.
fn shrink(call: &mut Call<'_>, path: &str, job: &str, told: (i64, &str)) -> Result<Reply, Fault> {
    call.job(job);
    disks::set_locked(call.state, path, true);
    call.state.after(SHORT, "disk.reduced", &[path, &told.0.to_string(), told.1]);
    Ok(Reply::Done)
}

fn reduced(state: &mut State, arguments: &[String]) {
    let [path, code, what] = arguments else { return };
    disks::set_locked(state, path, false);
    let text = format!("Disk {} was {what}", state.name_of(path));
    state.event(code.parse().unwrap_or(0), Severity::Normal, &text, &[path]);
}

fn convert(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let wanted: Disk = call.object("disk").ok_or_else(|| Fault::incomplete("Action", &["disk"], "convert"))?;
    disks::check_free(call.state, &path, "convert")?;
    disks::check_unused(call.state, &path, "convert")?;
    let disk = call.state.find::<Disk>(&path)?;
    let (name, old) = (disk.name.clone().unwrap_or_default(), (disk.format.clone(), disk.sparse));
    let new = (wanted.format.or_else(|| old.0.clone()), wanted.sparse.or(old.1));
    if new == old {
        return Err(Fault::conflict("Cannot convert Virtual Disk. No change in format or allocation was requested."));
    }
    let format = new.0.as_ref().map(DiskFormat::as_str).unwrap_or_default().to_owned();
    call.job(&format!("Converting Disk {name}"));
    disks::set_locked(call.state, &path, true);
    let sparse = (new.1 == Some(true)).to_string();
    call.state.after(MOVING, "disk.converted", &[&path, &format, &sparse]);
    Ok(Reply::Done)
}

fn converted(state: &mut State, arguments: &[String]) {
    let [path, format, sparse] = arguments else { return };
    let Some(disk) = state.get_mut::<Disk>(path) else { return };
    disk.format = Some(DiskFormat::from(format.as_str()));
    disk.sparse = Some(sparse == "true");
    if sparse != "true" {
        disk.actual_size = disk.provisioned_size;
    }
    disk.qcow_version = (disk.format == Some(DiskFormat::Cow)).then_some(ovirt_sdk::types::QcowVersion::Qcow2V3);
    disk.status = Some(DiskStatus::Ok);
    let text = format!("Disk {} was converted", state.name_of(path));
    state.event(1431, Severity::Normal, &text, &[path]);
}

fn export(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    target(call, "export")?;
    disks::check_free(call.state, &path, "export")?;
    let name = call.state.name_of(&path);
    call.job(&format!("Exporting Disk {name}"));
    disks::set_locked(call.state, &path, true);
    disks::ready_after(call.state, MOVING, &path, 0, "");
    Ok(Reply::Done)
}

fn refresh_lun(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let disk = call.state.find::<Disk>(&call.path())?;
    match disk.storage_type {
        Some(DiskStorageType::Lun) => Ok(Reply::Done),
        _ => Err(Fault::conflict("Cannot refresh LUN Virtual Disk. The disk is not a direct LUN.")),
    }
}

/// A disk of a template is removed from one storage domain; on one it must stay.
fn remove_of_template(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    disks::check_free(call.state, &path, "remove")?;
    let wanted = call.asked.parameter("storage_domain").map(str::to_owned);
    let disk = call.state.find_mut::<Disk>(&path)?;
    let mut domains = disk.storage_domains.clone().unwrap_or_default().into_vec();
    match wanted {
        Some(wanted) if domains.len() > 1 => {
            domains.retain(|domain| domain.id.as_deref() != Some(&wanted));
            disk.storage_domains = Some(domains.into());
            Ok(Reply::Done)
        }
        _ => Err(Fault::conflict("Cannot remove Virtual Disk. Removing the Template Snapshot is not allowed.")),
    }
}

/// Makes a disk known again that was found on a storage domain; gives its path.
pub(super) fn register_disk(call: &mut Call<'_>, domain: &str, id: &str) -> Result<String, Fault> {
    let domain = format!("{DOMAINS}/{}", last(domain));
    if domains::status(call.state, &domain) != Some(StorageDomainStatus::Active) {
        return Err(Fault::conflict(&format!(
            "Cannot register disk {id} on storage domain {} as it is unavailable.",
            last(&domain)
        )));
    }
    let hidden = format!("{domain}/{}/{id}", domains::UNREGISTERED_DISKS);
    if !call.state.relocate(&hidden, DISKS) {
        return Err(Fault::not_found());
    }
    let path = format!("{DISKS}/{id}");
    let text = format!("Disk {} was registered", call.state.name_of(&path));
    call.state.event(378, Severity::Normal, &text, &[&path, &domain]);
    Ok(path)
}
