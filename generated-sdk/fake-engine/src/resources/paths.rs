//! Names of collections, as in the paths of objects.

// Top-level collections.

pub(crate) const AFFINITY_LABELS: &str = "affinitylabels";
pub(crate) const CLUSTERS: &str = "clusters";
pub(crate) const CLUSTER_LEVELS: &str = "clusterlevels";
pub(crate) const CPU_PROFILES: &str = "cpuprofiles";
pub(crate) const DATA_CENTERS: &str = "datacenters";
pub(crate) const DISKS: &str = "disks";
pub(crate) const DISK_PROFILES: &str = "diskprofiles";
pub(crate) const DOMAINS: &str = "domains";
pub(crate) const EVENTS: &str = "events";
pub(crate) const GROUPS: &str = "groups";
pub(crate) const HOSTS: &str = "hosts";
pub(crate) const ICONS: &str = "icons";
pub(crate) const IMAGE_TRANSFERS: &str = "imagetransfers";
pub(crate) const INSTANCE_TYPES: &str = "instancetypes";
pub(crate) const JOBS: &str = "jobs";
pub(crate) const MAC_POOLS: &str = "macpools";
pub(crate) const NETWORKS: &str = "networks";
pub(crate) const NETWORK_FILTERS: &str = "networkfilters";
pub(crate) const OPENSTACK_NETWORK_PROVIDERS: &str = "openstacknetworkproviders";
pub(crate) const OPERATING_SYSTEMS: &str = "operatingsystems";
pub(crate) const PERMISSIONS: &str = "permissions";
pub(crate) const ROLES: &str = "roles";
pub(crate) const SCHEDULING_POLICIES: &str = "schedulingpolicies";
pub(crate) const SCHEDULING_POLICY_UNITS: &str = "schedulingpolicyunits";
pub(crate) const STORAGE_CONNECTIONS: &str = "storageconnections";
pub(crate) const STORAGE_DOMAINS: &str = "storagedomains";
pub(crate) const TAGS: &str = "tags";
pub(crate) const TEMPLATES: &str = "templates";
pub(crate) const USERS: &str = "users";
pub(crate) const VMS: &str = "vms";
pub(crate) const VM_POOLS: &str = "vmpools";
pub(crate) const VNIC_PROFILES: &str = "vnicprofiles";

// Collections below other objects.

pub(crate) const AFFINITY_GROUPS: &str = "affinitygroups";
pub(crate) const APPLICATIONS: &str = "applications";
pub(crate) const BACKUPS: &str = "backups";
pub(crate) const BALANCES: &str = "balances";
pub(crate) const CDROMS: &str = "cdroms";
pub(crate) const CHECKPOINTS: &str = "checkpoints";
pub(crate) const CLUSTER_FEATURES: &str = "clusterfeatures";
pub(crate) const DEVICES: &str = "devices";
pub(crate) const DISK_ATTACHMENTS: &str = "diskattachments";
pub(crate) const ENABLED_FEATURES: &str = "enabledfeatures";
pub(crate) const EXTERNAL_NETWORK_PROVIDERS: &str = "externalnetworkproviders";
pub(crate) const FENCE_AGENTS: &str = "fenceagents";
pub(crate) const FILES: &str = "files";
pub(crate) const FILTERS: &str = "filters";
pub(crate) const GLUSTER_BRICKS: &str = "glusterbricks";
pub(crate) const GLUSTER_VOLUMES: &str = "glustervolumes";
pub(crate) const GRAPHICS_CONSOLES: &str = "graphicsconsoles";
pub(crate) const HOOKS: &str = "hooks";
pub(crate) const HOST_DEVICES: &str = "hostdevices";
pub(crate) const HOST_LABELS: &str = "hostlabels";
pub(crate) const IMAGES: &str = "images";
pub(crate) const ISCSI_BONDS: &str = "iscsibonds";
pub(crate) const MEDIATED_DEVICES: &str = "mediateddevices";
pub(crate) const NETWORK_ATTACHMENTS: &str = "networkattachments";
pub(crate) const NETWORK_FILTER_PARAMETERS: &str = "networkfilterparameters";
pub(crate) const NETWORK_LABELS: &str = "networklabels";
pub(crate) const NICS: &str = "nics";
pub(crate) const NUMA_NODES: &str = "numanodes";
pub(crate) const PERMITS: &str = "permits";
pub(crate) const QOSS: &str = "qoss";
pub(crate) const QUOTAS: &str = "quotas";
pub(crate) const QUOTA_CLUSTER_LIMITS: &str = "quotaclusterlimits";
pub(crate) const QUOTA_STORAGE_LIMITS: &str = "quotastoragelimits";
pub(crate) const REPORTED_DEVICES: &str = "reporteddevices";
pub(crate) const SESSIONS: &str = "sessions";
pub(crate) const SNAPSHOTS: &str = "snapshots";
pub(crate) const UNMANAGED_NETWORKS: &str = "unmanagednetworks";
pub(crate) const VIRTUAL_FUNCTION_ALLOWED_LABELS: &str = "virtualfunctionallowedlabels";
pub(crate) const VM_LABELS: &str = "vmlabels";
pub(crate) const WATCHDOGS: &str = "watchdogs";
pub(crate) const WEIGHTS: &str = "weights";

// Collections that clients do not see.

pub(crate) const LOGICAL_UNITS: &str = "logicalunits";
pub(crate) const NEXT_RUN: &str = "next_run";
pub(crate) const REMOVED_STORAGE_DOMAINS: &str = "storageleft";
pub(crate) const THIS_RUN: &str = "this_run";
pub(crate) const UNREGISTERED_DISKS: &str = "unregistereddisks";
pub(crate) const UNREGISTERED_TEMPLATES: &str = "unregisteredtemplates";
pub(crate) const UNREGISTERED_VMS: &str = "unregisteredvms";

/// Whether an object lives in a top-level collection, or below one of its objects.
pub(crate) fn is_in(path: &str, collection: &str) -> bool {
    path.strip_prefix(collection).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a path is that of a collection with this name below an object.
pub(crate) fn is_sub_collection(path: &str, name: &str) -> bool {
    path.strip_suffix(name).is_some_and(|rest| rest.ends_with('/'))
}

/// Whether an object lives in a collection with this name below another object, or further down.
pub(crate) fn is_below(path: &str, name: &str) -> bool {
    path.split('/').skip(1).any(|segment| segment == name)
}
