//! The IP addresses of an object: which of them count for a wait.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::waiter::AddressInfo;
use crate::connection::Connection;
use crate::error::Error;
use crate::object::{Object, fill, inner_objects, member, references_on_path, texts};

/// A version of the Internet Protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressFamily {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl AddressFamily {
    fn contains(self, address: IpAddr) -> bool {
        address.is_ipv4() == (self == Self::V4)
    }
}

impl fmt::Display for AddressFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// A range of addresses: those with the first bits of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Subnet {
    address: IpAddr,
    bits: u8,
}

impl Subnet {
    fn parse(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('/').and_then(|(address, bits)| {
            let address: IpAddr = address.parse().ok()?;
            let longest = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.parse().ok().filter(|bits| *bits <= longest && text.is_ascii())?;
            Some(Self { address, bits })
        });
        parsed.ok_or_else(|| format!("`{text}` is not a range of IP addresses such as `192.168.0.0/16`"))
    }

    fn contains(self, address: IpAddr) -> bool {
        let bits = u32::from(self.bits);
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(Ipv4Addr::BITS - bits).unwrap_or_default() == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(Ipv6Addr::BITS - bits).unwrap_or_default() == 0
            }
            _ => false,
        }
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// Which addresses count.
#[derive(Clone, Debug)]
pub(super) struct AddressFilter {
    info: &'static AddressInfo,
    family: Option<AddressFamily>,
    /// The name or ID of a network.
    network: Option<String>,
    subnet: Option<Result<Subnet, String>>,
}

/// Objects by their address; `None` if there is none.
pub(super) type Known = HashMap<String, Option<Box<dyn Object>>>;

/// The addresses of an object.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    /// Those that count.
    pub(super) fitting: Vec<IpAddr>,
    /// The others, with the reason.
    others: Vec<String>,
}

impl AddressFilter {
    pub(super) fn new(info: &'static AddressInfo) -> Self {
        Self { info, family: None, network: None, subnet: None }
    }

    pub(super) fn set_family(&mut self, family: AddressFamily) {
        self.family = Some(family);
    }

    pub(super) fn set_network(&mut self, network: String) {
        self.network = Some(network);
    }

    pub(super) fn set_subnet(&mut self, range: &str) {
        self.subnet = Some(Subnet::parse(range));
    }

    /// What is wrong with the filter.
    pub(super) fn problem(&self) -> Option<&str> {
        self.subnet.as_ref()?.as_ref().err().map(String::as_str)
    }

    /// The link to follow. An engine can't follow the networks, too: the request would fail as soon as one item has none.
    pub(super) fn follow(&self) -> String {
        self.info.list.to_owned()
    }

    /// Reads the networks of the items, if they matter. `known` has what was read before.
    ///
    /// # Errors
    ///
    /// When a request fails.
    pub(super) async fn read_networks(
        &self,
        object: &mut dyn Object,
        known: &mut Known,
        connection: &Connection,
    ) -> Result<(), Error> {
        let AddressInfo { list, network, .. } = *self.info;
        if self.network.is_none() {
            return Ok(());
        }
        for _ in network.split('.') {
            for reference in references_on_path(object, list, network) {
                if !known.contains_key(&reference.href) {
                    known.insert(reference.href.clone(), connection.read_object(&reference.href).await?);
                }
                if let Some(Some(referenced)) = known.get(&reference.href) {
                    fill(object, &reference.steps, &**referenced, None);
                }
            }
        }
        Ok(())
    }

    /// Finds the addresses of an object.
    pub(super) fn find(&self, object: &dyn Object) -> Addresses {
        let mut found = Addresses::default();
        for item in member(object, self.info.list).into_iter().flat_map(inner_objects) {
            for text in texts(item, self.info.address) {
                match self.judge(item, &text) {
                    Ok(address) if found.fitting.contains(&address) => {}
                    Ok(address) => found.fitting.push(address),
                    Err(reason) => found.others.push(format!("{text} ({reason})")),
                }
            }
        }
        found
    }

    fn judge(&self, item: &dyn Object, text: &str) -> Result<IpAddr, String> {
        let address: IpAddr = text.parse().map_err(|_| "not an IP address")?;
        if let Some(reason) = local(address) {
            return Err(reason.to_owned());
        }
        if let Some(family) = self.family.filter(|family| !family.contains(address)) {
            return Err(format!("not {family}"));
        }
        if let Some(subnet) = self.subnet.iter().flatten().find(|subnet| !subnet.contains(address)) {
            return Err(format!("not in {subnet}"));
        }
        match &self.network {
            Some(network) if !self.is_in_network(item, network) => Err(format!("not in the network {network}")),
            _ => Ok(address),
        }
    }

    fn is_in_network(&self, item: &dyn Object, network: &str) -> bool {
        let is = |key: &str| texts(item, &format!("{}.{key}", self.info.network)).iter().any(|text| text == network);
        is("id") || is("name")
    }

    /// What a failed wait says about the addresses.
    pub(super) fn describe(&self, found: &Addresses) -> String {
        match found.others.as_slice() {
            [] => self.info.missing.to_owned(),
            [one] => format!("its only address is {one}"),
            others => format!("its addresses are {}", others.join(", ")),
        }
    }
}

/// Why other machines can't reach an address, if so.
fn local(address: IpAddr) -> Option<&'static str> {
    let is_link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    match () {
        () if is_link_local => Some("link-local"),
        () if address.is_loopback() => Some("loopback"),
        () if address.is_unspecified() => Some("unspecified"),
        () if address.is_multicast() => Some("multicast"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_contain_addresses_with_the_same_first_bits() {
        for (range, address, expected) in [
            ("192.168.0.0/16", "192.168.255.1", true),
            ("192.168.0.0/16", "192.169.0.1", false),
            ("192.168.7.9/32", "192.168.7.9", true),
            ("192.168.7.9/32", "192.168.7.8", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
        ] {
            let subnet = Subnet::parse(range).unwrap();
            assert_eq!(subnet.contains(address.parse().unwrap()), expected, "{address} in {range}");
        }
        for invalid in ["", "10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/-1", "web/8", "10.0.0.0/"] {
            let problem = Subnet::parse(invalid).unwrap_err();
            assert!(problem.contains(&format!("`{invalid}`")), "{problem}");
        }
    }

    #[test]
    fn addresses_that_other_machines_cannot_reach_do_not_count() {
        for (address, expected) in [
            ("169.254.1.1", Some("link-local")),
            ("fe80::1", Some("link-local")),
            ("febf::1", Some("link-local")),
            ("127.0.0.1", Some("loopback")),
            ("::1", Some("loopback")),
            ("0.0.0.0", Some("unspecified")),
            ("ff02::1", Some("multicast")),
            ("10.0.0.1", None),
            ("fd00::1", None),
            ("2001:db8::1", None),
        ] {
            assert_eq!(local(address.parse().unwrap()), expected, "{address}");
        }
    }
}
