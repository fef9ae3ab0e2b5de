//! The tables of waiters, which the generator writes from the model.

use std::time::Duration;

/// A waiter, as the model describes it. States that no list contains are on the way.
#[derive(Debug)]
pub(crate) struct WaiterInfo {
    /// The name, such as `up`.
    pub(crate) name: &'static str,
    /// What a failed wait says about the object, such as `did not start`.
    pub(crate) unmet: &'static str,
    /// The field with the state; empty if only the existence of the object matters.
    pub(crate) field: &'static str,
    pub(crate) success: &'static [&'static str],
    pub(crate) failure: &'static [&'static str],
    /// States from before the operation. The wait fails if the object comes back to one.
    pub(crate) initial: &'static [&'static str],
    /// States in which the operation has not begun because another one is in progress.
    pub(crate) waiting: &'static [&'static str],
    /// The usual duration, in seconds.
    pub(crate) typical: u32,
    /// How long an initial state may last, in seconds; 0 for any time.
    pub(crate) grace: u32,
    /// How long a state of success must last, in seconds, if the object was in no other state before.
    pub(crate) settle: u32,
    /// Where the object has IP addresses, if it needs one in addition to a state of success.
    pub(crate) addresses: Option<&'static AddressInfo>,
}

/// Where an object has IP addresses.
#[derive(Debug)]
pub(crate) struct AddressInfo {
    /// The link of the object whose items have addresses.
    pub(crate) list: &'static str,
    /// The path of an address from an item, possibly through lists.
    pub(crate) address: &'static str,
    /// The path of the network from an item, possibly through lists.
    pub(crate) network: &'static str,
    /// What a failed wait says if there are no addresses.
    pub(crate) missing: &'static str,
}

/// The waiter of all removable objects.
#[allow(dead_code, reason = "whether an object can be removed depends on the model")]
pub(crate) const REMOVED: WaiterInfo = WaiterInfo {
    name: "removed",
    unmet: "was not removed",
    field: "",
    success: &[],
    failure: &[],
    initial: &[],
    waiting: &[],
    typical: 60,
    grace: 0,
    settle: 0,
    addresses: None,
};

/// The shortest default timeout, in seconds.
const SHORTEST_TIMEOUT: u64 = 120;

/// The default timeout is the usual duration multiplied by this.
const PATIENCE: u64 = 10;

impl WaiterInfo {
    /// Whether the wait succeeds when the object no longer exists.
    pub(crate) fn is_removal(&self) -> bool {
        self.field.is_empty()
    }

    /// The default timeout.
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs((u64::from(self.typical) * PATIENCE).max(SHORTEST_TIMEOUT))
    }

    pub(crate) fn grace(&self) -> Option<Duration> {
        (self.grace > 0).then(|| Duration::from_secs(self.grace.into()))
    }

    pub(crate) fn settle(&self) -> Duration {
        Duration::from_secs(self.settle.into())
    }
}

/// How to read an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lookup {
    /// Whether the object can be read by itself.
    pub(crate) get: bool,
    /// Whether its collection can be listed.
    pub(crate) list: bool,
    /// The query parameter for searches of the collection, and the search field with the identifier.
    pub(crate) search: Option<(&'static str, &'static str)>,
}
