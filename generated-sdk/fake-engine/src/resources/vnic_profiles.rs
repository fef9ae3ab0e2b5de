//! vNIC profiles: how machines may use a network.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::network::{self, data_center};
use crate::resources::common::references::{self, default_to, path_of, paths_where};
use crate::resources::common::vnic_profile::{self, DEFAULT_FILTER};
use crate::resources::common::{network_usage, qos};
use crate::resources::paths::{NETWORK_FILTERS, NETWORKS, VNIC_PROFILES};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Network, NetworkFilter, VnicPassThrough, VnicPassThroughMode, VnicProfile};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vnic_profiles", "add", add);
    registry.on("assigned_vnic_profiles", "add", add);
    registry.on("vnic_profile", "update", update);
    registry.on("vnic_profile", "remove", remove);
    registry.on("assigned_vnic_profile", "remove", remove);
    registry.resolve_name("vnic_profile", |state, about, name| match data_center(state, about) {
        Some(data_center) => vnic_profile::find(state, &data_center, None, Some(name)),
        None => state.by_name(VNIC_PROFILES, name),
    });
}

/// Makes the profile that comes with a network, under its name.
pub(crate) fn add_default_profile(state: &mut State, network: &str) -> String {
    let mut profile = VnicProfile::new().name(state.name_of(network)).network(Network::with_id(last(network)));
    complete(state, &mut profile, true);
    state.insert(VNIC_PROFILES, profile)
}

/// Gives a profile everything that each one has; the usual filter too, unless it has been chosen.
fn complete(state: &State, profile: &mut VnicProfile, filtered: bool) {
    default_to(&mut profile.port_mirroring, false);
    let pass_through = profile.pass_through.get_or_insert_default();
    default_to(&mut pass_through.mode, VnicPassThroughMode::Disabled);
    let passes = is_passed_through(pass_through);
    if passes {
        default_to(&mut profile.migratable, true);
    } else if filtered {
        let filter = state.by_name(NETWORK_FILTERS, DEFAULT_FILTER);
        profile.network_filter = filter.map(|path| Box::new(NetworkFilter::with_id(last(&path))));
    }
}

fn is_passed_through(pass_through: &VnicPassThrough) -> bool {
    pass_through.mode == Some(VnicPassThroughMode::Enabled)
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let within = call.target.service.name == "assigned_vnic_profiles";
    call.require(if within { &["name"] } else { &["name", "network.id"] })?;
    let mut profile: VnicProfile = call.body()?;
    let network = if within { call.parent() } else { path_of(NETWORKS, &profile.network).unwrap_or_default() };
    if !network::is_for_vms(call.state.find::<Network>(&network)?) {
        return Err(Fault::conflict(
            "Cannot add VM network interface profile. VM network interface profiles cannot be added to a non-VM \
             network. Please make sure the network is a VM network.",
        ));
    }
    profile.network = Some(Box::new(Network::with_id(last(&network))));
    taken(call.state, &profile, &network, None)?;
    check(call.state, &profile, "add")?;
    qos::locate(call.state, &mut profile.qos)?;
    // An empty element says that no filter is wanted.
    let filtered = profile.network_filter.is_none();
    profile.network_filter = profile.network_filter.filter(|filter| filter.id.is_some());
    complete(call.state, &mut profile, filtered);
    let path = call.store(Box::new(profile))?;
    let text = format!(
        "VM network interface profile {} was added to network {}",
        call.state.name_of(&path),
        call.state.name_of(&network)
    );
    call.state.event(1122, Severity::Normal, &text, &[]);
    Ok(Reply::Created(path))
}

/// Refuses a name that another profile of the network has.
fn taken(state: &State, profile: &VnicProfile, network: &str, own: Option<&str>) -> Result<(), Fault> {
    let Some(name) = profile.name.as_ref() else { return Ok(()) };
    let same =
        |other: &VnicProfile| references::refers_to(&other.network, network) && other.name.as_ref() == Some(name);
    if paths_where(state, VNIC_PROFILES, same).iter().all(|path| Some(path.as_str()) == own) {
        return Ok(());
    }
    Err(Fault::conflict(&format!(
        "Cannot {} VM network interface profile. The VM network interface profile's name is already used by an existing \
         profile for the same network.\n-Please choose a different name.",
        if own.is_some() { "edit" } else { "add" }
    )))
}

fn check(state: &State, profile: &VnicProfile, action: &str) -> Result<(), Fault> {
    let passes = profile.pass_through.as_deref().is_some_and(is_passed_through);
    if passes && profile.port_mirroring == Some(true) {
        return Err(Fault::conflict(&format!(
            "Cannot {action} VM network interface profile. 'Port Mirroring' is not supported for passthrough profiles."
        )));
    }
    if let Some(filter) = path_of(NETWORK_FILTERS, &profile.network_filter)
        && !state.contains(&filter)
    {
        return Err(Fault::conflict(&format!(
            "Cannot {action} VM network interface profile. vNIC profile '{}' has an invalid network filter id '{}'.",
            profile.name.as_deref().unwrap_or_default(),
            last(&filter)
        )));
    }
    if let Some(failover) = path_of(VNIC_PROFILES, &profile.failover) {
        let other = state.find::<VnicProfile>(&failover)?;
        if other.pass_through.as_deref().is_some_and(is_passed_through) {
            return Err(Fault::conflict(&format!(
                "Cannot {action} VM network interface profile. Failover must be valid non-passthrough vNIC profile."
            )));
        }
    }
    Ok(())
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: VnicProfile = call.body()?;
    let path = call.path();
    let old = call.state.find::<VnicProfile>(&path)?;
    let network = path_of(NETWORKS, &old.network).unwrap_or_default();
    if change.network.is_some() && !references::refers_to(&change.network, &network) {
        return Err(Fault::conflict(
            "Cannot edit VM network interface profile. VM network interface profile's network cannot be changed.",
        ));
    }
    taken(call.state, &change, &network, Some(&path))?;
    check(call.state, &change, "edit")?;
    qos::locate(call.state, &mut change.qos)?;
    let unfiltered = change.network_filter.as_ref().is_some_and(|filter| filter.id.is_none());
    if unfiltered {
        change.network_filter = None;
    }
    let reply = call.change(&change)?;
    if let Some(profile) = call.state.get_mut::<VnicProfile>(&path)
        && (unfiltered || profile.pass_through.as_deref().is_some_and(is_passed_through))
    {
        profile.network_filter = None;
    }
    let text = format!("VM network interface profile {} was updated", call.state.name_of(&path));
    call.state.event(1124, Severity::Normal, &text, &[]);
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    network_usage::refuse_if_profile_used(call.state, &path)?;
    let text = format!("VM network interface profile {} was removed", call.state.name_of(&path));
    let reply = call.remove()?;
    call.state.event(1126, Severity::Normal, &text, &[]);
    Ok(reply)
}
