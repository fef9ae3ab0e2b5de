//! Networks, vNIC profiles, interfaces and providers.

use std::borrow::Cow;

use crate::search::entity::{BY_NAME, Content, Entity, ascending, choice, flag, number, reference, text};
use crate::search::enumeration as enums;

pub(super) static NETWORK: Entity = Entity {
    name: "network",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("description", "description"),
        text("comment", "comment"),
        number("vlanid", "vlan/id"),
        flag("stp", "stp"),
        number("mtu", "mtu"),
        flag("vmnetwork", "usages~vm"),
        text("datacenter", "data_center/name"),
        text("label", "network_labels/id"),
        text("provider_name", "external_provider/name"),
        text("qos_name", "qos/name"),
    ]),
    references: &[
        reference("cluster_network", "", &NETWORK_CLUSTER),
        reference("host_network", "", &NETWORK_HOST),
        reference("provider", "external_provider", &PROVIDER),
    ],
    order: &[ascending("data_center/name", Content::Text), ascending("name", Content::Text)],
    loose: false,
};

/// The networks of a cluster.
pub(super) static CLUSTER_NETWORK: Entity = Entity {
    name: "cluster_network",
    fields: Cow::Borrowed(&[text("network_name", "networks/name"), text("cluster_name", "name")]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

/// The clusters of a network.
static NETWORK_CLUSTER: Entity = Entity {
    name: "cluster_network",
    fields: Cow::Borrowed(&[
        text("network_name", "name"),
        text("cluster_name", "data_center/<cluster:data_center/name"),
    ]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

/// The hosts of a network.
static NETWORK_HOST: Entity = Entity {
    name: "host_network",
    fields: Cow::Borrowed(&[text("host_name", "<network_attachment:network/host/name")]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

/// The interfaces of a host.
pub(super) static NIC: Entity = Entity {
    name: "nic",
    fields: Cow::Borrowed(&[text("network_name", "network/name"), text("mac", "mac/address")]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

/// The interfaces of a virtual machine or of a template.
pub(super) static VNIC: Entity = Entity {
    name: "vnic",
    fields: Cow::Borrowed(&[text("network_name", "vnic_profile/network/name"), text("mac", "mac/address")]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

pub(super) static VNIC_PROFILE: Entity = Entity {
    name: "vnicprofile",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("description", "description"),
        flag("port_mirroring", "port_mirroring"),
        choice("passthrough", "pass_through/mode", &enums::PASS_THROUGH),
        text("network_name", "network/name"),
        text("compatibility_version", "network/data_center/version"),
        text("datacenter", "network/data_center/name"),
        text("qos_name", "qos/name"),
        text("network_filter", "network_filter/name"),
        text("failover", "failover/name"),
    ]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

pub(super) static PROVIDER: Entity = Entity {
    name: "provider",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("type", "@type"),
        text("description", "description"),
        text("url", "url"),
    ]),
    references: &[],
    order: BY_NAME,
    loose: false,
};
