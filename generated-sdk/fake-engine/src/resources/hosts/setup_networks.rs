//! Changing the networks of a host.

pub(crate) mod bonds;
pub(crate) mod ip_configuration;
pub(crate) mod plan;

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::network::attachments_of;
use crate::resources::hosts::network_changes;
use crate::resources::hosts::setup_networks::plan::Plan;
use crate::resources::hosts::wiring::{self, find_nic, follow, nics_of};
use crate::resources::paths::NETWORK_LABELS;
use crate::state::State;
use ovirt_sdk::types::{HostNic, List, NetworkAttachment, NetworkLabel};

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "setup_networks", setup);
}

fn setup(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let host = call.path();
    wiring::check_status(call.state, &host)?;
    let plan = Plan {
        removed_attachments: list(call, "removed_network_attachments"),
        attachments: list(call, "modified_network_attachments"),
        removed_bonds: list(call, "removed_bonds"),
        bonds: list(call, "modified_bonds"),
    };
    let (labels, unlabeled) = (list(call, "modified_labels"), list(call, "removed_labels"));
    let synchronized: Vec<NetworkAttachment> = list(call, "synchronized_network_attachments");
    plan.check(call.state, &host)?;
    for label in &labels {
        find_nic(call.state, &host, nic_of(label))?;
    }
    call.job();
    plan.apply(call.state, &host)?;
    for attachment in synchronized {
        let path = format!("{}/{}", attachments_of(&host), attachment.id.unwrap_or_default());
        if let Some(attachment) = call.state.get_mut::<NetworkAttachment>(&path) {
            attachment.in_sync = Some(true);
        }
    }
    change_labels(call.state, &host, labels, &unlabeled)?;
    follow(call.state, &host);
    wiring::log_changes(call, &host);
    Ok(Reply::Completed)
}

fn list<T: ovirt_sdk::object::Struct>(call: &Call<'_>, tag: &str) -> Vec<T> {
    call.parameter::<List<T>>(tag).map(List::into_vec).unwrap_or_default()
}

fn nic_of(label: &NetworkLabel) -> &HostNic {
    static NONE: std::sync::LazyLock<HostNic> = std::sync::LazyLock::new(HostNic::new);
    label.host_nic.as_deref().unwrap_or(&NONE)
}

fn change_labels(
    state: &mut State,
    host: &str,
    added: Vec<NetworkLabel>,
    removed: &[NetworkLabel],
) -> Result<(), Fault> {
    for label in removed {
        let Some(id) = label.id.as_deref() else { continue };
        for nic in state.paths(&nics_of(host)) {
            let path = format!("{nic}/{NETWORK_LABELS}/{id}");
            if state.contains(&path) {
                network_changes::nic_unlabeled(state, &nic, id);
                state.remove(&path);
            }
        }
    }
    for label in added {
        let nic = find_nic(state, host, nic_of(&label))?;
        let id = label.id.unwrap_or_default();
        let label = NetworkLabel::with_id(id.as_str()).host_nic(wiring::nic_reference(&nic));
        state.insert(&format!("{nic}/{NETWORK_LABELS}"), label);
        network_changes::nic_labeled(state, &id);
    }
    Ok(())
}
