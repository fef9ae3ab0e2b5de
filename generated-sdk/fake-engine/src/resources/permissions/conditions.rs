//! Permits that methods need depending on the request.

use std::any::Any;

use super::objects::{Kind, cluster, data_center, domains_of_disk, reference, referred};
use super::requirements::{Need, owner, sent_reference};
use crate::api::{Call, Fault};
use crate::fields::{id_of, text};
use crate::path::{join, last};
use crate::resources::common::disk;
use crate::resources::common::permission::{self, SYSTEM};
use crate::resources::common::permit::Permit::{self, *};
use crate::resources::common::well_known::NIL;
use crate::resources::paths::{
    CLUSTERS, DISKS, GROUPS, HOSTS, MAC_POOLS, NETWORKS, SNAPSHOTS, TEMPLATES, USERS, VM_POOLS, VMS, VNIC_PROFILES,
    is_in,
};
use ovirt_sdk::object::{Object, member};
use ovirt_sdk::types::{Event, LogSeverity, MacPool, Qos, QosType, Vm};

/// Permits of which one is enough.
pub(super) type Alternatives = Vec<Need>;

/// Computes the permits that a request needs: one of each group of alternatives.
type Condition = fn(&Call<'_>) -> Result<Vec<Alternatives>, Fault>;

/// The conditions of methods, by service and name. They add to the rows of
/// [`requirements`](super::requirements).
pub(super) const CONDITIONS: &[(&str, Condition)] = &[
    ("assigned_permissions.add", assign_permission),
    ("cluster.update", change_mac_pool),
    ("cluster_network.update", update_cluster_network),
    ("clusters.add", add_cluster),
    ("disk_attachment.remove", remove_attachment),
    ("disk_attachment.update", update_attachment),
    ("disk_attachments.add", attach_disk),
    ("disk_snapshot.remove", remove_disk_snapshot),
    ("disks.add", add_disk),
    ("event.remove", remove_event),
    ("events.add", add_event),
    ("image_transfers.add", transfer_image),
    ("instance_type_nic.update", |call| Ok(changed_profile(call, ConfigureTemplateNetwork))),
    ("network_label.remove", label),
    ("network_labels.add", label),
    ("permission.remove", remove_permission),
    ("qos.update", |call| Ok(all([Need::new(change_of_qos(call), Kind::DataCenter.in_address(&call.target.address))]))),
    ("qoss.add", |call| Ok(all([Need::new(change_of_qos(call), Kind::DataCenter.in_address(&call.target.address))]))),
    ("system_permissions.add", assign_permission),
    ("template_disk_attachment.remove", |call| Ok(all([Need::new(DeleteDisk, target_disk(call))]))),
    ("template_nic.update", |call| Ok(changed_profile(call, ConfigureTemplateNetwork))),
    ("templates.add", add_template),
    ("vm.detach", detach_from_pool),
    ("vm.migrate", |call| Ok(change_cluster(call, sent_reference(call, "cluster")))),
    ("vm.start", start_vm),
    ("vm.update", update_vm),
    ("vm_backups.add", back_up_disks),
    ("vm_cdrom.update", change_cd),
    ("vm_nic.update", |call| Ok(changed_profile(call, ConfigureVmNetwork))),
    ("vms.add", add_vm),
];

/// All of some permits.
fn all(needs: impl IntoIterator<Item = Need>) -> Vec<Alternatives> {
    needs.into_iter().map(|need| vec![need]).collect()
}

fn is_set(object: &dyn Object, field: &str) -> bool {
    member(object, field).is_some_and(|slot| slot.is_set())
}

/// Whether a path of fields leads to a value.
fn has(object: &dyn Object, fields: &[&str]) -> bool {
    match fields {
        [] => true,
        [field] => is_set(object, field),
        [field, rest @ ..] => {
            member(object, field).and_then(|slot| slot.as_object()).is_some_and(|inner| has(inner, rest))
        }
    }
}

// Virtual machines.

fn add_vm(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let state = &*call.state;
    let Some(sent) = call.sent() else { return Ok(Vec::new()) };
    let Some(cluster) = sent_reference(call, "cluster").map(|id| join(CLUSTERS, &id)) else { return Ok(Vec::new()) };
    let template = sent_reference(call, "template").filter(|id| id != NIL).map(|id| join(TEMPLATES, &id));
    let instance_type = sent_reference(call, "instance_type").map(|id| Kind::Template.path(state, &id));
    let mut sources = vec![cluster.clone()];
    if let Some(snapshot) = sent_reference(call, "snapshots") {
        let snapshot = format!("/{SNAPSHOTS}/{snapshot}");
        sources.extend(state.paths(VMS).into_iter().filter(|vm| state.contains(&format!("{vm}{snapshot}"))));
    }
    sources.extend(template.clone());
    // With an instance type, the permit to create instances is enough.
    let permits: &[Permit] = if instance_type.is_some() { &[CreateInstance, CreateVm] } else { &[CreateVm] };
    let create = |path: String| permits.iter().map(|permit| Need::new(*permit, path.clone())).collect();
    let mut needs: Vec<Alternatives> = sources.into_iter().chain(instance_type).map(create).collect();
    if let Some(template) = &template {
        let disks = super::objects::disks(state, template);
        let domains = disks.iter().filter_map(|disk| domains_of_disk(state, disk).into_iter().next());
        needs.extend(all(domains.map(|domain| Need::new(CreateDisk, domain))));
    }
    if is_set(sent, "custom_properties") {
        needs.extend(all([Need::new(ChangeVmCustomProperties, cluster.clone())]));
    }
    if template.is_some() && (has(sent, &["placement_policy", "hosts"]) || has(sent, &["cpu", "cpu_tune"])) {
        needs.extend(all([Need::new(EditAdminVmProperties, cluster)]));
    }
    Ok(needs)
}

fn update_vm(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let Some(sent) = vm_in_body(call) else { return Ok(Vec::new()) };
    let path = call.path();
    let stored = call.state.get::<Vm>(&path);
    let properties = |vm: &Vm| vm.custom_properties.clone();
    let changes_properties =
        is_set(sent, "custom_properties") && stored.is_none_or(|it| properties(it) != properties(sent));
    let mut needs = change_cluster(call, sent_reference(call, "cluster"));
    if changes_properties {
        needs.extend(all([Need::new(ChangeVmCustomProperties, path.clone())]));
    }
    let pins_cpus = has(sent, &["cpu", "cpu_tune"]) && stored.is_none_or(|stored| !has(stored, &["cpu", "cpu_tune"]));
    if pins_cpus || changes_hosts(call, sent) {
        needs.extend(all([Need::new(EditAdminVmProperties, path)]));
    }
    Ok(needs)
}

fn vm_in_body<'c>(call: &'c Call<'_>) -> Option<&'c Vm> {
    let sent: &dyn Any = call.sent()?;
    sent.downcast_ref()
}

/// Whether the body sets other hosts for a virtual machine than it has.
fn changes_hosts(call: &Call<'_>, sent: &dyn Object) -> bool {
    let hosts = |vm: &dyn Object| -> Option<Vec<String>> {
        let list = member(member(vm, "placement_policy")?.as_object()?, "hosts")?.as_list()?;
        Some((0..list.count()).filter_map(|index| id_of(list.object(index)?)).collect())
    };
    let stored = call.state.object(&call.target.path);
    hosts(sent).is_some_and(|sent| stored.and_then(hosts).unwrap_or_default() != sent)
}

/// A virtual machine in another cluster.
fn change_cluster(call: &Call<'_>, to: Option<String>) -> Vec<Alternatives> {
    let path = call.path();
    let to = to.map(|id| join(CLUSTERS, &id)).filter(|to| cluster(call.state, &path).is_some_and(|from| from != *to));
    to.map_or_else(Vec::new, |to| all([Need::new(EditVmProperties, path), Need::new(CreateVm, to)]))
}

fn start_vm(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let (path, mut needs) = (call.path(), Vec::new());
    let Some(once) = call.object::<Vm>("vm") else { return Ok(needs) };
    if is_set(&once, "custom_properties") {
        needs.extend(all([Need::new(ChangeVmCustomProperties, path.clone())]));
    }
    if changes_hosts(call, &once) {
        needs.extend(all([Need::new(EditAdminVmProperties, path)]));
    }
    Ok(needs)
}

fn detach_from_pool(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let pool = referred(call.state, &call.target.path, "vm_pool", VM_POOLS);
    Ok(all([Need::new(EditVmPoolConfiguration, pool)]))
}

fn change_cd(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let permit = if call.request.flag("current") == Some(true) { ChangeVmCd } else { EditVmProperties };
    Ok(all([Need::new(permit, Kind::Vm.in_address(&call.target.address))]))
}

/// A NIC with another vNIC profile.
fn changed_profile(call: &Call<'_>, permit: Permit) -> Vec<Alternatives> {
    let before = call.state.object(&call.target.path).and_then(|nic| reference(nic, "vnic_profile"));
    let after = sent_reference(call, "vnic_profile").filter(|after| before.as_ref() != Some(after));
    all(after.map(|id| Need::new(permit, join(VNIC_PROFILES, &id))))
}

fn add_template(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let state = &*call.state;
    let cluster = sent_reference(call, "cluster").map(|id| join(CLUSTERS, &id));
    let vm = sent_reference(call, "vm").map(|id| join(VMS, &id));
    let Some(source) = cluster.or(vm) else { return Ok(Vec::new()) };
    Ok(all(data_center(state, &source).map(|center| Need::new(CreateTemplate, center))))
}

fn back_up_disks(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let disks = call.sent().and_then(|sent| member(sent, "disks")?.as_list());
    let ids = disks.map_or_else(Vec::new, |list| (0..list.count()).filter_map(|at| id_of(list.object(at)?)).collect());
    Ok(all(ids.iter().map(|id| Need::new(BackupDisk, join(DISKS, id)))))
}

// Disks.

fn add_disk(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    Ok(all([create_on_domain(call, "storage_domains")]))
}

/// A new disk on the storage domain to which the body refers. Without one, it is a LUN, for which a permit on the system
/// is needed.
fn create_on_domain(call: &Call<'_>, fields: &str) -> Need {
    match sent_reference(call, fields) {
        Some(id) => Need::new(CreateDisk, Kind::StorageDomain.path(call.state, &id)),
        None => Need::on_system(CreateDisk),
    }
}

fn attach_disk(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let vm = Need::new(ConfigureVmStorage, Kind::Vm.in_address(&call.target.address));
    let disk = match sent_reference(call, "disk") {
        Some(id) => Need::new(AttachDisk, join(DISKS, &id)),
        None => create_on_domain(call, "disk.storage_domains"),
    };
    Ok(all([vm, disk]))
}

/// The path of the disk of an attachment, which has the identifier of the disk.
fn target_disk(call: &Call<'_>) -> String {
    join(DISKS, last(&call.target.path))
}

fn remove_attachment(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    Ok(all([match call.request.flag("detach_only") {
        Some(false) => Need::new(DeleteDisk, target_disk(call)),
        _ => Need::new(ConfigureVmStorage, Kind::Vm.in_address(&call.target.address)),
    }]))
}

fn update_attachment(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let mut needs = Vec::new();
    let sent = call.sent().and_then(|sent| text(sent, "active"));
    let stored = call.state.object(&call.target.path).and_then(|stored| text(stored, "active"));
    if sent.is_some() && sent != stored {
        needs.push(Need::new(ConfigureVmStorage, Kind::Vm.in_address(&call.target.address)));
    }
    needs.push(Need::new(EditDiskProperties, target_disk(call)));
    Ok(all(needs))
}

fn remove_disk_snapshot(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let owners = Kind::Disk.in_address(&call.target.address).map(|path| disk::owners(call.state, &path));
    let vm = owners.into_iter().flatten().find(|owner| is_in(owner, VMS));
    Ok(all(vm.map(|vm| Need::new(ManipulateVmSnapshots, vm))))
}

fn transfer_image(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let disk = sent_reference(call, "disk").or_else(|| sent_reference(call, "image"));
    Ok(all(disk.map(|id| Need::new(EditDiskProperties, join(DISKS, &id)))))
}

// Clusters, networks and data centers.

fn add_cluster(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let center = Kind::DataCenter.in_address(&call.target.address);
    let sent = || sent_reference(call, "data_center").map(|id| Kind::DataCenter.path(call.state, &id));
    let center = center.or_else(sent);
    let default_pool = || {
        let mut pools = call.state.list::<MacPool>(MAC_POOLS);
        pools.find(|(_, pool)| pool.default_pool == Some(true)).map(|(path, _)| path)
    };
    let pool = sent_reference(call, "mac_pool").map(|id| join(MAC_POOLS, &id)).or_else(default_pool);
    let pool = pool.map(|pool| Need::new(ConfigureMacPool, pool));
    Ok(all(center.map(|center| Need::new(CreateCluster, center)).into_iter().chain(pool)))
}

fn change_mac_pool(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let before = call.state.object(&call.target.path).and_then(|cluster| reference(cluster, "mac_pool"));
    let after = sent_reference(call, "mac_pool").filter(|after| before.as_ref() != Some(after));
    Ok(all(after.map(|id| Need::new(ConfigureMacPool, join(MAC_POOLS, &id)))))
}

fn update_cluster_network(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let network = format!("{NETWORKS}/{}", last(&call.target.path));
    let cluster = Kind::Cluster.in_address(&call.target.address);
    Ok(vec![vec![Need::new(ConfigureClusterNetwork, cluster), Need::new(AssignClusterNetwork, network)]])
}

/// Labels of networks, and of NICs of hosts.
fn label(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let address = &call.target.address;
    Ok(all([match Kind::Host.in_address(address).filter(|_| is_in(address, HOSTS)) {
        Some(host) => Need::new(ConfigureHostNetwork, host),
        None => Need::new(ConfigureStoragePoolNetwork, Kind::Network.in_address(address)),
    }]))
}

fn change_of_qos(call: &Call<'_>) -> Permit {
    let sent = call.sent().and_then(|sent| text(sent, "type"));
    let stored = call.state.get::<Qos>(&call.target.path).and_then(|qos| qos.type_.clone());
    let is_network = sent.map(|it| it == QosType::Network.as_str()).or(stored.map(|it| it == QosType::Network));
    if is_network == Some(true) { ConfigureStoragePoolNetwork } else { EditStoragePoolConfiguration }
}

// Events.

/// Fields of events that refer to objects on which the permit to report events is needed.
const SUBJECTS_OF_EVENTS: [(&str, Kind); 7] = [
    ("storage_domain", Kind::StorageDomain),
    ("data_center", Kind::DataCenter),
    ("user", Kind::User),
    ("cluster", Kind::Cluster),
    ("vm", Kind::Vm),
    ("template", Kind::Template),
    ("host", Kind::Host),
];

/// The permit to report an event, on all objects that it concerns or else on the system.
fn report(call: &Call<'_>, event: &dyn Object) -> Vec<Alternatives> {
    let subject = |(field, kind): &(&str, Kind)| Some(kind.path(call.state, &reference(event, field)?));
    let needs = SUBJECTS_OF_EVENTS.iter().filter_map(subject).map(|path| Need::new(InjectExternalEvents, path));
    let needs = all(needs);
    if needs.is_empty() { all([Need::on_system(InjectExternalEvents)]) } else { needs }
}

fn add_event(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    Ok(call.sent().map_or_else(Vec::new, |event| report(call, event)))
}

fn remove_event(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let Some(event) = call.state.get::<Event>(&call.target.path) else { return Ok(Vec::new()) };
    match event.severity {
        Some(LogSeverity::Alert) => Ok(all([Need::on_system(AuditLogManagement)])),
        _ => Ok(report(call, event)),
    }
}

// Permissions.

/// Fields of permissions that refer to the object on which the role is assigned.
pub(super) const OBJECTS_OF_PERMISSIONS: [(&str, Kind); 8] = [
    ("cluster", Kind::Cluster),
    ("data_center", Kind::DataCenter),
    ("disk", Kind::Disk),
    ("host", Kind::Host),
    ("storage_domain", Kind::StorageDomain),
    ("template", Kind::Template),
    ("vm", Kind::Vm),
    ("vm_pool", Kind::VmPool),
];

/// The path of the object on which a new permission assigns a role: the one to which the collection belongs, or the one
/// in the body if the collection belongs to a user or group.
pub(super) fn assigned_object(call: &Call<'_>) -> String {
    let owner = owner(call);
    if !is_of_holder(&owner) {
        return owner;
    }
    let sent = |(field, kind): &(&str, Kind)| Some(kind.path(call.state, &sent_reference(call, field)?));
    OBJECTS_OF_PERMISSIONS.iter().find_map(sent).unwrap_or_else(|| SYSTEM.to_owned())
}

/// Whether a collection of permissions belongs to a user or group.
pub(super) fn is_of_holder(owner: &str) -> bool {
    is_in(owner, USERS) || is_in(owner, GROUPS)
}

fn assign_permission(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let object = "data_center|cluster|host|storage_domain|vm|vm_pool|template.id";
    call.require(&["role.id|name", if is_of_holder(&owner(call)) { object } else { "user|group.id" }])?;
    let object = assigned_object(call);
    let mut needs = vec![Need::new(ManipulatePermissions, object.clone())];
    let is_known = |field: &str, collection: &str| {
        sent_reference(call, field).map(|id| call.state.contains(&join(collection, &id)))
    };
    if is_known("user", USERS).or_else(|| is_known("group", GROUPS)) == Some(false) {
        needs.push(Need::new(AddUsersAndGroupsFromDirectory, object));
    }
    Ok(all(needs))
}

fn remove_permission(call: &Call<'_>) -> Result<Vec<Alternatives>, Fault> {
    let path = permission::by_id(call.state, last(&call.target.path)).ok_or_else(Fault::not_found)?;
    Ok(all([Need::new(ManipulatePermissions, permission::object(&path).to_owned())]))
}
