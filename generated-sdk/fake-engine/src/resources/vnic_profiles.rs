//! vNIC profiles: settings for the NICs of virtual machines in a network.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::bean::Violations;
use crate::resources::common::fields::fill_unset;
use crate::resources::common::messages::with_names;
use crate::resources::common::network::{self, data_center};
use crate::resources::common::references::{self, default_to, path_of, paths_where};
use crate::resources::common::vnic_profile::{self, DEFAULT_FILTER};
use crate::resources::common::{names, network_usage, qos};
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

/// Adds the profile that a new network gets, under its name.
pub(crate) fn add_default_profile(state: &mut State, network: &str) -> String {
    let mut profile = VnicProfile::new().name(state.name_of(network)).network(Network::with_id(last(network)));
    complete(state, &mut profile, true);
    state.insert(VNIC_PROFILES, profile)
}

/// Sets the fields that every profile has; also the usual filter, if `filtered`.
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
    const ACTION: &str = "add VM network interface profile";
    let below_network = call.target.service.name == "assigned_vnic_profiles";
    let mut profile: VnicProfile = call.body()?;
    let network = if below_network { call.parent() } else { path_of(NETWORKS, &profile.network).unwrap_or_default() };
    check_values(&profile)?;
    let Some(found) = call.state.get::<Network>(&network) else {
        return Err(Fault::bad(&format!("Logical Network (id '{}') doesn't exist.", last(&network))));
    };
    let is_for_vms = network::is_for_vms(found);
    qos::resolve(call.state, &mut profile.qos, unknown_qos)?;
    if !is_for_vms {
        let why = "VM network interface profiles cannot be added to a non-VM network. Please make sure the network is \
            a VM network.";
        return Err(Fault::invalid(ACTION, why));
    }
    profile.network = Some(Box::new(Network::with_id(last(&network))));
    check_name(call.state, &profile, &network, None)?;
    check_features(call.state, &profile, None, ACTION)?;
    // An empty element stands for no filter.
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

fn unknown_qos() -> Fault {
    Fault::bad("The specified Network QoS doesn't exist.")
}

fn check_values(profile: &VnicProfile) -> Result<(), Fault> {
    let mut violations = Violations::default();
    violations.check_length("vnicProfile.name", profile.name.as_deref(), 0, 256);
    violations.into_result()
}

/// Fails if another profile of the network has the name.
fn check_name(state: &State, profile: &VnicProfile, network: &str, own: Option<&str>) -> Result<(), Fault> {
    let has_name = |other: &VnicProfile| {
        profile.name.is_some() && other.name == profile.name && references::refers_to(&other.network, network)
    };
    let action = if own.is_some() { "edit" } else { "add" };
    match names::is_taken(state, VNIC_PROFILES, own, has_name) {
        true => Err(Fault::cannot(
            &format!("{action} VM network interface profile"),
            "The VM network interface profile's name is already used by an existing profile for the same \
             network.\n-Please choose a different name.",
        )),
        false => Ok(()),
    }
}

/// Checks which features of a profile go together. `own` is its path, if it exists already.
fn check_features(state: &State, profile: &VnicProfile, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let network = path_of(NETWORKS, &profile.network).and_then(|path| state.get::<Network>(&path));
    let is_external = |network: &Network| network.external_provider.is_some();
    if profile.port_mirroring == Some(true) && network.is_some_and(is_external) {
        return Err(Fault::invalid(action, "External network cannot be used when port mirroring is set."));
    }
    let passes = passes_through(profile);
    let has = |id: Option<&Option<String>>| id.is_some_and(Option::is_some);
    if passes
        && (profile.port_mirroring == Some(true)
            || has(profile.qos.as_ref().map(|qos| &qos.id))
            || has(profile.network_filter.as_ref().map(|filter| &filter.id)))
    {
        let why = "'Port Mirroring,'Qos' and 'Network Filter' are not supported on passthrough profiles.";
        return Err(Fault::invalid(action, why));
    }
    if passes && network.is_some_and(|network| network.port_isolation == Some(true)) {
        let why = "Networks with Port Isolation enabled are not supported on passthrough profiles.";
        return Err(Fault::invalid(action, why));
    }
    if let Some(filter) = path_of(NETWORK_FILTERS, &profile.network_filter)
        && !state.contains(&filter)
    {
        let why = format!(
            "vNIC profile '{}' has an invalid network filter id '{}'.",
            profile.name.as_deref().unwrap_or_default(),
            last(&filter)
        );
        return Err(Fault::invalid(action, &why));
    }
    match path_of(VNIC_PROFILES, &profile.failover) {
        Some(failover) => check_failover(state, profile, &failover, own, action),
        None => Ok(()),
    }
}

/// Checks the profile that replaces another one while a virtual machine migrates.
fn check_failover(
    state: &State,
    profile: &VnicProfile,
    failover: &str,
    own: Option<&str>,
    action: &str,
) -> Result<(), Fault> {
    let fail = |why: &str| Err(Fault::invalid(action, why));
    if own == Some(failover) {
        return fail("Failover vNIC profile cannot point to itself.");
    }
    let Some(other) = state.get::<VnicProfile>(failover).filter(|it| !passes_through(it)) else {
        return fail("Failover must be valid non-passthrough vNIC profile.");
    };
    let network = path_of(NETWORKS, &other.network).and_then(|path| state.get::<Network>(&path));
    if network.is_some_and(|network| network.external_provider.is_some()) {
        return fail("Failover vNIC profile based on external network is not supported.");
    }
    if !passes_through(profile) || profile.migratable == Some(false) {
        return fail("Failover vNIC profile is supported only for migratable passthrough vNIC profiles.");
    }
    Ok(())
}

fn passes_through(profile: &VnicProfile) -> bool {
    profile.pass_through.as_deref().is_some_and(is_passed_through)
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ACTION: &str = "edit VM network interface profile";
    let mut change: VnicProfile = call.body()?;
    let path = call.path();
    let old = call.state.find::<VnicProfile>(&path)?.clone();
    let network = path_of(NETWORKS, &old.network).unwrap_or_default();
    check_values(&change)?;
    check_name(call.state, &change, &network, Some(&path))?;
    if change.network.is_some() && !references::refers_to(&change.network, &network) {
        return Err(Fault::invalid(ACTION, "VM network interface profile's network cannot be changed."));
    }
    qos::resolve(call.state, &mut change.qos, unknown_qos)?;
    let unfiltered = change.network_filter.as_ref().is_some_and(|filter| filter.id.is_none());
    let filter_is_sent = change.network_filter.as_ref().is_some_and(|filter| filter.id.is_some());
    if unfiltered {
        change.network_filter = None;
    }
    let mut merged = change.clone();
    fill_unset(&mut merged, &old, &[]);
    if unfiltered || (passes_through(&merged) && !filter_is_sent) {
        merged.network_filter = None;
    }
    let changes_features = merged.port_mirroring != old.port_mirroring
        || passes_through(&merged) != passes_through(&old)
        || merged.failover.as_ref().map(|it| &it.id) != old.failover.as_ref().map(|it| &it.id);
    if changes_features {
        network_usage::check_profile_unused_by_vms(call.state, &path, ACTION)?;
    }
    check_features(call.state, &merged, Some(&path), ACTION)?;
    let of_failover = |other: &VnicProfile| references::refers_to(&other.failover, &path);
    let users = paths_where(call.state, VNIC_PROFILES, of_failover);
    if !users.is_empty() {
        let names: Vec<String> = users.iter().map(|user| call.state.name_of(user)).collect();
        let message = "Profile is selected as failover for: ${ENTITIES_USING_FAILOVER}.";
        return Err(Fault::invalid(ACTION, &with_names(message, "ENTITIES_USING_FAILOVER", &names)));
    }
    let reply = call.change(&change)?;
    if let Some(profile) = call.state.get_mut::<VnicProfile>(&path) {
        profile.network_filter = merged.network_filter;
    }
    let text = format!("VM network interface profile {} was updated", call.state.name_of(&path));
    call.state.event(1124, Severity::Normal, &text, &[]);
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    network_usage::check_profile_unused(call.state, &path, "remove VM network interface profile")?;
    let text = format!("VM network interface profile {} was removed", call.state.name_of(&path));
    let reply = call.remove()?;
    call.state.event(1126, Severity::Normal, &text, &[]);
    Ok(reply)
}
