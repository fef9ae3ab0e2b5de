//! Lost hosts, and work on hosts that fails.

use std::time::Duration;

use crate::api::{Registry, on_effect, on_failure};
use crate::effect::{Effect, EffectKind};
use crate::note::Note;
use crate::resources::common::network::data_center_of;
use crate::resources::common::vm_status::{set_status as set_vm_status, status_or_down};
use crate::resources::common::{references, scheduler};
use crate::resources::hosts::spm::elect_spm;
use crate::resources::hosts::status::{set_status, status_of};
use crate::resources::hosts::{activate, evacuation};
use crate::resources::vms::{migrate, stop};
use crate::state::{Severity, State};
use ovirt_sdk::types::{HostStatus, VmStatus};

/// The status of a virtual machine before its host was lost.
const BEFORE: Note<VmStatus> = Note::new("status before the loss of the host");

pub(super) fn register(registry: &mut Registry) {
    on_effect!(registry, |state, HostReturned { host }| returned(state, host));
    on_failure!(registry, |state, HostActivated { host }| not_activated(state, host));
    on_failure!(registry, |state, HostInstalled { host, activate: _ }| not_installed(state, host));
    on_failure!(registry, |state, HostUpgraded { host, activate: _ }| not_upgraded(state, host));
    on_failure!(registry, |state, HostCertificateEnrolled { host }| not_enrolled(state, host));
    on_failure!(registry, |state, HostStarted { host, activate: _ }| not_started(state, host));
}

/// Lets a host no longer respond, for a time or for good. The engine watches no host that is down, in maintenance or being
/// installed.
pub(super) fn lose(state: &mut State, host: &str, lasting: Option<Duration>) {
    let is_watched = !matches!(
        status_of(state, host),
        None | Some(
            HostStatus::Down
                | HostStatus::InstallFailed
                | HostStatus::Installing
                | HostStatus::InstallingOs
                | HostStatus::Kdumping
                | HostStatus::Maintenance
                | HostStatus::NonResponsive
                | HostStatus::PendingApproval
                | HostStatus::Reboot
        )
    );
    if !is_watched {
        return;
    }
    evacuation::stop(state, host);
    state.abandon(EffectKind::HostActivated, host);
    set_status(state, host, HostStatus::NonResponsive);
    let name = state.name_of(host);
    state.observed(12, Severity::Error, &format!("Host {name} is non responsive."), &[host]);
    for vm in scheduler::vms_on(state, host) {
        if status_or_down(state, &vm) == VmStatus::Migrating {
            migrate::failed(state, &vm);
        }
        stop::cancel_start(state, &vm);
        let before = status_or_down(state, &vm);
        state.set_note(&vm, BEFORE, before);
        set_vm_status(state, &vm, VmStatus::UnknownValue);
        let text = format!("VM {} was set to the Unknown status.", state.name_of(&vm));
        state.observed(142, Severity::Warning, &text, &[&vm, host]);
    }
    if let Some(data_center) = data_center_of(state, host) {
        elect_spm(state, &data_center);
    }
    if let Some(lasting) = lasting {
        state.after(lasting, Effect::HostReturned { host: host.to_owned() });
    }
}

/// Lets a lost host respond again, with its virtual machines, unless somebody has dealt with it meanwhile.
fn returned(state: &mut State, host: &str) {
    if status_of(state, host) != Some(HostStatus::NonResponsive) {
        return;
    }
    for vm in scheduler::vms_on(state, host) {
        let Some(before) = state.note(&vm, BEFORE) else { continue };
        state.clear_note(&vm, BEFORE);
        if status_or_down(state, &vm) == VmStatus::UnknownValue {
            set_vm_status(state, &vm, if before == VmStatus::Paused { before } else { VmStatus::Up });
        }
    }
    activate::up_again(state, host);
}

fn not_activated(state: &mut State, host: &str) {
    set_status(state, host, HostStatus::NonResponsive);
    let (name, user) = (state.name_of(host), references::acting_user(state));
    let text = format!("Failed to activate Host {name}.(User: {user}).");
    state.event(18, Severity::Error, &text, &[host]);
}

fn not_installed(state: &mut State, host: &str) {
    set_status(state, host, HostStatus::InstallFailed);
    let text = format!(
        "Host {} installation failed. Failed to execute Ansible host-deploy role. Please check logs for more details.",
        state.name_of(host)
    );
    state.event(505, Severity::Error, &text, &[host]);
}

fn not_upgraded(state: &mut State, host: &str) {
    set_status(state, host, HostStatus::InstallFailed);
    let (name, user) = (state.name_of(host), references::acting_user(state));
    let text = format!("Failed to upgrade Host {name} (User: {user}).");
    state.event(841, Severity::Error, &text, &[host]);
}

fn not_enrolled(state: &mut State, host: &str) {
    set_status(state, host, HostStatus::InstallFailed);
    let (name, user) = (state.name_of(host), references::acting_user(state));
    let text = format!("Failed to enroll certificate for host {name} (User: {user}).");
    state.event(882, Severity::Error, &text, &[host]);
}

/// A host that doesn't come up after it was fenced.
fn not_started(state: &mut State, host: &str) {
    set_status(state, host, HostStatus::NonResponsive);
    let text = format!("Host {} is non responsive.", state.name_of(host));
    state.observed(12, Severity::Error, &text, &[host]);
}
