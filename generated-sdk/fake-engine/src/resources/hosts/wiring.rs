//! Networks on the NICs of hosts: attachments, and the fields of NICs that follow from them.

use crate::api::{Call, Fault};
use crate::path::last;
use crate::resources::common::network::{self, data_center_of, is_management};
use crate::resources::common::references::path_of;
use crate::resources::hosts::status::status_of;
use crate::resources::paths::{CLUSTERS, NETWORKS, NICS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    BootProtocol, Host, HostNic, HostStatus, Ip, IpAddressAssignment, IpVersion, List, Network, NetworkAttachment,
    NicStatus, ReportedConfiguration,
};

/// The NICs of a host.
pub(crate) fn nics_of(host: &str) -> String {
    format!("{host}/{NICS}")
}

/// A reference to a NIC of a host.
pub(crate) fn nic_reference(nic: &str) -> HostNic {
    HostNic::with_id(last(nic)).href(nic)
}

/// Finds a NIC of a host by its identifier or its name.
pub(crate) fn find_nic(state: &State, host: &str, wanted: &HostNic) -> Result<String, Fault> {
    let nics = nics_of(host);
    let path = match (&wanted.id, &wanted.name) {
        (Some(id), _) => Some(format!("{nics}/{id}")).filter(|path| state.contains(path)),
        (None, Some(name)) => state.by_name(&nics, name),
        (None, None) => None,
    };
    path.ok_or_else(|| {
        let (kind, value) = match (&wanted.id, &wanted.name) {
            (Some(id), _) => ("id", id.as_str()),
            (None, name) => ("name", name.as_deref().unwrap_or_default()),
        };
        Fault::invalid("setup Networks", &format!("The host network interface ({kind} {value}) does not exist."))
    })
}

/// Finds a network of the data center of a host.
pub(crate) fn find_network(state: &State, host: &str, wanted: &Network) -> Result<String, Fault> {
    let data_center = data_center_of(state, host).unwrap_or_default();
    network::find_in(state, &data_center, wanted).ok_or_else(|| {
        let what = wanted.name.as_deref().or(wanted.id.as_deref()).unwrap_or_default();
        Fault::conflict(&format!(
            "Cannot setup Networks. The following Logical Networks do not exist in the Host's Cluster: {what}."
        ))
    })
}

/// Attaches a network to a NIC, or changes the attachment. Call [`follow`] afterwards to update the NICs.
pub(crate) fn attach(state: &mut State, host: &str, nic: &str, network: &str, wanted: NetworkAttachment) -> String {
    let known = network::attachment_of(state, host, network);
    let old = known.as_deref().and_then(|path| state.get::<NetworkAttachment>(path)).cloned();
    let mut attachment = old.unwrap_or_default();
    attachment.host = Some(Box::new(Host::with_id(last(host))));
    attachment.host_nic = Some(Box::new(nic_reference(nic)));
    attachment.network = Some(Box::new(Network::with_id(last(network))));
    attachment.ip_address_assignments = wanted.ip_address_assignments.or(attachment.ip_address_assignments);
    if attachment.ip_address_assignments.as_ref().is_none_or(|assignments| assignments.is_empty()) {
        attachment.ip_address_assignments = Some(List::from([assignment(BootProtocol::None, IpVersion::V4)]));
    }
    attachment.properties = wanted.properties.or(attachment.properties);
    attachment.dns_resolver_configuration = wanted.dns_resolver_configuration.or(attachment.dns_resolver_configuration);
    attachment.qos = wanted.qos.or(attachment.qos);
    attachment.in_sync = Some(true);
    state.insert(&network::attachments_of(host), attachment)
}

fn assignment(method: BootProtocol, version: IpVersion) -> IpAddressAssignment {
    IpAddressAssignment::new().assignment_method(method).ip(Ip::new().version(version))
}

/// Attaches the network over which the cluster is managed to the first NIC.
pub(crate) fn attach_management(state: &mut State, host: &str) {
    let cluster = state.get::<Host>(host).and_then(|host| path_of(CLUSTERS, &host.cluster)).unwrap_or_default();
    let networks = state.paths(&format!("{cluster}/{NETWORKS}"));
    let managing = networks.into_iter().find(|path| is_management(state, &cluster, path));
    let Some(network) = managing.map(|path| format!("{NETWORKS}/{}", last(&path))) else { return };
    if network::attachment_of(state, host, &network).is_none()
        && let Some(nic) = state.paths(&nics_of(host)).into_iter().next()
    {
        let methods = [(BootProtocol::Dhcp, IpVersion::V4), (BootProtocol::Autoconf, IpVersion::V6)];
        let assignments = methods.map(|(method, version)| assignment(method, version));
        attach(state, host, &nic, &network, NetworkAttachment::new().ip_address_assignments(assignments));
    }
    follow(state, host);
}

/// Updates the NICs of a host after changes of attachments.
pub(crate) fn follow(state: &mut State, host: &str) {
    let attachments: Vec<(String, NetworkAttachment)> =
        state.list::<NetworkAttachment>(&network::attachments_of(host)).map(|(path, it)| (path, it.clone())).collect();
    let nics = state.list::<HostNic>(&nics_of(host)).map(|(path, nic)| (path, nic.base_interface.is_some()));
    let nics: Vec<(String, bool)> = nics.collect();
    let mut wired = Vec::new();
    for (path, attachment) in attachments {
        let network = path_of(NETWORKS, &attachment.network).and_then(|path| state.get::<Network>(&path)).cloned();
        let base = attachment.host_nic.as_ref().and_then(|nic| nic.href.clone());
        let (Some(network), Some(base)) = (network, base) else { continue };
        wired.push(wire(state, host, &base, &network, &attachment));
        let reported = reported(&network, &attachment);
        if let Some(attachment) = state.get_mut::<NetworkAttachment>(&path) {
            attachment.reported_configurations = Some(reported);
        }
    }
    for (path, is_vlan) in nics {
        if wired.contains(&path) {
            continue;
        }
        if is_vlan {
            state.remove(&path);
        } else if let Some(nic) = state.get_mut::<HostNic>(&path) {
            nic.network = None;
            nic.bridged = Some(false);
            nic.boot_protocol = Some(BootProtocol::None);
            nic.ip = None;
            nic.ipv6 = None;
            nic.ipv6_boot_protocol = Some(BootProtocol::None);
            nic.mtu = Some(1500);
            nic.properties = None;
        }
    }
}

/// Shows a network on a NIC, or on a VLAN device above it if the network is tagged. Returns the path of either.
fn wire(state: &mut State, host: &str, base: &str, network: &Network, attachment: &NetworkAttachment) -> String {
    let vlan = network.vlan.as_ref().and_then(|vlan| vlan.id);
    let path = match vlan {
        None => base.to_owned(),
        Some(id) => {
            let name = format!("{}.{id}", state.name_of(base));
            match state.by_name(&nics_of(host), &name) {
                Some(path) => path,
                None => {
                    let below = state.get::<HostNic>(base);
                    let mut nic = HostNic::new().name(name).base_interface(state.name_of(base));
                    nic.mac = below.and_then(|nic| nic.mac.clone());
                    nic.speed = below.and_then(|nic| nic.speed);
                    nic = nic.host(Host::with_id(last(host))).status(NicStatus::Up).custom_configuration(false);
                    state.insert(&nics_of(host), nic)
                }
            }
        }
    };
    let assignments = attachment.ip_address_assignments.iter().flat_map(|assignments| assignments.iter());
    let v4 = assignments.into_iter().find(|it| it.ip.as_ref().is_none_or(|ip| ip.version != Some(IpVersion::V6)));
    let method = v4.and_then(|it| it.assignment_method.clone()).unwrap_or(BootProtocol::None);
    let fixed = v4.and_then(|it| it.ip.clone()).filter(|ip| ip.address.is_some());
    let has_address = state.get::<HostNic>(&path).is_some_and(|nic| nic.ip.is_some());
    let leased = (method == BootProtocol::Dhcp && !has_address).then(|| lease(state));
    let Some(nic) = state.get_mut::<HostNic>(&path) else { return path };
    nic.network = network.id.as_deref().map(|id| Box::new(Network::with_id(id)));
    nic.vlan.clone_from(&network.vlan);
    nic.bridged = Some(network::is_for_vms(network));
    nic.mtu = Some(network.mtu.filter(|mtu| *mtu > 0).unwrap_or(1500));
    match method {
        BootProtocol::Static => nic.ip = fixed,
        BootProtocol::Dhcp => nic.ip = nic.ip.take().or(leased.map(Box::new)),
        _ => nic.ip = None,
    }
    nic.boot_protocol = Some(method);
    nic.ipv6 = Some(Box::new(Ip::new().gateway("::").version(IpVersion::V6)));
    nic.ipv6_boot_protocol = Some(BootProtocol::None);
    nic.properties = Some(attachment.properties.clone().unwrap_or_default());
    path
}

/// An address as a DHCP server assigns it.
fn lease(state: &mut State) -> Ip {
    let number = state.count("leases") % 250 + 1;
    let address = Ip::new().address(format!("198.51.100.{number}")).gateway("198.51.100.254");
    address.netmask("255.255.255.0").version(IpVersion::V4)
}

/// The configuration that a host reports for an attachment, and the expected one.
fn reported(network: &Network, attachment: &NetworkAttachment) -> List<ReportedConfiguration> {
    let same = |name: &str, value: String| {
        ReportedConfiguration::new().name(name).actual_value(value.as_str()).expected_value(value).in_sync(true)
    };
    let of_version = |version: IpVersion| {
        let assignments = attachment.ip_address_assignments.iter().flat_map(|assignments| assignments.iter());
        let found = assignments
            .into_iter()
            .find(|it| it.ip.as_ref().and_then(|ip| ip.version.clone()) == Some(version.clone()));
        let method = found.and_then(|it| it.assignment_method.clone()).unwrap_or(BootProtocol::None);
        method.to_string().to_ascii_uppercase()
    };
    let vlan = match network.vlan.as_ref().and_then(|vlan| vlan.id) {
        Some(id) => same("vlan", id.to_string()),
        None => ReportedConfiguration::new().name("vlan").in_sync(true),
    };
    List::from([
        same("mtu", network.mtu.filter(|mtu| *mtu > 0).unwrap_or(1500).to_string()),
        same("bridged", network::is_for_vms(network).to_string()),
        vlan,
        same("switchType", "LEGACY".to_owned()),
        same("ipv4_boot_protocol", of_version(IpVersion::V4)),
        same("ipv6_boot_protocol", of_version(IpVersion::V6)),
    ])
}

/// Fails unless the status of a host allows changes of its networks.
pub(crate) fn check_status(state: &State, host: &str) -> Result<(), Fault> {
    match status_of(state, host) {
        None => Err(Fault::not_found()),
        Some(HostStatus::Up | HostStatus::Maintenance | HostStatus::NonOperational) => Ok(()),
        Some(_) => Err(Fault::conflict(
            "Cannot setup Networks. Operation can be performed only when Host status is  Maintenance, Up, \
             NonOperational.",
        )),
    }
}

/// Adds the event about changed networks.
pub(crate) fn log_changes(call: &mut Call<'_>, host: &str) {
    let text = format!("Network changes were saved on host {}", call.state.name_of(host));
    call.state.event(10903, Severity::Normal, &text, &[host]);
}
