//! Checks of the IP addresses of network attachments.

use crate::api::Fault;
use ovirt_sdk::types::{BootProtocol, Ip, IpAddressAssignment, NetworkAttachment};

/// Fails if addresses don't fit the way in which a network gets them. `network` and `nic` are names.
pub(crate) fn check(attachment: &NetworkAttachment, network: &str, nic: &str) -> Result<(), Fault> {
    let mut assignments = attachment.ip_address_assignments.iter().flatten();
    assignments.try_for_each(|assignment| check_assignment(assignment, network, nic))
}

fn check_assignment(assignment: &IpAddressAssignment, network: &str, nic: &str) -> Result<(), Fault> {
    let ip = assignment.ip.as_deref();
    let is_set = |part: fn(&Ip) -> Option<&str>| ip.and_then(part).is_some_and(|text| !text.is_empty());
    let has_address = is_set(|ip| ip.address.as_deref());
    let has_netmask = is_set(|ip| ip.netmask.as_deref());
    let has_gateway = is_set(|ip| ip.gateway.as_deref());
    let place = format!("Network attachment for Network {network}, Interface {nic}.");
    match &assignment.assignment_method {
        None => Err(Fault::bad(&format!("Insufficient ip configuration details of {place} Boot protocol is missing."))),
        Some(BootProtocol::Static) if !(has_address && has_netmask) => Err(Fault::bad(&format!(
            "Insufficient ip configuration of {place} Must define ip address and netmask when boot protocol is static."
        ))),
        Some(method) if *method != BootProtocol::Static && (has_address || has_netmask || has_gateway) => {
            let method = method.as_str().replace('_', " ");
            Err(Fault::bad(&format!(
                "Incompatible ip configuration of {place} Can't determine the ip address, netmask or gateway when boot \
                 protocol is set to {method}."
            )))
        }
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_valid(method: Option<BootProtocol>, ip: Ip) -> bool {
        let mut assignment = IpAddressAssignment::new().ip(ip);
        assignment.assignment_method = method;
        check(&NetworkAttachment::new().ip_address_assignments([assignment]), "red", "eth0").is_ok()
    }

    #[test]
    fn addresses_belong_to_static_configurations() {
        let address = || Ip::new().address("192.0.2.7");
        assert!(is_valid(Some(BootProtocol::Static), address().netmask("255.255.255.0")));
        assert!(!is_valid(Some(BootProtocol::Static), address()));
        assert!(is_valid(Some(BootProtocol::Dhcp), Ip::new()));
        assert!(!is_valid(Some(BootProtocol::Dhcp), address()));
        assert!(!is_valid(None, Ip::new()));
    }
}
