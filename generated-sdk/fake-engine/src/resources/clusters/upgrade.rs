//! The upgrade mode of clusters.

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
    let is_running = cluster.upgrade_in_progress == Some(true);
    let change = match action {
        ClusterUpgradeAction::Start if is_running => {
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
        ClusterUpgradeAction::Finish => {
            cluster.upgrade_in_progress = Some(false);
            cluster.upgrade_percent_complete = Some(0);
            cluster.upgrade_correlation_id = None;
            Some("was finished")
        }
        _ => {
            if !is_running {
                return Err(Fault::bad("Cannot update progress, cluster upgrade has not been started."));
            }
            let percent = percent.ok_or_else(|| Fault::incomplete("Action", &["upgradePercentComplete"], "upgrade"))?;
            if !(0..=100).contains(&percent) {
                return Err(Fault::bad(
                    "Cannot update upgrade percent complete, the value needs to be in the range of 0 to 100.",
                ));
            }
            if correlation.is_some() && cluster.upgrade_correlation_id != correlation {
                return Err(Fault::bad(
                    "Cannot update progress, given correlation id does not match the current update correlation id.",
                ));
            }
            cluster.upgrade_percent_complete = Some(percent);
            None
        }
    };
    if let Some(change) = change {
        let text = format!("The upgrade of Cluster {} {change} by {}", call.state.name_of(&path), call.request.user);
        call.state.event(if is_running { 894 } else { 892 }, Severity::Normal, &text, &[&path]);
    }
    Ok(Reply::Completed)
}
