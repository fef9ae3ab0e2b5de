//! Choosing the Storage Pool Manager by hand.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::disk;
use crate::resources::common::network::data_center_of;
use crate::resources::hosts::spm;
use crate::state::Severity;
use ovirt_sdk::types::{DataCenter, DataCenterStatus, Host, HostStatus, SpmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "force_select_spm", force_select);
}

fn force_select(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ACTION: &str = "force select SPM";
    let path = call.path();
    let name = call.state.name_of(&path);
    let host = call.state.find::<Host>(&path)?;
    let spm = host.spm.as_deref();
    if host.status != Some(HostStatus::Up) {
        return Err(Fault::cannot(ACTION, &format!("The Host {name} is not active.")));
    }
    let Some(data_center) = data_center_of(call.state, &path) else {
        return Err(Fault::cannot(ACTION, "The Host is not a part of a Storage Pool."));
    };
    if spm.is_some_and(|spm| spm.status != Some(SpmStatus::None) && spm.status.is_some()) {
        return Err(Fault::cannot(ACTION, &format!("The Host {name} is already SPM or contending.")));
    }
    if spm.and_then(|spm| spm.priority).is_some_and(|priority| priority < 0) {
        let why = format!("The SPM priority of Host {name} is set to 'never'. This Host cannot be elected as SPM.");
        return Err(Fault::invalid(ACTION, &why));
    }
    if call.state.find::<DataCenter>(&data_center)?.status != Some(DataCenterStatus::Up) {
        return Err(Fault::cannot(ACTION, "Unknown Data Center status."));
    }
    if disk::has_tasks(call.state, &data_center) {
        return Err(Fault::cannot(ACTION, "The Storage Pool has running tasks."));
    }
    call.job();
    spm::make_spm(call.state, &data_center, &path);
    let text = format!("Host {name} was force selected by {}", call.request.user);
    call.state.event(159, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
