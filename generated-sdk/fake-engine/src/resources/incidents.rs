//! Incidents: how they begin, and what work leaves behind that fails.

mod disks;
mod hosts;
mod storage_domains;
mod vms;

use crate::api::{Registry, on_effect};
use crate::incident::{Incident, IncidentKind};
use crate::resources::common::disk;
use crate::resources::paths::{DISKS, HOSTS, STORAGE_DOMAINS};
use crate::state::State;

pub(super) fn register(registry: &mut Registry) {
    on_effect!(registry, |state, IncidentBegun { subject: _, incident }| begin(state, incident));
    disks::register(registry);
    hosts::register(registry);
    storage_domains::register(registry);
    vms::register(registry);
}

fn begin(state: &mut State, incident: &Incident) {
    let (kind, lasting) = (incident.kind, incident.lasting);
    let affected = |state: &State, collection| state.affected(collection, incident.clone());
    match kind {
        IncidentKind::JobFailure | IncidentKind::MigrationElsewhere => state.await_work(incident.clone()),
        IncidentKind::IllegalDisk => {
            for path in affected(state, DISKS) {
                disk::set_illegal(state, &path);
            }
        }
        IncidentKind::LostHost => {
            for path in affected(state, HOSTS) {
                hosts::lose(state, &path, lasting);
            }
        }
        IncidentKind::LostStorageDomain => {
            for path in affected(state, STORAGE_DOMAINS) {
                storage_domains::lose(state, &path, lasting);
            }
        }
        // The server restarts, not the state.
        IncidentKind::Restart => {}
    }
}
