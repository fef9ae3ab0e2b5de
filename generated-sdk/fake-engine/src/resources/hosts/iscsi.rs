//! Discovering iSCSI targets and logging in to them.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::logical_unit::{self, ADDRESS};
use crate::resources::paths::LOGICAL_UNITS;
use crate::state::State;
use ovirt_sdk::types::{Host, HostStatus, HostStorage, IscsiDetails, LogicalUnit};

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "iscsi_discover", discover_names);
    registry.on("host", "discover_iscsi", discover);
    registry.on("host", "iscsi_login", log_in);
}

pub(crate) fn check_up(state: &State, host: &str, verb: &str) -> Result<(), Fault> {
    match state.find::<Host>(host)?.status {
        None | Some(HostStatus::Up) => Ok(()),
        _ => Err(Fault::conflict(&format!("Cannot {verb} Host. Host status is illegal."))),
    }
}

/// The LUNs of the targets that a portal offers, one for each target.
fn targets(call: &Call<'_>) -> Result<Vec<LogicalUnit>, Fault> {
    let iscsi: Option<IscsiDetails> = call.object("iscsi");
    let address = iscsi.and_then(|iscsi| iscsi.address);
    let Some(address) = address else { return Err(Fault::incomplete("Action", &["iscsi.address"], call.method.name)) };
    check_up(call.state, &call.path(), "discover targets of")?;
    let mut found: Vec<LogicalUnit> = Vec::new();
    for (_, storage) in call.state.list::<HostStorage>(LOGICAL_UNITS) {
        let Some(unit) = logical_unit::first_unit(storage).filter(|unit| unit.target.is_some()) else { continue };
        if !found.iter().any(|other| other.target == unit.target) {
            found.push(unit.clone());
        }
    }
    if address != ADDRESS && address.parse::<std::net::Ipv4Addr>().is_ok_and(|it| it.octets().first() == Some(&0)) {
        found.clear();
    }
    Ok(found)
}

fn discover_names(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let names: Vec<String> = targets(call)?.into_iter().filter_map(|unit| unit.target).collect();
    Ok(Reply::Output("iscsi_targets", Box::new(Some(names))))
}

fn discover(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let found = targets(call)?.into_iter().map(|unit| {
        let mut details = IscsiDetails::new();
        (details.address, details.port, details.portal) = (unit.address, unit.port, unit.portal);
        details.target = unit.target;
        details
    });
    let found: ovirt_sdk::types::List<IscsiDetails> = found.collect();
    Ok(Reply::Output("discovered_targets", Box::new(Some(found))))
}

fn log_in(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let iscsi: IscsiDetails = call.object("iscsi").unwrap_or_default();
    let missing = [("iscsi.address", iscsi.address.is_none()), ("iscsi.target", iscsi.target.is_none())];
    let missing: Vec<&str> = missing.into_iter().filter_map(|(name, is)| is.then_some(name)).collect();
    if !missing.is_empty() {
        return Err(Fault::incomplete("Action", &missing, "iscsiLogin"));
    }
    check_up(call.state, &call.path(), "login to target of")?;
    let mut units =
        call.state.list::<HostStorage>(LOGICAL_UNITS).filter_map(|(_, storage)| logical_unit::first_unit(storage));
    match units.any(|unit| unit.target == iscsi.target) {
        true => Ok(Reply::Completed),
        false => Err(Fault::conflict("Failed to log in to the iSCSI target: the target was not found")),
    }
}
