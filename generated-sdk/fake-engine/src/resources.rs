//! Behavior of resources, one module a resource, named as in the URL.
//!
//! Everything that is not defined here is created, read, updated and removed in the same way for all resources, by
//! [`api`](crate::api).

pub(crate) mod affinity_labels;
pub(crate) mod api_root;
pub(crate) mod bookmarks;
pub(crate) mod cluster_levels;
pub(crate) mod clusters;
mod commands;
pub(crate) mod common;
pub(crate) mod cpu_profiles;
pub(crate) mod data_centers;
pub(crate) mod disk_profiles;
pub(crate) mod disks;
pub(crate) mod domains;
mod empty_arrays;
pub(crate) mod events;
pub(crate) mod external_host_providers;
pub(crate) mod external_template_imports;
pub(crate) mod external_vm_imports;
pub(crate) mod groups;
pub(crate) mod hosts;
pub(crate) mod image_transfers;
pub(crate) mod images;
mod incidents;
pub(crate) mod instance_types;
pub(crate) mod jobs;
mod katello_errata;
pub(crate) mod mac_pools;
pub(crate) mod networks;
pub(crate) mod openstack_image_providers;
pub(crate) mod openstack_network_providers;
pub(crate) mod openstack_volume_providers;
pub(crate) mod operating_systems;
pub(crate) mod options;
pub(crate) mod paths;
pub(crate) mod permissions;
pub(crate) mod roles;
pub(crate) mod scheduling_policies;
pub(crate) mod scheduling_policy_units;
mod shown_secrets;
pub(crate) mod statistics;
pub(crate) mod storage_connections;
pub(crate) mod storage_domains;
pub(crate) mod tags;
pub(crate) mod templates;
mod unknown_objects;
pub(crate) mod users;
pub(crate) mod vm_pools;
pub(crate) mod vms;
pub(crate) mod vnic_profiles;

use std::net::IpAddr;

use crate::api::{ApiRequest, ApiResponse, Registry};
use crate::state::State;

/// Registers all resources.
pub(crate) fn registry() -> Registry {
    let mut registry = Registry::default();
    let all: &[fn(&mut Registry)] = &[
        affinity_labels::register,
        api_root::register,
        bookmarks::register,
        cluster_levels::register,
        clusters::register,
        commands::register,
        common::register,
        cpu_profiles::register,
        data_centers::register,
        disk_profiles::register,
        disks::register,
        domains::register,
        empty_arrays::register,
        events::register,
        external_host_providers::register,
        external_template_imports::register,
        external_vm_imports::register,
        groups::register,
        hosts::register,
        image_transfers::register,
        incidents::register,
        instance_types::register,
        jobs::register,
        katello_errata::register,
        mac_pools::register,
        networks::register,
        openstack_image_providers::register,
        openstack_network_providers::register,
        openstack_volume_providers::register,
        operating_systems::register,
        options::register,
        permissions::register,
        roles::register,
        scheduling_policies::register,
        scheduling_policy_units::register,
        shown_secrets::register,
        statistics::register,
        storage_connections::register,
        storage_domains::register,
        tags::register,
        templates::register,
        unknown_objects::register,
        users::register,
        vm_pools::register,
        vms::register,
        vnic_profiles::register,
    ];
    all.iter().for_each(|register| register(&mut registry));
    registry
}

/// Logs an account in: returns the name of the user, or the page for a user without the permission to log in.
pub(crate) fn log_in(state: &mut State, account: &str) -> Result<String, ApiResponse> {
    permissions::log_in(state, account)
}

/// Reads or writes the bytes of a disk; the path of the request is that below `/images`.
pub(crate) fn handle_image(state: &mut State, request: &ApiRequest) -> ApiResponse {
    images::answer(state, request)
}

/// Sets the addresses of the guest of a virtual machine, by its name or ID. Returns whether there is such a one.
pub(crate) fn set_guest_addresses(state: &mut State, vm: &str, addresses: &[IpAddr]) -> bool {
    let by_id = format!("{}/{vm}", paths::VMS);
    let path = if state.contains(&by_id) { Some(by_id) } else { state.by_name(paths::VMS, vm) };
    if let Some(path) = &path {
        vms::guest::set_addresses(state, path, addresses);
    }
    path.is_some()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::registry;
    use crate::effect::EffectKind;
    use crate::routes::Service;

    #[test]
    fn the_model_has_everything_that_is_registered() {
        let names = registry().names();
        for (service, method) in names.methods {
            let is_known = Service::named(service).is_some_and(|it| it.methods.iter().any(|it| it.name == method));
            assert!(is_known, "{service}.{method}");
        }
        for service in names.services {
            assert!(Service::named(service).is_some(), "{service}");
        }
        for name in names.types {
            assert!(ovirt_sdk::registry::structs().iter().any(|it| it.name == name), "{name}");
        }
    }

    #[test]
    fn each_effect_is_registered_once() {
        let mut counts: HashMap<EffectKind, usize> = HashMap::new();
        registry().names().effects.into_iter().for_each(|kind| *counts.entry(kind).or_default() += 1);
        for kind in EffectKind::ALL {
            assert_eq!(counts.get(kind), Some(&1), "{kind:?}");
        }
    }
}
