//! Storage domains in data centers: how they get in, work, rest, and get out, and what the data center makes of it.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::{above, last};
use crate::resources::common::disk::{self, TRANSFER};
use crate::resources::common::storage_domain;
use crate::resources::paths::{CLUSTERS, HOSTS, STORAGE_DOMAINS};
use crate::resources::storage_domains::unregistered::set_aside_contents;
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    Cluster, DataCenter, DataCenterStatus, Disk, DiskStatus, Host, HostStatus, StorageDomain, StorageDomainStatus,
    StorageDomainType, StorageType,
};

const ATTACHING: Duration = Duration::from_secs(3);
const ACTIVATING: Duration = Duration::from_secs(2);
const DEACTIVATING: Duration = Duration::from_secs(3);

pub(super) fn register(registry: &mut Registry) {
    registry.view_with_addresses("attached_storage_domains", |state, center| {
        state.paths(&format!("{center}/{STORAGE_DOMAINS}"))
    });
    registry.on("attached_storage_domains", "add", attach);
    registry.on("attached_storage_domain", "activate", activate);
    registry.on("attached_storage_domain", "deactivate", deactivate);
    registry.on("attached_storage_domain", "remove", detach);
    registry.on("data_center", "set_master", set_master);
    on_effect!(registry, |state, StorageDomainAttached { storage_domain }| attached(state, storage_domain));
    on_effect!(registry, |state, StorageDomainActivated { storage_domain }| activated(state, storage_domain));
    on_effect!(registry, |state, StorageDomainDeactivated { storage_domain }| deactivated(state, storage_domain));
}

/// Sets the state of a storage domain in a data center.
fn set_status(state: &mut State, attached: &str, status: StorageDomainStatus) {
    if let Some(domain) = state.get_mut::<StorageDomain>(attached) {
        domain.status = Some(status.clone());
    }
    let root = storage_domain::root(attached);
    // One that several data centers share is as active as it is in any of them.
    let centers = storage_domain::data_centers(state, &root);
    let elsewhere = centers.iter().map(|center| format!("{center}/{STORAGE_DOMAINS}/{}", last(&root)));
    let active = elsewhere.filter_map(|path| status_at(state, &path)).any(|it| it == StorageDomainStatus::Active);
    if let Some(domain) = state.get_mut::<StorageDomain>(&root) {
        domain.status = Some(if active { StorageDomainStatus::Active } else { status });
    }
}

fn status_at(state: &State, attached: &str) -> Option<StorageDomainStatus> {
    state.get::<StorageDomain>(attached)?.status.clone()
}

fn type_of(state: &State, domain: &str) -> Option<StorageDomainType> {
    state.get::<StorageDomain>(&storage_domain::root(domain))?.type_.clone()
}

fn is_master(state: &State, domain: &str) -> bool {
    state.get::<StorageDomain>(&storage_domain::root(domain)).is_some_and(|domain| domain.master == Some(true))
}

/// The storage domains of a data center, by their paths there.
fn all(state: &State, center: &str) -> Vec<String> {
    state.paths(&format!("{center}/{STORAGE_DOMAINS}"))
}

/// Those of a type that are active.
fn active(state: &State, center: &str, is_data: bool) -> Vec<String> {
    let fits = |path: &String| {
        status_at(state, path) == Some(StorageDomainStatus::Active)
            && (type_of(state, path) == Some(StorageDomainType::Data)) == is_data
    };
    all(state, center).into_iter().filter(fits).collect()
}

fn set_center(state: &mut State, center: &str, status: DataCenterStatus) {
    let old = state.get::<DataCenter>(center).and_then(|it| it.status.clone());
    if old.as_ref() == Some(&status) {
        return;
    }
    let is_up = status == DataCenterStatus::Up;
    if let Some(center) = state.get_mut::<DataCenter>(center) {
        center.status = Some(status);
    }
    if is_up {
        let text = format!("Data Center {} is up", state.name_of(center));
        state.event(976, Severity::Normal, &text, &[center]);
    }
}

/// Chooses the master of a data center when it has none that is active; its state follows.
fn elect(state: &mut State, center: &str) {
    let data = active(state, center, true);
    let master = data.iter().find(|path| is_master(state, path)).or(data.first()).cloned();
    let Some(master) = master else {
        let any = all(state, center).iter().any(|path| type_of(state, path) == Some(StorageDomainType::Data));
        set_center(state, center, if any { DataCenterStatus::Maintenance } else { DataCenterStatus::Uninitialized });
        return;
    };
    make_master(state, center, &master);
    set_center(state, center, DataCenterStatus::Up);
}

fn make_master(state: &mut State, center: &str, master: &str) {
    for path in all(state, center) {
        if let Some(domain) = state.get_mut::<StorageDomain>(&storage_domain::root(&path)) {
            domain.master = Some(path == master);
        }
    }
}

/// Whether a data center has a host to work with.
fn has_host(state: &State, center: &str) -> bool {
    let id = last(center);
    let in_center = |cluster: Option<&str>| {
        let cluster = cluster.and_then(|cluster| state.get::<Cluster>(&format!("{CLUSTERS}/{cluster}")));
        cluster.and_then(|cluster| cluster.data_center.as_ref()).is_some_and(|it| it.id.as_deref() == Some(id))
    };
    state.list::<Host>(HOSTS).any(|(_, host)| {
        matches!(host.status, None | Some(HostStatus::Up))
            && in_center(host.cluster.as_ref().and_then(|cluster| cluster.id.as_deref()))
    })
}

fn attach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["id|name"])?;
    let wanted: StorageDomain = call.body()?;
    let center = call.parent();
    let domain = call.state.reference(STORAGE_DOMAINS, &wanted)?.ok_or_else(Fault::not_found)?;
    check_attach(call.state, &center, &domain)?;
    let (name, place) = (call.state.name_of(&domain), call.state.name_of(&center));
    call.job(&format!("Attaching Storage Domain {name} to Data Center {place}"));
    let stub = StorageDomain::with_id(last(&domain)).data_center(DataCenter::with_id(last(&center)));
    let path = call.state.insert(&format!("{center}/{STORAGE_DOMAINS}"), stub);
    set_status(call.state, &path, StorageDomainStatus::Locked);
    call.state.after(ATTACHING, Effect::StorageDomainAttached { storage_domain: path.clone() });
    Ok(Reply::Created(path))
}

fn check_attach(state: &State, center: &str, domain: &str) -> Result<(), Fault> {
    let refused = |text: &str| Err(Fault::conflict(text));
    let found = state.find::<StorageDomain>(domain)?;
    let target = state.find::<DataCenter>(center)?;
    let is_iso = found.type_ == Some(StorageDomainType::Iso);
    let is_data = found.type_ == Some(StorageDomainType::Data);
    let status = storage_domain::status(state, domain);
    if state.contains(&format!("{center}/{STORAGE_DOMAINS}/{}", last(domain)))
        || !is_iso && status.as_ref().is_some_and(|status| *status != StorageDomainStatus::Unattached)
    {
        return Err(storage_domain::illegal_status("attach", "Storage", status.as_ref()));
    }
    if found.type_ == Some(StorageDomainType::Image) {
        return refused("Cannot attach Storage. Storage Domain type is illegal.");
    }
    if !has_host(state, center) {
        return refused("Cannot attach Storage. There is no active Host in the Data Center.");
    }
    let local = found.storage.as_ref().is_some_and(|it| it.type_ == Some(StorageType::Localfs));
    if is_data && local != (target.local == Some(true)) {
        return refused(if local {
            "Cannot attach a local Storage Domain to a shared storage Data Center."
        } else {
            "Cannot attach a shared Storage Domain to a local storage Data Center."
        });
    }
    if !is_data && active(state, center, true).is_empty() {
        return refused("Cannot attach Storage Domain.\n-Please attach Data Domain to the Data Center first.");
    }
    let same = all(state, center).iter().any(|path| type_of(state, path) == found.type_);
    if same && !is_data {
        let kind = if is_iso { "ISO" } else { "Import/Export" };
        return refused(&format!(
            "Cannot attach more than one {kind} Storage Domain to the same Data Center. If you want to use a newly \
             created Domain, detach the existing attached Domain and attach the new one."
        ));
    }
    Ok(())
}

fn attached(state: &mut State, path: &str) {
    let center = above(path, 2).to_owned();
    let text = format!("Storage Domain {} was attached to Data Center {}", label(state, path), state.name_of(&center));
    state.event(962, Severity::Normal, &text, &[&center, &storage_domain::root(path)]);
    set_status(state, path, StorageDomainStatus::Activating);
    state.after(ACTIVATING, Effect::StorageDomainActivated { storage_domain: path.to_owned() });
}

fn label(state: &State, path: &str) -> String {
    state.name_of(&storage_domain::root(path))
}

fn activate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let status = call.state.find::<StorageDomain>(&path)?.status.clone();
    if !matches!(
        status,
        Some(StorageDomainStatus::Maintenance | StorageDomainStatus::Inactive | StorageDomainStatus::UnknownValue)
    ) {
        return Err(storage_domain::illegal_status("activate", "Storage", status.as_ref()));
    }
    let center = above(&path, 2).to_owned();
    if !has_host(call.state, &center) {
        return Err(Fault::conflict("Cannot activate Storage. There is no active Host in the Data Center."));
    }
    let no_master = active(call.state, &center, true).is_empty();
    if no_master && type_of(call.state, &path) != Some(StorageDomainType::Data) {
        return Err(Fault::conflict(
            "Failed to activate Storage due to an error on the Data Center master Storage Domain.\n-Please activate \
             the master Storage Domain first.",
        ));
    }
    let text = format!("Activating Storage Domain {}", label(call.state, &path));
    call.job(&text);
    set_status(call.state, &path, StorageDomainStatus::Activating);
    call.state.after(ACTIVATING, Effect::StorageDomainActivated { storage_domain: path });
    Ok(Reply::Completed)
}

fn activated(state: &mut State, path: &str) {
    if !state.contains(path) {
        return;
    }
    let center = above(path, 2).to_owned();
    set_status(state, path, StorageDomainStatus::Active);
    let text = format!("Storage Domain {} in Data Center {} is active", label(state, path), state.name_of(&center));
    state.event(966, Severity::Normal, &text, &[&center, &storage_domain::root(path)]);
    elect(state, &center);
}

fn deactivate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    check_deactivate(call.state, &path, call.flag("force") == Some(true))?;
    let text = format!("Deactivating Storage Domain {}", label(call.state, &path));
    call.job(&text);
    set_status(call.state, &path, StorageDomainStatus::PreparingForMaintenance);
    let center = above(&path, 2).to_owned();
    let text = format!("Storage Domain {} is going to maintenance", label(call.state, &path));
    call.state.event(968, Severity::Normal, &text, &[&center, &storage_domain::root(&path)]);
    call.state.after(DEACTIVATING, Effect::StorageDomainDeactivated { storage_domain: path });
    Ok(Reply::Completed)
}

fn check_deactivate(state: &State, path: &str, force: bool) -> Result<(), Fault> {
    let status = state.find::<StorageDomain>(path)?.status.clone();
    let can = match status {
        Some(StorageDomainStatus::Active) => true,
        Some(StorageDomainStatus::Inactive | StorageDomainStatus::UnknownValue) => true,
        Some(StorageDomainStatus::Locked | StorageDomainStatus::PreparingForMaintenance) => force,
        _ => false,
    };
    if !can {
        return Err(storage_domain::illegal_status("deactivate", "Storage", status.as_ref()));
    }
    let on_it = disk::on_domain(state, path);
    if on_it.iter().any(|disk| !disk::running_owners(state, disk).is_empty()) {
        return Err(Fault::conflict(
            "Cannot deactivate Storage. VMs in a state other than \"Down\" or \"Suspended\" were detected.\n-Please \
             ensure all VMs associated with this Storage Domain are stopped and in the Down state first.",
        ));
    }
    if on_it.iter().any(|disk| state.has_note(disk, TRANSFER)) {
        return Err(Fault::conflict(
            "Cannot deactivate Storage. Please pause or cancel all active disk uploads and downloads first.",
        ));
    }
    let locked = |disk: &&String| state.get::<Disk>(disk).is_some_and(|disk| disk.status == Some(DiskStatus::Locked));
    if !force && on_it.iter().any(|disk| locked(&disk)) {
        return Err(Fault::conflict(
            "Cannot deactivate Storage while there are running tasks on this Storage.\n-Please wait until tasks will \
             finish and try again.",
        ));
    }
    let center = above(path, 2);
    let others = active(state, center, true).iter().filter(|other| *other != path).count();
    if is_master(state, path) && others == 0 {
        if !active(state, center, false).is_empty() {
            return Err(Fault::conflict(
                "Cannot deactivate a Master Storage Domain while there are active non-data domains in the Data \
                 Center.\n-Please deactivate all the non-data domains and try again.",
            ));
        }
        if all(state, center).iter().any(|other| status_at(state, other) == Some(StorageDomainStatus::Locked)) {
            return Err(Fault::conflict(
                "You are trying to deactivate a Master storage domain while there are locked domains in the Data \
                 Center. Please wait for the operations on those domains to finish first.",
            ));
        }
    }
    Ok(())
}

fn deactivated(state: &mut State, path: &str) {
    if !state.contains(path) {
        return;
    }
    let center = above(path, 2).to_owned();
    set_status(state, path, StorageDomainStatus::Maintenance);
    let text = format!("Storage Domain {} is in maintenance", label(state, path));
    state.event(1029, Severity::Normal, &text, &[&center, &storage_domain::root(path)]);
    elect(state, &center);
}

fn detach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let status = call.state.find::<StorageDomain>(&path)?.status.clone();
    let center = above(&path, 2).to_owned();
    if !matches!(status, Some(StorageDomainStatus::Maintenance | StorageDomainStatus::Inactive)) {
        return Err(storage_domain::illegal_status("detach", "Storage", status.as_ref()));
    }
    if is_master(call.state, &path) && all(call.state, &center).len() > 1 {
        return Err(Fault::conflict(
            "Cannot detach the master Storage Domain from the Data Center while there are other storage domains \
             attached to it.\n-Please try to activate another Storage Domain in the Data Center.",
        ));
    }
    let text = format!(
        "Storage Domain {} was detached from Data Center {}",
        label(call.state, &path),
        call.state.name_of(&center)
    );
    detach_storage_domain(call.state, &path);
    call.state.event(964, Severity::Normal, &text, &[&center, &storage_domain::root(&path)]);
    Ok(Reply::Completed)
}

/// Takes a storage domain out of a data center; what is on it is known to the data center no more.
pub(crate) fn detach_storage_domain(state: &mut State, path: &str) {
    let (center, root) = (above(path, 2).to_owned(), storage_domain::root(path));
    state.remove(path);
    set_aside_contents(state, &root);
    let is_shared = !storage_domain::data_centers(state, &root).is_empty();
    if let Some(domain) = state.get_mut::<StorageDomain>(&root)
        && !is_shared
    {
        domain.status = Some(StorageDomainStatus::Unattached);
        domain.master = Some(false);
    }
    elect(state, &center);
}

fn set_master(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let center = call.path();
    let wanted: Option<StorageDomain> = call.object("storage_domain");
    let domain = wanted.map(|domain| call.state.reference(STORAGE_DOMAINS, &domain)).transpose()?.flatten();
    let Some(domain) = domain else {
        return Err(Fault::incomplete("Action", &["storage_domain.id|name"], "setMaster"));
    };
    let path = format!("{center}/{STORAGE_DOMAINS}/{}", last(&domain));
    let status = call.state.find::<StorageDomain>(&path)?.status.clone();
    if status != Some(StorageDomainStatus::Active) {
        return Err(storage_domain::illegal_status("switch", "Master Storage Domain", status.as_ref()));
    }
    if type_of(call.state, &path) != Some(StorageDomainType::Data) {
        return Err(Fault::conflict("Cannot switch Master Storage Domain. Storage Domain type is illegal."));
    }
    if is_master(call.state, &path) {
        return Err(Fault::conflict(
            "Cannot switch Master Storage Domain. The storage domain is already the master storage domain.",
        ));
    }
    make_master(call.state, &center, &path);
    let text = format!("Storage Domain {} is the master of {}", label(call.state, &path), call.state.name_of(&center));
    call.state.event(1480, Severity::Normal, &text, &[&center, &domain]);
    Ok(Reply::Completed)
}
