//! Waits for IP addresses: what they return, and which addresses they accept.

use std::net::IpAddr;

use super::addresses::AddressFamily;
use super::wait::{Wait, WaitOutput, sealed};
use crate::object::Struct;

/// An object and its IP addresses, the result of waits such as
/// [`wait_until_has_address`](crate::services::VmService::wait_until_has_address).
#[derive(Clone, Debug, PartialEq)]
pub struct WithAddresses<T> {
    object: T,
    first: IpAddr,
    all: Vec<IpAddr>,
}

impl<T> WithAddresses<T> {
    /// The object.
    pub fn object(&self) -> &T {
        &self.object
    }

    /// Converts into the object.
    pub fn into_object(self) -> T {
        self.object
    }

    /// The first address that the engine reports.
    pub fn address(&self) -> IpAddr {
        self.first
    }

    /// All addresses that count, in the engine's order; at least one.
    pub fn addresses(&self) -> &[IpAddr] {
        &self.all
    }
}

impl<T> sealed::Sealed for WithAddresses<T> {}

impl<T: Struct> WaitOutput<T> for WithAddresses<T> {
    fn convert(object: Option<T>, addresses: Vec<IpAddr>) -> Option<Self> {
        Some(Self { object: object?, first: *addresses.first()?, all: addresses })
    }
}

impl<T: Struct> Wait<T, WithAddresses<T>> {
    /// Waits for an address of this family. By default, of any.
    pub fn family(self, family: AddressFamily) -> Self {
        self.filtered(|filter| filter.set_family(family))
    }

    /// Waits for an address of a NIC in this logical network, by its name or ID, such as `ovirtmgmt`.
    pub fn network(self, network: impl Into<String>) -> Self {
        let network = network.into();
        self.filtered(|filter| filter.set_network(network))
    }

    /// Waits for an address in this range, such as `192.168.0.0/16` or `2001:db8::/32`. With an invalid range, the wait
    /// fails before its first request.
    pub fn subnet(self, range: impl AsRef<str>) -> Self {
        self.filtered(|filter| filter.set_subnet(range.as_ref()))
    }
}
