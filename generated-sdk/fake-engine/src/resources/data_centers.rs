//! Data centers.

pub(crate) mod networks;
pub(crate) mod qoss;
pub(crate) mod quotas;
pub(crate) mod storage_domains;

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::cluster_level::{self, LATEST, MINORS};
use crate::resources::common::mac_address::default_pool;
use crate::resources::common::references::{self, default_to, path_of, paths_where};
use crate::resources::networks::defaults::add_management_network;
use crate::resources::networks::remove::remove_network;
use crate::resources::paths::{CLUSTERS, DATA_CENTERS, HOSTS, NETWORKS, STORAGE_DOMAINS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    Cluster, DataCenter, DataCenterStatus, Host, HostStatus, List, MacPool, Network, QuotaModeType, StorageDomain,
    StorageDomainStatus, StorageFormat, Version,
};

pub(super) fn register(registry: &mut Registry) {
    registry.on("data_centers", "add", add);
    registry.on("data_center", "update", update);
    registry.on("data_center", "remove", remove);
    networks::register(registry);
    qoss::register(registry);
    quotas::register(registry);
    storage_domains::register(registry);
}

/// Gives a data center everything that each one has. It has no storage.
pub(crate) fn complete_data_center(state: &State, data_center: &mut DataCenter) {
    default_to(&mut data_center.local, false);
    default_to(&mut data_center.quota_mode, QuotaModeType::Disabled);
    default_to(&mut data_center.status, DataCenterStatus::Uninitialized);
    let version = data_center.version.get_or_insert_with(|| Box::new(cluster_level::version(LATEST)));
    data_center.supported_versions = Some(supported(version));
    default_to(&mut data_center.storage_format, StorageFormat::V5);
    if data_center.mac_pool.is_none() {
        data_center.mac_pool = default_pool(state).map(|path| Box::new(MacPool::with_id(last(&path))));
    }
}

fn supported(version: &Version) -> List<Version> {
    let from = version.minor.unwrap_or(LATEST);
    MINORS.into_iter().filter(|minor| *minor >= from).map(cluster_level::version).collect()
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "local"])?;
    let mut data_center: DataCenter = call.body()?;
    check_version(data_center.version.as_deref(), "add")?;
    if taken(call.state, &data_center, None) {
        return Err(Fault::conflict("Cannot add Data Center. The Data Center name is already in use."));
    }
    data_center.status = None;
    complete_data_center(call.state, &mut data_center);
    let path = call.store(Box::new(data_center))?;
    add_management_network(call.state, &path);
    let text = format!("Data Center {} was added by {}", call.state.name_of(&path), call.request.user);
    call.state.event(950, Severity::Normal, &text, &[&path]);
    Ok(Reply::Created(path))
}

fn taken(state: &State, data_center: &DataCenter, own: Option<&str>) -> bool {
    let found = data_center.name.as_deref().and_then(|name| state.by_name(DATA_CENTERS, name));
    found.is_some_and(|path| Some(path.as_str()) != own)
}

fn check_version(version: Option<&Version>, action: &str) -> Result<(), Fault> {
    match version {
        Some(version) if !cluster_level::is_known(version) => {
            Err(Fault::bad(&format!("Cannot {action} Data Center. Selected Compatibility Version is not supported.")))
        }
        _ => Ok(()),
    }
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: DataCenter = call.body()?;
    let path = call.path();
    change.status = None;
    change.supported_versions = None;
    check_version(change.version.as_deref(), "edit")?;
    if taken(call.state, &change, Some(&path)) {
        return Err(Fault::conflict("Cannot edit Data Center. The Data Center name is already in use."));
    }
    let old = call.state.find::<DataCenter>(&path)?;
    let attached = !call.state.paths(&format!("{path}/{STORAGE_DOMAINS}")).is_empty();
    if attached && change.local.is_some_and(|local| Some(local) != old.local) {
        return Err(Fault::conflict(
            "Cannot change Data Center type to shared while local Storage Domains are still attached to it.\n-Please \
             detach all local Storage Domains and retry.",
        ));
    }
    if let Some(version) = change.version.as_deref() {
        let minor = version.minor;
        let older = |cluster: &Cluster| {
            references::refers_to(&cluster.data_center, &path)
                && cluster.version.as_ref().and_then(|it| it.minor) < minor
        };
        let older = paths_where(call.state, CLUSTERS, older);
        if !older.is_empty() {
            return Err(Fault::conflict(&format!(
                "Cannot update Data Center compatibility version to a value that is greater than its cluster's version. \
                 The following clusters should be upgraded: {}",
                call.state.names_of(&older)
            )));
        }
        change.supported_versions = Some(supported(version));
    }
    let reply = call.change(&change)?;
    let text = format!("Data Center {} was updated by {}", call.state.name_of(&path), call.request.user);
    call.state.event(952, Severity::Normal, &text, &[&path]);
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let force = call.flag("force") == Some(true);
    refuse_removal(call.state, &path, force)?;
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
    for domain in call.state.paths(STORAGE_DOMAINS) {
        if let Some(domain) = call.state.get_mut::<StorageDomain>(&domain)
            && let Some(of) = domain.data_centers.take()
        {
            let left: List<DataCenter> = of.into_iter().filter(|it| it.id.as_deref() != Some(last(&path))).collect();
            if left.is_empty() {
                domain.status = Some(StorageDomainStatus::Unattached);
            } else {
                domain.data_centers = Some(left);
            }
        }
    }
    let reply = call.remove()?;
    let (code, how) = if force { (918, "forcibly removed") } else { (954, "removed") };
    let text = format!("Data Center {name} was {how} by {}", call.request.user);
    call.state.event(code, Severity::Normal, &text, &[]);
    Ok(reply)
}

fn refuse_removal(state: &State, path: &str, force: bool) -> Result<(), Fault> {
    let hosts = |fits: &dyn Fn(&Host) -> bool| {
        paths_where(state, HOSTS, |host: &Host| {
            let cluster = path_of(CLUSTERS, &host.cluster).and_then(|path| state.get::<Cluster>(&path));
            cluster.is_some_and(|cluster| references::refers_to(&cluster.data_center, path)) && fits(host)
        })
    };
    if force {
        return match hosts(&|host| host.status != Some(HostStatus::Maintenance)).is_empty() {
            true => Ok(()),
            false => Err(Fault::conflict(
                "Cannot remove Data Center while there are Hosts that are not in Maintenance mode.",
            )),
        };
    }
    let attached: Vec<&StorageDomain> =
        state.list::<StorageDomain>(&format!("{path}/{STORAGE_DOMAINS}")).map(|(_, domain)| domain).collect();
    let is_idle = |domain: &&StorageDomain| domain.status == Some(StorageDomainStatus::Maintenance);
    if attached.iter().any(|domain| !is_idle(domain)) {
        return Err(Fault::conflict(
            "Cannot remove Data Center which contains Storage Domains that are not in Maintenance status.\n-Please \
             deactivate all domains and wait for tasks to finish before removing the Data Center",
        ));
    }
    if attached.len() > 1 {
        return Err(Fault::conflict("Cannot remove Data Center when more than one Storage Domain is attached."));
    }
    if !attached.is_empty() && hosts(&|host| host.status == Some(HostStatus::Up)).is_empty() {
        return Err(Fault::conflict("Cannot remove Data Center. There is no active Host in the Data Center."));
    }
    Ok(())
}
