//! Network filters of vNIC profiles.

use crate::resources::common::vnic_profile::DEFAULT_FILTER;
use crate::resources::paths::NETWORK_FILTERS;
use crate::state::State;
use ovirt_sdk::types::{NetworkFilter, Version};

/// The filters, with the oldest version of the cluster level that has them.
const FILTERS: [(&str, (i64, i64)); 18] = [
    (DEFAULT_FILTER, (3, 2)),
    ("allow-arp", (3, 6)),
    ("allow-dhcp", (3, 6)),
    ("allow-incoming-ipv4", (3, 6)),
    ("allow-ipv4", (3, 6)),
    ("clean-traffic", (3, 6)),
    ("no-arp-ip-spoofing", (3, 6)),
    ("no-arp-mac-spoofing", (3, 6)),
    ("no-arp-spoofing", (3, 6)),
    ("no-ip-multicast", (3, 6)),
    ("no-ip-spoofing", (3, 6)),
    ("no-mac-broadcast", (3, 6)),
    ("no-mac-spoofing", (3, 6)),
    ("no-other-l2-traffic", (3, 6)),
    ("no-other-rarp-traffic", (3, 6)),
    ("qemu-announce-self", (3, 6)),
    ("qemu-announce-self-rarp", (3, 6)),
    ("clean-traffic-gateway", (4, 2)),
];

pub(super) fn fill(state: &mut State) {
    for (name, (major, minor)) in FILTERS {
        let version = Version::new().major(major).minor(minor);
        state.insert(NETWORK_FILTERS, NetworkFilter::new().name(name).version(version));
    }
}
