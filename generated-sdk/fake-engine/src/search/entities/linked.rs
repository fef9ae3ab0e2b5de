//! Entities that refer to each other: virtual machines, hosts, templates, pools, clusters and data centers; storage
//! domains, disks, volumes and quotas; users, groups, events and jobs.

use std::borrow::Cow;

use super::network::{CLUSTER_NETWORK, NETWORK, NIC, VNIC};
use crate::search::entity::{
    BY_NAME, Content, Entity, Field, GIGABYTE, MEGABYTE, Order, Relations, ascending, choice, decimal, exact, flag,
    identifier, number, quota, reference, tag, text,
};
use crate::search::enumeration as enums;

pub(super) static VM: Entity = Entity {
    name: "vm",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("comment", "comment"),
        choice("status", "status", &enums::VM_STATUS),
        Field::new("ip", "reported_devices/ips/address", Content::Address, Relations::Equal),
        text("on_host", "host/name"),
        text("fqdn", "fqdn"),
        Field::new("uptime", "statistics[elapsed.time]/values/datum", Content::Span, Relations::Beside),
        exact("os", "os/type"),
        Field::new("creationdate", "creation_time", Content::Date, Relations::Beside),
        text("address", "@address"),
        number("cpu_usage", "statistics[cpu.current.total]/values/datum"),
        number("mem_usage", "@mem_usage"),
        number("network_usage", "statistics[network.current.total]/values/datum"),
        number("memory", "memory").per(MEGABYTE),
        number("guaranteed_memory", "memory_policy/guaranteed").per(MEGABYTE),
        number("migration_progress_percent", "statistics[migration.progress]/values/datum"),
        Field::new("apps", "applications/name", Content::Part, Relations::Equal),
        text("cluster", "cluster/name"),
        text("pool", "vm_pool/name"),
        text("loggedinuser", "sessions/user/user_name"),
        tag(),
        text("datacenter", "cluster/data_center/name"),
        choice("type", "type", &enums::VM_TYPE),
        quota("quota/name"),
        identifier("id", "id"),
        text("description", "description"),
        choice("architecture", "cpu/architecture", &enums::ARCHITECTURE),
        text("custom_emulated_machine", "custom_emulated_machine"),
        text("custom_cpu_type", "custom_cpu_model"),
        text("compatibility_level", "cluster/version"),
        exact("custom_compatibility_level", "custom_compatibility_version"),
        identifier("created_by_user_id", "@created_by_user_id"),
        flag("next_run_config_exists", "next_run_configuration_exists"),
        flag("has_illegal_images", "has_illegal_images"),
        choice("bios_type", "bios/type", &enums::BIOS_TYPE),
        text("k8s_namespace", "@k8s_namespace"),
        number("vcpus", "cpu/topology"),
    ]),
    references: &[
        reference("host", "host", &HOST),
        reference("template", "template", &TEMPLATE),
        reference("event", "<event:vm", &EVENT),
        reference("user", "<permission:vm/user", &USER),
        reference("storage", "disk_attachments/disk/storage_domains", &DOMAIN),
        reference("vnic", "nics", &VNIC),
    ],
    order: BY_NAME,
    loose: false,
};

pub(super) static HOST: Entity = Entity {
    name: "host",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("comment", "comment"),
        choice("status", "status", &enums::HOST_STATUS),
        choice("external_status", "external_status", &enums::EXTERNAL_STATUS),
        text("cluster", "cluster/name"),
        text("address", "address"),
        number("cpu_usage", "@cpu_usage"),
        number("mem_usage", "@mem_usage"),
        number("network_usage", "@network_usage"),
        decimal("load", "statistics[cpu.load.avg.5m]/values/datum"),
        text("version", "version/full_version"),
        number("cpus", "cpu/topology"),
        number("memory", "memory").per(MEGABYTE),
        decimal("cpu_speed", "cpu/speed"),
        text("cpu_model", "cpu/name"),
        number("active_vms", "summary/active"),
        Field::new("migrating_vms", "summary/migrating", Content::Integer, Relations::Equal),
        number("committed_mem", "@committed_mem"),
        tag(),
        choice("type", "type", &enums::HOST_TYPE),
        text("datacenter", "cluster/data_center/name"),
        identifier("id", "id"),
        choice("architecture", "cluster/cpu/architecture", &enums::ARCHITECTURE),
        flag("update_available", "update_available"),
        Field::new("ha_score", "hosted_engine/score", Content::Integer, Relations::Equal),
        Field::new("spm_id", "@spm_id", Content::Integer, Relations::Equal),
        identifier("hw_id", "hardware_information/uuid"),
    ]),
    references: &[
        reference("vm", "<vm:host", &VM),
        reference("template", "<vm:host/template", &TEMPLATE),
        reference("event", "<event:host", &EVENT),
        reference("user", "<vm:host/<permission:vm/user", &USER),
        reference("storage", "cluster/data_center/storage_domains", &DOMAIN),
        reference("nic", "nics", &NIC),
    ],
    order: BY_NAME,
    loose: false,
};

pub(super) static TEMPLATE: Entity = Entity {
    name: "template",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("comment", "comment"),
        exact("os", "os/type"),
        Field::new("creationdate", "creation_time", Content::Day, Relations::Time),
        number("childcount", "<vm:template/count()"),
        number("mem", "memory").per(MEGABYTE),
        text("description", "description"),
        choice("status", "status", &enums::TEMPLATE_STATUS),
        Field::new("sealed", "@sealed", Content::LooseFlag, Relations::Equal),
        text("cluster", "cluster/name"),
        text("datacenter", "cluster/data_center/name"),
        quota("quota/name"),
        choice("architecture", "cpu/architecture", &enums::ARCHITECTURE),
        text("version_name", "version/version_name"),
        tag(),
        identifier("_vmt_id", "id"),
    ]),
    references: &[
        reference("vm", "<vm:template", &VM),
        reference("host", "<vm:template/host", &HOST),
        reference("event", "<event:template", &EVENT),
        reference("user", "<vm:template/<permission:vm/user", &USER),
        reference("storage", "disk_attachments/disk/storage_domains", &DOMAIN),
        reference("vnic", "nics", &VNIC),
    ],
    order: &[ascending("name", Content::Text), ascending("version/version_number", Content::Integer)],
    loose: false,
};

pub(super) static POOL: Entity = Entity {
    name: "pool",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("description", "description"),
        text("comment", "comment"),
        choice("type", "type", &enums::POOL_TYPE),
        text("cluster", "cluster/name"),
        text("datacenter", "cluster/data_center/name"),
        choice("architecture", "cluster/cpu/architecture", &enums::ARCHITECTURE),
        Field::new("assigned_vm_count", "<vm:vm_pool/count()", Content::Integer, Relations::Equal),
        Field::new("running_vm_count", "@running_vm_count", Content::Integer, Relations::Equal),
    ]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

pub(super) static CLUSTER: Entity = Entity {
    name: "cluster",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("description", "description"),
        text("comment", "comment"),
        choice("architecture", "cpu/architecture", &enums::ARCHITECTURE),
        exact("compatibility_level", "version"),
        text("cpu_type", "cpu/type"),
    ]),
    references: &[
        reference("datacenter", "data_center", &DATA_CENTER),
        reference("storage", "data_center/storage_domains", &DOMAIN),
        reference("cluster_network", "", &CLUSTER_NETWORK),
    ],
    order: BY_NAME,
    loose: false,
};

pub(super) static DATA_CENTER: Entity = Entity {
    name: "datacenter",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("description", "description"),
        flag("local", "local"),
        choice("status", "status", &enums::DATA_CENTER_STATUS),
        text("comment", "comment"),
        text("compatibility_version", "version"),
    ]),
    references: &[
        reference("cluster", "<cluster:data_center", &CLUSTER),
        reference("storage", "storage_domains", &DOMAIN),
        reference("network", "<network:data_center", &NETWORK),
    ],
    order: BY_NAME,
    loose: false,
};

pub(super) static USER: Entity = Entity {
    name: "user",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("lastname", "last_name"),
        Field::new("usrname", "principal", Content::Account, Relations::Equal),
        text("user_and_domain", "user_name"),
        text("login", "principal"),
        text("directory", "domain/name"),
        text("department", "department"),
        tag(),
        text("pool", "<permission:user/vm_pool/name"),
        choice("type", "=user", &enums::USER_OR_GROUP),
    ]),
    references: &[
        reference("vm", "<permission:user/vm", &VM),
        reference("host", "<permission:user/vm/host", &HOST),
        reference("template", "<permission:user/template", &TEMPLATE),
        reference("event", "<event:user", &EVENT),
    ],
    order: BY_NAME,
    loose: false,
};

pub(super) static GROUP: Entity = Entity {
    name: "group",
    fields: Cow::Borrowed(&[text("grpname", "name"), text("name", "name")]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

pub(super) static DIRECTORY_USER: Entity = Entity {
    name: "aduser",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("username", "principal"),
        text("allnames", "@allnames"),
        text("lastname", "last_name"),
        text("department", "department"),
        text("title", "@title"),
    ]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

pub(super) static DIRECTORY_GROUP: Entity = Entity {
    name: "adgroup",
    fields: Cow::Borrowed(&[text("name", "name"), text("groupname", "name"), text("allnames", "name")]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

pub(super) static EVENT: Entity = Entity {
    name: "event",
    fields: Cow::Borrowed(&[
        Field::new("type", "code", Content::Integer, Relations::Equal),
        Field::new("severity", "severity", Content::Choice(&enums::SEVERITY), Relations::All),
        text("message", "description"),
        Field::new("time", "time", Content::Day, Relations::Time),
        text("usrname", "user/user_name"),
        text("event_host", "host/name"),
        text("event_vm", "vm/name"),
        text("event_template", "template/name"),
        text("event_storage", "storage_domain/name"),
        text("event_datacenter", "data_center/name"),
        text("event_volume", "@event_volume"),
        text("correlation_id", "correlation_id"),
        text("origin", "origin"),
        Field::new("custom_event_id", "custom_id", Content::Integer, Relations::Equal),
        flag("deleted", "=false"),
        text("_event_vm_id", "vm/id"),
        text("_event_template_id", "template/id"),
        text("_event_storage_id", "storage_domain/id"),
        text("_event_host_id", "host/id"),
        text("_event_datacenter_id", "data_center/id"),
        text("_event_quota_id", "@quota_id"),
    ]),
    references: &[
        reference("vm", "vm", &VM),
        reference("template", "template", &TEMPLATE),
        reference("user", "user", &USER),
        reference("cluster", "cluster", &CLUSTER),
        reference("host", "host", &HOST),
    ],
    order: &[Order { path: "id", content: Content::Integer, descending: true }],
    loose: false,
};

pub(super) static JOB: Entity = Entity {
    name: "job",
    fields: Cow::Borrowed(&[exact("correlation_id", "@correlation_id")]),
    references: &[],
    order: &[ascending("start_time", Content::Date)],
    loose: false,
};

pub(super) static DOMAIN: Entity = Entity {
    name: "storage",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        choice("status", "status", &enums::DOMAIN_STATUS),
        choice("shared_status", "@shared_status", &enums::SHARED_STATUS),
        choice("external_status", "external_status", &enums::EXTERNAL_STATUS),
        Field::new("datacenter", "data_centers/name", Content::Listed, Relations::Equal),
        choice("type", "storage/type", &enums::STORAGE_TYPE),
        number("free_size", "available").per(GIGABYTE),
        number("used_size", "used").per(GIGABYTE),
        number("total_size", "@total_size").per(GIGABYTE),
        number("committed", "committed").per(GIGABYTE),
        text("comment", "comment"),
        text("description", "description"),
        flag("wipe_after_delete", "wipe_after_delete"),
        flag("discard_after_delete", "discard_after_delete"),
        flag("backup", "backup"),
    ]),
    references: &[
        reference("host", "data_centers/<cluster:data_center/<host:cluster", &HOST),
        reference("cluster", "data_centers/<cluster:data_center", &CLUSTER),
    ],
    order: BY_NAME,
    loose: false,
};

const fn size(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Size, Relations::Beside)
}

const fn date(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Date, Relations::Beside)
}

pub(super) static DISK: Entity = Entity {
    name: "disk",
    fields: Cow::Borrowed(&[
        text("alias", "alias"),
        text("name", "name"),
        text("description", "description"),
        size("provisioned_size", "provisioned_size"),
        size("size", "provisioned_size"),
        size("actual_size", "actual_size"),
        date("creation_date", "@creation_date"),
        flag("shareable", "shareable"),
        choice("status", "status", &enums::DISK_STATUS),
        choice("disk_type", "storage_type", &enums::DISK_TYPE),
        choice("disk_content_type", "content_type", &enums::DISK_CONTENT),
        choice("allocation_policy", "sparse", &enums::ALLOCATION),
        number("number_of_vms", "<disk_attachment:disk/count()"),
        Field::new("vm_names", "<disk_attachment:disk/vm/name", Content::Listed, Relations::Equal),
        text("quota", "quota/name"),
        identifier("id", "id"),
        flag("wipe_after_delete", "wipe_after_delete"),
        date("last_modified", "@last_modified"),
    ]),
    references: &[
        reference("datacenter", "storage_domains/data_centers", &DATA_CENTER),
        reference("storage", "storage_domains", &DOMAIN),
    ],
    order: &[ascending("alias", Content::Text), ascending("id", Content::Identifier)],
    loose: false,
};

pub(super) static VOLUME: Entity = Entity {
    name: "volume",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        choice("type", "volume_type", &enums::VOLUME_TYPE),
        choice("transport_type", "transport_types", &enums::TRANSPORT),
        number("replica_count", "replica_count"),
        number("stripe_count", "stripe_count"),
        choice("status", "status", &enums::VOLUME_STATUS),
    ]),
    references: &[reference("cluster", "cluster", &CLUSTER)],
    order: BY_NAME,
    loose: false,
};

pub(super) static QUOTA: Entity = Entity {
    name: "quota",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("storagepoolname", "data_center/name"),
        text("description", "description"),
        number("thresholdstoragepercentage", "storage_soft_limit_pct"),
        number("thresholdclusterpercentage", "cluster_soft_limit_pct"),
        number("gracestoragepercentage", "storage_hard_limit_pct"),
        number("graceclusterpercentage", "cluster_hard_limit_pct"),
        choice("enforcementtype", "data_center/quota_mode", &enums::QUOTA_ENFORCEMENT),
    ]),
    references: &[],
    order: BY_NAME,
    loose: false,
};
