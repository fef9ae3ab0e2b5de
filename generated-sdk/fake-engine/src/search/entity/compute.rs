//! Virtual machines, hosts, templates, pools, clusters and data centers.

use std::borrow::Cow;

use super::super::enumeration as enums;
use super::network::{CLUSTER_NETWORK, NETWORK, NIC, VNIC};
use super::people::{EVENT, USER};
use super::storage::DOMAIN;
use super::{
    BY_NAME, Content, Entity, Field, MEGABYTE, Relations, ascending, choice, decimal, exact, flag, identifier, number,
    quota, reference, tag, text,
};

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
