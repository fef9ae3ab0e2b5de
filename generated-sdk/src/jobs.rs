//! Waiting for objects: until a virtual machine is up, a disk is usable, a host is in maintenance.
//!
//! Handles of services have a method for each state that programs wait for, such as `wait_until_up`.

mod address_wait;
mod addresses;
mod explain;
mod failure;
mod poller;
mod race;
mod tracker;
mod wait;
mod waiter;

pub use crate::clock::{Clock, Sleep};
pub use crate::error::{WaitFailure, WaitFailureKind};
pub use address_wait::WithAddresses;
pub use addresses::AddressFamily;
pub(crate) use explain::{Explanation, refers_to};
pub(crate) use failure::{LONGEST_OUTAGE, Patience};
pub(crate) use race::race;
pub use wait::{Wait, WaitOutput};
pub(crate) use waiter::{AddressInfo, Lookup, REMOVED, WaiterInfo};
