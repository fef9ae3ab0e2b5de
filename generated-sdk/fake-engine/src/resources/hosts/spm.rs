//! The Storage Pool Manager (SPM): the host that manages the storage of a data center.

use crate::resources::common::network::data_center_of;
use crate::resources::hosts::status::status_of;
use crate::resources::paths::HOSTS;
use crate::state::{Severity, State};
use ovirt_sdk::types::{DataCenter, DataCenterStatus, Host, HostStatus, SpmStatus};

/// The SPM of a data center.
fn spm_of(state: &State, data_center: &str) -> Option<String> {
    let manages = |host: &Host| host.spm.as_ref().is_some_and(|spm| spm.status == Some(SpmStatus::Spm));
    let mut managing = state.list::<Host>(HOSTS).filter(|(_, host)| manages(host)).map(|(path, _)| path);
    managing.find(|path| data_center_of(state, path).as_deref() == Some(data_center))
}

/// Chooses an SPM if a data center has storage and no SPM that is up. Without a host that is up, the data center is
/// non-responsive.
pub(crate) fn elect_spm(state: &mut State, data_center: &str) {
    let has_storage = state
        .get::<DataCenter>(data_center)
        .is_some_and(|it| !matches!(it.status, None | Some(DataCenterStatus::Uninitialized)));
    let current = spm_of(state, data_center);
    if let Some(current) = &current {
        if has_storage && status_of(state, current) == Some(HostStatus::Up) {
            return;
        }
        set(state, current, SpmStatus::None);
    }
    if !has_storage {
        return;
    }
    let candidates = state.list::<Host>(HOSTS).filter(|(_, host)| host.status == Some(HostStatus::Up));
    let priority = |host: &Host| host.spm.as_ref().and_then(|spm| spm.priority).unwrap_or_default();
    let candidates: Vec<(String, i64)> = candidates.map(|(path, host)| (path, priority(host))).collect();
    let mut eligible = candidates.into_iter().filter(|(_, priority)| *priority >= 0).rev().collect::<Vec<_>>();
    eligible.retain(|(path, _)| data_center_of(state, path).as_deref() == Some(data_center));
    match eligible.into_iter().max_by_key(|(_, priority)| *priority) {
        Some((chosen, _)) => {
            make_spm(state, data_center, &chosen);
            change_status(state, data_center, &DataCenterStatus::Problematic, DataCenterStatus::Up);
        }
        None => {
            if change_status(state, data_center, &DataCenterStatus::Up, DataCenterStatus::Problematic) {
                let name = state.name_of(data_center);
                let text = format!("Invalid status on Data Center {name}. Setting status to Non Responsive.");
                state.event(980, Severity::Warning, &text, &[data_center]);
            }
        }
    }
}

/// Changes the status of a data center that has a status; returns whether it had it.
fn change_status(state: &mut State, data_center: &str, from: &DataCenterStatus, to: DataCenterStatus) -> bool {
    match state.get_mut::<DataCenter>(data_center) {
        Some(found) if found.status.as_ref() == Some(from) => {
            found.status = Some(to);
            true
        }
        _ => false,
    }
}

pub(crate) fn make_spm(state: &mut State, data_center: &str, host: &str) {
    if let Some(current) = spm_of(state, data_center) {
        set(state, &current, SpmStatus::None);
    }
    set(state, host, SpmStatus::Spm);
    let text = format!(
        "Storage Pool Manager runs on Host {} (Data Center {})",
        state.name_of(host),
        state.name_of(data_center)
    );
    state.observed(204, Severity::Normal, &text, &[host, data_center]);
}

fn set(state: &mut State, host: &str, status: SpmStatus) {
    if let Some(host) = state.get_mut::<Host>(host) {
        host.spm.get_or_insert_default().status = Some(status);
    }
}
