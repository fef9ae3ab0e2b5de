//! The mode in which a cluster is upgraded, host by host.

use crate::api::{Call, Fault, Registry, Reply};
use crate::state::Severity;
use ovirt_sdk::types::{Cluster, ClusterUpgradeAction};

pub(super) fn register(registry: &mut Registry) {
    registry.on("cluster", "upgrade", upgrade);
}

fn upgrade(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let action = call.parameter::<ClusterUpgradeAction>("upgrade_action");
    let action = action.ok_or_else(|| Fault::incomplete("Action", &["upgradeAction"], "upgrade"))?;
    let correlation = call.parameter::<String>("correlation_id");
    let percent = call.parameter::<i64>("upgrade_percent_complete");
    let path = call.path();
    let cluster = call.state.find_mut::<Cluster>(&path)?;
    let goes_on = cluster.upgrade_in_progress == Some(true);
    let told = match action {
        ClusterUpgradeAction::Start if goes_on => {
            return Err(Fault::conflict(
                "Cannot upgrade Cluster. Can not start cluster upgrade mode, see below for details:, The cluster is \
                 being upgraded already.",
            ));
        }
        ClusterUpgradeAction::Start => {
            cluster.upgrade_in_progress = Some(true);
            cluster.upgrade_percent_complete = Some(percent.unwrap_or_default());
            cluster.upgrade_correlation_id = correlation;
            Some("was started")
        }
        _ if !goes_on => {
            return Err(Fault::conflict("Cannot upgrade Cluster. The cluster is not being upgraded."));
        }
        ClusterUpgradeAction::Finish => {
            cluster.upgrade_in_progress = Some(false);
            cluster.upgrade_percent_complete = Some(100);
            cluster.upgrade_correlation_id = None;
            Some("was finished")
        }
        _ => {
            let percent = percent.ok_or_else(|| Fault::incomplete("Action", &["upgradePercentComplete"], "upgrade"))?;
            cluster.upgrade_percent_complete = Some(percent.clamp(0, 100));
            None
        }
    };
    if let Some(told) = told {
        let text = format!("The upgrade of Cluster {} {told} by {}", call.state.name_of(&path), call.request.user);
        call.state.event(if goes_on { 894 } else { 892 }, Severity::Normal, &text, &[&path]);
    }
    Ok(Reply::Completed)
}
