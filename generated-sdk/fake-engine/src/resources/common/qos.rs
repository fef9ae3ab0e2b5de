//! References to the QoS entries of data centers.

use crate::api::Fault;
use crate::resources::common::references;
use crate::resources::paths::{DATA_CENTERS, QOSS};
use crate::state::State;
use ovirt_sdk::types::Qos;

/// The path of the QoS entry with an identifier.
pub(crate) fn find(state: &State, id: &str) -> Option<String> {
    references::find_below_any(state, DATA_CENTERS, QOSS, id)
}

/// Sets the address of a QoS entry in a reference to it. Fails with `missing` if the entry doesn't exist.
pub(crate) fn resolve(
    state: &State,
    reference: &mut Option<Box<Qos>>,
    missing: impl FnOnce() -> Fault,
) -> Result<(), Fault> {
    // An empty element clears the reference.
    let Some(qos) = reference.as_deref_mut() else { return Ok(()) };
    let Some(id) = qos.id.clone() else { return Ok(()) };
    let path = find(state, &id).ok_or_else(missing)?;
    *qos = Qos::with_id(id).href(path);
    Ok(())
}

/// The fault of an action, such as "add CPU Profile", that refers to a QoS entry that doesn't exist.
pub(crate) fn not_found(action: &str) -> Fault {
    Fault::invalid(action, "QoS element not found.")
}
