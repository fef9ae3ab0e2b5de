//! The common parts of importing virtual machines and templates from export domains.

use std::time::Duration;

use crate::api::{Call, Fault, Reply};
use crate::effect::Effect;
use crate::path::{above, last};
use crate::resources::common::locks;
use crate::resources::common::storage_domain::{self, is_export};
use crate::resources::common::{copy_disks, disk_attachment, references};
use crate::resources::paths::{CLUSTERS, DISKS, STORAGE_DOMAINS, VMS, is_below, is_in};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Cluster, Disk, DiskAttachment, DiskStatus, StorageDomain};

const COPYING: Duration = Duration::from_secs(8);

/// Refuses what belongs to no export domain.
pub(crate) fn check_domain(state: &State, what: &str, path: &str) -> Result<(), Fault> {
    let domain = above(path, 2);
    let is_there = is_in(path, STORAGE_DOMAINS) && is_export(state, domain);
    if is_there { Ok(()) } else { Err(Fault::invalid(what, "Storage Domain type is illegal.")) }
}

/// The destination of an import.
pub(crate) struct Place {
    pub(crate) cluster: Option<String>,
    domain: Option<String>,
    pub(crate) clone: bool,
}

impl Place {
    pub(crate) fn of(call: &Call<'_>) -> Result<Self, Fault> {
        let cluster = call.object::<Cluster>("cluster");
        let cluster = cluster.map(|cluster| call.state.reference(CLUSTERS, &cluster)).transpose()?.flatten();
        let domain = call.object::<StorageDomain>("storage_domain");
        let domain = copy_disks::referenced_domain_id(call.state, domain.as_ref())?;
        Ok(Self {
            cluster: cluster.map(|path| last(&path).to_owned()),
            domain,
            clone: call.flag("clone").unwrap_or(false),
        })
    }
}

pub(crate) fn begin(state: &mut State, path: &str, domain: &str, codes: (i64, i64)) {
    let (name, from) = (state.name_of(path), state.name_of(domain));
    let text = format!("Import of {name} from {from} was begun by {}.", references::acting_user(state));
    state.event(codes.0, Severity::Normal, &text, &[path, domain]);
    locks::complete_later(state, path, COPYING, codes.1, &format!("{name} has been imported from {from}."));
}

/// Fails if disks of what is to be imported exist already.
pub(crate) fn check_disks(state: &State, what: &str, from: &str, place: &Place) -> Result<(), Fault> {
    if place.clone {
        return Ok(());
    }
    let disks = disk_attachment::list(state, from).into_iter().filter_map(|(_, attachment)| attachment.disk);
    let exists = |disk: &Disk| disk.id.as_ref().is_some_and(|id| state.contains(&format!("{DISKS}/{id}")));
    let name = |disk: Box<Disk>| disk.alias.clone().or_else(|| disk.name.clone()).unwrap_or_default();
    let names: Vec<String> = disks.filter(|disk| exists(disk)).map(name).collect();
    match names.is_empty() {
        true => Ok(()),
        false => {
            let names = names.join(", ");
            Err(Fault::cannot(what, &format!("The following disks already exist: {names}. Please import as a clone.")))
        }
    }
}

/// Copies the disks of what an export domain keeps.
pub(crate) fn take_disks(state: &mut State, from: &str, to: &str, place: &Place) {
    let mut taken = Vec::new();
    for (_, mut attachment) in disk_attachment::list(state, from) {
        let Some(disk) = attachment.disk.take() else { continue };
        let mut disk: Disk = *disk;
        let known = disk.id.as_ref().is_some_and(|id| state.contains(&format!("{DISKS}/{id}")));
        if place.clone || known {
            disk.id = None;
        }
        let domain = place.domain.clone().or_else(|| storage_domain::first_data_domain(state));
        disk.storage_domains = domain.map(|id| vec![StorageDomain::with_id(id)].into());
        disk.status = Some(DiskStatus::Locked);
        let path = state.insert(DISKS, disk);
        let attachment: DiskAttachment = attachment;
        disk_attachment::attach(state, to, &path, attachment);
        taken.push(path);
    }
    for disk in taken {
        state.after(COPYING - Duration::from_secs(1), Effect::DiskUnlocked { disk });
    }
}

pub(crate) fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let is_vm = is_below(&path, VMS) || is_in(&path, VMS);
    let (what, code) = if is_vm { ("remove VM", 1160) } else { ("remove Template", 1154) };
    check_domain(call.state, what, &path)?;
    let state = &mut *call.state;
    let (name, domain) = (state.name_of(&path), above(&path, 2).to_owned());
    state.remove(&path);
    let text = format!("{name} has been removed from {}.", state.name_of(&domain));
    state.event(code, Severity::Normal, &text, &[&domain]);
    Ok(Reply::Completed)
}
