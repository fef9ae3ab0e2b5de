//! Lost storage domains, and work on storage domains that fails.

use std::time::Duration;

use crate::api::{Registry, on_effect, on_failure};
use crate::effect::{Effect, EffectKind};
use crate::note::Note;
use crate::path::{above, last};
use crate::resources::common::storage_domain::{self, status_at};
use crate::resources::common::{disk, references};
use crate::resources::data_centers::storage_domains::{elect, label, set_data_center_status, set_status};
use crate::resources::paths::{STORAGE_DOMAINS, VMS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{DataCenterStatus, StorageDomainStatus, Vm, VmStatus};

/// The identifier of the lost storage domain that paused a virtual machine.
const PAUSED_BY: Note<String> = Note::new("paused by storage domain");

pub(super) fn register(registry: &mut Registry) {
    on_effect!(registry, |state, StorageDomainReturned { storage_domain }| returned(state, storage_domain));
    on_failure!(registry, |state, StorageDomainActivated { storage_domain }| not_activated(state, storage_domain));
    on_failure!(registry, |state, StorageDomainDeactivated { storage_domain }| not_deactivated(state, storage_domain));
}

/// Lets an active storage domain go away, for a time or for good.
pub(super) fn lose(state: &mut State, domain: &str, lasting: Option<Duration>) {
    for center in storage_domain::data_centers(state, domain) {
        let path = format!("{center}/{STORAGE_DOMAINS}/{}", last(domain));
        if status_at(state, &path) != Some(StorageDomainStatus::Active) {
            continue;
        }
        pause_vms(state, domain);
        set_status(state, &path, StorageDomainStatus::Inactive);
        let (name, place) = (label(state, &path), state.name_of(&center));
        let text = format!(
            "Storage Domain {name} (Data Center {place}) was deactivated by system because it's not visible by any of \
             the hosts."
        );
        state.observed(970, Severity::Warning, &text, &[&center, domain]);
        choose_master(state, &center);
        if let Some(lasting) = lasting {
            state.after(lasting, Effect::StorageDomainReturned { storage_domain: path });
        }
    }
}

/// Chooses another master for a data center. Without one, the data center doesn't respond.
fn choose_master(state: &mut State, center: &str) {
    if !storage_domain::active(state, center, true).is_empty() {
        return elect(state, center);
    }
    set_data_center_status(state, center, DataCenterStatus::Problematic);
    let text = format!("Invalid status on Data Center {}. Setting status to Non Responsive.", state.name_of(center));
    state.observed(980, Severity::Warning, &text, &[center]);
}

/// Pauses the running virtual machines with disks on a storage domain.
fn pause_vms(state: &mut State, domain: &str) {
    let disks = disk::on_domain(state, domain);
    let mut vms: Vec<String> = disks.iter().flat_map(|disk| disk::running_owners(state, disk)).collect();
    vms.sort();
    vms.dedup();
    for path in vms {
        let Some(vm) = state.get_mut::<Vm>(&path) else { continue };
        if !matches!(vm.status, Some(VmStatus::Up | VmStatus::PoweringUp)) {
            continue;
        }
        vm.status = Some(VmStatus::Paused);
        vm.status_detail = Some("eio".to_owned());
        state.cancel(EffectKind::VmBooted, &path);
        state.set_note(&path, PAUSED_BY, last(domain));
        let text = format!("VM {} has been paused due to storage I/O problem.", state.name_of(&path));
        state.observed(145, Severity::Error, &text, &[&path]);
    }
}

/// Lets a lost storage domain be active again, unless somebody has dealt with it meanwhile.
fn returned(state: &mut State, path: &str) {
    if status_at(state, path) != Some(StorageDomainStatus::Inactive) {
        return;
    }
    let (center, domain) = (above(path, 2).to_owned(), storage_domain::root(path));
    set_status(state, path, StorageDomainStatus::Active);
    let (name, place) = (label(state, path), state.name_of(&center));
    let text = format!("Storage Domain {name} (Data Center {place}) was autorecovered.");
    state.observed(9505, Severity::Normal, &text, &[&center, &domain]);
    elect(state, &center);
    for vm in state.paths(VMS) {
        if state.note(&vm, PAUSED_BY).as_deref() == Some(last(&domain)) {
            state.clear_note(&vm, PAUSED_BY);
            resume(state, &vm);
        }
    }
}

fn resume(state: &mut State, path: &str) {
    let Some(vm) = state.get_mut::<Vm>(path).filter(|vm| vm.status == Some(VmStatus::Paused)) else { return };
    vm.status = Some(VmStatus::Up);
    vm.status_detail = None;
    let text = format!("VM {} has recovered from paused back to up.", state.name_of(path));
    state.observed(196, Severity::Normal, &text, &[path]);
}

fn not_activated(state: &mut State, path: &str) {
    set_status(state, path, StorageDomainStatus::Inactive);
    let center = above(path, 2).to_owned();
    let (name, place, user) = (label(state, path), state.name_of(&center), references::acting_user(state));
    let text = format!("Failed to activate Storage Domain {name} (Data Center {place}) by {user}");
    state.event(967, Severity::Error, &text, &[&center, &storage_domain::root(path)]);
}

fn not_deactivated(state: &mut State, path: &str) {
    set_status(state, path, StorageDomainStatus::Active);
    let center = above(path, 2).to_owned();
    let (name, place) = (label(state, path), state.name_of(&center));
    let text = format!("Failed to deactivate Storage Domain {name} (Data Center {place}).");
    state.event(969, Severity::Error, &text, &[&center, &storage_domain::root(path)]);
}
