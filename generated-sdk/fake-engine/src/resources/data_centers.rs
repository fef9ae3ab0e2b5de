//! Data centers.

pub(crate) mod iscsi_bonds;
pub(crate) mod networks;
pub(crate) mod qoss;
pub(crate) mod quotas;
pub(crate) mod storage_domains;

use crate::api::{Call, Context, Fault, Registry, Reply};
use crate::resources::common::bean::Violations;
use crate::resources::common::cluster_level::{self, LATEST, MINORS};
use crate::resources::common::network::DEFAULT_CLUSTER;
use crate::resources::common::quota;
use crate::resources::common::references::{self, default_to, path_of, paths_where};
use crate::resources::common::{names, network, storage_domain};
use crate::resources::networks::defaults::add_management_network;
use crate::resources::networks::remove::remove_network;
use crate::resources::paths::{CLUSTERS, DATA_CENTERS, HOSTS, NETWORKS, STORAGE_DOMAINS};
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{
    Cluster, DataCenter, DataCenterStatus, Host, HostStatus, List, Network, QuotaModeType, StorageDomain,
    StorageDomainStatus, StorageFormat, Version,
};

pub(super) fn register(registry: &mut Registry) {
    registry.on("data_centers", "add", add);
    registry.on("data_center", "update", update);
    registry.on("data_center", "remove", remove);
    registry.render("data_center", show);
    iscsi_bonds::register(registry);
    networks::register(registry);
    qoss::register(registry);
    quotas::register(registry);
    storage_domains::register(registry);
}

/// Sets the fields that every data center has.
pub(crate) fn complete_data_center(data_center: &mut DataCenter) {
    default_to(&mut data_center.local, false);
    default_to(&mut data_center.quota_mode, QuotaModeType::Disabled);
    default_to(&mut data_center.status, DataCenterStatus::Uninitialized);
    let version = data_center.version.get_or_insert_with(|| Box::new(cluster_level::version(LATEST)));
    data_center.supported_versions = Some(supported(version));
}

/// Shows the format of the storage, which a data center has from its first storage domain on.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let shown: &mut dyn std::any::Any = shown;
    let Some(data_center) = shown.downcast_mut::<DataCenter>() else { return };
    if !storage_domain::attached(context.state, path).is_empty() {
        default_to(&mut data_center.storage_format, StorageFormat::V5);
    }
}

fn supported(version: &Version) -> List<Version> {
    let from = version.minor.unwrap_or(LATEST);
    MINORS.into_iter().filter(|minor| *minor >= from).map(cluster_level::version).collect()
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut data_center: DataCenter = call.body()?;
    check_values(&data_center)?;
    check_name(call.state, &data_center, None)?;
    check_version(data_center.version.as_deref(), "create")?;
    data_center.status = None;
    complete_data_center(&mut data_center);
    let path = call.store(Box::new(data_center))?;
    add_management_network(call.state, &path);
    quota::add_default(call.state, &path);
    let text = format!("Data Center {} was added by {}", call.state.name_of(&path), call.request.user);
    call.state.event(950, Severity::Normal, &text, &[&path]);
    Ok(Reply::Created(path))
}

/// Checks the name and the description.
fn check_values(data_center: &DataCenter) -> Result<(), Fault> {
    const NAME: &str = "privateStoragePool.name";
    const DESCRIPTION: &str = "privateStoragePool.description";
    let mut violations = Violations::default();
    violations.check_length(NAME, data_center.name.as_deref(), 1, 40);
    if data_center.name.as_deref().is_some_and(|name| !names::is_plain(name)) {
        violations.add(NAME, "Data Center name may only contain letters, numbers, '-', or '_'.");
    }
    violations.check_length(DESCRIPTION, data_center.description.as_deref(), 0, 4000);
    if data_center.description.as_deref().is_some_and(|description| !description.is_ascii()) {
        violations.add(DESCRIPTION, "Data Center description must be formed of ASCII charis only");
    }
    violations.into_result()
}

fn check_name(state: &State, data_center: &DataCenter, own: Option<&str>) -> Result<(), Fault> {
    let has_name = |other: &DataCenter| data_center.name.is_some() && other.name == data_center.name;
    let action = if own.is_some() { "edit Data Center" } else { "create Data Center" };
    match names::is_taken(state, DATA_CENTERS, own, has_name) {
        true => Err(Fault::cannot(action, "The Data Center name is already in use.")),
        false => Ok(()),
    }
}

fn check_version(version: Option<&Version>, action: &str) -> Result<(), Fault> {
    match version {
        Some(version) if !cluster_level::is_known(version) => {
            Err(Fault::invalid(&format!("{action} Data Center"), "Selected Compatibility Version is not supported."))
        }
        _ => Ok(()),
    }
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: DataCenter = call.body()?;
    let path = call.path();
    change.status = None;
    change.supported_versions = None;
    check_values(&change)?;
    check_name(call.state, &change, Some(&path))?;
    let old = call.state.find::<DataCenter>(&path)?.clone();
    check_local(call.state, &path, &old, &change)?;
    if let Some(version) = change.version.as_deref() {
        check_new_version(call.state, &path, old.version.as_deref(), version)?;
        change.supported_versions = Some(supported(version));
    }
    let reply = call.change(&change)?;
    let text = format!("Data Center {} was updated by {}", call.state.name_of(&path), call.request.user);
    call.state.event(952, Severity::Normal, &text, &[&path]);
    Ok(reply)
}

/// Fails if a data center can't become local or shared.
fn check_local(state: &State, path: &str, old: &DataCenter, change: &DataCenter) -> Result<(), Fault> {
    let was_local = old.local == Some(true);
    let clusters = || paths_where(state, CLUSTERS, |it: &Cluster| references::refers_to(&it.data_center, path));
    match change.local {
        Some(false) if was_local && !storage_domain::attached(state, path).is_empty() => Err(Fault::conflict(
            "Cannot change Data Center type to shared while local Storage Domains are still attached to \
                 it.\n-Please detach all local Storage Domains and retry.",
        )),
        Some(true) if !was_local => {
            if clusters().len() > 1 {
                return Err(Fault::bad("Cannot add more than one Cluster to a Data Center with \"Local Storage\"."));
            }
            if hosts(state, path, |_| true).len() > 1 {
                return Err(Fault::bad("Cannot add more than one Host to \"Local Storage\" Data Center"));
            }
            let has_default = clusters().iter().any(|cluster| state.name_of(cluster) == DEFAULT_CLUSTER);
            match has_default {
                true => {
                    Err(Fault::conflict("Default Cluster cannot be moved to the Data Center that has local Storage."))
                }
                false => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Fails if the compatibility version of a data center can't change.
fn check_new_version(state: &State, path: &str, old: Option<&Version>, new: &Version) -> Result<(), Fault> {
    let number = |version: &Version| (version.major, version.minor);
    if old.is_some_and(|old| number(old) == number(new)) {
        return Ok(());
    }
    check_version(Some(new), "edit")?;
    if old.is_some_and(|old| number(new) < number(old)) {
        let of_data_center = |network: &Network| references::refers_to(&network.data_center, path);
        let mut networks = paths_where(state, NETWORKS, of_data_center).into_iter();
        return match networks.all(|network| network::manages_any(state, &network)) {
            true => Ok(()),
            false => Err(Fault::bad("Cannot decrease data center compatibility version.")),
        };
    }
    let is_older = |cluster: &Cluster| {
        references::refers_to(&cluster.data_center, path) && cluster.version.as_deref().map(number) < Some(number(new))
    };
    let older = paths_where(state, CLUSTERS, is_older);
    if older.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = older.iter().map(|cluster| state.name_of(cluster)).collect();
    Err(Fault::bad(&format!(
        "Cannot update Data Center compatibility version to a value that is greater than its cluster's version. The \
         following clusters should be upgraded: {}.",
        names.join(",")
    )))
}

/// The hosts of a data center that fit.
fn hosts(state: &State, data_center: &str, fits: impl Fn(&Host) -> bool) -> Vec<String> {
    paths_where(state, HOSTS, |host: &Host| {
        let cluster = path_of(CLUSTERS, &host.cluster).and_then(|path| state.get::<Cluster>(&path));
        cluster.is_some_and(|cluster| references::refers_to(&cluster.data_center, data_center)) && fits(host)
    })
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let force = call.flag("force") == Some(true);
    check_removal(call.state, &path, force)?;
    let name = call.state.name_of(&path);
    for network in
        paths_where(call.state, NETWORKS, |network: &Network| references::refers_to(&network.data_center, &path))
    {
        remove_network(call.state, &network);
    }
    for cluster in call.state.paths(CLUSTERS) {
        if let Some(cluster) = call.state.get_mut::<Cluster>(&cluster)
            && references::refers_to(&cluster.data_center, &path)
        {
            cluster.data_center = None;
        }
    }
    let attached = storage_domain::attached(call.state, &path);
    let reply = call.remove()?;
    for domain in attached.iter().map(|attached| storage_domain::root(attached)) {
        storage_domain::store_data_centers(call.state, &domain);
        if let Some(domain) = call.state.get_mut::<StorageDomain>(&domain)
            && domain.data_centers.is_none()
        {
            domain.status = Some(StorageDomainStatus::Unattached);
        }
    }
    let (code, how) = if force { (918, "forcibly removed") } else { (954, "removed") };
    let text = format!("Data Center {name} was {how} by {}", call.request.user);
    call.state.event(code, Severity::Normal, &text, &[]);
    Ok(reply)
}

fn check_removal(state: &State, path: &str, force: bool) -> Result<(), Fault> {
    let status = state.find::<DataCenter>(path)?.status.clone();
    if status == Some(DataCenterStatus::Up) {
        return Err(Fault::conflict("Cannot remove an active Data Center."));
    }
    let is_up = |host: &Host| host.status == Some(HostStatus::Up);
    if status != Some(DataCenterStatus::Uninitialized) && !force && hosts(state, path, is_up).is_empty() {
        return Err(Fault::cannot("remove Data Center", "There is no active Host in the Data Center."));
    }
    let domains = format!("{path}/{STORAGE_DOMAINS}");
    if state.each::<StorageDomain>(&domains).any(|domain| domain.status != Some(StorageDomainStatus::Maintenance)) {
        return Err(Fault::conflict(
            "Cannot remove Data Center which contains Storage Domains that are not in Maintenance status.\n-Please \
             deactivate all domains and wait for tasks to finish before removing the Data Center.",
        ));
    }
    if !force && state.paths(&domains).len() > 1 {
        return Err(Fault::conflict("Cannot remove Data Center when more than one Storage Domain is attached."));
    }
    if force && !hosts(state, path, |host| host.status != Some(HostStatus::Maintenance)).is_empty() {
        return Err(Fault::conflict(
            "Cannot remove Data Center while there are Hosts that are not in Maintenance mode.",
        ));
    }
    Ok(())
}
